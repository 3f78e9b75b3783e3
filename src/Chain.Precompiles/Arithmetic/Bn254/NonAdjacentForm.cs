using Chain.Core.Numeric;

namespace Chain.Precompiles.Arithmetic.Bn254;

/// <summary>Signed digits of a scalar, odd and below 2^(width - 1) or 0, at most one of four neighbours not 0: few additions, few precomputed points.</summary>
internal static class NonAdjacentForm
{
    /// <summary>Most digits of a half-length scalar.</summary>
    public const int DigitsMax = 130;

    private const int Width = 4;

    /// <summary>Writes the digits of a scalar below 2^128, least significant first; the rest of the span is 0. Returns how many.</summary>
    public static int Write(in UInt256 scalar, Span<sbyte> digits)
    {
        digits.Clear();
        UInt128 k = new(scalar.U1, scalar.U0);
        int length = 0;
        // Adding 1 back to an odd k whose digit was negative cannot overflow: the scalars have 127 bits.
        for (int i = 0; k != 0; i++, k >>= 1)
        {
            if (((ulong)k & 1) == 0) continue;
            int digit = (int)((ulong)k & ((1 << Width) - 1));
            if (digit >= 1 << (Width - 1)) digit -= 1 << Width;
            digits[i] = (sbyte)digit;
            length = i + 1;
            k = digit < 0 ? k + (uint)-digit : k - (uint)digit;
        }
        return length;
    }
}
