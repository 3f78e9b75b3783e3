namespace Chain.Rpc.Server;

/// <summary>Which methods may be called, by name or by a beginning followed by <c>*</c>. What is refused wins over what is allowed.</summary>
/// <param name="Allowed">Methods that may be called; empty for all.</param>
/// <param name="Denied">Methods that may not.</param>
public sealed record MethodAccess(IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied)
{
    /// <summary>True when the method may be called by the name it is called by. One that is refused is refused by all its names.</summary>
    internal bool Allows(Model.RpcMethod method)
    {
        if (Allowed.Count > 0 && !Matches(Allowed, method.Name)) return false;
        for (int i = 0; Denied.Count > 0 && i < method.Names.Count; i++)
        {
            if (Matches(Denied, method.Names[i])) return false;
        }
        return true;
    }

    /// <summary>The first pattern that names no method of these, so that a slip of the pen does not open or close something else; null when each names one.</summary>
    public string? Unmatched(IEnumerable<string> methods)
    {
        string[] known = [.. methods];
        return Allowed.Concat(Denied).FirstOrDefault(pattern => !known.Any(method => Matches(pattern, method)));
    }

    private static bool Matches(IReadOnlyList<string> patterns, string method)
    {
        for (int i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], method)) return true;
        }
        return false;
    }

    private static bool Matches(string pattern, string method) =>
        pattern.EndsWith('*') ? method.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == method;
}
