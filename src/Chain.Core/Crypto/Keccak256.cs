using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Chain.Core.Primitives;

namespace Chain.Core.Crypto;

/// <summary>Keccak-256 with the original padding (0x01), as Ethereum uses it (Yellow Paper, appendix on KEC).</summary>
public static class Keccak256
{
    private const int RateBytes = 136;

    /// <summary>Hash of the empty byte string: the code hash of an account without code.</summary>
    public static readonly Hash256 EmptyHash = Hash256.Parse("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

    /// <summary>Hash of one byte string.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Hash256.SizeBytes];
        Hash(data, digest);
        return new Hash256(digest);
    }

    /// <summary>Writes the 32-byte hash of one byte string.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        while (data.Length >= RateBytes)
        {
            for (int i = 0; i < RateBytes / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(data[(i * 8)..]);
            Permute(state);
            data = data[RateBytes..];
        }
        Span<byte> last = stackalloc byte[RateBytes];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] = 0x01;
        last[RateBytes - 1] |= 0x80;
        for (int i = 0; i < RateBytes / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(last[(i * 8)..]);
        Permute(state);
        MemoryMarshal.AsBytes(state)[..Hash256.SizeBytes].CopyTo(digest);
    }

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    private static ReadOnlySpan<byte> Rotations => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static ReadOnlySpan<byte> PiLane => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    private static void Permute(Span<ulong> s)
    {
        Span<ulong> c = stackalloc ulong[5];
        for (int round = 0; round < 24; round++)
        {
            for (int i = 0; i < 5; i++) c[i] = s[i] ^ s[i + 5] ^ s[i + 10] ^ s[i + 15] ^ s[i + 20];
            for (int i = 0; i < 5; i++)
            {
                ulong t = c[(i + 4) % 5] ^ BitOperations.RotateLeft(c[(i + 1) % 5], 1);
                for (int j = 0; j < 25; j += 5) s[j + i] ^= t;
            }
            ulong moved = s[1];
            for (int i = 0; i < 24; i++)
            {
                int lane = PiLane[i];
                (moved, s[lane]) = (s[lane], BitOperations.RotateLeft(moved, Rotations[i]));
            }
            for (int j = 0; j < 25; j += 5)
            {
                for (int i = 0; i < 5; i++) c[i] = s[j + i];
                for (int i = 0; i < 5; i++) s[j + i] = c[i] ^ (~c[(i + 1) % 5] & c[(i + 2) % 5]);
            }
            s[0] ^= RoundConstants[round];
        }
    }
}
