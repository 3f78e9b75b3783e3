using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Consensus.Engines;
using Chain.Core.Primitives;
using Chain.Node.Dev;
using Chain.Node.Logging;
using Chain.Node.Operators;
using Chain.Rpc.Docs;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Docs;

/// <summary>
/// The development chain on which the examples of the reference are executed: the same blocks, transactions and hashes on every run. It has a contract, a token, a decision of the compliance
/// modules, a round of an oracle's feed, and a transaction that waits.
/// </summary>
public sealed class ExampleChain : IAsyncDisposable
{
    // Stores 7 in slot 0, logs a topic, and sends one wei to the address in its call data.
    private const string ContractCode = "6007600055" + "600160006000a1" + "60006000600060006001600035" + "5af1" + "00";

    // Answers any view by the slot keccak256(first argument, second argument or zero).
    private const string TokenCode = "6040600460003760406000205460005260206000f3";

    private const ulong GenesisTimestamp = 1_800_000_000;
    private const string Peer = "enode://000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f@192.0.2.1:30303";

    private readonly DevNode _node;
    private readonly HttpClient _client;
    private readonly string? _folder;
    private readonly Dictionary<string, (string Value, string Shown)> _names = [];
    private ClientWebSocket? _socket;

    private ExampleChain(DevNode node, string? folder)
    {
        _node = node;
        _folder = folder;
        _client = new HttpClient { BaseAddress = new Uri(node.HttpUrl) };
    }

    /// <summary>Methods that a development chain serves, by name.</summary>
    public IReadOnlyList<MethodDescription> Methods => _node.Methods.Descriptions;

    /// <summary>Starts a chain on a free port of the loopback interface.</summary>
    /// <param name="withFolder">True for a chain on disk, in a folder of its own that goes with it.</param>
    public static async Task<ExampleChain> StartAsync(bool withFolder)
    {
        string? folder = withFolder ? Directory.CreateTempSubdirectory("chain-example-").FullName : null;
        DevNode node = new(new DevSettings { HttpPort = 0, Mining = MiningMode.Manual, GenesisTimestamp = GenesisTimestamp, DataFolder = folder, Predeploys = false }, new ConsoleLog(LogLevel.None));
        await node.StartAsync().ConfigureAwait(false);
        ExampleChain chain = new(node, folder);
        await chain.PrepareAsync().ConfigureAwait(false);
        return chain;
    }

    /// <summary>An example's arguments with the values of this chain.</summary>
    public string Fill(string example) => _names.Aggregate(example, (text, name) => text.Replace($"{{{name.Key}}}", name.Value.Value, StringComparison.Ordinal));

    /// <summary>A text of this chain as the reference shows it: what differs from run to run is replaced.</summary>
    public string Show(string text) => _names.Values.Aggregate(text, (shown, name) => shown.Replace(name.Value, name.Shown, StringComparison.Ordinal));

    /// <summary>Calls a method; returns the whole answer.</summary>
    public async Task<JsonObject> CallAsync(string method, string parameters)
    {
        string request = RequestText(method, parameters);
        if (method is "eth_subscribe" or "eth_unsubscribe") return await PushAsync(request).ConfigureAwait(false);
        using StringContent content = new(request, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync((Uri?)null, content).ConfigureAwait(false);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync().ConfigureAwait(false))!.AsObject();
    }

    /// <summary>From now on makes a block as soon as a transaction comes; what waits is dropped.</summary>
    public async Task MineAtOnceAsync()
    {
        await ResultAsync("anvil_dropAllTransactions", "[]").ConfigureAwait(false);
        await ResultAsync("evm_setAutomine", "[true]").ConfigureAwait(false);
    }

