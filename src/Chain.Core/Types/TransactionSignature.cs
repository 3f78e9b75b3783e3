using Chain.Core.Numeric;

namespace Chain.Core.Types;

/// <summary>A signature as the transaction carries it.</summary>
/// <param name="YParity">0 or 1.</param>
/// <param name="R">r.</param>
/// <param name="S">s.</param>
public readonly record struct TransactionSignature(byte YParity, UInt256 R, UInt256 S)
{
    // n and n/2 of secp256k1, limbs least significant first.
    private static readonly UInt256 Order = new(0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff);
    private static readonly UInt256 HalfOrder = new(0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff);

    /// <summary>True when 0 &lt; r &lt; n, 0 &lt; s &lt;= n/2 (below n when high s is allowed, before Homestead) and the parity is 0 or 1 (EIP-2).</summary>
    public bool IsInRange(bool allowHighS) =>
        YParity <= 1 && !R.IsZero && R < Order && !S.IsZero && (allowHighS ? S < Order : S <= HalfOrder);
}
