using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Oracle;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Precompiles;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tests;

/// <summary>The namespace <c>oracle</c> on a development chain whose oracle starts in block 1.</summary>
public sealed class OracleMethodTests
{
    private static readonly Hash256 Feed = AbiWords.ToHash(AbiWords.ToWord("RATE:EURIBOR"));

    private ChainFixture _chain = null!;
    private RpcProcessor _processor = null!;
    private Address _reporter;

    [SetUp]
    public async Task StartAsync()
    {
        _reporter = Secp256k1Address(Keccak256.Hash([1]).Bytes);
        FeedConfig config = FeedKinds.Defaults(FeedKind.InterestRate, 1) with { MinAnswer = -1_000, Description = AbiWords.ToHash(AbiWords.ToWord("Euribor 3M")) };
        ModuleEntry entry = new() { Module = ModuleAddresses.Oracle, Timestamp = ChainFixture.GenesisTimestamp + 1, Admins = [_reporter], Feeds = [new InitialFeed(Feed, config, [_reporter])] };
        Assert.That(ComplianceConfig.TryCreate([entry], ChainFixture.GenesisTimestamp, out ComplianceConfig modules, out string error), Is.True, error);
        _chain = ChainFixture.Development(modules: new NativeModules(modules));
        _processor = new RpcProcessor(_chain.Table, _chain.Chain.Limits, TestLog.Instance);
        await AnswerAsync("evm_mine", "[]");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _processor.Dispose();
        await _chain.DisposeAsync();
    }

    [Test]
    public async Task A_feed_is_shown_with_its_parameters_and_without_data()
    {
        JsonElement feed = (await AnswerAsync("oracle_getFeed", $"[\"{Feed}\"]")).GetProperty("result");
        Assert.That(feed.GetProperty("description").GetString(), Is.EqualTo("Euribor 3M"));
        Assert.That(feed.GetProperty("kindName").GetString(), Is.EqualTo("InterestRate"));
        Assert.That(feed.GetProperty("minAnswer").GetString(), Is.EqualTo("-1000"));
        Assert.That(feed.GetProperty("health").GetString(), Is.EqualTo("NO_DATA"));
        Assert.That(feed.GetProperty("facade").GetString(), Is.EqualTo(FeedFacade.AddressOf(AbiWords.ToWord(Feed)).ToString()));
        Assert.That(feed.GetProperty("reporters")[0].GetString(), Is.EqualTo(_reporter.ToString()));
        Assert.That(feed.GetProperty("latestRound").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task A_report_by_transaction_appears_in_rounds_health_and_feed()
    {
        await ReportAsync(-new UInt256(25));
        JsonElement rounds = (await AnswerAsync("oracle_getRounds", $"[\"{Feed}\",0,10]")).GetProperty("result");
        Assert.That(rounds.GetArrayLength(), Is.EqualTo(1));
        Assert.That(rounds[0].GetProperty("answer").GetString(), Is.EqualTo("-25"));
        Assert.That(rounds[0].GetProperty("roundId").GetString(), Is.EqualTo("0x10000000000000001"));
        Assert.That((await AnswerAsync("oracle_getHealth", $"[\"{Feed}\"]")).GetProperty("result").GetProperty("health").GetString(), Is.EqualTo("OK"));
        JsonElement feed = (await AnswerAsync("oracle_getFeed", $"[\"{Feed}\",\"latest\"]")).GetProperty("result");
        Assert.That(feed.GetProperty("latestRound").GetProperty("answer").GetString(), Is.EqualTo("-25"));
        JsonElement before = (await AnswerAsync("oracle_getHealth", $"[\"{Feed}\",\"0x1\"]")).GetProperty("result");
        Assert.That(before.GetProperty("health").GetString(), Is.EqualTo("NO_DATA"));
        string data = $"{{\"to\":\"{FeedFacade.AddressOf(AbiWords.ToWord(Feed))}\",\"data\":\"0x50d25bcd\"}}";
        string answer = (await AnswerAsync("eth_call", $"[{data},\"latest\"]")).GetProperty("result").GetString()!;
        Assert.That(answer, Is.EqualTo("0x" + new string('f', 62) + "e7"), "the facade answers eth_call");
    }

    [Test]
    public async Task Unknown_feeds_and_too_many_rounds_are_told()
    {
        Hash256 unknown = AbiWords.ToHash(77);
        Assert.That((await AnswerAsync("oracle_getHealth", $"[\"{unknown}\"]")).GetProperty("result").GetProperty("code").GetString(), Is.EqualTo("0x5"));
        Assert.That((await AnswerAsync("oracle_getFeed", $"[\"{unknown}\"]")).GetProperty("error").GetProperty("message").GetString(), Does.Contain("is unknown"));
        Assert.That((await AnswerAsync("oracle_getRounds", $"[\"{unknown}\",0,1]")).GetProperty("error").GetProperty("message").GetString(), Does.Contain("is unknown"));
        Assert.That((await AnswerAsync("oracle_getRounds", $"[\"{Feed}\",0,101]")).GetProperty("error").GetProperty("message").GetString(), Does.Contain("at most 100"));
    }

    private async Task ReportAsync(UInt256 value)
    {
        byte[] data = new byte[4 + (4 * 32)];
        BinaryPrimitives.WriteUInt32BigEndian(data, AbiWords.Selector("submitDirect(bytes32,int256,uint64,bytes32)"));
        Feed.Bytes.CopyTo(data.AsSpan(4));
        value.WriteBigEndian(data.AsSpan(36, 32));
        new UInt256(_chain.Manager.Head.Timestamp).WriteBigEndian(data.AsSpan(68, 32));
        JsonElement sent = await AnswerAsync("eth_sendTransaction", $"[{{\"from\":\"{_reporter}\",\"to\":\"{ModuleAddresses.Oracle}\",\"gas\":\"0x7a120\",\"data\":\"0x{Convert.ToHexStringLower(data)}\"}}]");
        string hash = sent.GetProperty("result").GetString()!;
        for (int i = 0; i < 100; i++)
        {
            JsonElement receipt = (await AnswerAsync("eth_getTransactionReceipt", $"[\"{hash}\"]")).GetProperty("result");
            if (receipt.ValueKind == JsonValueKind.Object)
            {
                Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
                return;
            }
            await Task.Delay(20);
        }
        Assert.Fail("The report was not mined.");
    }

    private static Address Secp256k1Address(ReadOnlySpan<byte> key)
    {
        byte[] publicKey = new byte[Secp256k1.PublicKeySizeBytes];
        Secp256k1.TryGetPublicKey(key, publicKey);
        return Secp256k1.AddressOf(publicKey);
    }

    private async Task<JsonElement> AnswerAsync(string method, string parameters)
    {
        using PooledBufferWriter output = new();
        await _processor.ProcessAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}"""), null, output, CancellationToken.None);
        return JsonDocument.Parse(output.Written.ToArray()).RootElement;
    }
}
