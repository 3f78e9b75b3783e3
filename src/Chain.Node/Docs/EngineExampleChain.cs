using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Node.Dev;
using Chain.Node.Logging;
using Chain.Node.Run;
using Chain.Rpc.Docs;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Docs;

/// <summary>
/// The node on which the examples of the Engine API are executed, over its authenticated port, as a consensus client would: from Paris to Osaka with a block in each fork, so that every
/// version of a method is asked for a block that it is for. The same blocks and hashes on every run.
/// </summary>
internal sealed class EngineExampleChain : IAsyncDisposable
{
    private const ulong GenesisTimestamp = 1_800_000_000;
    private const ulong ForkSeconds = 1_200;
    private const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The forks in their order, with the versions of the methods that begin to build a block, give it and take it.</summary>
    private static readonly (Fork Fork, int Choose, int Get, int Take)[] Stages = [(Fork.Paris, 1, 1, 1), (Fork.Shanghai, 2, 2, 2), (Fork.Cancun, 3, 3, 3), (Fork.Prague, 3, 4, 4), (Fork.Osaka, 3, 5, 4)];

    private readonly string _folder;
    private readonly RunNode _node;
    private readonly HttpClient _client;
    private readonly Dictionary<string, string> _names = new() { ["zero"] = Zero, ["beaconRoot"] = Zero[..^2] + "be" };
    private readonly Dictionary<string, ExecutedExample> _executed = new(StringComparer.Ordinal);

    private EngineExampleChain(string folder, RunNode node)
    {
        _folder = folder;
        _node = node;
        _ = JwtSecret.TryParse(File.ReadAllText(Path.Combine(folder, "jwt.hex")), out JwtSecret secret);
        _client = new HttpClient { BaseAddress = new Uri(node.EngineUrl) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret.MakeToken(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
    }

    /// <summary>Executes the example of each method of the namespace.</summary>
    public static async Task<IReadOnlyList<ExecutedExample>> ExecuteAsync()
    {
        string folder = Directory.CreateTempSubdirectory("chain-example-").FullName;
        string genesis = Path.Combine(folder, "example.json");
        await File.WriteAllBytesAsync(genesis, Genesis()).ConfigureAwait(false);
        RunNode node = new(new RunSettings { Folder = folder, GenesisFile = genesis, HttpPort = 0, EnginePort = 0 }, new ConsoleLog(LogLevel.None));
        await node.StartAsync().ConfigureAwait(false);
        EngineExampleChain chain = new(folder, node);
        await using (chain.ConfigureAwait(false)) return await chain.WalkAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<IReadOnlyList<ExecutedExample>> WalkAsync()
    {
        _names["head"] = (await CallAsync("eth_getBlockByNumber", """["0x0",false]""").ConfigureAwait(false))["result"]!["hash"]!.GetValue<string>();
        for (int i = 0; i < Stages.Length; i++)
        {
            (Fork fork, int choose, int get, int take) = Stages[i];
            _names["attributes"] = Attributes(fork, GenesisTimestamp + ((ulong)i * ForkSeconds) + 12);
            _names["payloadId"] = (await ExecuteAsync($"engine_forkchoiceUpdatedV{choose}").ConfigureAwait(false))["payloadId"]!.GetValue<string>();
            JsonNode built = await ExecuteAsync($"engine_getPayloadV{get}").ConfigureAwait(false);
            JsonNode payload = built["executionPayload"] ?? built;
            _names["payload"] = payload.ToJsonString();
            await ExecuteAsync($"engine_newPayloadV{take}").ConfigureAwait(false);
            _names["head"] = payload["blockHash"]!.GetValue<string>();
            // Blobs with one proof each are asked for before Osaka.
            if (fork == Fork.Cancun) await ExecuteAsync("engine_getBlobsV1").ConfigureAwait(false);
        }
        _names["attributes"] = "null";
        await ExecuteAsync("engine_forkchoiceUpdatedV3").ConfigureAwait(false);
        foreach (MethodDescription method in _node.EngineMethods.Where(method => !_executed.ContainsKey(method.Name))) await ExecuteAsync(method.Name).ConfigureAwait(false);
        return [.. _executed.Values];
    }

    /// <summary>Calls a method with its example's arguments as they are now; the first time is the one that the reference shows.</summary>
    private async Task<JsonNode> ExecuteAsync(string name)
    {
        MethodDescription method = _node.EngineMethods.First(method => method.Name == name);
        string parameters = _names.Aggregate(method.Example, (text, value) => text.Replace($"{{{value.Key}}}", value.Value, StringComparison.Ordinal));
        JsonObject answer = await CallAsync(name, parameters).ConfigureAwait(false);
        _executed.TryAdd(name, new ExecutedExample(method, parameters, answer));
        return answer.ContainsKey("result") ? answer["result"] ?? new JsonObject() : throw new InvalidOperationException($"{name} {parameters} answered {answer.ToJsonString()}.");
    }

    private async Task<JsonObject> CallAsync(string method, string parameters)
    {
        using StringContent content = new(ExampleChain.RequestText(method, parameters), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync((Uri?)null, content).ConfigureAwait(false);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync().ConfigureAwait(false))!.AsObject();
    }

    private string Attributes(Fork fork, ulong timestamp)
    {
        JsonObject attributes = new() { ["timestamp"] = ((UInt256)timestamp).ToHexString(), ["prevRandao"] = Zero[..^2] + "ff", ["suggestedFeeRecipient"] = "0x00000000000000000000000000000000000000aa" };
        if (fork >= Fork.Shanghai) attributes["withdrawals"] = new JsonArray();
        if (fork >= Fork.Cancun) attributes["parentBeaconBlockRoot"] = _names["beaconRoot"];
        return attributes.ToJsonString();
    }

    /// <summary>A plain chain, a fork after the other in time.</summary>
    private static byte[] Genesis()
    {
        JsonObject genesis = JsonNode.Parse(DevGenesis.Write(new DevGenesis.Parameters(DevSettings.DefaultChainId, Fork.Osaka, GenesisTimestamp, [], UInt256.Zero, null)))!.AsObject();
        JsonObject config = genesis["config"]!.AsObject();
        ulong time = GenesisTimestamp;
        foreach (string key in config.Select(member => member.Key).Where(key => key.EndsWith("Time", StringComparison.Ordinal)).ToArray()) config[key] = time += ForkSeconds;
        return Encoding.UTF8.GetBytes(genesis.ToJsonString());
    }
}
