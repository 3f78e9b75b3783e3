using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Evm.Opcodes;

/// <summary>The border between stack words (limbs in machine order) and bytes. Pointers must be good for the 8, 20 or 32 bytes named.</summary>
internal static unsafe class Words
{
    /// <summary>Bytes of a word.</summary>
    public const ulong SizeBytes = 32;

    /// <summary>Reads 32 big-endian bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* source, UInt256* word)
    {
        ulong u3 = ReadBigEndian(source);
        ulong u2 = ReadBigEndian(source + 8);
        ulong u1 = ReadBigEndian(source + 16);
        ulong u0 = ReadBigEndian(source + 24);
        *word = new UInt256(u0, u1, u2, u3);
    }

    /// <summary>Writes 32 big-endian bytes; source and destination may be the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(UInt256* word, byte* destination)
    {
        ulong u0 = word->U0;
        ulong u1 = word->U1;
        ulong u2 = word->U2;
        ulong u3 = word->U3;
        WriteBigEndian(destination, u3);
        WriteBigEndian(destination + 8, u2);
        WriteBigEndian(destination + 16, u1);
        WriteBigEndian(destination + 24, u0);
    }

    /// <summary>Reads 8 big-endian bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadBigEndian(byte* source)
    {
        ulong value = Unsafe.ReadUnaligned<ulong>(source);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    /// <summary>An address as a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(in Address address, UInt256* word)
    {
        ref byte bytes = ref Unsafe.As<Address, byte>(ref Unsafe.AsRef(in address));
        uint high = Unsafe.ReadUnaligned<uint>(ref bytes);
        ulong middle = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 4));
        ulong low = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 12));
        *word = BitConverter.IsLittleEndian
            ? new UInt256(BinaryPrimitives.ReverseEndianness(low), BinaryPrimitives.ReverseEndianness(middle), BinaryPrimitives.ReverseEndianness(high))
            : new UInt256(low, middle, high);
    }

    /// <summary>The low 20 bytes of a word as an address.</summary>
    public static Address ToAddress(in UInt256 word)
    {
        Unsafe.SkipInit(out Address address);
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Address>(ref address));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)word.U2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[4..], word.U1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[12..], word.U0);
        return address;
    }

    /// <summary>A word as a hash.</summary>
    [SkipLocalsInit]
    public static Hash256 ToHash(in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[Hash256.SizeBytes];
        word.WriteBigEndian(bytes);
        return new Hash256(bytes);
    }

    /// <summary>Words that hold this many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Count(ulong bytes) => (bytes >> 5) + ((bytes & 31) != 0 ? 1UL : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteBigEndian(byte* destination, ulong value) =>
        Unsafe.WriteUnaligned(destination, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
}
