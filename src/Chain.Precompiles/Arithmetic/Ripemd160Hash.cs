using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Chain.Precompiles.Arithmetic;

/// <summary>RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996): two parallel lines of five rounds of sixteen steps over a 64-byte block.</summary>
public static class Ripemd160Hash
{
    private const int BlockBytes = 64;

    // Message word and rotation of each step, left line and right line.
    private static ReadOnlySpan<byte> LeftWord =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ];

    private static ReadOnlySpan<byte> RightWord =>
    [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ];

    private static ReadOnlySpan<byte> LeftShift =>
    [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ];

    private static ReadOnlySpan<byte> RightShift =>
    [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ];

    /// <summary>Writes the 20-byte hash.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        ulong lengthBits = (ulong)data.Length * 8;
        for (; data.Length >= BlockBytes; data = data[BlockBytes..]) Compress(state, data);
        Span<byte> tail = stackalloc byte[2 * BlockBytes];
        tail.Clear();
        data.CopyTo(tail);
        tail[data.Length] = 0x80;
        tail = tail[..(data.Length < BlockBytes - 8 ? BlockBytes : 2 * BlockBytes)];
        BinaryPrimitives.WriteUInt64LittleEndian(tail[^8..], lengthBits);
        for (; tail.Length > 0; tail = tail[BlockBytes..]) Compress(state, tail);
        for (int i = 0; i < 5; i++) BinaryPrimitives.WriteUInt32LittleEndian(digest[(4 * i)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        for (int i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        Line left = new(state), right = new(state);
        Round<Xor, XorOrNot>(ref left, ref right, words, 0, 0x00000000, 0x50a28be6);
        Round<Choose, ChooseByLast>(ref left, ref right, words, 16, 0x5a827999, 0x5c4dd124);
        Round<OrNotXor, OrNotXor>(ref left, ref right, words, 32, 0x6ed9eba1, 0x6d703ef3);
        Round<ChooseByLast, Choose>(ref left, ref right, words, 48, 0x8f1bbcdc, 0x7a6d76e9);
        Round<XorOrNot, Xor>(ref left, ref right, words, 64, 0xa953fd4e, 0x00000000);
        uint t = state[1] + left.C + right.D;
        state[1] = state[2] + left.D + right.E;
        state[2] = state[3] + left.E + right.A;
        state[3] = state[4] + left.A + right.B;
        state[4] = state[0] + left.B + right.C;
        state[0] = t;
    }

    // Unsafe: words has 16 entries and every table entry is below 16; the step tables have 80 entries and first + i is below 80.
    private static void Round<TLeft, TRight>(ref Line left, ref Line right, Span<uint> words, int first, uint leftK, uint rightK)
        where TLeft : struct, IMix
        where TRight : struct, IMix
    {
        Line l = left, r = right;
        ref uint word = ref MemoryMarshal.GetReference(words);
        ref byte leftWord = ref Unsafe.Add(ref MemoryMarshal.GetReference(LeftWord), first);
        ref byte rightWord = ref Unsafe.Add(ref MemoryMarshal.GetReference(RightWord), first);
        ref byte leftShift = ref Unsafe.Add(ref MemoryMarshal.GetReference(LeftShift), first);
        ref byte rightShift = ref Unsafe.Add(ref MemoryMarshal.GetReference(RightShift), first);
        for (int i = 0; i < 16; i++)
        {
            uint t = l.A + TLeft.Mix(l.B, l.C, l.D) + Unsafe.Add(ref word, Unsafe.Add(ref leftWord, i)) + leftK;
            t = BitOperations.RotateLeft(t, Unsafe.Add(ref leftShift, i)) + l.E;
            (l.A, l.E, l.D, l.C, l.B) = (l.E, l.D, BitOperations.RotateLeft(l.C, 10), l.B, t);
            t = r.A + TRight.Mix(r.B, r.C, r.D) + Unsafe.Add(ref word, Unsafe.Add(ref rightWord, i)) + rightK;
            t = BitOperations.RotateLeft(t, Unsafe.Add(ref rightShift, i)) + r.E;
            (r.A, r.E, r.D, r.C, r.B) = (r.E, r.D, BitOperations.RotateLeft(r.C, 10), r.B, t);
        }
        left = l;
        right = r;
    }

    private struct Line(ReadOnlySpan<uint> state)
    {
        public uint A = state[0], B = state[1], C = state[2], D = state[3], E = state[4];
    }

    private interface IMix
    {
        static abstract uint Mix(uint x, uint y, uint z);
    }

    private readonly struct Xor : IMix
    {
        public static uint Mix(uint x, uint y, uint z) => x ^ y ^ z;
    }

    private readonly struct Choose : IMix
    {
        public static uint Mix(uint x, uint y, uint z) => (x & y) | (~x & z);
    }

    private readonly struct OrNotXor : IMix
    {
        public static uint Mix(uint x, uint y, uint z) => (x | ~y) ^ z;
    }

    private readonly struct ChooseByLast : IMix
    {
        public static uint Mix(uint x, uint y, uint z) => (x & z) | (y & ~z);
    }

    private readonly struct XorOrNot : IMix
    {
        public static uint Mix(uint x, uint y, uint z) => x ^ (y | ~z);
    }
}
