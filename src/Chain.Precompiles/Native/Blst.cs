using System.Runtime.InteropServices;
using Chain.Core.Crypto;

namespace Chain.Precompiles.Native;

/// <summary>The C interface of blst that the BLS12-381 precompiles use (blst.h); field elements are in Montgomery form, infinity is all zeros.</summary>
// Unsafe: every pointer goes to a local or a pinned buffer of the caller that outlives the call, of the size that blst.h states.
internal static unsafe partial class Blst
{
    static Blst() => NativeLibraries.Register(typeof(Blst).Assembly);

    /// <summary>Element of the base field.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 48)]
    public struct Fp;

    /// <summary>Element of the quadratic field.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Fp2
    {
        /// <summary>Real part.</summary>
        public Fp A;

        /// <summary>Imaginary part.</summary>
        public Fp B;
    }

    /// <summary>Element of the field of pairing values.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 576)]
    public struct Fp12;

    /// <summary>Affine point of G1's curve.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct P1Affine
    {
        /// <summary>First coordinate.</summary>
        public Fp X;

        /// <summary>Second coordinate.</summary>
        public Fp Y;
    }

    /// <summary>Jacobian point of G1's curve.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    public struct P1;

    /// <summary>Affine point of G2's curve.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct P2Affine
    {
        /// <summary>First coordinate.</summary>
        public Fp2 X;

        /// <summary>Second coordinate.</summary>
        public Fp2 Y;
    }

    /// <summary>Jacobian point of G2's curve.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 288)]
    public struct P2;

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_fp_from_bendian"), SuppressGCTransition]
    public static partial void FpFromBigEndian(Fp* result, byte* bytes48);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_bendian_from_fp"), SuppressGCTransition]
    public static partial void BigEndianFromFp(byte* bytes48, Fp* value);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1_affine_on_curve"), SuppressGCTransition]
    public static partial byte P1OnCurve(P1Affine* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1_affine_in_g1")]
    public static partial byte P1InGroup(P1Affine* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1_from_affine"), SuppressGCTransition]
    public static partial void P1FromAffine(P1* result, P1Affine* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1_to_affine")]
    public static partial void P1ToAffine(P1Affine* result, P1* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1_add_or_double_affine"), SuppressGCTransition]
    public static partial void P1AddAffine(P1* result, P1* a, P1Affine* b);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1_mult")]
    public static partial void P1Multiply(P1* result, P1* point, byte* scalar, nuint bits);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1s_mult_pippenger_scratch_sizeof")]
    public static partial nuint P1PippengerScratchBytes(nuint points);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p1s_mult_pippenger")]
    public static partial void P1Pippenger(P1* result, P1Affine** points, nuint count, byte** scalars, nuint bits, ulong* scratch);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_map_to_g1")]
    public static partial void MapToG1(P1* result, Fp* u, Fp* v);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2_affine_on_curve"), SuppressGCTransition]
    public static partial byte P2OnCurve(P2Affine* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2_affine_in_g2")]
    public static partial byte P2InGroup(P2Affine* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2_from_affine"), SuppressGCTransition]
    public static partial void P2FromAffine(P2* result, P2Affine* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2_to_affine")]
    public static partial void P2ToAffine(P2Affine* result, P2* point);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2_add_or_double_affine"), SuppressGCTransition]
    public static partial void P2AddAffine(P2* result, P2* a, P2Affine* b);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2_mult")]
    public static partial void P2Multiply(P2* result, P2* point, byte* scalar, nuint bits);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2s_mult_pippenger_scratch_sizeof")]
    public static partial nuint P2PippengerScratchBytes(nuint points);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_p2s_mult_pippenger")]
    public static partial void P2Pippenger(P2* result, P2Affine** points, nuint count, byte** scalars, nuint bits, ulong* scratch);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_map_to_g2")]
    public static partial void MapToG2(P2* result, Fp2* u, Fp2* v);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_miller_loop_n")]
    public static partial void MillerLoop(Fp12* result, P2Affine** q, P1Affine** p, nuint count);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_final_exp")]
    public static partial void FinalExponentiation(Fp12* result, Fp12* value);

    [LibraryImport(NativeLibraries.Ckzg, EntryPoint = "blst_fp12_is_one")]
    public static partial byte Fp12IsOne(Fp12* value);
}
