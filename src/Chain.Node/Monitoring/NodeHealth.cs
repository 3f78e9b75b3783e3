using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chain.Consensus;
using Chain.Core.Types;
using Chain.Rpc.Server;

namespace Chain.Node.Monitoring;

/// <summary>
/// Answers probes: <c>/livez</c> (the process answers), <c>/readyz</c> (it can serve: started, not stopping, driven by its consensus client where it needs one) and <c>/health</c>
/// (the same with details, JSON). 200 when well, 503 when not.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="sinceDriven">Time since the consensus client last called, null before; a null function for nodes that need none.</param>
/// <param name="version">Name and version of the node.</param>
public sealed class NodeHealth(ChainManager chain, Func<TimeSpan?>? sinceDriven, string version)
{
    /// <summary>Silence of the consensus client, in seconds, after which the node is not ready: five slots of mainnet.</summary>
    public const int DriverSilenceSecondsMax = 60;

    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private volatile bool _isServing;

    /// <summary>True between start and stop.</summary>
    public bool IsServing
    {
        get => _isServing;
        set => _isServing = value;
    }

    /// <summary>The answer to a path; null when it is no probe.</summary>
    public ProbeAnswer? Answer(string path) => path switch
    {
        "/livez" => Text(200, "ok\n"),
        "/readyz" => Problems() is { Count: > 0 } problems ? Text(503, string.Join('\n', problems) + "\n") : Text(200, "ok\n"),
        "/health" => Details(),
        _ => null,
    };

    private static ProbeAnswer Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    private List<string> Problems()
    {
        List<string> problems = [];
        if (!IsServing) problems.Add("the node is starting or stopping");
        if (sinceDriven is null) return problems;
        if (sinceDriven() is not { } silence) problems.Add("no consensus client has called yet (--authrpc.port)");
        else if (silence.TotalSeconds > DriverSilenceSecondsMax)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"the consensus client has been silent for {silence.TotalSeconds:0} s, more than {DriverSilenceSecondsMax} s"));
        return problems;
    }

    private ProbeAnswer Details()
    {
        List<string> problems = Problems();
        BlockHeader head = chain.Head;
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            json.WriteStartObject();
            json.WriteString("status", problems.Count == 0 ? "ok" : "not ready");
            json.WriteStartArray("problems");
            foreach (string problem in problems) json.WriteStringValue(problem);
            json.WriteEndArray();
            json.WriteString("version", version);
            json.WriteNumber("chainId", chain.Spec.ChainId);
            json.WriteNumber("uptimeSeconds", (long)(now - _startedAt).TotalSeconds);
            json.WriteStartObject("head");
            json.WriteNumber("number", head.Number);
            json.WriteString("hash", head.Hash.ToString());
            json.WriteNumber("ageSeconds", Math.Max(0, now.ToUnixTimeSeconds() - (long)head.Timestamp));
            json.WriteEndObject();
            json.WriteNumber("safe", chain.Database.Safe.Number);
            json.WriteNumber("finalized", chain.Database.Finalized.Number);
            json.WriteNumber("pooledTransactions", chain.Pool.Count);
            json.WriteEndObject();
        }
        return new ProbeAnswer(problems.Count == 0 ? 200 : 503, "application/json", buffer.WrittenMemory);
    }
}
