using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chain.Consensus.Engines;
using Chain.Rpc.Docs;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Tests;

/// <summary>The document that rpc_discover gives, against the specification's.</summary>
public sealed class OpenRpcTests
{
    // The same in words of this node: the example keys of the specification are patterns of its own.
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["Quantity"] = "0x1",
        ["Data"] = "0x00",
        ["Hash"] = $"0x{new string('0', 64)}",
        ["Address"] = $"0x{new string('0', 40)}",
        ["Bloom"] = $"0x{new string('0', 512)}",
        ["Bytes8"] = "0x0000000000000000",
        ["Bytes48"] = $"0x{new string('0', 96)}",
        ["Signature"] = $"0x{new string('0', 130)}",
    };

    // Where geth, and this node with it, gives more than the specification has: full transactions of a pending filter, and no blob schedule before Cancun.
    private static readonly Dictionary<string, string> Known = new()
    {
        ["eth_getFilterChanges"] = "$[]: object where string is specified",
        ["eth_config"] = "$.current.blobSchedule: null where object is specified",
    };

    private ChainFixture _chain = null!;
    private JsonObject _document = null!;

    public static IEnumerable<TestCaseData> SpecifiedMethods()
    {
        if (Specification() is not { } specification)
        {
            yield return new TestCaseData("", null).SetName("Specification of methods").Ignore("The specification is not unpacked: set CHAIN_ETHEREUM_TESTS.");
            yield break;
        }
        foreach ((string name, JsonNode? method) in specification)
        {
            if (!name.StartsWith("engine_", StringComparison.Ordinal)) yield return new TestCaseData(name, method).SetName($"{name} is described as the specification has it");
        }
    }

    [OneTimeSetUp]
    public async Task DiscoverAsync()
    {
        _chain = ChainFixture.Development(MiningMode.Manual);
        using RpcCaller rpc = new(_chain.Table);
        _document = JsonNode.Parse((await rpc.ResultAsync("rpc_discover", "[]")).GetRawText())!.AsObject();
    }

    [OneTimeTearDown]
    public async Task CloseAsync() => await _chain.DisposeAsync();

    [TestCaseSource(nameof(SpecifiedMethods))]
    public void Methods_are_described_as_the_specification_has_them(string name, JsonNode specified)
    {
        // Amsterdam's block access lists are of a fork that this node does not know.
        if (name is "eth_getBlockAccessList" or "debug_getRawBlockAccessList")
        {
            Assert.That(_chain.Table.Names, Does.Not.Contain(name));
            return;
        }
        JsonObject ours = Find(name);
        JsonArray theirs = specified["params"]!.AsArray();
        JsonArray own = ours["params"]!.AsArray();
        for (int i = 0; i < theirs.Count; i++)
        {
            Assert.That(own[i]!["name"]!.GetValue<string>(), Is.EqualTo(theirs[i]!["name"]!.GetValue<string>()), $"parameter {i}");
            // The specification leaves it out for some parameters that are needed.
            if (theirs[i]!["required"] is { } required) Assert.That(own[i]!["required"]!.GetValue<bool>(), Is.EqualTo(required.GetValue<bool>()), $"parameter {i}");
        }
        for (int i = theirs.Count; i < own.Count; i++) Assert.That(own[i]!["required"]!.GetValue<bool>(), Is.False, $"parameter {i} is not in the specification");
        Assert.That(Misfit(ours["result"]!["schema"]!, specified["result"]!["schema"]!, "$", 0), Is.Null.Or.EqualTo(Known.GetValueOrDefault(name, "")));
    }

    [Test]
    public void Every_served_method_is_described_with_a_summary_and_known_types()
    {
        string[] described = [.. _document["methods"]!.AsArray().Select(method => method!["name"]!.GetValue<string>())];
        Assert.That(described, Is.EquivalentTo(_chain.Table.Names));
        JsonObject schemas = _document["components"]!["schemas"]!.AsObject();
        Assert.Multiple(() =>
        {
            foreach (JsonNode? method in _document["methods"]!.AsArray()) Assert.That(method!["summary"]!.GetValue<string>(), Is.Not.Empty, method["name"]!.GetValue<string>());
            foreach (Match reference in Regex.Matches(_document.ToJsonString(), "#/components/schemas/([A-Za-z0-9]+)"))
                Assert.That(schemas.ContainsKey(reference.Groups[1].Value), Is.True, reference.Value);
        });
    }

    [Test]
    public void The_engine_api_is_described_as_the_specification_has_it_up_to_osaka()
    {
        if (Specification() is not { } specification)
        {
            Assert.Ignore("The specification is not unpacked: set CHAIN_ETHEREUM_TESTS.");
            return;
        }
        using ExternalEngine engine = new(_chain.Manager);
        MethodDescription[] methods = [.. RpcModules.Build(_chain.Chain, _chain.Filters, _chain.Hub, "test/1", () => 0, ["engine"], engine).Descriptions];
        List<string> missing = [];
        foreach ((string name, JsonNode? specified) in specification)
        {
            if (!name.StartsWith("engine_", StringComparison.Ordinal)) continue;
            if (Array.Find(methods, method => method.Name == name) is not { } ours)
            {
                missing.Add(name);
                continue;
            }
            Assert.That(
                ours.Parameters.Select(parameter => (parameter.Name, parameter.IsRequired)),
                Is.EqualTo(specified!["params"]!.AsArray().Select(parameter => (parameter!["name"]!.GetValue<string>(), parameter["required"]?.GetValue<bool>() ?? false))), name);
            Assert.That(ours.Result, Is.Not.EqualTo("Any"), name);
        }
        // Of Amsterdam and Bogota, which no fork schedule names yet.
        Assert.That(missing, Is.EquivalentTo(new[]
        {
            "engine_forkchoiceUpdatedV4", "engine_forkchoiceUpdatedV5", "engine_getBlobsV4", "engine_getInclusionListV1", "engine_getPayloadBodiesByHashV2", "engine_getPayloadBodiesByRangeV2",
            "engine_getPayloadV6", "engine_newPayloadV5", "engine_newPayloadV6",
        }));
    }

    [Test]
    public void The_notation_is_read_into_schemas()
    {
        JsonObject schema = TypeNotation.ToSchema("""{a: Quantity, b?: ("x"|Bool)[], c: Hash?}""");
        JsonNode good = JsonNode.Parse($$"""{"a":"0x1","b":["x",true],"c":null}""")!;
        Assert.Multiple(() =>
        {
            Assert.That(JsonSchema.Check(good, schema), Is.Null);
            Assert.That(JsonSchema.Check(JsonNode.Parse("""{"c":null}"""), schema), Does.Contain("a is missing"));
            Assert.That(JsonSchema.Check(JsonNode.Parse("""{"a":"0x01","c":null}"""), schema), Does.Contain("does not match"));
            Assert.That(JsonSchema.Check(JsonNode.Parse("""{"a":"0x1","c":null,"d":1}"""), schema), Does.Contain("d is not allowed"));
            Assert.Throws<FormatException>(() => TypeNotation.ToSchema("{a Quantity}"));
            Assert.Throws<FormatException>(() => TypeNotation.ToSchema("Quantity]"));
        });
    }

    private static JsonObject? Specification()
    {
        string root = Environment.GetEnvironmentVariable("CHAIN_ETHEREUM_TESTS") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "ethereum-tests");
        string file = Path.Combine(root, "execution-apis", "openrpc-methods.json");
        return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))!.AsObject() : null;
    }

    private JsonObject Find(string name) =>
        _document["methods"]!.AsArray().FirstOrDefault(method => method!["name"]!.GetValue<string>() == name)?.AsObject() ?? throw new AssertionException($"{name} is not served");

    private JsonNode Resolve(JsonNode schema) => TypeNotation.ReferenceOf(schema) is { } name ? Resolve(_document["components"]!["schemas"]![name]!) : schema;

    /// <summary>Where what we may answer is not what the specification allows; null where it is.</summary>
    private string? Misfit(JsonNode ours, JsonNode theirs, string path, int depth)
    {
        ours = Resolve(ours);
        if (ours["anyOf"] is JsonArray options)
            return options.Select(option => Misfit(option!, theirs, path, depth)).FirstOrDefault(misfit => misfit is not null);
        JsonNode[] alternatives = [.. Alternatives(theirs)];
        string?[] misfits = [.. alternatives.Select(alternative => MisfitOne(ours, alternative, path, depth))];
        return misfits.Any(misfit => misfit is null) ? null : misfits[0];
    }

    private static IEnumerable<JsonNode> Alternatives(JsonNode schema)
    {
        JsonArray? list = schema["anyOf"] as JsonArray ?? schema["oneOf"] as JsonArray;
        return list is null ? [schema] : list.SelectMany(option => Alternatives(option!));
    }

    private string? MisfitOne(JsonNode ours, JsonNode theirs, string path, int depth)
    {
        if (depth > 6 || theirs is not JsonObject rules) return null;
        string? type = ours["type"]?.GetValue<string>();
        if (rules["allOf"] is JsonArray parts) return parts.Select(part => MisfitOne(ours, part!, path, depth + 1)).FirstOrDefault(misfit => misfit is not null);
        string[] wanted = rules["type"] switch
        {
            null => [],
            JsonArray types => [.. types.Select(item => item!.GetValue<string>())],
            JsonNode one => [one.GetValue<string>()],
        };
        if (wanted.Length > 0 && type is not null && !wanted.Contains(type) && !(type == "integer" && wanted.Contains("number"))) return $"{path}: {type} where {string.Join(" or ", wanted)} is specified";
        if (type == "string" && rules["pattern"] is { } pattern && ours["pattern"] is { } own)
        {
            string[] samples = [.. Samples.Values.Where(sample => Regex.IsMatch(sample, own.GetValue<string>()))];
            if (!samples.Any(sample => Regex.IsMatch(sample, pattern.GetValue<string>()))) return $"{path}: {own} does not fit {pattern}";
        }
        if (type == "array" && rules["items"] is { } items && ours["items"] is { } ownItems) return Misfit(ownItems, items, $"{path}[]", depth + 1);
        if (type != "object" || rules["properties"] is not JsonObject properties || ours["properties"] is not JsonObject ownProperties) return null;
        foreach (JsonNode? required in rules["required"] as JsonArray ?? [])
        {
            if (!ownProperties.ContainsKey(required!.GetValue<string>())) return $"{path}: {required} is missing";
        }
        foreach ((string name, JsonNode? member) in ownProperties)
        {
            if (properties[name] is { } specified)
            {
                if (Misfit(member!, specified, $"{path}.{name}", depth + 1) is { } misfit) return misfit;
            }
            else if (rules["additionalProperties"] is JsonValue flag && !flag.GetValue<bool>() && !IsRequiredElsewhere(name))
            {
                return $"{path}: {name} is not in the specification";
            }
        }
        return null;
    }

    /// <summary>Members that geth gives and the recordings have, though some schemas leave them out.</summary>
    private static bool IsRequiredElsewhere(string name) => name is "blockTimestamp";
}
