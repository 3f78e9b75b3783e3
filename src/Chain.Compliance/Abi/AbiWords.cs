using System.Buffers.Binary;
using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Abi;

/// <summary>Solidity ABI words and selectors.</summary>
public static class AbiWords
{
    /// <summary>Size of a selector in bytes.</summary>
    public const int SelectorSizeBytes = 4;

    /// <summary>An address as a word, right-aligned.</summary>
    public static UInt256 ToWord(in Address address) => UInt256.FromBigEndian(address.Bytes);

    /// <summary>A hash as a word.</summary>
    public static UInt256 ToWord(in Hash256 hash) => UInt256.FromBigEndian(hash.Bytes);

    /// <summary>A boolean as a word.</summary>
    public static UInt256 ToWord(bool value) => value ? UInt256.One : default;

    /// <summary>The address in the low 160 bits of a word.</summary>
    public static Address ToAddress(in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        word.WriteBigEndian(bytes);
        return new Address(bytes[12..]);
    }

    /// <summary>A word as a hash.</summary>
    public static Hash256 ToHash(in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        word.WriteBigEndian(bytes);
        return new Hash256(bytes);
    }

    /// <summary>An ASCII name as a word, left-aligned (<c>bytes32</c>).</summary>
    public static UInt256 ToWord(string name)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        bytes.Clear();
        Encoding.ASCII.GetBytes(name, bytes);
        return UInt256.FromBigEndian(bytes);
    }

    /// <summary>Keccak-256 of a signature: topic 0 of an event.</summary>
    public static Hash256 Topic(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature));

    /// <summary>The first four bytes of a signature's hash, big-endian.</summary>
    public static uint Selector(string signature) => BinaryPrimitives.ReadUInt32BigEndian(Topic(signature).Bytes);
}
