using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Chain.Core.Numeric;

/// <summary>
/// Hash codes of words, hashes and addresses for in-memory tables. Senders choose these keys, so the seeds are secret and differ in every process;
/// nothing may depend on the order of such a table.
/// </summary>
internal static class TableHash
{
    private static readonly ulong Seed0 = Seed();
    private static readonly ulong Seed1 = Seed();
    private static readonly ulong Seed2 = Seed();
    private static readonly ulong Seed3 = Seed();

    /// <summary>Folds four limbs with two 64x64 to 128-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Mix(ulong a, ulong b, ulong c, ulong d)
    {
        ulong high0 = Math.BigMul(a ^ Seed0, b ^ Seed1, out ulong low0);
        ulong high1 = Math.BigMul(c ^ Seed2, d ^ Seed3, out ulong low1);
        ulong x = high0 ^ low0 ^ high1 ^ low1;
        return (int)(x ^ (x >> 32));
    }

    private static ulong Seed()
    {
        ulong seed = 0;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref seed)));
        return seed;
    }
}
