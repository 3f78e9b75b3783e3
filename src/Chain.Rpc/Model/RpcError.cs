using System.Text.Json;
using Chain.Rpc.Json;

namespace Chain.Rpc.Model;

/// <summary>A JSON-RPC error: a value, never thrown.</summary>
/// <param name="Code">Code; see <see cref="RpcErrorCodes"/>.</param>
/// <param name="Message">One sentence for a person, with the texts that client libraries look for.</param>
/// <param name="Data">Optional details.</param>
public sealed record RpcError(int Code, string Message, IJsonWritable? Data = null)
{
    /// <summary>A failure of execution or of the pool, -32000.</summary>
    public static RpcError Server(string message) => new(RpcErrorCodes.ServerError, message);

    /// <summary>A bad argument, -32602.</summary>
    public static RpcError InvalidParams(string message) => new(RpcErrorCodes.InvalidParams, message);

    /// <summary>A bad argument by position, worded as geth does.</summary>
    public static RpcError InvalidArgument(int index, string reason) => InvalidParams($"invalid argument {index}: {reason}");

    /// <summary>A limit that was passed, -32005.</summary>
    public static RpcError LimitExceeded(string message) => new(RpcErrorCodes.LimitExceeded, message);

    /// <summary>A method that is not served, with the words that client libraries recognise.</summary>
    public static RpcError MethodNotFound(string method) =>
        new(RpcErrorCodes.MethodNotFound, $"the method {method} does not exist/is not available");
}

/// <summary>The one table of error codes.</summary>
public static class RpcErrorCodes
{
    /// <summary>The message is not JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>The message is not a request.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>No such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>A bad argument.</summary>
    public const int InvalidParams = -32602;

    /// <summary>A bug of the node; the message carries a reference into its log.</summary>
    public const int InternalError = -32603;

    /// <summary>Execution, pool and lookup failures (geth).</summary>
    public const int ServerError = -32000;

    /// <summary>Subscriptions asked for on a transport that cannot push (geth).</summary>
    public const int NotificationsUnsupported = -32001;

    /// <summary>Transaction rejected (EIP-1474), and an answer over its size limit (geth).</summary>
    public const int TransactionRejected = -32003;

    /// <summary>A limit was passed (EIP-1474).</summary>
    public const int LimitExceeded = -32005;

    /// <summary>The sender is not authorized to send transactions.</summary>
    public const int SenderNotAuthorized = -32007;

    /// <summary>Execution reverted; the data are the revert bytes.</summary>
    public const int Reverted = 3;
}

/// <summary>Byte data of an error, as hex.</summary>
/// <param name="Bytes">The bytes.</param>
public sealed record HexData(ReadOnlyMemory<byte> Bytes) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer) => writer.WriteDataValue(Bytes.Span);
}
