using System.Text.Json;

namespace Chain.Rpc.Tests;

/// <summary>Arguments by type: what is taken, what is refused and with which words.</summary>
public sealed class BinderTests
{
    private const string A = "0x00000000000000000000000000000000000000aa";
    private const string H = "0x00000000000000000000000000000000000000000000000000000000000000bb";

    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("test_long", "[\"0x0\"]", "0x0")]
    [TestCase("test_long", "[\"0xffffffffffffffff\"]", "0xffffffffffffffff")]
    [TestCase("test_long", "[\"0xABC\"]", "0xabc")]
    [TestCase("test_quantity", "[\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]", "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [TestCase("test_quantity", "[\"0x10000000000000000\"]", "0x10000000000000000")]
    [TestCase("test_data", "[\"0x\"]", "0x")]
    [TestCase("test_data", "[\"0X00aB\"]", "0x00ab")]
    [TestCase("test_data", "[\"\\u0030x0a\"]", "0x0a")]
    [TestCase("test_address", "[\"0x00000000000000000000000000000000000000AA\"]", A)]
    [TestCase("test_hash", "[\"" + H + "\"]", H)]
    [TestCase("test_echo", "[\"hi\"]", "hi")]
    [TestCase("test_echo", "[\"hi\",null]", "hi")]
    [TestCase("test_echo", "[\"hi\",true]", "HI")]
    [TestCase("test_alias", "[\"hi\",false]", "hi")]
    [TestCase("test_loose", "[10]", "0xa")]
    [TestCase("test_loose", "[\"10\"]", "0xa")]
    [TestCase("test_loose", "[\"0x0010\"]", "0x10")]
    [TestCase("test_slot", "[\"0x0\"]", "0x0")]
    [TestCase("test_slot", "[\"" + H + "\"]", "0xbb")]
    [TestCase("test_block", "[]", "Latest 0 0x0000 False")]
    [TestCase("test_block", "[\"pending\"]", "Pending 0 0x0000 False")]
    [TestCase("test_block", "[\"earliest\"]", "Earliest 0 0x0000 False")]
    [TestCase("test_block", "[\"safe\"]", "Safe 0 0x0000 False")]
    [TestCase("test_block", "[\"finalized\"]", "Finalized 0 0x0000 False")]
    [TestCase("test_block", "[\"0x10\"]", "Number 16 0x0000 False")]
    [TestCase("test_block", "[{\"blockNumber\":\"0x10\"}]", "Number 16 0x0000 False")]
    [TestCase("test_block", "[{\"blockHash\":\"0xaabb000000000000000000000000000000000000000000000000000000000000\",\"requireCanonical\":true}]", "Hash 0 0xaabb True")]
    [TestCase("test_call", "[{\"gas\":\"0x5208\",\"data\":\"0x01\",\"unknown\":[1,2]}]", "21000 1 0 ")]
    [TestCase("test_call", "[{\"data\":\"0x01\",\"input\":\"0x01\"},{\"" + A + "\":{\"balance\":\"0x1\",\"stateDiff\":{\"" + H + "\":\"" + H + "\"}}},{\"number\":\"0x5\"}]", " 1 1 5")]
    [TestCase("test_filter", "[{\"address\":\"" + A + "\",\"topics\":[null,\"" + H + "\",[\"" + H + "\",null]]}]", "1 3")]
    [TestCase("test_filter", "[{\"address\":[\"" + A + "\",\"" + A + "\"],\"topics\":[]}]", "2 0")]
    public async Task Good_arguments_are_read(string method, string parameters, string expected)
    {
        JsonElement answer = await _server.CallAsync(method, parameters);
        Assert.That(answer.TryGetProperty("result", out JsonElement result), Is.True, answer.GetRawText());
        Assert.That(result.GetString(), Is.EqualTo(expected));
    }

    [TestCase("test_long", "[]", "missing value for required argument 0")]
    [TestCase("test_long", "[null]", "missing value for required argument 0")]
    [TestCase("test_long", "[\"0x1\",\"0x2\"]", "too many arguments, want at most 1")]
    [TestCase("test_long", "[\"1\"]", "invalid argument 0: hex string without 0x prefix: \"1\"")]
    [TestCase("test_long", "[1]", "invalid argument 0: non-string: hex quantity expected, got 1")]
    [TestCase("test_long", "[\"\"]", "invalid argument 0: empty hex string: \"\"")]
    [TestCase("test_long", "[\"0x\"]", "invalid argument 0: hex string \"0x\": \"0x\"")]
    [TestCase("test_long", "[\"0x01\"]", "invalid argument 0: hex number with leading zero digits: \"0x01\"")]
    [TestCase("test_long", "[\"0xzz\"]", "invalid argument 0: invalid hex string: \"0xzz\"")]
    [TestCase("test_long", "[\"0x-1\"]", "invalid argument 0: invalid hex string: \"0x-1\"")]
    [TestCase("test_long", "[\"0x10000000000000000\"]", "invalid argument 0: hex number > 64 bits: \"0x10000000000000000\"")]
    [TestCase("test_quantity", "[\"0x10000000000000000000000000000000000000000000000000000000000000000\"]", "invalid argument 0: hex number > 256 bits")]
    [TestCase("test_data", "[\"0x1\"]", "invalid argument 0: hex string of odd length: \"0x1\"")]
    [TestCase("test_data", "[\"0x1g\"]", "invalid argument 0: invalid hex string: \"0x1g\"")]
    [TestCase("test_data", "[{}]", "invalid argument 0: non-string: hex data expected, got {}")]
    [TestCase("test_address", "[\"0xaa\"]", "invalid argument 0: hex string has length 2, want 40 for address: \"0xaa\"")]
    [TestCase("test_hash", "[\"0xaa\"]", "invalid argument 0: hex string has length 2, want 64 for hash: \"0xaa\"")]
    [TestCase("test_echo", "[5]", "invalid argument 0: non-string: a string expected, got 5")]
    [TestCase("test_echo", "[\"x\",\"yes\"]", "invalid argument 1: non-boolean: true or false expected, got \"yes\"")]
    [TestCase("test_block", "[\"newest\"]", "invalid argument 0: hex string without 0x prefix: \"newest\"")]
    [TestCase("test_block", "[5]", "invalid argument 0: hex string without 0x prefix: 5")]
    [TestCase("test_block", "[\"0x8000000000000000\"]", "invalid argument 0: block number larger than int64")]
    [TestCase("test_block", "[{\"blockHash\":\"" + H + "\",\"blockNumber\":\"0x1\"}]", "invalid argument 0: cannot specify both BlockHash and BlockNumber")]
    [TestCase("test_block", "[{}]", "invalid argument 0: a block object needs")]
    [TestCase("test_slot", "[\"0xasdf\"]", "invalid hex in storage key: \"0xasdf\"")]
    [TestCase("test_slot", "[\"0x00000000000000000000000000000000000000000000000000000000000000000\"]", "storage key too long (want at most 32 bytes)")]
    [TestCase("test_call", "[[]]", "invalid argument 0: non-object: transaction object expected, got []")]
    [TestCase("test_call", "[{\"gas\":5}]", "invalid argument 0: non-string: hex quantity expected, got 5 (field gas)")]
    [TestCase("test_call", "[{\"data\":\"0x01\",\"input\":\"0x02\"}]", "both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data")]
    [TestCase("test_call", "[{\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x2\"}]", "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")]
    [TestCase("test_call", "[{\"maxFeePerGas\":\"0x1\",\"maxPriorityFeePerGas\":\"0x2\"}]", "maxFeePerGas (1) < maxPriorityFeePerGas (2)")]
    [TestCase("test_call", "[{\"accessList\":[{\"address\":\"0x1\"}]}]", "invalid argument 0: hex string of odd length")]
    [TestCase("test_call", "[{},{\"zz\":{}}]", "invalid argument 1: state override \"zz\" is not an address")]
    [TestCase("test_call", "[{},{\"" + A + "\":{\"state\":{},\"stateDiff\":{}}}]", "account " + A + " has both 'state' and 'stateDiff'")]
    [TestCase("test_call", "[{},null,{\"number\":5}]", "invalid argument 2: non-string: hex quantity expected, got 5 (field number)")]
    [TestCase("test_filter", "[{\"blockHash\":\"" + H + "\",\"fromBlock\":\"0x3\"}]", "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")]
    [TestCase("test_filter", "[{\"topics\":[\"0x1\"]}]", "invalid argument 0: invalid topic(s): hex string of odd length")]
    [TestCase("test_filter", "[{\"topics\":[null,null,null,null,null]}]", "invalid argument 0: exceed max topics")]
    public async Task Bad_arguments_are_refused_with_the_value(string method, string parameters, string message)
    {
        JsonElement error = (await _server.CallAsync(method, parameters)).GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(-32602));
        Assert.That(error.GetProperty("message").GetString(), Does.StartWith(message));
    }

    [Test]
    public async Task A_long_bad_value_is_shown_cut()
    {
        JsonElement error = (await _server.CallAsync("test_long", $"[\"{new string('9', 10_000)}\"]")).GetProperty("error");
        Assert.That(error.GetProperty("message").GetString(), Has.Length.LessThan(200).And.Contain("(10002 bytes)"));
    }
}
