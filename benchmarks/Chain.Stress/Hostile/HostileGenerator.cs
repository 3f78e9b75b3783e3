using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chain.Stress.Hostile;

/// <summary>Makes requests from a seed and an index, so that any one of them can be made again.</summary>
internal static class HostileGenerator
{
    private const int ParseError = -32700;
    private const int InvalidRequest = -32600;
    private const int MethodNotFound = -32601;
    private const int InvalidParams = -32602;
    private const int JsonDepthMax = 64;

    /// <summary>Codes that some argument may bring forth: everything but an internal error.</summary>
    private static readonly int[] AnyCode = [0, ParseError, InvalidRequest, MethodNotFound, InvalidParams, 3, -32000, -32001, -32003, -32005, -32007, -32015, .. Enumerable.Range(-38_026, 17)];

    /// <summary>Requests that are right, and the codes they may still bring forth.</summary>
    private static readonly string[] Good =
    [
        """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""",
        """{"jsonrpc":"2.0","id":"a\"\u00e9","method":"eth_getBalance","params":["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","latest"]}""",
        """{"jsonrpc":"2.0","id":2,"method":"eth_getBlockByNumber","params":["0x0",true]}""",
        """{"jsonrpc":"2.0","id":3,"method":"eth_call","params":[{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","to":"0x0000000000000000000000000000000000000004","gas":"0x5208","data":"0x01"},"latest",{"0x0000000000000000000000000000000000000009":{"balance":"0x1"}}]}""",
        """{"jsonrpc":"2.0","id":4,"method":"eth_getLogs","params":[{"fromBlock":"0x0","toBlock":"latest","address":["0x0000000000000000000000000000000000000009"],"topics":[null,["0x00000000000000000000000000000000000000000000000000000000000000bb"]]}]}""",
        """{"jsonrpc":"2.0","id":5,"method":"eth_getProof","params":["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",["0x0"],"latest"]}""",
        """{"jsonrpc":"2.0","id":6,"method":"eth_feeHistory","params":["0x2","latest",[10,50.5]]}""",
        """{"jsonrpc":"2.0","id":7,"method":"eth_estimateGas","params":[{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","to":"0x0000000000000000000000000000000000000009","value":"0x1"}]}""",
        """{"jsonrpc":"2.0","id":8,"method":"eth_getStorageAt","params":["0x0300000000000000000000000000000000000001","0x0","latest"]}""",
        """{"jsonrpc":"2.0","id":9,"method":"web3_sha3","params":["0x68656c6c6f"]}""",
        """{"jsonrpc":"2.0","id":10,"method":"debug_traceCall","params":[{"to":"0x0000000000000000000000000000000000000004","data":"0x01"},"latest",{"tracer":"callTracer"}]}""",
        """{"jsonrpc":"2.0","id":11,"method":"eth_sendRawTransaction","params":["0x02f86c827a69808459682f0084773594008252089400000000000000000000000000000000000000bb0180c001a0b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1a02222222222222222222222222222222222222222222222222222222222222222"]}""",
        """{"jsonrpc":"2.0","id":12,"method":"eth_simulateV1","params":[{"blockStateCalls":[{"calls":[{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","to":"0x0000000000000000000000000000000000000009","value":"0x1"}]}]},"latest"]}""",
        """{"jsonrpc":"2.0","id":13,"method":"eth_getBlockByHash","params":["0x00000000000000000000000000000000000000000000000000000000000000bb",false]}""",
    ];

    /// <summary>Methods that take an address, a quantity, a hash or a block first, whose argument is then made wrong.</summary>
    private static readonly (string Method, string Tail)[] Strict =
    [
        ("eth_getBalance", ",\"latest\""), ("eth_getCode", ",\"latest\""), ("eth_getTransactionCount", ",\"latest\""), ("eth_getBlockByHash", ",false"), ("eth_getTransactionByHash", ""),
        ("eth_getTransactionReceipt", ""), ("eth_getBlockTransactionCountByHash", ""), ("web3_sha3", ""), ("eth_sendRawTransaction", ""), ("eth_getBlockByNumber", ",false"),
    ];

    private static readonly string[] WrongValues =
        ["true", "false", "7", "-1", "1.5", "1e400", "{}", "[]", "[[]]", "\"\"", "\"0\"", "\"0x\\u0000\"", "\"latests\"", "\"0xzz\"", "\"0x0g\"", "\"-0x1\"", "\"ÿ\"", "{\"a\":1}", "\" 0x1\""];

    private static readonly string[] NoRequests =
        ["1", "\"eth_chainId\"", "null", "true", "{}", "[]", """{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}""", """{"id":1,"method":"eth_chainId"}""", """{"jsonrpc":"2.0","id":1,"method":7}""",
            """{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}""", """{"jsonrpc":"2.0","id":[1],"method":"eth_chainId"}""", """{"jsonrpc":"2.0","id":1}""", """{"jsonrpc":2,"id":1,"method":"eth_chainId"}"""];

    private static readonly string[] Tokens =
        ["{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "1e999", "0x", "\\ud800", "\\u0000", "\0", "\"id\"", "\"method\"", "\"params\"", "[[[[[[[[[[", "99999999999999999999", "\"\\uD83D\"", "\u00a0", "/**/"];

