namespace Chain.Rpc.Server;

/// <summary>
/// Every limit of the JSON-RPC front, with its unit at the end of its name. A request over a limit is answered with an error that
/// names the limit and the flag that changes it.
/// </summary>
public sealed record RpcLimits
{
    /// <summary>
    /// Largest HTTP body, bytes (<c>--http.body-limit</c>). 25 MiB: a batch of <see cref="BatchItemsMax"/> multicalls of 20 KiB of call
    /// data each (40 KiB as hex is the common ceiling of client libraries) does not fit in the 5 MB that other nodes allow.
    /// </summary>
    public int BodyBytesMax { get; init; } = 25 * 1024 * 1024;

    /// <summary>Requests in one batch (<c>--rpc.batch-request-limit</c>).</summary>
    public int BatchItemsMax { get; init; } = 1_000;

    /// <summary>Answer to one batch, bytes; the items after it are answered with an error (<c>--rpc.batch-response-max-size</c>).</summary>
    public int BatchResponseBytesMax { get; init; } = 25_000_000;

    /// <summary>Answer to one request that is gathered whole before it is sent, bytes (<c>--rpc.response-max-size</c>).</summary>
    public int ResponseBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>Answer that is sent over HTTP while it is written, as traces are, bytes (<c>--rpc.stream-max-size</c>). It takes no memory, so that it may be longer.</summary>
    public long StreamBytesMax { get; init; } = 4L << 30;

    /// <summary>Nesting of arrays and objects in a request (<c>--rpc.json-depth</c>).</summary>
    public int JsonDepthMax { get; init; } = 64;

    /// <summary>Open connections, HTTP and WebSocket together; more are closed at once (<c>--http.connections</c>).</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Time a client has to send its request headers, milliseconds (<c>--http.header-timeout</c>).</summary>
    public int HeadersTimeoutMs { get; init; } = 10_000;

    /// <summary>Lowest rate at which a body may arrive, bytes per second, after a grace of five seconds (<c>--http.body-rate</c>).</summary>
    public int BodyBytesPerSecondMin { get; init; } = 240;

    /// <summary>Time an HTTP connection may lie idle between requests, milliseconds (<c>--http.idle-timeout</c>).</summary>
    public int KeepAliveTimeoutMs { get; init; } = 130_000;

    /// <summary>Largest WebSocket message from a client, bytes (<c>--ws.message-limit</c>).</summary>
    public int WebSocketMessageBytesMax { get; init; } = 25 * 1024 * 1024;

    /// <summary>Requests of one WebSocket connection in work at a time; reading pauses at the limit (<c>--ws.in-flight</c>).</summary>
    public int WebSocketInFlightMax { get; init; } = 64;

    /// <summary>Messages waiting for one WebSocket client; a notification beyond closes the connection (<c>--ws.queue</c>).</summary>
    public int WebSocketQueueItemsMax { get; init; } = 4_096;

    /// <summary>Bytes waiting for one WebSocket client; a notification beyond closes the connection (<c>--ws.queue-size</c>).</summary>
    public int WebSocketQueueBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Interval of pings to WebSocket clients, milliseconds; a client silent for as long again is closed (<c>--ws.ping</c>).</summary>
    public int WebSocketPingMs { get; init; } = 30_000;

    /// <summary>
    /// Time a WebSocket or IPC client has to take one message, milliseconds, and a second more for each 256 KiB of it; one that takes longer is closed (<c>--ws.send-timeout</c>).
    /// </summary>
    public int WebSocketSendTimeoutMs { get; init; } = 30_000;

    /// <summary>Time a client has to take the close message, milliseconds.</summary>
    public int WebSocketCloseTimeoutMs { get; init; } = 5_000;

    /// <summary>Subscriptions of one WebSocket connection (<c>--ws.subscriptions</c>).</summary>
    public int SubscriptionsPerConnectionMax { get; init; } = 256;

    /// <summary>Executions and proofs in work at a time (<c>--rpc.calls</c>).</summary>
    public int CallsMax { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Heavy calls (log ranges, traces, simulations) in work at a time (<c>--rpc.heavy-calls</c>).</summary>
    public int HeavyCallsMax { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Calls of one kind waiting for their turn (<c>--rpc.heavy-queue</c>).</summary>
    public int HeavyQueueMax { get; init; } = 2_000;

    /// <summary>Time one execution or heavy call may take, waiting included, milliseconds (<c>--rpc.evmtimeout</c>).</summary>
    public int HeavyCallTimeoutMs { get; init; } = 30_000;

    /// <summary>Bytes one trace may keep in memory besides its answer (<c>--rpc.trace-memory</c>).</summary>
    public long TraceBytesMax { get; init; } = 256L << 20;

    /// <summary>Installed filters (<c>--rpc.filters</c>).</summary>
    public int FiltersMax { get; init; } = 10_000;

    /// <summary>Results one filter holds for a client that does not ask (<c>--rpc.filter-results</c>).</summary>
    public int FilterResultsMax { get; init; } = 50_000;

    /// <summary>Time after which a filter nobody asks is dropped, milliseconds (<c>--rpc.filter-timeout</c>).</summary>
    public int FilterIdleMs { get; init; } = 300_000;

    /// <summary>Blocks one eth_getLogs may span (<c>--rpc.log-blocks</c>).</summary>
    public ulong LogBlocksMax { get; init; } = 10_000_000;

    /// <summary>Logs one eth_getLogs may return (<c>--rpc.log-results</c>).</summary>
    public int LogResultsMax { get; init; } = 50_000;

    /// <summary>Addresses in one log filter.</summary>
    public int LogAddressesMax { get; init; } = 1_000;

    /// <summary>Storage keys in one eth_getProof (<c>--rpc.proof-keys</c>).</summary>
    public int ProofKeysMax { get; init; } = 1_024;

    /// <summary>Blocks in one eth_feeHistory.</summary>
    public int FeeHistoryBlocksMax { get; init; } = 1_024;

    /// <summary>Percentiles in one eth_feeHistory.</summary>
    public int FeeHistoryPercentilesMax { get; init; } = 100;
}