    /// <summary>The request as it goes over the wire.</summary>
    public static string RequestText(string method, string parameters) => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        _client.Dispose();
        await _node.DisposeAsync().ConfigureAwait(false);
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private async Task PrepareAsync()
    {
        JsonArray accounts = (await ResultAsync("eth_accounts", "[]").ConfigureAwait(false))!.AsArray();
        string account = accounts[0]!.GetValue<string>();
        string other = accounts[1]!.GetValue<string>();
        await ResultAsync("anvil_setBlockTimestampInterval", "[12]").ConfigureAwait(false);
        Name("contract", await DeployAsync(account, ContractCode).ConfigureAwait(false));
        Name("token", await DeployAsync(account, TokenCode).ConfigureAwait(false));
        await DecideAsync(account, other).ConfigureAwait(false);
        string data = $"0x{other[2..].PadLeft(64, '0')}";
        string tx = await SendAsync($$"""{"from":"{{account}}","to":"{{_names["contract"].Value}}","value":"0x5","gas":"0x100000","data":"{{data}}"}""").ConfigureAwait(false);
        await ResultAsync("evm_mine", "[]").ConfigureAwait(false);
        Name("tx", tx);
        Name("block", (await ResultAsync("eth_getBlockByNumber", """["latest",false]""").ConfigureAwait(false))!["hash"]!.GetValue<string>());
        Name("rlp", await TextAsync("debug_getRawBlock", """["latest"]""").ConfigureAwait(false));
        Name("pending", await SendAsync($$"""{"from":"{{account}}","to":"{{other}}","value":"0x1","gas":"0x5208"}""").ConfigureAwait(false));
        JsonNode signed = (await ResultAsync("eth_signTransaction", $$"""[{"from":"{{other}}","to":"{{account}}","value":"0x1"}]""").ConfigureAwait(false))!;
        Name("raw", signed["raw"]!.GetValue<string>());
        Name("snapshot", await TextAsync("evm_snapshot", "[]").ConfigureAwait(false));
        Name("filter", await TextAsync("eth_newFilter", $$"""[{"address":"{{_names["contract"].Value}}"}]""").ConfigureAwait(false), "0x1f0c...");
        Name("subscription", (await PushAsync(RequestText("eth_subscribe", """["newHeads"]""")).ConfigureAwait(false))["result"]!.GetValue<string>(), "0x9cef...");
        Name("dump", await TextAsync("anvil_dumpState", "[]").ConfigureAwait(false), "0x1f8b08...");
        Name("enode", Peer);
        Name("account", account);
        Name("other", other);
        if (_folder is null) return;
        Name("folder", _folder, "/var/lib/chain");
        await ResultAsync("admin_exportChain", """["blocks.rlp"]""").ConfigureAwait(false);
    }

    /// <summary>A block with an entry of the audit log, and with the first round of the feed that a development chain has.</summary>
    private async Task DecideAsync(string officer, string account)
    {
        Hash256 feed = AbiWords.ToHash(AbiWords.ToWord(DevCompliance.UsdcFeed));
        JsonNode head = (await ResultAsync("eth_getBlockByNumber", """["latest",false]""").ConfigureAwait(false))!;
        ulong observedAt = Convert.ToUInt64(head["timestamp"]!.GetValue<string>(), 16);
        await CallModuleAsync(officer, ModuleAddresses.TxAllowList, AbiValue.Call("setEnabled(address)", AbiValue.Of(Address.Parse(account)))).ConfigureAwait(false);
        await CallModuleAsync(
            officer, ModuleAddresses.Oracle,
            AbiValue.Call("submitDirect(bytes32,int256,uint64,bytes32)", AbiValue.Of(feed), AbiValue.Word(99_990_000), AbiValue.Word(observedAt), AbiValue.Word(0))).ConfigureAwait(false);
        await ResultAsync("evm_mine", "[]").ConfigureAwait(false);
        Name("feed", feed.ToString());
        Name("decided", await TextAsync("eth_blockNumber", "[]").ConfigureAwait(false));
    }

    private Task<string> CallModuleAsync(string from, Address module, byte[] data) => SendAsync($$"""{"from":"{{from}}","to":"{{module}}","gas":"0x100000","data":"{{Hex.Encode(data)}}"}""");

    private void Name(string name, string value, string? shown = null) => _names[name] = (value, shown ?? value);

    private async Task<string> DeployAsync(string account, string runtime)
    {
        string size = (runtime.Length / 2).ToString("x2", null);
        string hash = await SendAsync($$"""{"from":"{{account}}","gas":"0x100000","data":"0x60{{size}}600c60003960{{size}}6000f3{{runtime}}"}""").ConfigureAwait(false);
        await ResultAsync("evm_mine", "[]").ConfigureAwait(false);
        return (await ResultAsync("eth_getTransactionReceipt", $"[\"{hash}\"]").ConfigureAwait(false))!["contractAddress"]!.GetValue<string>();
    }

    private async Task<string> SendAsync(string transaction) => await TextAsync("eth_sendTransaction", $"[{transaction}]").ConfigureAwait(false);

    private async Task<string> TextAsync(string method, string parameters) => (await ResultAsync(method, parameters).ConfigureAwait(false))!.GetValue<string>();

    private async Task<JsonNode?> ResultAsync(string method, string parameters)
    {
        JsonObject answer = await CallAsync(method, parameters).ConfigureAwait(false);
        return answer.ContainsKey("result") ? answer["result"] : throw new InvalidOperationException($"The example chain could not be prepared: {method} {parameters} answered {answer.ToJsonString()}.");
    }

    private async Task<JsonObject> PushAsync(string request)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        if (_socket is null)
        {
            _socket = new ClientWebSocket();
            await _socket.ConnectAsync(new Uri(_node.WebSocketUrl), patience.Token).ConfigureAwait(false);
        }
        await _socket.SendAsync(Encoding.UTF8.GetBytes(request), WebSocketMessageType.Text, endOfMessage: true, patience.Token).ConfigureAwait(false);
        byte[] buffer = new byte[1 << 16];
        WebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, patience.Token).ConfigureAwait(false);
        return JsonNode.Parse(buffer.AsSpan(0, received.Count))!.AsObject();
    }
}
