using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus.Simulation;

/// <summary>A transaction to simulate: what eth_call and its relatives take. Null means not given.</summary>
public sealed record CallRequest
{
    /// <summary>Sender; the zero address when not given.</summary>
    public Address? From { get; init; }

    /// <summary>Recipient; null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong? Gas { get; init; }

    /// <summary>Gas price, wei.</summary>
    public UInt256? GasPrice { get; init; }

    /// <summary>Maximum fee per gas, wei.</summary>
    public UInt256? MaxFeePerGas { get; init; }

    /// <summary>Maximum priority fee per gas, wei.</summary>
    public UInt256? MaxPriorityFeePerGas { get; init; }

    /// <summary>Value, wei.</summary>
    public UInt256 Value { get; init; }

    /// <summary>Nonce.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Call data or initcode.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Access list.</summary>
    public IReadOnlyList<AccessListEntry>? AccessList { get; init; }

    /// <summary>Maximum fee per blob gas, wei.</summary>
    public UInt256? MaxFeePerBlobGas { get; init; }

    /// <summary>Versioned hashes of blobs.</summary>
    public IReadOnlyList<Hash256>? BlobVersionedHashes { get; init; }

    /// <summary>Authorizations.</summary>
    public IReadOnlyList<Authorization>? AuthorizationList { get; init; }

    /// <summary>Highest fee the sender would pay per gas, wei; 0 when no price is given.</summary>
    public UInt256 FeeCap => MaxFeePerGas ?? GasPrice ?? UInt256.Zero;

    /// <summary>The unsigned transaction of this request.</summary>
    /// <param name="gasLimit">Gas limit.</param>
    /// <param name="nonce">Nonce.</param>
    /// <param name="chainId">Chain id; null for a transaction without replay protection.</param>
    /// <param name="plainType">Type where the fields given ask for no particular one.</param>
    public Transaction ToTransaction(ulong gasLimit, ulong nonce, ulong? chainId, TransactionType plainType = TransactionType.Legacy) => new()
    {
        Type = AuthorizationList is not null ? TransactionType.SetCode
            : BlobVersionedHashes is not null ? TransactionType.Blob
            : MaxFeePerGas is not null || MaxPriorityFeePerGas is not null ? TransactionType.DynamicFee
            : AccessList is not null && (GasPrice is not null || plainType == TransactionType.Legacy) ? TransactionType.AccessList
            : GasPrice is not null ? TransactionType.Legacy
            : plainType,
        ChainId = chainId,
        Signature = chainId is null ? TransactionSignature.None : default,
        Nonce = nonce,
        GasLimit = gasLimit,
        MaxFeePerGas = FeeCap,
        MaxPriorityFeePerGas = MaxPriorityFeePerGas ?? GasPrice ?? UInt256.Zero,
        To = To,
        Value = Value,
        Data = Data,
        AccessList = AccessList ?? [],
        MaxFeePerBlobGas = MaxFeePerBlobGas ?? UInt256.Zero,
        BlobVersionedHashes = BlobVersionedHashes ?? [],
        AuthorizationList = AuthorizationList ?? [],
    };
}

/// <summary>Changes to one account for the time of a simulation. Null leaves a part as it is.</summary>
public sealed record StateOverride
{
    /// <summary>Balance, wei.</summary>
    public UInt256? Balance { get; init; }

    /// <summary>Nonce.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Code; replaces a precompile at the address too.</summary>
    public ReadOnlyMemory<byte>? Code { get; init; }

    /// <summary>The whole storage.</summary>
    public IReadOnlyDictionary<UInt256, UInt256>? State { get; init; }

    /// <summary>Some slots of the storage.</summary>
    public IReadOnlyDictionary<UInt256, UInt256>? StateDiff { get; init; }

    /// <summary>Where the precompile at the address goes.</summary>
    public Address? MovePrecompileTo { get; init; }
}

/// <summary>Changes to the block for the time of a simulation. Null leaves a field as it is.</summary>
public sealed record BlockOverride
{
    /// <summary>Height.</summary>
    public ulong? Number { get; init; }

    /// <summary>Difficulty.</summary>
    public UInt256? Difficulty { get; init; }

    /// <summary>Timestamp, seconds.</summary>
    public ulong? Timestamp { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong? GasLimit { get; init; }

    /// <summary>Fee recipient.</summary>
    public Address? Coinbase { get; init; }

    /// <summary>PREVRANDAO.</summary>
    public Hash256? PrevRandao { get; init; }

    /// <summary>Base fee, wei.</summary>
    public UInt256? BaseFee { get; init; }

    /// <summary>Blob base fee, wei.</summary>
    public UInt256? BlobBaseFee { get; init; }

    /// <summary>Parent beacon block root; simulated blocks only.</summary>
    public Hash256? BeaconRoot { get; init; }

    /// <summary>Withdrawals; simulated blocks only.</summary>
    public IReadOnlyList<Withdrawal>? Withdrawals { get; init; }
}
