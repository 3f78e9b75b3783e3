using System.Text.Json;
using Chain.Rpc.Json;

namespace Chain.Rpc.Model;

/// <summary>A JSON-RPC error: a value, never thrown.</summary>
/// <param name="Code">Code; see <see cref="RpcErrorCodes"/>.</param>
/// <param name="Message">One sentence for a person, with the texts that client libraries look for.</param>
/// <param name="Data">Optional details.</param>
public sealed record RpcError(int Code, string Message, IJsonWritable? Data = null)
{
    /// <summary>Told to the scheduler, never to a client: these arguments make the call heavy, and nothing is done yet (<see cref="Chain.Rpc.Server.RpcCall.IsHeavy"/>).</summary>
    internal static RpcError IsHeavy { get; } = new(RpcErrorCodes.InternalError, "the call is heavy");

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

    /// <summary>The client's key does not permit the method (Besu).</summary>
    public const int Unauthorized = -40100;

    /// <summary>The sender is not authorized to send transactions.</summary>
    public const int SenderNotAuthorized = -32007;

    /// <summary>Engine API: no block is being built under this id.</summary>
    public const int EngineUnknownPayload = -38001;

    /// <summary>Engine API: safe or finalised block do not belong to the head.</summary>
    public const int EngineInvalidForkchoice = -38002;

    /// <summary>Engine API: the attributes do not fit the head or the method's version.</summary>
    public const int EngineInvalidAttributes = -38003;

    /// <summary>Engine API: too many items.</summary>
    public const int EngineTooLarge = -38004;

    /// <summary>Engine API: the block's fork has another version of the method.</summary>
    public const int EngineUnsupportedFork = -38005;

    /// <summary>Engine API: the new head lies deeper than a reorganisation may go.</summary>
    public const int EngineTooDeepReorg = -38006;

    /// <summary>eth_simulateV1: nonce too low.</summary>
    public const int SimulationNonceTooLow = -38010;

    /// <summary>eth_simulateV1: nonce too high.</summary>
    public const int SimulationNonceTooHigh = -38011;

    /// <summary>eth_simulateV1: fee below the base fee.</summary>
    public const int SimulationBaseFeeTooLow = -38012;

    /// <summary>eth_simulateV1: gas below the intrinsic gas.</summary>
    public const int SimulationIntrinsicGas = -38013;

    /// <summary>eth_simulateV1: balance too low.</summary>
    public const int SimulationInsufficientFunds = -38014;

    /// <summary>eth_simulateV1: more gas than the block has.</summary>
    public const int SimulationBlockGasLimit = -38015;

    /// <summary>eth_simulateV1: block numbers out of order.</summary>
    public const int SimulationNumberOrder = -38020;

    /// <summary>eth_simulateV1: timestamps out of order.</summary>
    public const int SimulationTimestampOrder = -38021;

    /// <summary>eth_simulateV1: a precompile moved to itself.</summary>
    public const int SimulationMovesToItself = -38022;

    /// <summary>eth_simulateV1: the sender has code.</summary>
    public const int SimulationSenderNotEoa = -38024;

    /// <summary>eth_simulateV1: initcode too long.</summary>
    public const int SimulationInitCodeSize = -38025;

    /// <summary>eth_simulateV1: too many blocks.</summary>
    public const int SimulationTooManyBlocks = -38026;

    /// <summary>eth_simulateV1: a call halted, other than by a revert.</summary>
    public const int SimulationHalted = -32015;

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
