using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>rpc</c>: what is served.</summary>
public sealed class RpcMethods
{
    /// <summary>The table it tells of; set once the table is built.</summary>
    public RpcMethodTable? Table { get; set; }

    /// <summary>Served namespaces with their versions.</summary>
    [RpcMethod("rpc_modules")]
    public IReadOnlyDictionary<string, string> Modules() =>
        (Table?.Namespaces ?? []).ToDictionary(name => name, _ => "1.0", StringComparer.Ordinal);
}
