using Chain.Consensus;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>A state to run calls on: after a block, or before one of its transactions. Disposed when the calls are done.</summary>
internal sealed class CallSession : IDisposable
{
    private readonly BlockReplay? _replay;

    private CallSession(SimulationSession session, BlockReplay? replay)
    {
        Session = session;
        _replay = replay;
    }

    public SimulationSession Session { get; }

    /// <summary>Opens a session; on failure the error says what is not here.</summary>
    public static RpcError? TryOpen(
        RpcChain chain, CallPlace place, IReadOnlyDictionary<Address, StateOverride>? stateOverrides, BlockOverride? blockOverride, CancellationToken cancellation, out CallSession session)
    {
        session = null!;
        if (place.TransactionIndex is not { } index)
        {
            if (chain.TryFindTarget(place.Block, out SimulationTarget target) is { } error) return error;
            if (chain.Simulator.ProblemOf(target, stateOverrides) is { } problem) return RpcError.Server(problem);
            session = new CallSession(chain.Simulator.Open(target, stateOverrides, blockOverride), null);
            return null;
        }
        if (chain.TryFind(place.Block, out NamedBlock found) is { } notFound) return notFound;
        ExecutedBlock block = chain.TryLoad(found)!;
        if (index >= (ulong)block.Block.Transactions.Count)
            return RpcError.InvalidParams($"transaction index {index}: block {found.Header.Number} has {block.Block.Transactions.Count} transactions");
        if (!BlockReplay.TryOpen(chain.Simulator, block.Block, block.Senders, out BlockReplay replay, out string reason)) return RpcError.Server(reason);
        replay.SkipTo((int)index, cancellation);
        session = new CallSession(Simulator.OpenBefore(replay, stateOverrides, blockOverride), replay);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _replay?.Dispose();
}
