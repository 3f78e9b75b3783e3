using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chain.Consensus;
using Chain.Rpc.Server;
using Chain.Storage;

namespace Chain.Node.Monitoring;

/// <summary>What the node as a whole says of itself when asked: chain, pool, servers, process. The rooms keep their own (<c>chain.block.*</c>, <c>chain.rpc.*</c>).</summary>
public sealed class NodeMetrics : IDisposable
{
    private readonly Meter _meter = new("Chain.Node");

    /// <summary>Publishes the metrics of a node.</summary>
    public NodeMetrics(ChainManager chain, IReadOnlyList<(string Name, RpcServer Server)> servers, Func<int> subscriptionCount, Func<int> peerCount, string version)
    {
        ChainDatabase database = chain.Database;
        _meter.CreateObservableGauge("chain.info", () => new Measurement<int>(1, new("version", version), new("chain_id", chain.Spec.ChainId)), null, "Always 1; its labels name the program and the chain.");
        _meter.CreateObservableGauge("chain.head.number", () => (long)database.Head.Number, "{block}", "Number of the head block.");
        _meter.CreateObservableGauge("chain.head.timestamp", () => (long)chain.Head.Timestamp, "s", "Timestamp of the head block, seconds since the Unix epoch.");
        _meter.CreateObservableGauge("chain.safe.number", () => (long)database.Safe.Number, "{block}", "Number of the newest safe block.");
        _meter.CreateObservableGauge("chain.finalized.number", () => (long)database.Finalized.Number, "{block}", "Number of the newest final block.");
        _meter.CreateObservableGauge("chain.state.layers", () => database.States.LayerCount, "{layer}", "Blocks whose changes are kept in memory above the merged state.");
        _meter.CreateObservableGauge("chain.state.layers.size", () => database.States.LayersSizeBytes, "By", "Estimated memory of the changes of blocks above the merged state.");
        _meter.CreateObservableGauge("chain.database.size", () => Enum.GetValues<Column>().Select(column => new Measurement<long>(database.EstimateSizeBytes(column), new KeyValuePair<string, object?>("column", column.ToString()))), "By", "Estimated size of a column of the database.");
        _meter.CreateObservableCounter("chain.logs.failures", () => database.LogMergeFailures, "{failure}", "Failures to bring the log index up to date.");
        _meter.CreateObservableGauge("chain.pool.transactions", () => chain.Pool.Count, "{transaction}", "Transactions in the pool.");
        _meter.CreateObservableGauge("chain.peers", peerCount, "{peer}", "Connected peers.");
        _meter.CreateObservableGauge("chain.rpc.subscriptions", subscriptionCount, "{subscription}", "Open subscriptions.");
        _meter.CreateObservableGauge("chain.rpc.sessions", () => servers.Select(server => Of(server.Server.WebSocketCount, server.Name)), "{connection}", "Open WebSocket and IPC connections.");
        _meter.CreateObservableGauge("chain.rpc.calls.running", () => servers.Select(server => Of(server.Server.RunningCalls, server.Name)), "{call}", "Executions and heavy calls in work.");
        _meter.CreateObservableGauge("chain.rpc.calls.waiting", () => servers.Select(server => Of(server.Server.WaitingCalls, server.Name)), "{call}", "Executions and heavy calls waiting for their turn.");
        AddProcess();
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static Measurement<int> Of(int value, string server) => new(value, new KeyValuePair<string, object?>("server", server));

    private void AddProcess()
    {
        _meter.CreateObservableCounter("process.cpu.time", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used.");
        _meter.CreateObservableGauge("process.memory.resident", () => Environment.WorkingSet, "By", "Memory in RAM.");
        _meter.CreateObservableGauge("process.memory.managed", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Memory of managed objects.");
        _meter.CreateObservableCounter("process.gc.pause.time", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time in which the garbage collector stopped all threads.");
        _meter.CreateObservableCounter("process.gc.collections", () => Enumerable.Range(0, GC.MaxGeneration + 1).Select(g => new Measurement<int>(GC.CollectionCount(g), new KeyValuePair<string, object?>("generation", g))), "{collection}", "Garbage collections.");
        _meter.CreateObservableGauge("process.threads", () => ThreadPool.ThreadCount, "{thread}", "Threads of the pool.");
        _meter.CreateObservableGauge("process.start.time", () => new DateTimeOffset(Process.GetCurrentProcess().StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1_000.0, "s", "Start of the process, seconds since the Unix epoch.");
    }
}
