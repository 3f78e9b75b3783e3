using System.Runtime.CompilerServices;

namespace Chain.Core.Numeric;

public readonly partial struct UInt256
{
    /// <summary>result = (a + b) modulo m over the exact sum; 0 when m is 0 (EVM ADDMOD). The result may alias an operand.</summary>
    [SkipLocalsInit]
    public static unsafe void AddMod(in UInt256 a, in UInt256 b, in UInt256 m, out UInt256 result)
    {
        bool reduced = a < m && b < m;
        bool carry = AddOverflow(a, b, out UInt256 sum);
        if (reduced)
        {
            // The sum is below 2m: one subtraction, which also absorbs the carry.
            if (carry || sum >= m) Subtract(sum, m, out sum);
            result = sum;
            return;
        }
        if (!carry)
        {
            Mod(sum, m, out result);
            return;
        }
        ulong* limbs = stackalloc ulong[6];
        limbs[0] = sum.U0;
        limbs[1] = sum.U1;
        limbs[2] = sum.U2;
        limbs[3] = sum.U3;
        limbs[4] = 1;
        ModLimbs(limbs, 5, m, out result);
    }

    /// <summary>(a + b) modulo m over the exact sum; 0 when m is 0.</summary>
    public static UInt256 AddMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        AddMod(a, b, m, out UInt256 r);
        return r;
    }

    /// <summary>result = a * b modulo m over the exact product; 0 when m is 0 (EVM MULMOD). The result may alias an operand.</summary>
    [SkipLocalsInit]
    public static unsafe void MulMod(in UInt256 a, in UInt256 b, in UInt256 m, out UInt256 result)
    {
        // Safe: eight limbs of product and one of normalization.
        ulong* limbs = stackalloc ulong[9];
        MultiplyFull(a, b, limbs);
        int length = 8;
        while (length > 0 && limbs[length - 1] == 0) length--;
        if (length <= 4)
        {
            Mod(new UInt256(limbs[0], limbs[1], limbs[2], limbs[3]), m, out result);
            return;
        }
        ModLimbs(limbs, length, m, out result);
    }

    /// <summary>a * b modulo m over the exact product; 0 when m is 0.</summary>
    public static UInt256 MulMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        MulMod(a, b, m, out UInt256 r);
        return r;
    }

    /// <summary>Five to eight limbs modulo m; <paramref name="limbs"/> has room for one more and is destroyed.</summary>
    [SkipLocalsInit]
    private static unsafe void ModLimbs(ulong* limbs, int length, in UInt256 m, out UInt256 result)
    {
        if (m.FitsUInt64)
        {
            ulong divisor = m.U0;
            ulong rest = 0;
            if (divisor != 0)
            {
                for (int i = length - 1; i >= 0; i--)
                {
                    if (rest == 0 && limbs[i] < divisor) rest = limbs[i];
                    else _ = DivRemWide(rest, limbs[i], divisor, out rest);
                }
            }
            result = new UInt256(rest);
            return;
        }
        // Safe: eight limbs by at least two give at most seven of quotient.
        ulong* v = stackalloc ulong[4];
        ulong* q = stackalloc ulong[8];
        DivideLimbs(limbs, length, m, v, q, out _, out result);
    }
}
