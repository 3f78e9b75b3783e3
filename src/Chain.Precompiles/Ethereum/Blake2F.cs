using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x09: the BLAKE2b compression function F with a caller-chosen number of rounds (EIP-152, RFC 7693 section 3.2).</summary>
public sealed class Blake2F : IPrecompile
{
    private const int InputBytes = 213;

    // RFC 7693 section 2.6 and 2.7.
    private static ReadOnlySpan<ulong> Iv =>
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    private static ReadOnlySpan<byte> Sigma =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x09);

    /// <inheritdoc/>
    public string Name => "BLAKE2F";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => input.Length == InputBytes ? BinaryPrimitives.ReadUInt32BigEndian(input) : 0;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length != InputBytes || input[^1] > 1) return false;
        Compress(
            BinaryPrimitives.ReadUInt32BigEndian(input),
            input.Slice(4, 64),
            input.Slice(68, 128),
            BinaryPrimitives.ReadUInt64LittleEndian(input[196..]),
            BinaryPrimitives.ReadUInt64LittleEndian(input[204..]),
            input[^1] == 1,
            output.Resize(64));
        return true;
    }

    // The 4 x 4 state lies in four rows of four lanes; the diagonal half of a round rotates rows 1 to 3 into columns and back.
    private static void Compress(uint rounds, ReadOnlySpan<byte> state, ReadOnlySpan<byte> message, ulong offsetLow, ulong offsetHigh, bool last, Span<byte> result)
    {
        ReadOnlySpan<ulong> h = MemoryMarshal.Cast<byte, ulong>(state), m = MemoryMarshal.Cast<byte, ulong>(message);
        Span<Vector256<ulong>> schedule = stackalloc Vector256<ulong>[40];
        int prepared = (int)Math.Min(rounds, 10);
        for (int round = 0; round < prepared; round++)
        {
            ReadOnlySpan<byte> s = Sigma.Slice(16 * round, 16);
            schedule[4 * round] = Vector256.Create(m[s[0]], m[s[2]], m[s[4]], m[s[6]]);
            schedule[4 * round + 1] = Vector256.Create(m[s[1]], m[s[3]], m[s[5]], m[s[7]]);
            schedule[4 * round + 2] = Vector256.Create(m[s[8]], m[s[10]], m[s[12]], m[s[14]]);
            schedule[4 * round + 3] = Vector256.Create(m[s[9]], m[s[11]], m[s[13]], m[s[15]]);
        }

        Vector256<ulong> h0 = Vector256.Create(h), h1 = Vector256.Create(h[4..]);
        Vector256<ulong> a = h0, b = h1, c = Vector256.Create(Iv), d = Vector256.Create(Iv[4..]) ^ Vector256.Create(offsetLow, offsetHigh, last ? ulong.MaxValue : 0, 0);
        int row = 0;
        for (uint round = 0; round < rounds; round++)
        {
            Mix(ref a, ref b, ref c, ref d, schedule[row], schedule[row + 1]);
            b = Vector256.Shuffle(b, Vector256.Create(1ul, 2, 3, 0));
            c = Vector256.Shuffle(c, Vector256.Create(2ul, 3, 0, 1));
            d = Vector256.Shuffle(d, Vector256.Create(3ul, 0, 1, 2));
            Mix(ref a, ref b, ref c, ref d, schedule[row + 2], schedule[row + 3]);
            b = Vector256.Shuffle(b, Vector256.Create(3ul, 0, 1, 2));
            c = Vector256.Shuffle(c, Vector256.Create(2ul, 3, 0, 1));
            d = Vector256.Shuffle(d, Vector256.Create(1ul, 2, 3, 0));
            row = row == 36 ? 0 : row + 4;
        }
        (h0 ^ a ^ c).AsByte().CopyTo(result);
        (h1 ^ b ^ d).AsByte().CopyTo(result[32..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector256<ulong> a, ref Vector256<ulong> b, ref Vector256<ulong> c, ref Vector256<ulong> d, Vector256<ulong> x, Vector256<ulong> y)
    {
        a += b + x;
        d = RotateRight(d ^ a, 32);
        c += d;
        b = RotateRight(b ^ c, 24);
        a += b + y;
        d = RotateRight(d ^ a, 16);
        c += d;
        b = RotateRight(b ^ c, 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> RotateRight(Vector256<ulong> value, int count) => (value >>> count) | (value << (64 - count));
}
