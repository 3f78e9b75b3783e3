using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Rpc.Ports;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>A development chain that mines when asked, with words for what most tests do on it.</summary>
internal sealed class DevStory : IAsyncDisposable
{
    /// <summary>Stores 7 in slot 0, logs a topic, and sends one wei to the address in its call data.</summary>
    public const string ContractCode = "6007600055600160006000a1600060006000600060016000355af100";

    /// <summary>Answers any view by the slot keccak256(first argument, second argument or zero).</summary>
    public const string TokenCode = "6040600460003760406000205460005260206000f3";

    private DevStory(ChainFixture chain)
    {
        Chain = chain;
        Rpc = new RpcCaller(chain.Table);
        A = chain.Chain.Accounts.Addresses[0].ToString();
        B = chain.Chain.Accounts.Addresses[1].ToString();
    }

    public ChainFixture Chain { get; }

    public RpcCaller Rpc { get; }

    public string A { get; }

    public string B { get; }

    public static DevStory Start(NodePorts? ports = null, RpcLimits? limits = null) => new(ChainFixture.Development(MiningMode.Manual, limits, ports: ports));

    public Task<JsonElement> ResultAsync(string method, string parameters = "[]") => Rpc.ResultAsync(method, parameters);

    public async Task<string> TextAsync(string method, string parameters = "[]") => (await ResultAsync(method, parameters)).GetString()!;

    public async Task<(int Code, string Message)> ErrorAsync(string method, string parameters = "[]")
    {
        JsonElement answer = await Rpc.AnswerAsync(method, parameters);
        Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.True, $"{method}: {answer.GetRawText()[..Math.Min(500, answer.GetRawText().Length)]}");
        return (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!);
    }

    public Task<string> SendAsync(string transaction) => TextAsync("eth_sendTransaction", $"[{transaction}]");

    public Task MineAsync(int blocks = 1) => ResultAsync("anvil_mine", $"[{blocks}]");

    /// <summary>Sends and mines; returns the receipt.</summary>
    public async Task<JsonElement> DoAsync(string transaction)
    {
        string hash = await SendAsync(transaction);
        await MineAsync();
        return await ResultAsync("eth_getTransactionReceipt", $"[\"{hash}\"]");
    }

    public async Task<string> DeployAsync(string runtime)
    {
        string size = (runtime.Length / 2).ToString("x2", null);
        JsonElement receipt = await DoAsync($$"""{"from":"{{A}}","gas":"0x100000","data":"0x60{{size}}600c60003960{{size}}6000f3{{runtime}}"}""");
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        return receipt.GetProperty("contractAddress").GetString()!;
    }

    /// <summary>Calls the contract with an address to pay and mines; returns the transaction's hash.</summary>
    public async Task<string> CallAsync(string contract, string payee)
    {
        JsonElement receipt = await DoAsync($$"""{"from":"{{A}}","to":"{{contract}}","value":"0x5","gas":"0x100000","data":"0x{{payee[2..].PadLeft(64, '0')}}"}""");
        return receipt.GetProperty("transactionHash").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Rpc.Dispose();
        await Chain.DisposeAsync();
    }
}
