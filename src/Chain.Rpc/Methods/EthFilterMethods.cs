using Chain.Core.Primitives;
using Chain.Rpc.Filters;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: logs and polled filters.</summary>
/// <param name="chain">The chain.</param>
/// <param name="filters">Installed filters.</param>
public sealed class EthFilterMethods(RpcChain chain, FilterStore filters)
{
    /// <summary>Blocks of a range whose index is read before it is decided where the logs are.</summary>
    private const ulong IndexedAtOnceMax = 64;

    /// <summary>Blocks whose receipts are read on the thread that has the request.</summary>
    private const int ReadAtOnceMax = 8;

    private static readonly RpcError FilterNotFound = RpcError.Server("filter not found");

    /// <summary>Logs of a block or a range of blocks.</summary>
    [RpcMethod("eth_getLogs", Work = RpcWork.Call, Example = """[{"fromBlock":"0x1","toBlock":"latest","address":"{contract}"}]""", Faults = RpcFaults.Block | RpcFaults.Limit, Result = "Log[]")]
    public RpcResult<IReadOnlyList<IJsonWritable>> GetLogs(RpcCall call, LogFilter filter)
    {
        if (filter.BlockHash is { } hash) return LogsOf(hash, filter);
        if (Number(filter.FromBlock, out ulong from) is { } fromError) return fromError;
        if (Number(filter.ToBlock, out ulong to) is { } toError) return toError;
        if (from > to) return RpcError.InvalidParams("invalid block range params");
        if (to > chain.HeadNumber) return RpcError.InvalidParams("block range extends beyond current head block");
        if (to - from >= chain.Limits.LogBlocksMax)
            return RpcError.LimitExceeded($"exceed maximum block range: {to - from + 1} blocks, at most {chain.Limits.LogBlocksMax} (--rpc.log-blocks)");
        IEnumerable<ulong> found = chain.Manager.Database.Logs.FindBlocks(from, to, filter.ToIndexGroups(), call.Cancellation);
        if (!call.IsHeavy)
        {
            // To hand a short range over to another thread costs a tenth of it.
            if (to - from >= IndexedAtOnceMax) return RpcError.IsHeavy;
            ulong[] few = [.. found.Take(ReadAtOnceMax + 1)];
            if (few.Length > ReadAtOnceMax) return RpcError.IsHeavy;
            found = few;
        }
        return LogsOf(from, found, filter, call.Cancellation);
    }

    /// <summary>Installs a filter of logs; returns its id.</summary>
    [RpcMethod("eth_newFilter", Example = """[{"address":"{contract}"}]""", Faults = RpcFaults.Limit, Volatile = true, Mutating = true)]
    public RpcResult<string> NewFilter(LogFilter filter) => Installed(filters.InstallLogs(filter));

    /// <summary>Installs a filter of new blocks; returns its id.</summary>
    [RpcMethod("eth_newBlockFilter", Faults = RpcFaults.Limit, Volatile = true, Mutating = true)]
    public RpcResult<string> NewBlockFilter() => Installed(filters.InstallBlocks());

    /// <summary>Installs a filter of pending transactions, by hash or whole; returns its id.</summary>
    [RpcMethod("eth_newPendingTransactionFilter", Faults = RpcFaults.Limit, Volatile = true, Mutating = true)]
    public RpcResult<string> NewPendingTransactionFilter([RpcParameter("Hydrated transactions")] bool full = false) => Installed(filters.InstallTransactions(full));

    /// <summary>What came since the last time.</summary>
    [RpcMethod("eth_getFilterChanges", Example = """["{filter}"]""", Faults = RpcFaults.Filter, Result = "(Hash[]|Log[]|Transaction[])", Mutating = true)]
    public RpcResult<IReadOnlyList<IJsonWritable>> GetFilterChanges([RpcParameter("Filter identifier")] string id) =>
        filters.TakeChanges(id) is { } changes ? Of(changes) : FilterNotFound;

    /// <summary>All logs of a filter of logs.</summary>
    [RpcMethod("eth_getFilterLogs", Work = RpcWork.Call, Example = """["{filter}"]""", Faults = RpcFaults.Filter | RpcFaults.Limit, Result = "Log[]", Mutating = true)]
    public RpcResult<IReadOnlyList<IJsonWritable>> GetFilterLogs(RpcCall call, [RpcParameter("Filter identifier")] string id) =>
        filters.LogsOf(id) is { } filter ? GetLogs(call, filter) : FilterNotFound;

    /// <summary>Removes a filter; false when there is none.</summary>
    [RpcMethod("eth_uninstallFilter", Example = """["{filter}"]""", Mutating = true)]
    public bool UninstallFilter([RpcParameter("Filter identifier")] string id) => filters.Uninstall(id);

    private RpcResult<IReadOnlyList<IJsonWritable>> LogsOf(in Hash256 block, LogFilter filter)
    {
        if (!chain.Blocks.Contains(block)) return RpcError.Server("unknown block");
        List<LogJson> logs = [];
        return RpcChain.TryCollectLogs(chain.Manager.Load(block), filter, removed: false, logs, chain.Limits.LogResultsMax) ? logs : TooManyResults(0, 0);
    }

    private RpcResult<IReadOnlyList<IJsonWritable>> LogsOf(ulong from, IEnumerable<ulong> numbers, LogFilter filter, CancellationToken cancellation)
    {
        List<LogJson> logs = [];
        foreach (ulong number in numbers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!chain.Blocks.TryGetCanonicalHash(number, out Hash256 blockHash) || chain.Blocks.GetHeader(blockHash) is not { } header) break;
            if (!filter.MayMatch(header.LogsBloom)) continue;
            if (!RpcChain.TryCollectLogs(chain.Manager.Load(blockHash), filter, removed: false, logs, chain.Limits.LogResultsMax)) return TooManyResults(from, number);
        }
        return logs;
    }

    private static RpcResult<IReadOnlyList<IJsonWritable>> Of(IReadOnlyList<IJsonWritable> items) => items is List<IJsonWritable> list ? list : [.. items];

    private RpcResult<string> Installed(string? id) =>
        id is null ? RpcError.LimitExceeded($"{chain.Limits.FiltersMax} filters are installed (--rpc.filters): uninstall some or ask later") : id;

    private RpcError TooManyResults(ulong from, ulong reached) =>
        RpcError.LimitExceeded($"query returned more than {chain.Limits.LogResultsMax} results (--rpc.log-results); blocks {from} to {reached} hold them: ask for a smaller range");

    private RpcError? Number(BlockParameter block, out ulong number)
    {
        number = block.Number;
        if (block.Tag == BlockTag.Number) return null;
        if (block.Tag == BlockTag.Pending) block = BlockParameter.Latest;
        RpcError? error = chain.TryFind(block, out NamedBlock found);
        if (error is null) number = found.Header.Number;
        return error;
    }
}
