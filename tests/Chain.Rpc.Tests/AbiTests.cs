using System.Text;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Rpc.Abi;
using Chain.Rpc.Model;

namespace Chain.Rpc.Tests;

/// <summary>Revert reasons and the hashes that are signed.</summary>
public sealed class AbiTests
{
    private const string Mail = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
        "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},
        "primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
        "message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}
        """;

    private const string MailV4 = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
        "Person":[{"name":"name","type":"string"},{"name":"wallets","type":"address[]"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person[]"},{"name":"contents","type":"string"}],
        "Group":[{"name":"name","type":"string"},{"name":"members","type":"Person[]"}]},
        "primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":"0x1","verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
        "message":{"from":{"name":"Cow","wallets":["0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","0xDeaDbeefdEAdbeefdEadbEEFdeadbeEFdEaDbeeF"]},
        "to":[{"name":"Bob","wallets":["0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB","0xB0BdaBea57B0BDABeA57b0bdABEA57b0BDabEa57","0xB0B0b0b0b0b0B000000000000000000000000000"]}],"contents":"Hello, Bob!"}}
        """;

    [TestCase(Mail, "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")]
    [TestCase(MailV4, "0xa85c2e2b118698e88db68a8105b794a8cc7cec074e89ef991cb4f5f533819cc2")]
    public void Typed_data_hash_as_eip_712_and_the_reference_implementation_have_it(string json, string expected)
    {
        JsonElement element = JsonDocument.Parse(json).RootElement;
        Assert.That(TypedData.TryHash(element, out Hash256 hash, out string error), Is.True, error);
        Assert.That(hash.ToString(), Is.EqualTo(expected));
        JsonElement asText = JsonDocument.Parse(JsonSerializer.Serialize(json)).RootElement;
        Assert.That(TypedData.TryHash(asText, out Hash256 same, out _), Is.True);
        Assert.That(same, Is.EqualTo(hash));
    }

    [TestCase("{}", "types")]
    [TestCase("5", "types")]
    [TestCase("\"not json\"", "not JSON")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"uint8"}]},"primaryType":"A","domain":{},"message":{"x":256}}""", "A.x: 256 is not a value of type uint8")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"int8"}]},"primaryType":"A","domain":{},"message":{"x":-129}}""", "A.x: -129 is not a value of type int8")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"uint7"}]},"primaryType":"A","domain":{},"message":{"x":1}}""", "not a value of type uint7")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"bytes33"}]},"primaryType":"A","domain":{},"message":{"x":"0x"}}""", "not a value of type bytes33")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"bytes2"}]},"primaryType":"A","domain":{},"message":{"x":"0x010203"}}""", "not a value of type bytes2")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"address[2]"}]},"primaryType":"A","domain":{},"message":{"x":[]}}""", "address[2] has 0 items")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"wat"}]},"primaryType":"A","domain":{},"message":{"x":1}}""", "type \"wat\" is not defined")]
    [TestCase("""{"types":{"A":[{"name":"x","type":"bool"}]},"primaryType":"A","domain":{},"message":{}}""", "A.x is missing")]
    [TestCase("""{"types":{"A":[]},"primaryType":"B","domain":{},"message":{}}""", "type \"B\" is not defined")]
    public void Bad_typed_data_is_told_by_its_path(string json, string message)
    {
        Assert.That(TypedData.TryHash(JsonDocument.Parse(json).RootElement, out _, out string error), Is.False);
        Assert.That(error, Does.Contain(message));
    }

    [Test]
    public void Negative_integers_are_sign_extended_and_recursive_types_end()
    {
        const string Json = """{"types":{"A":[{"name":"x","type":"int16"},{"name":"next","type":"A"}]},"primaryType":"A","domain":{"name":"d"},"message":{"x":-2,"next":{"x":"3","next":null}}}""";
        Assert.That(TypedData.TryHash(JsonDocument.Parse(Json).RootElement, out Hash256 hash, out string error), Is.True, error);
        Assert.That(TypedData.TryHash(JsonDocument.Parse(Json.Replace("-2", "\"-2\"", StringComparison.Ordinal)).RootElement, out Hash256 same, out _), Is.True);
        Assert.That(hash, Is.EqualTo(same).And.Not.EqualTo(Hash256.Zero));
    }

    [Test]
    public void Personal_messages_hash_with_their_prefix() =>
        Assert.That(PersonalMessage.Hash(Encoding.UTF8.GetBytes("hello world")).ToString(), Is.EqualTo("0xd9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68"));

    [TestCase("0x", "execution reverted")]
    [TestCase("0x08c379a0", "execution reverted")]
    [TestCase("0x08c379a0" + "0000000000000000000000000000000000000000000000000000000000000020" + "0000000000000000000000000000000000000000000000000000000000000002" + "6e6f000000000000000000000000000000000000000000000000000000000000", "execution reverted: no")]
    [TestCase("0x08c379a0" + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" + "0000000000000000000000000000000000000000000000000000000000000002", "execution reverted")]
    [TestCase("0x08c379a0" + "0000000000000000000000000000000000000000000000000000000000000020" + "0000000000000000000000000000000000000000000000000000000000000040", "execution reverted")]
    [TestCase("0x4e487b71" + "0000000000000000000000000000000000000000000000000000000000000011", "execution reverted: arithmetic underflow or overflow")]
    [TestCase("0x4e487b71" + "00000000000000000000000000000000000000000000000000000000000000ab", "execution reverted: unknown panic code: 0xab")]
    [TestCase("0x4e487b71" + "ab", "execution reverted")]
    [TestCase("0xdeadbeef", "execution reverted")]
    [TestCase("0x7f883d13" + "0000000000000000000000000000000000000000000000000000000000000011", "execution reverted: KycBlocked")]
    public void Reverts_have_code_3_a_decoded_reason_and_raw_data(string data, string message)
    {
        RpcError error = RevertReason.ToError(Hex.Decode(data));
        Assert.That(error.Code, Is.EqualTo(3));
        Assert.That(error.Message, Is.EqualTo(message));
        Assert.That(Hex.Encode(((HexData)error.Data!).Bytes.Span), Is.EqualTo(data));
    }
}
