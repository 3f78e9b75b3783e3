using System.Buffers.Binary;
using Chain.Core.Numeric;

namespace Chain.Compliance.Abi;

/// <summary>A Solidity custom error whose parameters are all of static type.</summary>
/// <param name="signature">Canonical signature, such as <c>Unauthorized(address,uint8)</c>.</param>
public sealed class AbiError(string signature)
{
    /// <summary>Canonical signature.</summary>
    public string Signature { get; } = signature;

    /// <summary>Selector.</summary>
    public uint Selector { get; } = AbiWords.Selector(signature);

    /// <summary>The revert data: selector and arguments.</summary>
    public byte[] Encode(params ReadOnlySpan<UInt256> arguments)
    {
        byte[] data = new byte[AbiWords.SelectorSizeBytes + (arguments.Length * UInt256.SizeBytes)];
        BinaryPrimitives.WriteUInt32BigEndian(data, Selector);
        for (int i = 0; i < arguments.Length; i++) arguments[i].WriteBigEndian(data.AsSpan(AbiWords.SelectorSizeBytes + (i * UInt256.SizeBytes), UInt256.SizeBytes));
        return data;
    }
}
