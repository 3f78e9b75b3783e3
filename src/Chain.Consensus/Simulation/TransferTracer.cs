using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Consensus.Simulation;

/// <summary>Collects moves of ether as logs of ERC-20 transfers, each before the real logs that followed it (execution-apis, eth_simulateV1, traceTransfers).</summary>
/// <param name="state">State in which the call runs; its log list tells where a transfer belongs.</param>
internal sealed class TransferTracer(WorldState state) : ITracer
{
    /// <summary>The address under which transfers of ether are logged (EIP-7528).</summary>
    public static readonly Address Ether = Address.Parse("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

    /// <summary>Keccak-256 of <c>Transfer(address,address,uint256)</c>.</summary>
    private static readonly Hash256 TransferTopic = Hash256.Parse("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");

    private readonly List<(int Position, LogEntry Log)> _transfers = [];
    private readonly Stack<int> _marks = [];

    /// <summary>The logs of the call with the transfers among them.</summary>
    public IReadOnlyList<LogEntry> Merge(IReadOnlyList<LogEntry> logs)
    {
        List<LogEntry> merged = new(logs.Count + _transfers.Count);
        int next = 0;
        for (int i = 0; i <= logs.Count; i++)
        {
            while (next < _transfers.Count && _transfers[next].Position <= i) merged.Add(_transfers[next++].Log);
            if (i < logs.Count) merged.Add(logs[i]);
        }
        return merged;
    }

    /// <inheritdoc/>
    public void OnFrameEnter(in FrameStart start)
    {
        _marks.Push(_transfers.Count);
        if (start.Kind is CallKind.Call or CallKind.Create or CallKind.Create2) Add(start.Caller, start.Recipient, start.Value);
    }

    /// <inheritdoc/>
    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
    {
        int mark = _marks.Pop();
        if (status != FrameStatus.Success) _transfers.RemoveRange(mark, _transfers.Count - mark);
    }

    /// <inheritdoc/>
    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) => Add(account, beneficiary, balance);

    private void Add(in Address from, in Address to, in UInt256 value)
    {
        if (value.IsZero) return;
        _transfers.Add((state.Logs.Count, new LogEntry(Ether, [TransferTopic, ToTopic(from), ToTopic(to)], value.ToBigEndian())));
    }

    private static Hash256 ToTopic(in Address address)
    {
        Span<byte> word = stackalloc byte[Hash256.SizeBytes];
        word.Clear();
        address.Bytes.CopyTo(word[(Hash256.SizeBytes - Address.SizeBytes)..]);
        return new Hash256(word);
    }
}
