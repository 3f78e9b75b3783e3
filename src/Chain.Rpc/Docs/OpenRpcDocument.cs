using System.Text.Json.Nodes;

namespace Chain.Rpc.Docs;

/// <summary>The OpenRPC document (open-rpc.org, version 1.3.2) of the methods that are served.</summary>
public static class OpenRpcDocument
{
    private const string SpecificationVersion = "1.3.2";

    /// <summary>Writes the document.</summary>
    /// <param name="methods">Served methods.</param>
    /// <param name="version">Version of the node.</param>
    public static JsonObject Write(IEnumerable<MethodDescription> methods, string version)
    {
        JsonArray list = [];
        foreach (MethodDescription method in methods)
        {
            list.Add((JsonNode)Describe(method, method.Name, method.Summary));
            foreach (string alias in method.Aliases) list.Add((JsonNode)Describe(method, alias, $"Another name of {method.Name}."));
        }
        JsonObject schemas = [];
        foreach (string name in WireTypes.Names) schemas[name] = TypeNotation.ToSchema(WireTypes.Of(name));
        return new JsonObject
        {
            ["openrpc"] = SpecificationVersion,
            ["info"] = new JsonObject { ["title"] = "Defactor Chain JSON-RPC", ["version"] = version },
            ["methods"] = list,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Describe(MethodDescription method, string name, string summary)
    {
        JsonArray parameters = [];
        foreach (ParameterDescription parameter in method.Parameters)
            parameters.Add((JsonNode)new JsonObject { ["name"] = parameter.Name, ["required"] = parameter.IsRequired, ["schema"] = TypeNotation.ToSchema(parameter.Type) });
        JsonObject description = new()
        {
            ["name"] = name,
            ["summary"] = summary,
            ["params"] = parameters,
            ["result"] = new JsonObject { ["name"] = "Result", ["schema"] = TypeNotation.ToSchema(method.Result) },
        };
        JsonArray errors = [];
        foreach (FaultEntry fault in FaultTable.Of(method.Faults)) errors.Add((JsonNode)new JsonObject { ["code"] = fault.Code, ["message"] = fault.Text });
        if (errors.Count > 0) description["errors"] = errors;
        return description;
    }
}
