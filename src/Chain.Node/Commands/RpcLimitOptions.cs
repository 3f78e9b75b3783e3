using System.CommandLine;
using System.Globalization;
using Chain.Rpc.Server;

namespace Chain.Node.Commands;

/// <summary>One flag for each limit of the JSON-RPC front, under the names that its errors give.</summary>
internal sealed class RpcLimitOptions
{
    private static readonly RpcLimits Defaults = new();

    private readonly List<(Option Option, Func<ParseResult, RpcLimits, RpcLimits> Apply)> _flags = [];

    public RpcLimitOptions()
    {
        Add("--http.body-limit", "Largest request body", "BYTES", 1_024, int.MaxValue, l => l.BodyBytesMax, (l, v) => l with { BodyBytesMax = (int)v });
        Add("--http.connections", "Open connections, HTTP and WebSocket together", "COUNT", 1, 1_000_000, l => l.ConnectionsMax, (l, v) => l with { ConnectionsMax = (int)v });
        Add("--http.header-timeout", "Time to send request headers", "MS", 100, int.MaxValue, l => l.HeadersTimeoutMs, (l, v) => l with { HeadersTimeoutMs = (int)v });
        Add("--http.body-rate", "Lowest rate at which a body may arrive", "BYTES/S", 1, int.MaxValue, l => l.BodyBytesPerSecondMin, (l, v) => l with { BodyBytesPerSecondMin = (int)v });
        Add("--http.idle-timeout", "Time an HTTP connection may lie idle", "MS", 100, int.MaxValue, l => l.KeepAliveTimeoutMs, (l, v) => l with { KeepAliveTimeoutMs = (int)v });
        Add("--ws.message-limit", "Largest WebSocket message", "BYTES", 1_024, int.MaxValue, l => l.WebSocketMessageBytesMax, (l, v) => l with { WebSocketMessageBytesMax = (int)v });
        Add("--ws.in-flight", "Requests of one WebSocket connection in work", "COUNT", 1, 1_000_000, l => l.WebSocketInFlightMax, (l, v) => l with { WebSocketInFlightMax = (int)v });
        Add("--ws.queue", "Messages waiting for one WebSocket client", "COUNT", 1, 10_000_000, l => l.WebSocketQueueItemsMax, (l, v) => l with { WebSocketQueueItemsMax = (int)v });
        Add("--ws.queue-size", "Bytes waiting for one WebSocket client", "BYTES", 1_024, int.MaxValue, l => l.WebSocketQueueBytesMax, (l, v) => l with { WebSocketQueueBytesMax = (int)v });
        Add("--ws.ping", "Interval of pings to WebSocket clients", "MS", 100, int.MaxValue, l => l.WebSocketPingMs, (l, v) => l with { WebSocketPingMs = (int)v });
        Add("--ws.send-timeout", "Time a WebSocket client has to take a message, and a second more for each 256 KiB", "MS", 100, int.MaxValue, l => l.WebSocketSendTimeoutMs, (l, v) => l with { WebSocketSendTimeoutMs = (int)v });
        Add("--ws.subscriptions", "Subscriptions of one connection", "COUNT", 1, 1_000_000, l => l.SubscriptionsPerConnectionMax, (l, v) => l with { SubscriptionsPerConnectionMax = (int)v });
        Add("--rpc.batch-request-limit", "Requests in one batch", "COUNT", 1, 1_000_000, l => l.BatchItemsMax, (l, v) => l with { BatchItemsMax = (int)v });
        Add("--rpc.batch-response-max-size", "Answer to one batch", "BYTES", 1_024, 1 << 30, l => l.BatchResponseBytesMax, (l, v) => l with { BatchResponseBytesMax = (int)v });
        Add("--rpc.response-max-size", "Answer to one request, gathered before it is sent", "BYTES", 1_024, 1 << 30, l => l.ResponseBytesMax, (l, v) => l with { ResponseBytesMax = (int)v });
        Add("--rpc.stream-max-size", "Answer that is sent over HTTP while it is written (traces)", "BYTES", 1_024, 1L << 50, l => l.StreamBytesMax, (l, v) => l with { StreamBytesMax = v });
        Add("--rpc.json-depth", "Nesting of a request", "LEVELS", 8, 1_000, l => l.JsonDepthMax, (l, v) => l with { JsonDepthMax = (int)v });
        Add("--rpc.calls", "Executions and proofs in work", "COUNT", 1, 1_000, l => l.CallsMax, (l, v) => l with { CallsMax = (int)v });
        Add("--rpc.heavy-calls", "Heavy calls (log ranges, traces, simulations) in work", "COUNT", 1, 1_000, l => l.HeavyCallsMax, (l, v) => l with { HeavyCallsMax = (int)v });
        Add("--rpc.heavy-queue", "Calls of one kind waiting for their turn", "COUNT", 0, 1_000_000, l => l.HeavyQueueMax, (l, v) => l with { HeavyQueueMax = (int)v });
        Add("--rpc.evmtimeout", "Time of one execution or heavy call", "MS", 100, int.MaxValue, l => l.HeavyCallTimeoutMs, (l, v) => l with { HeavyCallTimeoutMs = (int)v });
        Add("--rpc.trace-memory", "Memory of one trace besides its answer", "BYTES", 1_048_576, 1L << 40, l => l.TraceBytesMax, (l, v) => l with { TraceBytesMax = v });
        Add("--rpc.filters", "Installed filters", "COUNT", 1, 10_000_000, l => l.FiltersMax, (l, v) => l with { FiltersMax = (int)v });
        Add("--rpc.filter-results", "Results that one filter holds", "COUNT", 1, 10_000_000, l => l.FilterResultsMax, (l, v) => l with { FilterResultsMax = (int)v });
        Add("--rpc.filter-timeout", "Time after which a filter nobody asks is dropped", "MS", 1_000, int.MaxValue, l => l.FilterIdleMs, (l, v) => l with { FilterIdleMs = (int)v });
        Add("--rpc.log-blocks", "Blocks one eth_getLogs may span", "COUNT", 1, long.MaxValue, l => (long)l.LogBlocksMax, (l, v) => l with { LogBlocksMax = (ulong)v });
        Add("--rpc.log-results", "Logs one eth_getLogs may return", "COUNT", 1, 10_000_000, l => l.LogResultsMax, (l, v) => l with { LogResultsMax = (int)v });
        Add("--rpc.proof-keys", "Storage keys in one eth_getProof", "COUNT", 1, 1_000_000, l => l.ProofKeysMax, (l, v) => l with { ProofKeysMax = (int)v });
    }

    /// <summary>Gives the command the flags.</summary>
    public void AddTo(Command command)
    {
        foreach ((Option option, _) in _flags) command.Options.Add(option);
    }

    /// <summary>The limits as the user set them.</summary>
    /// <exception cref="UserException">A value is out of its range.</exception>
    public RpcLimits Read(ParseResult result) => _flags.Aggregate(Defaults, (limits, flag) => flag.Apply(result, limits));

    private void Add(string name, string what, string unit, long least, long most, Func<RpcLimits, long> current, Func<RpcLimits, long, RpcLimits> set)
    {
        Option<long> option = new(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{what}, {least} to {most}."),
            DefaultValueFactory = _ => current(Defaults),
            HelpName = unit,
        };
        _flags.Add((option, (result, limits) =>
        {
            long value = result.GetValue(option);
            return value >= least && value <= most ? set(limits, value) : throw new UserException($"{name} {value} is out of range: {least} to {most}.");
        }
        ));
    }
}
