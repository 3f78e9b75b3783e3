using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Rpc.Json;

namespace Chain.Rpc.Tracers;

/// <summary>Where a flat trace belongs: the members after the action. Null members are left out.</summary>
/// <param name="BlockHash">Block.</param>
/// <param name="BlockNumber">Its number.</param>
/// <param name="TransactionHash">Transaction.</param>
/// <param name="TransactionIndex">Its index.</param>
internal readonly record struct FlatPlace(Hash256 BlockHash, ulong BlockNumber, Hash256 TransactionHash, int TransactionIndex);

/// <summary>One frame of a flat trace with its place in the tree.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Address">Indices of the frames from the outermost one down to it.</param>
/// <param name="ChildCount">Frames directly below it.</param>
internal readonly record struct FlatFrame(CallFrame Frame, int[] Address, int ChildCount);

/// <summary>Writes frames as flat traces, the form of OpenEthereum's trace namespace.</summary>
internal static class FlatCallWriter
{
    /// <summary>The frames in order, each parent before its children. Calls of precompiles without value are left out unless asked for.</summary>
    public static List<FlatFrame> Flatten(CallFrame root, bool withPrecompiles = false)
    {
        List<FlatFrame> list = [];
        Visit(root, [], list, withPrecompiles);
        return list;
    }

    /// <summary>Writes one trace.</summary>
    public static void Write(Utf8JsonWriter writer, in FlatFrame flat, ulong gas, ulong gasUsed, FlatPlace? place)
    {
        CallFrame frame = flat.Frame;
        writer.WriteStartObject();
        WriteAction(writer, frame, gas);
        if (place is { } at)
        {
            writer.WriteHash("blockHash"u8, at.BlockHash);
            writer.WriteNumber("blockNumber"u8, at.BlockNumber);
        }
        if (frame.Status != FrameStatus.Success) writer.WriteString("error"u8, Describe(frame.Status));
        WriteResult(writer, frame, gasUsed);
        writer.WriteNumber("subtraces"u8, flat.ChildCount);
        writer.WriteStartArray("traceAddress"u8);
        foreach (int index in flat.Address) writer.WriteNumberValue(index);
        writer.WriteEndArray();
        if (place is { } transaction)
        {
            writer.WriteHash("transactionHash"u8, transaction.TransactionHash);
            writer.WriteNumber("transactionPosition"u8, transaction.TransactionIndex);
        }
        writer.WriteString("type"u8, frame.IsSelfDestruct ? "suicide"u8 : frame.IsCreation ? "create"u8 : "call"u8);
        writer.WriteEndObject();
    }

    private static void Visit(CallFrame frame, int[] address, List<FlatFrame> list, bool withPrecompiles)
    {
        CallFrame[] children = [.. frame.Calls.Where(call => withPrecompiles || !call.IsPrecompile || !call.Value.IsZero)];
        list.Add(new FlatFrame(frame, address, children.Length));
        for (int i = 0; i < children.Length; i++) Visit(children[i], [.. address, i], list, withPrecompiles);
    }

    private static void WriteAction(Utf8JsonWriter writer, CallFrame frame, ulong gas)
    {
        writer.WriteStartObject("action"u8);
        if (frame.IsSelfDestruct)
        {
            writer.WriteAddress("address"u8, frame.From);
            writer.WriteQuantity("balance"u8, frame.Value);
            writer.WriteAddress("refundAddress"u8, frame.To);
            writer.WriteEndObject();
            return;
        }
        if (frame.IsCreation) writer.WriteString("creationMethod"u8, frame.Type == "CREATE2" ? "create2"u8 : "create"u8);
        else writer.WriteString("callType"u8, frame.Type.ToLowerInvariant());
        writer.WriteAddress("from"u8, frame.From);
        writer.WriteQuantity("gas"u8, gas);
        writer.WriteData(frame.IsCreation ? "init"u8 : "input"u8, frame.Input);
        if (!frame.IsCreation) writer.WriteAddress("to"u8, frame.To);
        writer.WriteQuantity("value"u8, frame.Type == "STATICCALL" ? default : frame.Value);
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, CallFrame frame, ulong gasUsed)
    {
        bool hasResult = !frame.IsSelfDestruct && (frame.Status == FrameStatus.Success || (frame.Status == FrameStatus.Revert && !frame.IsCreation));
        if (!hasResult)
        {
            writer.WriteNull("result"u8);
            return;
        }
        writer.WriteStartObject("result"u8);
        if (frame.IsCreation)
        {
            writer.WriteAddress("address"u8, frame.To);
            writer.WriteData("code"u8, frame.Output);
        }
        writer.WriteQuantity("gasUsed"u8, gasUsed);
        if (!frame.IsCreation) writer.WriteData("output"u8, frame.Output);
        writer.WriteEndObject();
    }

    private static string Describe(FrameStatus status) => status switch
    {
        FrameStatus.Revert => "Reverted",
        FrameStatus.OutOfGas or FrameStatus.CodeSizeExceeded => "Out of gas",
        FrameStatus.InvalidJump => "Bad jump destination",
        FrameStatus.InvalidOpcode => "Bad instruction",
        FrameStatus.StackUnderflow => "Stack underflow",
        FrameStatus.StackOverflow => "Out of stack",
        FrameStatus.PrecompileFailure => "Built-in failed",
        FrameStatus.WriteProtection => "Mutable Call In Static Context",
        FrameStatus.ReturnDataOutOfBounds => "Out of bounds",
        _ => Methods.ExecutionErrors.Describe(status),
    };
}
