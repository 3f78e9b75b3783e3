using System.Numerics;
using Chain.Core.Numeric;
using Chain.Core.Types;

namespace Chain.Core.Forks;

/// <summary>Base fee (EIP-1559), blob fee (EIP-4844, EIP-7691, EIP-7918) and the bounds of the gas limit. All amounts in wei and gas.</summary>
public static class FeeMarket
{
    /// <summary>Blob gas of one blob (EIP-4844).</summary>
    public const ulong GasPerBlob = 131_072;

    /// <summary>Base fee of the first London block.</summary>
    public const ulong InitialBaseFee = 1_000_000_000;

    /// <summary>Lowest blob base fee (EIP-4844).</summary>
    public const ulong BlobBaseFeeMin = 1;

    /// <summary>Lowest gas limit of a block (Yellow Paper, equation 47).</summary>
    public const ulong GasLimitMin = 5_000;

    /// <summary>Largest gas limit of a block.</summary>
    public const ulong GasLimitMax = long.MaxValue;

    /// <summary>The gas limit moves by less than the parent's divided by this.</summary>
    public const ulong GasLimitBoundDivisor = 1_024;

    // e^178 is above 2^256: from this exponent on the fee is the largest number.
    private const ulong BlobFeeExponentEnd = 178;

    /// <summary>Base fee of the block after this parent; the initial one when the parent has none.</summary>
    public static UInt256 NextBaseFee(BlockHeader parent, ForkRules rules)
    {
        if (parent.BaseFeePerGas is not { } baseFee) return InitialBaseFee;
        ulong target = parent.GasLimit / rules.BaseFeeElasticity;
        if (parent.GasUsed == target || target == 0) return baseFee;
        bool rises = parent.GasUsed > target;
        ulong distance = rises ? parent.GasUsed - target : target - parent.GasUsed;
        BigInteger delta = baseFee.ToBigInteger() * distance / target / rules.BaseFeeChangeDenominator;
        if (!rises) return baseFee - UInt256.FromBigInteger(delta);
        BigInteger next = baseFee.ToBigInteger() + BigInteger.Max(delta, BigInteger.One);
        return next.GetBitLength() > 256 ? UInt256.MaxValue : UInt256.FromBigInteger(next);
    }

    /// <summary>Excess blob gas of the block after this parent, by the rules of that block; a parent without blob fields counts as zero.</summary>
    public static ulong NextExcessBlobGas(BlockHeader parent, ForkRules rules)
    {
        if (rules.Blobs is not { } blobs) return 0;
        ulong parentExcess = parent.ExcessBlobGas ?? 0;
        ulong used = parent.BlobGasUsed ?? 0;
        UInt128 sum = (UInt128)parentExcess + used;
        UInt128 target = (UInt128)blobs.Target * GasPerBlob;
        if (sum < target) return 0;
        // EIP-7918: while execution gas is dearer than blob gas, the excess does not fall.
        if (rules.BlobBaseCostGas != 0)
        {
            BigInteger reserve = (parent.BaseFeePerGas ?? default).ToBigInteger() * rules.BlobBaseCostGas;
            if (reserve > BlobBaseFee(parentExcess, rules).ToBigInteger() * GasPerBlob)
            {
                return Saturate(parentExcess + ((UInt128)used * (blobs.Max - blobs.Target) / blobs.Max));
            }
        }
        return Saturate(sum - target);
    }

    /// <summary>Blob base fee at this excess; 1 before Cancun.</summary>
    public static UInt256 BlobBaseFee(ulong excessBlobGas, ForkRules rules) =>
        rules.Blobs is { } blobs ? BlobBaseFee(excessBlobGas, blobs.BaseFeeUpdateFraction) : BlobBaseFeeMin;

    /// <summary>
    /// 1 * e^(excess / fraction) by the integer series of EIP-4844 (fake_exponential), exact while it fits 256 bits, else the largest number.
    /// </summary>
    public static UInt256 BlobBaseFee(ulong excessBlobGas, ulong updateFraction)
    {
        if (excessBlobGas / updateFraction >= BlobFeeExponentEnd) return UInt256.MaxValue;
        BigInteger denominator = updateFraction;
        BigInteger term = denominator * BlobBaseFeeMin;
        BigInteger sum = BigInteger.Zero;
        for (ulong i = 1; !term.IsZero; i++)
        {
            sum += term;
            term = term * excessBlobGas / (denominator * i);
        }
        sum /= denominator;
        return sum.GetBitLength() > 256 ? UInt256.MaxValue : UInt256.FromBigInteger(sum);
    }

    /// <summary>What the sender pays per gas: base fee plus the priority fee, capped by the maximum fee, which is not below the base fee.</summary>
    public static UInt256 EffectiveGasPrice(Transaction tx, in UInt256 baseFee)
    {
        if (tx.MaxFeePerGas <= baseFee) return tx.MaxFeePerGas;
        return baseFee + UInt256.Min(tx.MaxPriorityFeePerGas, tx.MaxFeePerGas - baseFee);
    }

    /// <summary>The gas limit after a parent's on the way to a wanted one: as near to it as the bound allows.</summary>
    public static ulong GasLimitTowards(ulong parentGasLimit, ulong wanted)
    {
        ulong step = (parentGasLimit / GasLimitBoundDivisor) - 1;
        wanted = Math.Clamp(wanted, GasLimitMin, GasLimitMax);
        return wanted > parentGasLimit ? Math.Min(parentGasLimit + step, wanted) : Math.Max(parentGasLimit - step, wanted);
    }

    /// <summary>True when the gas limit may follow the parent's (at the London block: the parent's times the elasticity).</summary>
    public static bool IsGasLimitAllowed(ulong gasLimit, ulong parentGasLimit)
    {
        ulong distance = gasLimit > parentGasLimit ? gasLimit - parentGasLimit : parentGasLimit - gasLimit;
        return gasLimit is >= GasLimitMin and <= GasLimitMax && distance < parentGasLimit / GasLimitBoundDivisor;
    }

    private static ulong Saturate(UInt128 value) => value > ulong.MaxValue ? ulong.MaxValue : (ulong)value;
}
