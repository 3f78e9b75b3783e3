using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Numeric;

namespace Chain.Compliance.Storage;

/// <summary>Slot formulas of Solidity and of ERC-7201 (compliance specification, section 1).</summary>
public static class Slots
{
    /// <summary>keccak256(pad32(key) ++ pad32(position)).</summary>
    public static UInt256 Map(in UInt256 position, in UInt256 key)
    {
        Span<byte> preimage = stackalloc byte[2 * UInt256.SizeBytes];
        key.WriteBigEndian(preimage[..UInt256.SizeBytes]);
        position.WriteBigEndian(preimage[UInt256.SizeBytes..]);
        return Hash(preimage);
    }

    /// <summary>keccak256(pad32(position)).</summary>
    public static UInt256 ArrayBase(in UInt256 position)
    {
        Span<byte> preimage = stackalloc byte[UInt256.SizeBytes];
        position.WriteBigEndian(preimage);
        return Hash(preimage);
    }

    /// <summary>The ERC-7201 base of a namespace: keccak256(abi.encode(uint256(keccak256(id)) - 1)) &amp; ~0xff.</summary>
    public static UInt256 Namespace(string id)
    {
        UInt256 hash = ArrayBase(UInt256.FromBigEndian(Keccak256.Hash(Encoding.ASCII.GetBytes(id)).Bytes) - UInt256.One);
        return hash & ~new UInt256(0xff);
    }

    private static UInt256 Hash(ReadOnlySpan<byte> preimage)
    {
        Span<byte> digest = stackalloc byte[UInt256.SizeBytes];
        Keccak256.Hash(preimage, digest);
        return UInt256.FromBigEndian(digest);
    }
}
