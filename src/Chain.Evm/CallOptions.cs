namespace Chain.Evm;

/// <summary>Which validity rules a simulated call keeps. The default keeps none but intrinsic gas and a balance that covers the value.</summary>
public readonly record struct CallOptions
{
    /// <summary>The nonce must be the sender's, as in a transaction.</summary>
    public bool ChecksNonce { get; init; }

    /// <summary>The fee must cover the base fee even when it is zero; otherwise a zero fee runs for free (GASPRICE 0).</summary>
    public bool ChecksZeroFee { get; init; }

    /// <summary>The sender must be an externally owned account (EIP-3607).</summary>
    public bool ChecksSenderCode { get; init; }

    /// <summary>The policy's rule S is asked.</summary>
    public bool ChecksPolicySender { get; init; }
}
