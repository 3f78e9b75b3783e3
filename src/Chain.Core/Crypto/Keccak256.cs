using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Chain.Core.Primitives;

namespace Chain.Core.Crypto;

/// <summary>Keccak-256 with the original padding (0x01), as Ethereum uses it (Yellow Paper, appendix on KEC). Allocates nothing.</summary>
public static partial class Keccak256
{
    /// <summary>Input bytes a permutation absorbs.</summary>
    internal const int RateBytes = 136;

    /// <summary>64-bit lanes of the state.</summary>
    internal const int Lanes = 25;

    private const int RateLanes = RateBytes / sizeof(ulong);

    /// <summary>Hash of the empty byte string: the code hash of an account without code.</summary>
    public static readonly Hash256 EmptyHash = Hash256.Parse("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

    /// <summary>Hash of one byte string.</summary>
    [SkipLocalsInit]
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Unsafe.SkipInit(out Hash256 hash);
        Hash(data, MemoryMarshal.AsBytes(new Span<Hash256>(ref hash)));
        return hash;
    }

    /// <summary>Writes the 32-byte hash of one byte string; the digest may overlap the data.</summary>
    /// <exception cref="ArgumentException">The digest is shorter than 32 bytes.</exception>
    [SkipLocalsInit]
    public static unsafe void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        // Safe: every lane index below is under the 25 of the state.
        ulong* state = stackalloc ulong[Lanes];
        new Span<ulong>(state, Lanes).Clear();
        while (data.Length >= RateBytes)
        {
            AbsorbBlock(state, data);
            data = data[RateBytes..];
        }
        AbsorbLast(state, data);
        WriteDigest(state, digest);
    }

    /// <summary>Absorbs one full block and permutes; <paramref name="state"/> has 25 lanes, <paramref name="block"/> at least 136 bytes.</summary>
    internal static unsafe void AbsorbBlock(ulong* state, ReadOnlySpan<byte> block)
    {
        block = block[..RateBytes];
        for (int i = 0; i < RateLanes; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * sizeof(ulong))..]);
        Permute(state);
    }

    /// <summary>Writes lanes 0 to 3 as the 32 bytes of the digest.</summary>
    internal static unsafe void WriteDigest(ulong* state, Span<byte> digest)
    {
        digest = digest[..Hash256.SizeBytes];
        for (int i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(digest[(i * sizeof(ulong))..], state[i]);
    }

    private static unsafe void AbsorbLast(ulong* state, ReadOnlySpan<byte> data)
    {
        PadLast(state, 1, data);
        Permute(state);
    }

    /// <summary>Exclusive-ors the last bytes, below 136, and the padding into lanes that lie <paramref name="stride"/> words apart.</summary>
    private static unsafe void PadLast(ulong* state, int stride, ReadOnlySpan<byte> data)
    {
        int lane = 0;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(data);
            lane += stride;
        }
        ulong tail = 1UL << (data.Length * 8);
        for (int i = 0; i < data.Length; i++) tail |= (ulong)data[i] << (i * 8);
        state[lane] ^= tail;
        state[(RateLanes - 1) * stride] ^= 1UL << 63;
    }

    /// <summary>Permutes the 25 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Permute(ulong* state)
    {
        if (Avx512F.VL.IsSupported) PermuteVector(state);
        else PermuteScalar(state);
    }
}
