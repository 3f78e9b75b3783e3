using System.Diagnostics;
using System.Text.Json;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Server;

/// <summary>One request in work: its arguments, its client, its cancellation.</summary>
public sealed class RpcCall
{
    private readonly RpcMethodTable _methods;
    private JsonElement _parameters;
    private int _count;
    private List<Action>? _afterResponse;

    internal RpcCall(RpcMethodTable methods) => _methods = methods;

    /// <summary>The WebSocket connection the request came by; null for HTTP, which cannot push.</summary>
    public IRpcSession? Session { get; internal init; }

    /// <summary>Methods the client may call; null for all.</summary>
    public MethodAccess? Access { get; internal init; }

    /// <summary>The trace that the request belongs to (W3C Trace Context); the default begins one.</summary>
    internal ActivityContext Trace { get; init; }

    /// <summary>Cancelled when the client goes away, the server stops, or the time of a heavy call is over.</summary>
    public CancellationToken Cancellation { get; internal set; }

    /// <summary>True on the threads of heavy calls. A method of <see cref="RpcWork.Call"/> that finds its work to be heavy, and is not there, returns <see cref="RpcError.IsHeavy"/> to be called again there.</summary>
    public bool IsHeavy { get; internal set; }

    /// <summary>The first argument that could not be read, or null.</summary>
    public RpcError? ArgumentError { get; private set; }

    /// <summary>Null when the client may call a method, by its being served and by the client's key; otherwise the error that says why not.</summary>
    /// <param name="name">Name of the method.</param>
    public RpcError? Refuse(string name) => !_methods.TryGet(name, out RpcMethod method) ? RpcError.MethodNotFound(name) : Refuse(method);

    /// <summary>Null when the client's key permits a method that is served.</summary>
    internal RpcError? Refuse(RpcMethod method) => Access is null || Access.Allows(method)
        ? null
        : new RpcError(RpcErrorCodes.Unauthorized, $"your key may not call {method.Name}: ask the operator of the node (--http.keys)");

    /// <summary>Runs an action once the answer is on its way, so that a subscription's first message follows its id.</summary>
    public void AfterResponse(Action action) => (_afterResponse ??= []).Add(action);

    /// <summary>Reads a required argument; the default and <see cref="ArgumentError"/> when it is missing or bad.</summary>
    public T Required<T>(int index)
    {
        if (ArgumentError is not null) return default!;
        if (index < _count && _parameters[index].ValueKind != JsonValueKind.Null) return Read<T>(index);
        ArgumentError = RpcError.InvalidParams($"missing value for required argument {index}");
        return default!;
    }

    /// <summary>Reads an optional argument: absent and null give the default.</summary>
    public T Optional<T>(int index, T defaultValue)
    {
        if (ArgumentError is not null) return defaultValue;
        return index < _count && _parameters[index].ValueKind != JsonValueKind.Null ? Read<T>(index) : defaultValue;
    }

    /// <summary>Refuses more arguments than the method has.</summary>
    public void CheckCount(int maximum)
    {
        if (_count > maximum) ArgumentError ??= RpcError.InvalidParams($"too many arguments, want at most {maximum}");
    }

    internal bool Begin(JsonElement parameters)
    {
        ArgumentError = null;
        _parameters = parameters;
        _count = parameters.ValueKind == JsonValueKind.Array ? parameters.GetArrayLength() : 0;
        return parameters.ValueKind is JsonValueKind.Array or JsonValueKind.Undefined or JsonValueKind.Null;
    }

    internal void Responded()
    {
        if (_afterResponse is null) return;
        foreach (Action action in _afterResponse) action();
        _afterResponse.Clear();
    }

    private T Read<T>(int index)
    {
        string? error = ArgumentReaders.For<T>()(_parameters[index], out T value);
        if (error is null) return value;
        ArgumentError = error.StartsWith(ArgumentReaders.WholeMessage) ? RpcError.InvalidParams(error[1..]) : RpcError.InvalidArgument(index, error);
        return default!;
    }
}

/// <summary>A connection that can be pushed to.</summary>
public interface IRpcSession
{
    /// <summary>Subscriptions that are open on the connection, by id: closed with it.</summary>
    IDictionary<string, IDisposable> Subscriptions { get; }

    /// <summary>Queues one message; a full queue closes the connection.</summary>
    /// <param name="message">A complete JSON text, owned by the session from now on.</param>
    /// <returns>False when the connection is closed or was closed by this call.</returns>
    bool TryPush(ReadOnlyMemory<byte> message);
}
