using System.Buffers.Binary;
using System.Text;
using Chain.Core.Numeric;
using Chain.Rpc.Model;

namespace Chain.Rpc.Abi;

/// <summary>Reads the two errors of the Solidity language out of revert data, and words execution errors as geth does.</summary>
public static class RevertReason
{
    private const int SelectorBytes = 4;
    private const int WordBytes = 32;

    /// <summary>The error of an execution that reverted: code 3, the raw bytes as data, the reason in the message.</summary>
    public static RpcError ToError(ReadOnlyMemory<byte> output)
    {
        string message = TryDecode(output.Span, out string reason) ? $"execution reverted: {reason}" : "execution reverted";
        return new RpcError(RpcErrorCodes.Reverted, message, new HexData(output));
    }

    /// <summary>Errors that the chain itself raises (compliance specification, sections 2.7, 3.8 and 4.1), by selector.</summary>
    private static readonly Dictionary<uint, string> ChainErrors = new()
    {
        [0x7f883d13] = "KycBlocked",
        [0x093dfca0] = "KycDeployDenied",
        [0x40a9a826] = "KycTransferDenied",
        [0x53799493] = "ComplianceViolation",
    };

    /// <summary>Decodes <c>Error(string)</c>, <c>Panic(uint256)</c> and the chain's own errors; false for custom errors of contracts and anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> output, out string reason)
    {
        reason = string.Empty;
        if (output.Length < SelectorBytes) return false;
        ReadOnlySpan<byte> arguments = output[SelectorBytes..];
        if (output.StartsWith((ReadOnlySpan<byte>)[0x08, 0xc3, 0x79, 0xa0])) return TryDecodeString(arguments, out reason);
        if (ChainErrors.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(output), out string? name))
        {
            reason = name;
            return true;
        }
        if (!output.StartsWith((ReadOnlySpan<byte>)[0x4e, 0x48, 0x7b, 0x71]) || arguments.Length < WordBytes) return false;
        UInt256 code = UInt256.FromBigEndian(arguments[..WordBytes]);
        reason = PanicReason(code);
        return true;
    }

    private static bool TryDecodeString(ReadOnlySpan<byte> arguments, out string reason)
    {
        reason = string.Empty;
        if (!TryReadInt(arguments, 0, out int offset) || !TryReadInt(arguments, offset, out int length)) return false;
        ReadOnlySpan<byte> text = arguments[(offset + WordBytes)..];
        if (length > text.Length) return false;
        reason = Encoding.UTF8.GetString(text[..length]);
        return true;
    }

    private static bool TryReadInt(ReadOnlySpan<byte> bytes, int at, out int value)
    {
        value = 0;
        if (at > bytes.Length - WordBytes) return false;
        UInt256 word = UInt256.FromBigEndian(bytes.Slice(at, WordBytes));
        if (!word.FitsUInt64 || word.U0 > (ulong)bytes.Length) return false;
        value = (int)word.U0;
        return true;
    }

    // Texts: geth, accounts/abi, for the codes of the Solidity documentation ("Panic via assert and Error via require").
    private static string PanicReason(in UInt256 code) => code.FitsUInt64
        ? code.U0 switch
        {
            0x00 => "generic panic",
            0x01 => "assert(false)",
            0x11 => "arithmetic underflow or overflow",
            0x12 => "division or modulo by zero",
            0x21 => "enum overflow",
            0x22 => "invalid encoded storage byte array accessed",
            0x31 => "out-of-bounds array access; popping on an empty array",
            0x32 => "out-of-bounds access of an array or bytesN",
            0x41 => "out of memory",
            0x51 => "uninitialized function",
            _ => $"unknown panic code: 0x{code.U0:x}",
        }
        : "unknown panic code";
}
