using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Chain.Precompiles.Arithmetic;

/// <summary>Steps of multi-word arithmetic on 64-bit limbs.</summary>
internal static class Limbs
{
    /// <summary>a * b + c + d, which always fits 128 bits: low half out, high half returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, ulong d, out ulong low)
    {
        // The two halves apart: the form with an out parameter goes through memory.
        ulong high = HighProduct(a, b), product = a * b;
        ulong sum = product + c;
        high += sum < c ? 1ul : 0;
        low = sum + d;
        return high + (low < d ? 1ul : 0);
    }

    /// <summary>High half of a * b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HighProduct(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    /// <summary>a + b + carry with the carry, 0 or 1, replaced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong a, ulong b, ref ulong carry)
    {
        ulong sum = a + b;
        ulong result = sum + carry;
        carry = (sum < a ? 1ul : 0) + (result < sum ? 1ul : 0);
        return result;
    }

    /// <summary>a - b - borrow with the borrow, 0 or 1, replaced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong a, ulong b, ref ulong borrow)
    {
        ulong difference = a - b;
        ulong result = difference - borrow;
        borrow = (a < b ? 1ul : 0) + (difference < borrow ? 1ul : 0);
        return result;
    }
}
