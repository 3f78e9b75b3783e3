using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Crypto;

namespace Chain.Precompiles.Native;

/// <summary>Modular exponentiation of the GNU multiple precision library.</summary>
internal static unsafe partial class Gmp
{
    static Gmp() => NativeLibraries.Register(typeof(Gmp).Assembly);

    // mpz_t of gmp.h: allocated limbs, limbs in use (negative for a negative number), limbs least significant first.
    [StructLayout(LayoutKind.Sequential)]
    private struct Integer
    {
        public int Allocated;
        public int Size;
        public ulong* Limbs;
    }

    /// <summary>Writes base ^ exponent mod modulus big-endian and right-aligned; the destination is cleared and as long as the modulus. Limbs are least significant first.</summary>
    // Unsafe: the operands are pinned for the call and only read by GMP (allocated size 0, as mpz_roinit_n makes them);
    // the result is made and cleared here, and its limbs are read before that. The modulus is not 0, the one case that GMP refuses.
    public static void PowerModulo(ReadOnlySpan<ulong> @base, ReadOnlySpan<ulong> exponent, ReadOnlySpan<ulong> modulus, Span<byte> destination)
    {
        fixed (ulong* b = @base, e = exponent, m = modulus)
        {
            Integer x = View(b, @base.Length), y = View(e, exponent.Length), z = View(m, modulus.Length), result;
            Init(&result);
            Power(&result, &x, &y, &z);
            for (int i = 0; i < result.Size; i++)
            {
                Span<byte> rest = destination[..(destination.Length - 8 * i)];
                if (rest.Length >= 8) BinaryPrimitives.WriteUInt64BigEndian(rest[^8..], result.Limbs[i]);
                else for (int j = 0; j < rest.Length; j++) rest[rest.Length - 1 - j] = (byte)(result.Limbs[i] >> (8 * j));
            }
            Clear(&result);
        }
    }

    private static Integer View(ulong* limbs, int count)
    {
        while (count > 0 && limbs[count - 1] == 0) count--;
        return new Integer { Allocated = 0, Size = count, Limbs = limbs };
    }

    [LibraryImport(NativeLibraries.Gmp, EntryPoint = "__gmpz_init")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void Init(Integer* value);

    [LibraryImport(NativeLibraries.Gmp, EntryPoint = "__gmpz_powm")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void Power(Integer* result, Integer* @base, Integer* exponent, Integer* modulus);

    [LibraryImport(NativeLibraries.Gmp, EntryPoint = "__gmpz_clear")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void Clear(Integer* value);
}
