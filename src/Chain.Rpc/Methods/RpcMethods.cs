using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Rpc.Docs;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>rpc</c>: what is served.</summary>
/// <param name="version">Version of the node.</param>
public sealed class RpcMethods(string version)
{
    private string Version { get; } = version;

    /// <summary>The table it tells of; set once the table is built.</summary>
    public RpcMethodTable? Table { get; set; }

    /// <summary>Served namespaces with their versions.</summary>
    [RpcMethod("rpc_modules")]
    public IReadOnlyDictionary<string, string> Modules() =>
        (Table?.Namespaces ?? []).ToDictionary(name => name, _ => "1.0", StringComparer.Ordinal);

    /// <summary>The OpenRPC document of the served methods: parameters, results and errors.</summary>
    [RpcMethod("rpc_discover", "rpc.discover", Volatile = true, Result = "{*: Any}")]
    public IJsonWritable Discover() => new DocumentJson(OpenRpcDocument.Write(Table?.Descriptions ?? [], Version));

    private sealed record DocumentJson(JsonObject Document) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer) => Document.WriteTo(writer);
    }
}
