using Chain.Compliance;
using Chain.Compliance.Audit;
using Chain.Consensus.Audit;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>audit</c>: proofs of the log's entries, and what the pool dropped (compliance specification, sections 3.7 and 5).</summary>
/// <param name="chain">The chain.</param>
public sealed class AuditMethods(RpcChain chain)
{
    private const int DropsMax = 1_000;

    private readonly AuditIndex _index = new(chain.Simulator);

    /// <summary>
    /// Proves that an entry is in the audit log: its bytes, the path to its block's root, the path among the blocks to the log's root, and the state proof of that root (slot S+1) at an anchor block.
    /// </summary>
    /// <param name="block">Block of the entry.</param>
    /// <param name="transactionIndex">Index of its transaction.</param>
    /// <param name="sequence">Number of the entry within the transaction, from 0.</param>
    /// <param name="anchorBlock">Block whose state root the proof ends in: the entry's or a later one. The head when not given.</param>
    /// <param name="cancellation">Ends the work.</param>
    [RpcMethod("audit_getProof", Heavy = true, Example = """["{decided}",0,0]""", Faults = RpcFaults.Block | RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<AuditProofJson> GetProof(
        BlockParameter block, LooseNumber transactionIndex, LooseNumber sequence, BlockParameter anchorBlock = default, CancellationToken cancellation = default)
    {
        if (chain.TryFind(block, out NamedBlock found) is { } error) return error;
        if (chain.TryFindState(anchorBlock, out NamedBlock anchor, out IStateView state) is { } anchorError) return anchorError;
        if (found.Hash is not { } hash || anchor.Hash is not { } anchorHash) return RpcError.InvalidParams("entries of the pending block are not proved: wait until it is mined");
        if (!chain.Blocks.IsCanonical(hash) || !chain.Blocks.IsCanonical(anchorHash)) return RpcError.InvalidParams("both blocks must be in the canonical chain");
        if (anchor.Header.Number < found.Header.Number) return RpcError.InvalidParams($"the anchor block {anchor.Header.Number} lies before the entry's block {found.Header.Number}");
        if (!_index.TryGet(found.Header, hash, out AuditRecord record, out string problem, cancellation)) return RpcError.Server(problem);
        int index = record.Decisions.ToList().FindIndex(d => d.TransactionIndex == transactionIndex.Value && d.Sequence == sequence.Value);
        if (index < 0) return RpcError.Server($"block {found.Header.Number} has no audit entry {sequence.Value} of transaction {transactionIndex.Value}; it has {record.Decisions.Count} entries");
        if (!_index.TryProve(found.Header, hash, index, anchor.Header, out AuditProof proof, out problem, cancellation)) return RpcError.Server(problem);

        UInt256[] slots = [AuditLayout.Root];
        ProofJson storage = new(ModuleAddresses.Audit, [.. slots.Select(s => new StorageKey(s, false))], AccountProof.Build(state, state.Root, ModuleAddresses.Audit, slots));
        Hash256 transaction = chain.Blocks.GetBlock(hash)!.Transactions[(int)record.Decisions[index].TransactionIndex].Hash;
        return new AuditProofJson(new PlacedEntry(found.Header.Number, hash, transaction, record.Decisions[index]), proof, anchor, storage);
    }

    /// <summary>
    /// Transactions that this node's pool dropped because their sender lost the right to send, newest first: the last 10,000 of the last 24 hours, up to 1,000 an answer. They are this node's
    /// memory: other nodes may have others, and nothing proves them. A dropped signature stays valid until its nonce is used: sign again at the same nonce.
    /// </summary>
    /// <param name="query">account, or hash, or neither.</param>
    [RpcMethod("audit_getPoolRejections", Result = "{*: Any}")]
    public PoolRejectionsJson GetPoolRejections(RejectionQuery? query = null) =>
        new([.. chain.Pool.DropsOf(query?.Account, query?.Hash).Take(DropsMax)]);
}
