using Chain.Compliance;
using Chain.Compliance.Audit;
using Chain.Compliance.Engine;
using Chain.Compliance.Storage;
using Chain.Consensus.Audit;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>compliance</c>: token rules and decisions (compliance specification, section 5).</summary>
/// <param name="chain">The chain.</param>
public sealed class ComplianceMethods(RpcChain chain)
{
    private const ulong DecisionBlocksMax = 10_000;

    private readonly AuditIndex _index = new(chain.Simulator);

    /// <summary>Whether a token's rules admit a transfer: the code that canTransfer gives, and every rule with what it compares, those after the first that fails too.</summary>
    /// <param name="transfer">token, from, to, amount.</param>
    /// <param name="block">Block.</param>
    [RpcMethod("compliance_check", Heavy = true, Example = """[{"token":"{token}","from":"{account}","to":"{other}","amount":"0x64"}]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<TransferCheckJson> Check(TransferQuery transfer, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out NamedBlock found, out IStateView view) is { } error) return error;
        WorldState state = new(view);
        ulong time = found.Header.Timestamp;
        bool hasOracle = chain.Manager.Contexts.Modules.PrecompilesAt(chain.Manager.Contexts.RulesOf(found.Header), time).TryGet(ModuleAddresses.Oracle, out _);
        IPriceFeed feed = hasOracle ? OraclePriceFeed.Instance : NoPriceFeed.Instance;
        TokenHooks hooks = new(new DirectStorage(state, ModuleAddresses.Engine), feed, time, transfer.Token);
        return new TransferCheckJson(
            hooks.CanTransfer(transfer.From, transfer.To, transfer.Amount), RuleReport.OfTransfer(state, feed, time, transfer.Token, transfer.From, transfer.To, transfer.Amount));
    }

    /// <summary>Decisions of the audit log in a range of at most 10,000 canonical blocks, newest last, up to 1,000 an answer. A cursor says that there are more, and goes into the next request.</summary>
    /// <param name="query">fromBlock, toBlock, and optionally token, account, kind, code, effective, limit, cursor.</param>
    /// <param name="cancellation">Ends the work.</param>
    [RpcMethod("compliance_getDecisions", Heavy = true, Example = """[{"fromBlock":"0x1","toBlock":"latest","limit":2}]""", Faults = RpcFaults.Block | RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<DecisionsJson> GetDecisions(DecisionQuery query, CancellationToken cancellation = default)
    {
        if (chain.TryFind(query.FromBlock, out NamedBlock from) is { } fromError) return fromError;
        if (chain.TryFind(query.ToBlock, out NamedBlock to) is { } toError) return toError;
        ulong first = from.Header.Number;
        ulong last = Math.Min(to.Header.Number, chain.HeadNumber);
        if (last >= first && last - first >= DecisionBlocksMax)
            return RpcError.InvalidParams($"too many blocks: {last - first + 1}, at most {DecisionBlocksMax}; ask in parts");
        if (query.Cursor is { } cursor && (cursor.Block < first || cursor.Block > last)) return RpcError.InvalidParams($"the cursor {cursor} lies outside the blocks {first} to {last}");

        List<PlacedEntry> entries = [];
        for (ulong number = query.Cursor?.Block ?? first; number <= last; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!chain.Blocks.TryGetCanonicalHash(number, out Hash256 hash)) break;
            if (!_index.TryGet(chain.Blocks.GetHeader(hash)!, hash, out AuditRecord record, out string problem, cancellation)) return RpcError.Server(problem);
            Block? block = record.Decisions.Count == 0 ? null : chain.Blocks.GetBlock(hash);
            for (int i = query.Cursor?.Block == number ? query.Cursor.Index : 0; i < record.Decisions.Count; i++)
            {
                PlacedDecision placed = record.Decisions[i];
                if (!query.Filter.Matches(placed.Decision, AuditEntry.SubjectOf(placed.Decision))) continue;
                if ((ulong)entries.Count == query.Limit) return new DecisionsJson(entries, new DecisionCursor(number, i));
                entries.Add(new PlacedEntry(number, hash, block!.Transactions[(int)placed.TransactionIndex].Hash, placed));
            }
        }
        return new DecisionsJson(entries, null);
    }
}
