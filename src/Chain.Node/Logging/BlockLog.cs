using System.Globalization;
using Chain.Consensus;
using Chain.Core.Types;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Logging;

/// <summary>Writes one line a block: number, hash, transactions, gas, speed, time, base fee, peers.</summary>
/// <param name="log">The log.</param>
/// <param name="timings">How long the newest blocks took.</param>
/// <param name="peerCount">Number of connected peers.</param>
public sealed class BlockLog(ConsoleLog log, BlockTimings timings, Func<int> peerCount)
{
    /// <summary>Writes the lines of a move of the head.</summary>
    public void OnHeadChanged(HeadChange change)
    {
        if (!log.IsEnabled(LogLevel.Information)) return;
        if (change.Removed.Count > 0)
        {
            log.Write(
                LogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"reorganised: {change.Removed.Count} blocks left the chain, {change.Added.Count} joined it"),
                [("event", "reorganisation"), ("removed", change.Removed.Count), ("added", change.Added.Count)]);
        }
        foreach (ExecutedBlock added in change.Added) Write(added);
    }

    private void Write(ExecutedBlock added)
    {
        BlockHeader header = added.Block.Header;
        int transactions = added.Block.Transactions.Count;
        string baseFee = (header.BaseFeePerGas ?? default).ToString();
        int peers = peerCount();
        double ms = timings.Of(added.Hash)?.TotalMilliseconds ?? 0;
        // Million gas a second: gas over microseconds.
        double speed = ms > 0 ? header.GasUsed / ms / 1_000 : 0;
        string time = ms > 0 ? string.Create(CultureInfo.InvariantCulture, $"{speed:0.0} Mgas/s {ms:0.0} ms") : "known before";
        log.Write(
            LogLevel.Information,
            string.Create(CultureInfo.InvariantCulture, $"block {header.Number} {added.Hash} txs {transactions} gas {header.GasUsed} {time} base fee {baseFee} wei peers {peers}"),
            [
                ("event", "block"), ("number", header.Number), ("hash", added.Hash), ("txs", transactions), ("gas", header.GasUsed), ("mgasPerSecond", speed), ("ms", ms),
                ("baseFeeWei", baseFee), ("peers", peers),
            ]);
    }
}
