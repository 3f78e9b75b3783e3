namespace Chain.Rpc.Model;

/// <summary>
/// Makes a public C# method a JSON-RPC method. Arguments are bound by type (<see cref="Json.ArgumentReaders"/>), optional ones by their
/// default values; <see cref="Server.RpcCall"/> and <see cref="CancellationToken"/> parameters are supplied by the server. It may return a
/// value, an <see cref="RpcResult{T}"/>, a <see cref="ValueTask{TResult}"/> of one, or nothing (null on the wire). A method that writes its result while it works
/// takes the <see cref="System.Text.Json.Utf8JsonWriter"/> and returns an <see cref="RpcError"/>, or null when the result is written; what was written before an error is dropped.
/// </summary>
/// <param name="name">Name on the wire; the part before the first underscore is the namespace that enables it.</param>
/// <param name="aliases">Further names.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RpcMethodAttribute(string name, params string[] aliases) : Attribute
{
    /// <summary>Name on the wire.</summary>
    public string Name { get; } = name;

    /// <summary>Further names.</summary>
    public IReadOnlyList<string> Aliases { get; } = aliases;

    /// <summary>True for work that is bounded by <see cref="Server.RpcLimits.HeavyCallsMax"/>: execution, proofs, ranges.</summary>
    public bool Heavy { get; init; }
}