    /// <summary>The request of this index.</summary>
    public static HostileRequest Make(int seed, int index)
    {
        Random random = new(Mix(seed, index));
        return random.Next(100) switch
        {
            < 2 => Exact("a right request", Good[0], 0),
            < 14 => Truncated(random),
            < 20 => RandomBytes(random),
            < 28 => Deep(random),
            < 44 => WrongType(random),
            < 56 => GiantNumber(random),
            < 62 => UnknownMethod(random),
            < 68 => Exact("no request", NoRequests[random.Next(NoRequests.Length)], InvalidRequest),
            < 72 => TooMany(random),
            < 76 => Batch(random, seed, index),
            < 78 => LongString(random),
            _ => Mutated(random),
        };
    }

    /// <summary>One number of the two, the same in every process.</summary>
    private static int Mix(int seed, int index)
    {
        ulong x = ((ulong)(uint)seed << 32) | (uint)index;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return (int)(x ^ (x >> 31));
    }

    private static HostileRequest Exact(string kind, string body, params int[] codes) => new(kind, Encoding.UTF8.GetBytes(body), codes);

    private static HostileRequest Truncated(Random random)
    {
        string good = Good[random.Next(Good.Length)];
        return Exact("cut-off JSON", good[..random.Next(1, good.Length)], ParseError);
    }

    private static HostileRequest RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        return OfChance("random bytes", bytes);
    }

    private static HostileRequest Deep(Random random)
    {
        int depth = random.Next(JsonDepthMax + 1, 4_000);
        char open = random.Next(2) == 0 ? '[' : '{';
        string opening = open == '[' ? new string('[', depth) : string.Concat(Enumerable.Repeat("{\"a\":", depth));
        string closing = random.Next(2) == 0 ? "" : new string(open == '[' ? ']' : '}', depth);
        string inner = closing.Length > 0 && open == '{' ? "1" : "";
        string body = random.Next(2) == 0 ? opening + inner + closing : $$"""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{{opening}}{{inner}}{{closing}}]}""";
        return Exact("deep nesting", body, ParseError);
    }

    private static HostileRequest WrongType(Random random)
    {
        (string method, string tail) = Strict[random.Next(Strict.Length)];
        string value = WrongValues[random.Next(WrongValues.Length)];
        return Exact("a wrong type", $$"""{"jsonrpc":"2.0","id":{{random.Next()}},"method":"{{method}}","params":[{{value}}{{tail}}]}""", InvalidParams);
    }

    private static HostileRequest GiantNumber(Random random)
    {
        int digits = random.Next(65, 2_000);
        string hex = $"\"0x{random.Next(1, 16).ToString("x", CultureInfo.InvariantCulture)}{new string('f', digits)}\"";
        string plain = $"{random.Next(1, 10)}{new string('9', digits)}";
        return random.Next(6) switch
        {
            0 => Exact("a giant number", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":[{{hex}},false]}""", InvalidParams),
            1 => Exact("a giant number", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":[{{plain}},false]}""", InvalidParams),
            2 => Exact("a giant number", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"value":{{hex}}},"latest"]}""", InvalidParams),
            3 => Exact("a giant number", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":[{{hex}},"latest",[]]}""", InvalidParams),
            4 => Exact("a giant number", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":{{hex}}}]}""", InvalidParams),
            // An id may be any number, and comes back as it was.
            _ => Exact("a giant id", $$"""{"jsonrpc":"2.0","id":{{plain}},"method":"eth_chainId"}""", 0),
        };
    }

    private static HostileRequest UnknownMethod(Random random)
    {
        StringBuilder name = new("eth_");
        for (int i = random.Next(1, 200); i > 0; i--) name.Append((char)random.Next('A', '['));
        return Exact("an unknown method", $$"""{"jsonrpc":"2.0","id":1,"method":"{{name}}","params":[]}""", MethodNotFound);
    }

    private static HostileRequest TooMany(Random random)
    {
        string arguments = string.Join(',', Enumerable.Repeat("\"0x1\"", random.Next(5, 3_000)));
        return Exact("too many arguments", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[{{arguments}}]}""", InvalidParams);
    }

    private static HostileRequest Batch(Random random, int seed, int index)
    {
        int items = random.Next(2, 12);
        List<string> parts = [];
        for (int i = 0; i < items; i++)
        {
            (string method, string tail) = Strict[random.Next(Strict.Length)];
            parts.Add(random.Next(3) switch
            {
                0 => Good[0],
                1 => NoRequests[random.Next(5)],
                _ => $$"""{"jsonrpc":"2.0","id":"{{seed}}-{{index}}","method":"{{method}}","params":[{{WrongValues[random.Next(WrongValues.Length)]}}{{tail}}]}""",
            });
        }
        return Exact("a batch of good and bad", $"[{string.Join(',', parts)}]", 0, InvalidRequest, InvalidParams);
    }

    private static HostileRequest LongString(Random random)
    {
        string text = new((char)random.Next('a', 'z'), random.Next(10_000, 200_000));
        return random.Next(2) == 0
            ? Exact("a long string", $$"""{"jsonrpc":"2.0","id":1,"method":"{{text}}","params":[]}""", MethodNotFound)
            : Exact("a long string", $$"""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0x{{text}}","latest"]}""", InvalidParams);
    }

    private static HostileRequest Mutated(Random random)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(Good[random.Next(Good.Length)])];
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)])); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
                default: bytes[at] ^= (byte)(1 << random.Next(7)); break;
            }
        }
        return OfChance("a mutated request", [.. bytes]);
    }

    private static HostileRequest OfChance(string kind, byte[] body) => IsJson(body) ? new(kind, body, AnyCode, MayBeSilent: true) : new(kind, body, [ParseError]);

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = JsonDepthMax });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
