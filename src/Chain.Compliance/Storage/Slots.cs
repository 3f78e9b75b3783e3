using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Numeric;

namespace Chain.Compliance.Storage;

/// <summary>Slot formulas of Solidity and of ERC-7201 (compliance specification, section 1).</summary>
public static class Slots
{
    /// <summary>Most words of a <see cref="Hash"/>.</summary>
    public const int HashWordsMax = 4;

    /// <summary>keccak256(pad32(key) ++ pad32(position)).</summary>
    public static UInt256 Map(in UInt256 position, in UInt256 key) => Hash(key, position);

    /// <summary>keccak256(pad32(position)).</summary>
    public static UInt256 ArrayBase(in UInt256 position) => Hash(position);

    /// <summary>keccak256(abi.encode(words)) of 1 to 4 words.</summary>
    public static UInt256 Hash(params ReadOnlySpan<UInt256> words)
    {
        Span<byte> preimage = stackalloc byte[HashWordsMax * UInt256.SizeBytes];
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(preimage.Slice(i * UInt256.SizeBytes, UInt256.SizeBytes));
        Span<byte> digest = stackalloc byte[UInt256.SizeBytes];
        Keccak256.Hash(preimage[..(words.Length * UInt256.SizeBytes)], digest);
        return UInt256.FromBigEndian(digest);
    }

    /// <summary>The ERC-7201 base of a namespace: keccak256(abi.encode(uint256(keccak256(id)) - 1)) &amp; ~0xff.</summary>
    public static UInt256 Namespace(string id)
    {
        UInt256 hash = ArrayBase(UInt256.FromBigEndian(Keccak256.Hash(Encoding.ASCII.GetBytes(id)).Bytes) - UInt256.One);
        return hash & ~new UInt256(0xff);
    }
}
