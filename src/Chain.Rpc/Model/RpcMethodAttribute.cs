namespace Chain.Rpc.Model;

/// <summary>What a method costs: it decides on which threads it runs, so that no kind of work waits for a heavier one.</summary>
public enum RpcWork : byte
{
    /// <summary>Look-ups: on the thread that read the request.</summary>
    Light,

    /// <summary>
    /// Executions bounded by gas and proofs: on the thread that read the request, a bounded number at a time (<see cref="Server.RpcLimits.CallsMax"/>). One whose arguments make it heavy moves
    /// to the threads of those (<see cref="RpcError.IsHeavy"/>).
    /// </summary>
    Call,

    /// <summary>Ranges, traces, simulations: on threads of their own with less of the processor than others (<see cref="Server.RpcLimits.HeavyCallsMax"/>).</summary>
    Heavy,

    /// <summary>The consensus client's calls: on threads that nothing else uses.</summary>
    Engine,

    /// <summary>What an operator asks and waits for, however long it takes: on threads of its own, until it is done, the client leaves or the node stops.</summary>
    Operator,
}

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

    /// <summary>
    /// Arguments of an example, a JSON array, which the reference shows and a test executes on a development chain. Names in braces stand for things of that
    /// chain: <c>{account}</c>, <c>{contract}</c>, <c>{tx}</c>, <c>{block}</c> and others.
    /// </summary>
    public string Example { get; init; } = "[]";

    /// <summary>True when the example's result differs from run to run (a random id, the clock); the reference then shows its type alone.</summary>
    public bool Volatile { get; init; }

    /// <summary>What can go wrong besides bad arguments.</summary>
    public RpcFaults Faults { get; init; }

    /// <summary>Type of the result in the notation of <see cref="Docs.TypeNotation"/>, where the return type does not tell.</summary>
    public string? Result { get; init; }

    /// <summary>True when the method changes the chain or the node.</summary>
    public bool Mutating { get; init; }

    /// <summary>What the method costs.</summary>
    public RpcWork Work { get; init; }

    /// <summary>True for <see cref="RpcWork.Heavy"/>; in the namespace <c>engine</c> for <see cref="RpcWork.Engine"/>.</summary>
    public bool Heavy
    {
        get => Work is RpcWork.Heavy or RpcWork.Engine;
        init
        {
            if (value) Work = Name.StartsWith("engine_", StringComparison.Ordinal) ? RpcWork.Engine : RpcWork.Heavy;
        }
    }
}

/// <summary>What a parameter is called on the wire, where its name in C#, written as words, is not it.</summary>
/// <param name="name">Name, as the specification has it.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RpcParameterAttribute(string name) : Attribute
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>True when the specification requires the argument, though this node goes on without.</summary>
    public bool Required { get; init; }
}
