using Chain.Core.Crypto;
using Chain.Core.Numeric;

namespace Chain.Core.Types;

/// <summary>A signature as the transaction carries it.</summary>
/// <param name="YParity">0 or 1.</param>
/// <param name="R">r.</param>
/// <param name="S">s.</param>
public readonly record struct TransactionSignature(byte YParity, UInt256 R, UInt256 S)
{
    /// <summary>No signature: what a simulated transaction without replay protection has. Its v is 0, which no signed transaction has.</summary>
    public static readonly TransactionSignature None = new(byte.MaxValue, UInt256.Zero, UInt256.Zero);

    /// <summary>True when 0 &lt; r &lt; n, 0 &lt; s &lt;= n/2 (below n when high s is allowed, before Homestead) and the parity is 0 or 1 (EIP-2).</summary>
    public bool IsInRange(bool allowHighS) =>
        YParity <= 1 && !R.IsZero && R < Secp256k1.Order && !S.IsZero && (allowHighS ? S < Secp256k1.Order : S <= Secp256k1.HalfOrder);
}
