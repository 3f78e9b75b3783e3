using System.Text;
using System.Text.Json;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chain.Rpc.Tests;

/// <summary>The front under random input: it never fails, and what it answers is always JSON of the right shape.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Seeds =
    [
        """{"jsonrpc":"2.0","id":1,"method":"test_number","params":[]}""",
        """{"jsonrpc":"2.0","id":"a\"\u00e9","method":"test_echo","params":["text",true]}""",
        """[{"jsonrpc":"2.0","id":1,"method":"test_quantity","params":["0xffff"]},{"jsonrpc":"2.0","method":"test_data","params":["0x00ff"]}]""",
        """{"jsonrpc":"2.0","id":null,"method":"test_block","params":[{"blockHash":"0x00000000000000000000000000000000000000000000000000000000000000bb","requireCanonical":false}]}""",
        """{"jsonrpc":"2.0","id":12e5,"method":"test_call","params":[{"from":"0x00000000000000000000000000000000000000aa","to":null,"gas":"0x5208","accessList":[{"address":"0x00000000000000000000000000000000000000aa","storageKeys":[]}]},{"0x00000000000000000000000000000000000000aa":{"balance":"0x1","state":{"0x01":"0x02"}}},{"number":"0x1"}]}""",
        """{"jsonrpc":"2.0","id":7,"method":"test_filter","params":[{"fromBlock":"0x1","toBlock":"latest","topics":[null,["0x00000000000000000000000000000000000000000000000000000000000000bb"]]}]}""",
        """{"jsonrpc":"2.0","id":7,"method":"test_bug","params":[]}""",
    ];

    private static readonly string[] Tokens =
        ["{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "1e999", "0x", "\\ud800", "\\u0000", "\u0000", "\"id\"", "\"method\"", "\"params\"", "[[[[[[[[[[", "99999999999999999999", "\"\\uD83D\""];

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Mutated_requests_always_get_a_well_formed_answer(int seed)
    {
        const int Rounds = 20_000;
        Random random = new(seed);
        using RpcProcessor processor = new(RpcMethodTable.Build([new EchoMethods(), new Web3Methods("x")]), new RpcLimits(), NullLogger.Instance);
        using PooledBufferWriter output = new();
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = Mutate(Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]), random);
            output.Clear();
            await processor.ProcessAsync(message, null, output, CancellationToken.None);
            if (output.Length == 0) continue;
            using JsonDocument answer = JsonDocument.Parse(output.Written);
            JsonElement root = answer.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in root.EnumerateArray()) CheckAnswer(item, message);
            }
            else
            {
                CheckAnswer(root, message);
            }
        }
    }

    private static void CheckAnswer(JsonElement answer, byte[] message)
    {
        string context = Encoding.UTF8.GetString(message);
        Assert.That(answer.GetProperty("jsonrpc").GetString(), Is.EqualTo("2.0"), context);
        Assert.That(answer.TryGetProperty("id", out _), Is.True, context);
        bool hasResult = answer.TryGetProperty("result", out _);
        if (answer.TryGetProperty("error", out JsonElement error))
        {
            int code = error.GetProperty("code").GetInt32();
            Assert.That(code is -32700 or -32600 or -32601 or -32602 or -32000 or -32603, Is.True, context);
            Assert.That(error.GetProperty("message").GetString(), Is.Not.Empty, context);
            if (code == -32603) Assert.That(context, Does.Contain("bug"));
        }
        Assert.That(hasResult, Is.Not.EqualTo(error.ValueKind == JsonValueKind.Object), context);
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        List<byte> bytes = [.. source];
        int changes = random.Next(1, 5);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)])); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes[at] ^= (byte)(1 << random.Next(7)); break;
            }
        }
        return [.. bytes];
    }
}
