using System.Runtime.CompilerServices;

namespace Chain.Precompiles.Arithmetic;

/// <summary>Steps of multi-word arithmetic on 64-bit limbs.</summary>
internal static class Limbs
{
    /// <summary>a * b + c + d, which always fits 128 bits: low half out, high half returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, ulong d, out ulong low)
    {
        ulong high = Math.BigMul(a, b, out ulong product);
        ulong sum = product + c;
        high += sum < c ? 1ul : 0;
        low = sum + d;
        return high + (low < d ? 1ul : 0);
    }

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
