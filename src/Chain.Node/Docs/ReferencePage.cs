using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Rpc.Docs;

namespace Chain.Node.Docs;

/// <summary>An example that was executed.</summary>
/// <param name="Method">The method.</param>
/// <param name="Parameters">Its arguments, as the reference shows them.</param>
/// <param name="Answer">The whole answer.</param>
public sealed record ExecutedExample(MethodDescription Method, string Parameters, JsonObject Answer);

/// <summary>Writes the reference of the JSON-RPC methods from the methods themselves, with the answers that a chain gives to their examples.</summary>
public static class ReferencePage
{
    private const int TextCharsMax = 140;
    private const int LineCharsMax = 120;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, IndentSize = 2 };

    /// <summary>Executes all examples and writes the page (Markdown).</summary>
    public static async Task<string> WriteAsync(CancellationToken cancellation = default) => Write(await ExecuteAsync(cancellation).ConfigureAwait(false));

    /// <summary>Executes the example of each method: those that change something each on a chain of its own, a consensus client's on a node that it drives.</summary>
    public static async Task<IReadOnlyList<ExecutedExample>> ExecuteAsync(CancellationToken cancellation = default)
    {
        List<ExecutedExample> executed = [.. await EngineExampleChain.ExecuteAsync().ConfigureAwait(false)];
        ExampleChain shared = await ExampleChain.StartAsync(withFolder: false).ConfigureAwait(false);
        await using (shared.ConfigureAwait(false))
        {
            foreach (MethodDescription method in shared.Methods)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!method.IsMutating)
                {
                    executed.Add(await ExecuteAsync(shared, method).ConfigureAwait(false));
                    continue;
                }
                ExampleChain own = await ExampleChain.StartAsync(withFolder: method.Name.StartsWith("admin_", StringComparison.Ordinal)).ConfigureAwait(false);
                await using (own.ConfigureAwait(false)) executed.Add(await ExecuteAsync(own, method).ConfigureAwait(false));
            }
        }
        return [.. executed.OrderBy(example => example.Method.Name, StringComparer.Ordinal)];
    }

    /// <summary>Writes the page.</summary>
    public static string Write(IReadOnlyList<ExecutedExample> examples)
    {
        StringBuilder page = new();
        page.Append("""
            # JSON-RPC reference

            Written by `./chain docs rpc --out docs/rpc.md` from the methods themselves; a test writes it again and compares. Every example was executed: on a development
            chain, those of the Engine API on a node driven over its authenticated port.
            `rpc_discover` gives the same as an OpenRPC document, for the methods that a node serves.

            Types: `Quantity` is a number in hex without leading zeros (`0x0`, `0x41`), `Data` bytes in hex with two digits each (`0x`, `0x0041`), `Address` 20 bytes, `Hash` and `Word` 32
            bytes. `X[]` is a list, `X?` may be null, `A|B` is one or the other, `{a: X, b?: Y}` an object whose member `b` may be absent, `{*: X}` an object with any keys. Named objects
            stand at the end.

            ## Errors of all methods

            | code | message | when |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (FaultEntry fault in FaultTable.Common) page.Append($"| {fault.Code} | {fault.Text} | {fault.Meaning} |\n");
        foreach (IGrouping<string, ExecutedExample> group in examples.GroupBy(example => example.Method.Name.Split('_')[0]))
        {
            page.Append($"\n## {group.Key}\n");
            foreach (ExecutedExample example in group) WriteMethod(page, example);
        }
        page.Append("\n## Objects\n\n```\n");
        foreach (string name in WireTypes.Names) page.Append($"{name} = {WireTypes.Of(name)}\n");
        page.Append("```\n");
        return page.ToString();
    }

    private static async Task<ExecutedExample> ExecuteAsync(ExampleChain chain, MethodDescription method)
    {
        // This one waits for the block, which the example chain makes only when asked.
        if (method.Name == "eth_sendRawTransactionSync") await chain.MineAtOnceAsync().ConfigureAwait(false);
        string parameters = chain.Fill(method.Example);
        JsonObject answer = await chain.CallAsync(method.Name, parameters).ConfigureAwait(false);
        return new ExecutedExample(method, chain.Show(parameters), JsonNode.Parse(chain.Show(answer.ToJsonString(Compact)))!.AsObject());
    }

    private static void WriteMethod(StringBuilder page, ExecutedExample example)
    {
        MethodDescription method = example.Method;
        page.Append($"\n### {method.Name}\n\n{method.Summary}\n");
        if (method.Aliases.Count > 0) page.Append($"\nAlso: {string.Join(", ", method.Aliases.Select(alias => $"`{alias}`"))}.\n");
        if (method.Parameters.Count > 0)
        {
            page.Append("\n| parameter | type | |\n|---|---|---|\n");
            foreach (ParameterDescription parameter in method.Parameters)
                page.Append($"| {parameter.Name} | `{Cell(parameter.Type)}` | {(parameter.IsRequired ? "required" : "optional")} |\n");
        }
        page.Append($"\nResult: `{method.Result}`\n");
        FaultEntry[] faults = [.. FaultTable.Of(method.Faults)];
        if (faults.Length > 0)
        {
            page.Append("\n| code | message | when |\n|---|---|---|\n");
            foreach (FaultEntry fault in faults) page.Append($"| {fault.Code} | {fault.Text} | {fault.Meaning} |\n");
        }
        string request = ExampleChain.RequestText(method.Name, Shorten(JsonNode.Parse(example.Parameters))!.ToJsonString(Compact));
        page.Append($"\n```json\n{request}\n");
        if (!method.IsVolatile)
        {
            JsonNode? result = Shorten((example.Answer["result"] ?? example.Answer["error"])?.DeepClone());
            string line = result?.ToJsonString(Compact) ?? "null";
            page.Append(line.Length <= LineCharsMax ? line : result!.ToJsonString(Indented).ReplaceLineEndings("\n")).Append('\n');
        }
        page.Append("```\n");
    }

    private static string Cell(string type) => type.Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Long texts (bytecode, blooms) are cut, with their length.</summary>
    private static JsonNode? Shorten(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (string name in members.Select(member => member.Key).ToArray())
                {
                    JsonNode? member = members[name];
                    members[name] = null;
                    members[name] = Shorten(member);
                }
                return members;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    JsonNode? item = items[i];
                    items[i] = null;
                    items[i] = Shorten(item);
                }
                return items;
            case JsonValue value when value.TryGetValue(out string? text) && text.Length > TextCharsMax:
                return JsonValue.Create($"{text[..66]}... ({text.Length} characters)");
            default:
                return node;
        }
    }
}
