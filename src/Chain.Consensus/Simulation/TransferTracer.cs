using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;

namespace Chain.Consensus.Simulation;

/// <summary>
/// Collects the logs of a call with moves of ether among them as logs of ERC-20 transfers (execution-apis, eth_simulateV1, traceTransfers).
/// Indices count on over the calls of a block, and those of logs that a revert took back are not given again, as go-ethereum numbers them.
/// </summary>
/// <param name="firstIndex">Index of the first log.</param>
internal sealed class TransferTracer(int firstIndex) : ITracer
{
    /// <summary>The address under which transfers of ether are logged (EIP-7528).</summary>
    public static readonly Address Ether = Address.Parse("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

    /// <summary>Keccak-256 of <c>Transfer(address,address,uint256)</c>.</summary>
    private static readonly Hash256 TransferTopic = Hash256.Parse("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");

    private readonly List<SimulatedLog> _logs = [];
    private readonly Stack<int> _marks = [];

    /// <summary>The logs that stand.</summary>
    public IReadOnlyList<SimulatedLog> Logs => _logs;

    /// <summary>Index of the next log.</summary>
    public int NextIndex { get; private set; } = firstIndex;

    /// <inheritdoc/>
    public void OnFrameEnter(in FrameStart start)
    {
        _marks.Push(_logs.Count);
        if (start.Kind is CallKind.Call or CallKind.Create or CallKind.Create2) AddTransfer(start.Caller, start.Recipient, start.Value);
    }

    /// <inheritdoc/>
    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
    {
        int mark = _marks.Pop();
        if (status != FrameStatus.Success) _logs.RemoveRange(mark, _logs.Count - mark);
    }

    /// <inheritdoc/>
    public void OnLog(LogEntry log) => _logs.Add(new SimulatedLog(log, NextIndex++));

    /// <inheritdoc/>
    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) => AddTransfer(account, beneficiary, balance);

    private void AddTransfer(in Address from, in Address to, in UInt256 value)
    {
        if (!value.IsZero) OnLog(new LogEntry(Ether, [TransferTopic, ToTopic(from), ToTopic(to)], value.ToBigEndian()));
    }

    private static Hash256 ToTopic(in Address address)
    {
        Span<byte> word = stackalloc byte[Hash256.SizeBytes];
        word.Clear();
        address.Bytes.CopyTo(word[(Hash256.SizeBytes - Address.SizeBytes)..]);
        return new Hash256(word);
    }
}
