namespace Chain.Rpc.Model;

/// <summary>What a method returns when it can fail: a value or an error.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public readonly struct RpcResult<T>
{
    private RpcResult(T value, RpcError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value; without meaning when <see cref="Error"/> is set.</summary>
    public T Value { get; }

    /// <summary>The error, or null.</summary>
    public RpcError? Error { get; }

    /// <summary>A success.</summary>
    public static implicit operator RpcResult<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator RpcResult<T>(RpcError error) => new(default!, error);
}
