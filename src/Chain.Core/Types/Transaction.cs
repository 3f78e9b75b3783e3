using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.Types;

/// <summary>A signed transaction of any kind. Fields that a kind does not have keep their defaults. Immutable after decoding.</summary>
public sealed partial class Transaction
{
    /// <summary>Kind.</summary>
    public TransactionType Type { get; init; }

    /// <summary>Chain id; null for a legacy transaction without replay protection.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>Sender's nonce.</summary>
    public ulong Nonce { get; init; }

    /// <summary>Gas price (kinds 0 and 1) or the maximum fee per gas (kinds 2 to 4), wei.</summary>
    public UInt256 MaxFeePerGas { get; init; }

    /// <summary>Maximum priority fee per gas, wei; for kinds 0 and 1 equal to <see cref="MaxFeePerGas"/>.</summary>
    public UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong GasLimit { get; init; }

    /// <summary>Recipient; null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Value in wei.</summary>
    public UInt256 Value { get; init; }

    /// <summary>Call data or initcode.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Access list (kinds 1 to 4).</summary>
    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>Maximum fee per blob gas, wei (kind 3).</summary>
    public UInt256 MaxFeePerBlobGas { get; init; }

    /// <summary>Versioned hashes of the blobs (kind 3).</summary>
    public IReadOnlyList<Hash256> BlobVersionedHashes { get; init; } = [];

    /// <summary>Authorizations (kind 4).</summary>
    public IReadOnlyList<Authorization> AuthorizationList { get; init; } = [];

    /// <summary>Signature.</summary>
    public TransactionSignature Signature { get; init; }

    /// <summary>True when the transaction creates a contract.</summary>
    public bool IsContractCreation => To is null;

    /// <summary>A copy with another signature.</summary>
    public Transaction WithSignature(TransactionSignature signature) => new()
    {
        Type = Type,
        ChainId = ChainId,
        Nonce = Nonce,
        MaxFeePerGas = MaxFeePerGas,
        MaxPriorityFeePerGas = MaxPriorityFeePerGas,
        GasLimit = GasLimit,
        To = To,
        Value = Value,
        Data = Data,
        AccessList = AccessList,
        MaxFeePerBlobGas = MaxFeePerBlobGas,
        BlobVersionedHashes = BlobVersionedHashes,
        AuthorizationList = AuthorizationList,
        Signature = signature,
    };
}

/// <summary>One access-list entry (EIP-2930).</summary>
/// <param name="Address">Account made warm.</param>
/// <param name="StorageKeys">Slots made warm.</param>
public sealed record AccessListEntry(Address Address, IReadOnlyList<UInt256> StorageKeys);
