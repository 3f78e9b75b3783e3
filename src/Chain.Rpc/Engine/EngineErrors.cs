using System.Text.Json;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Engine;

/// <summary>The errors of the Engine API: code and message as its list has them, the reason in <c>data.err</c> as go-ethereum gives it.</summary>
internal static class EngineErrors
{
    /// <summary>The block's fork has another version of the method.</summary>
    public static readonly RpcError UnsupportedFork = new(RpcErrorCodes.EngineUnsupportedFork, "Unsupported fork");

    /// <summary>No block is being built under this id.</summary>
    public static readonly RpcError UnknownPayload = new(RpcErrorCodes.EngineUnknownPayload, "Unknown payload");

    /// <summary>The head's state is no longer kept.</summary>
    public static readonly RpcError TooDeepReorganisation = new(RpcErrorCodes.EngineTooDeepReorg, "Too deep reorg", new Reason("the state of this head is no longer kept"));

    /// <summary>Safe or finalised block do not belong to the head.</summary>
    public static RpcError InvalidForkchoice(string reason) => new(RpcErrorCodes.EngineInvalidForkchoice, "Invalid forkchoice state", new Reason(reason));

    /// <summary>The attributes do not fit the head or the method's version.</summary>
    public static RpcError InvalidAttributes(string reason) => new(RpcErrorCodes.EngineInvalidAttributes, "Invalid payload attributes", new Reason(reason));

    /// <summary>Too many items.</summary>
    public static RpcError TooLarge(ulong count, int max) => new(RpcErrorCodes.EngineTooLarge, "Too large request", new Reason($"{count} items, at most {max}"));

    /// <summary>Something besides the rules failed.</summary>
    public static RpcError Server(string reason) => new(RpcErrorCodes.ServerError, "Server error", new Reason(reason));

    private sealed record Reason(string Text) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("err"u8, Text);
            writer.WriteEndObject();
        }
    }
}
