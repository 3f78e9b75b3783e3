namespace Chain.Core.Types;

/// <summary>Transaction kinds: the type byte of EIP-2718.</summary>
public enum TransactionType : byte
{
    /// <summary>Untyped, gas price, optional replay protection (EIP-155).</summary>
    Legacy = 0,

    /// <summary>Gas price and access list (EIP-2930).</summary>
    AccessList = 1,

    /// <summary>Base fee and priority fee (EIP-1559).</summary>
    DynamicFee = 2,

    /// <summary>Carries blobs (EIP-4844).</summary>
    Blob = 3,

    /// <summary>Sets code of accounts (EIP-7702).</summary>
    SetCode = 4,
}
