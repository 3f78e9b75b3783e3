using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Rpc.Json;

/// <summary>A transaction as requests describe it (execution-apis, GenericTransaction). Null: not given.</summary>
public sealed record CallRequest
{
    /// <summary>Sender.</summary>
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

    /// <summary>Maximum fee per blob gas, wei.</summary>
    public UInt256? MaxFeePerBlobGas { get; init; }

    /// <summary>Value, wei.</summary>
    public UInt256? Value { get; init; }

    /// <summary>Nonce.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Call data or initcode.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Chain id.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>Access list.</summary>
    public IReadOnlyList<AccessListEntry>? AccessList { get; init; }

    /// <summary>Versioned hashes of blobs.</summary>
    public IReadOnlyList<Hash256>? BlobVersionedHashes { get; init; }

    /// <summary>Authorizations (EIP-7702).</summary>
    public IReadOnlyList<Authorization>? AuthorizationList { get; init; }

    internal static string? Read(JsonElement element, out CallRequest value)
    {
        ObjectReader reader = new(element, "transaction");
        ReadOnlyMemory<byte>? data = reader.Value<ReadOnlyMemory<byte>>("data"u8);
        ReadOnlyMemory<byte>? input = reader.Value<ReadOnlyMemory<byte>>("input"u8);
        value = new CallRequest
        {
            From = reader.Value<Address>("from"u8),
            To = reader.Value<Address>("to"u8),
            Gas = reader.Value<ulong>("gas"u8),
            GasPrice = reader.Value<UInt256>("gasPrice"u8),
            MaxFeePerGas = reader.Value<UInt256>("maxFeePerGas"u8),
            MaxPriorityFeePerGas = reader.Value<UInt256>("maxPriorityFeePerGas"u8),
            MaxFeePerBlobGas = reader.Value<UInt256>("maxFeePerBlobGas"u8),
            Value = reader.Value<UInt256>("value"u8),
            Nonce = reader.Value<ulong>("nonce"u8),
            Data = input ?? data ?? default,
            ChainId = reader.Value<ulong>("chainId"u8),
            AccessList = reader.AccessList("accessList"u8),
            BlobVersionedHashes = reader.Hashes("blobVersionedHashes"u8),
            AuthorizationList = reader.Authorizations("authorizationList"u8),
        };
        if (reader.Error is not null) return reader.Error;
        if (data is { } d && input is { } i && !d.Span.SequenceEqual(i.Span))
            return "!both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data";
        if (value.GasPrice is not null && (value.MaxFeePerGas is not null || value.MaxPriorityFeePerGas is not null))
            return "!both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified";
        if (value is { MaxFeePerGas: { } fee, MaxPriorityFeePerGas: { } tip } && tip.CompareTo(fee) > 0)
            return $"!maxFeePerGas ({fee.ToBigInteger()}) < maxPriorityFeePerGas ({tip.ToBigInteger()})";
        return null;
    }
}

/// <summary>State changed for the time of one simulation, by account.</summary>
public sealed class StateOverrides
{
    /// <summary>Accounts in a simulation.</summary>
    public const int AccountsMax = 10_000;

    /// <summary>Overrides by account.</summary>
    public required IReadOnlyDictionary<Address, AccountOverride> Accounts { get; init; }

    internal static string? Read(JsonElement element, out StateOverrides value)
    {
        Dictionary<Address, AccountOverride> accounts = [];
        value = new StateOverrides { Accounts = accounts };
        if (element.ValueKind != JsonValueKind.Object) return HexReader.WrongKind(element, "state override object");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!Address.TryParse(property.Name, out Address address)) return $"state override \"{property.Name}\" is not an address";
            if (accounts.Count == AccountsMax) return $"more than {AccountsMax} accounts in the state override";
            ObjectReader reader = new(property.Value, "account override");
            AccountOverride account = new()
            {
                Nonce = reader.Value<ulong>("nonce"u8),
                Balance = reader.Value<UInt256>("balance"u8),
                Code = reader.Value<ReadOnlyMemory<byte>>("code"u8),
                State = reader.Storage("state"u8),
                StateDiff = reader.Storage("stateDiff"u8),
                MovePrecompileTo = reader.Value<Address>("movePrecompileToAddress"u8),
            };
            if (reader.Error is not null) return reader.Error;
            if (account is { State: not null, StateDiff: not null }) return $"!account {address.ToString()} has both 'state' and 'stateDiff'";
            accounts[address] = account;
        }
        return null;
    }
}

/// <summary>The override of one account. Null: as it is.</summary>
public sealed record AccountOverride
{
    /// <summary>Nonce.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Balance, wei.</summary>
    public UInt256? Balance { get; init; }

    /// <summary>Code; a precompile at the address is replaced by it.</summary>
    public ReadOnlyMemory<byte>? Code { get; init; }

    /// <summary>The whole storage.</summary>
    public IReadOnlyDictionary<UInt256, UInt256>? State { get; init; }

    /// <summary>Some slots of the storage.</summary>
    public IReadOnlyDictionary<UInt256, UInt256>? StateDiff { get; init; }

    /// <summary>Where the precompile of this address is to be found instead.</summary>
    public Address? MovePrecompileTo { get; init; }
}

/// <summary>Fields of the block changed for the time of one simulation. Null: as it is.</summary>
public sealed record BlockOverrides
{
    /// <summary>Height.</summary>
    public ulong? Number { get; init; }

    /// <summary>Difficulty.</summary>
    public UInt256? Difficulty { get; init; }

    /// <summary>Seconds since the Unix epoch.</summary>
    public ulong? Time { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong? GasLimit { get; init; }

    /// <summary>Fee recipient.</summary>
    public Address? FeeRecipient { get; init; }

    /// <summary>PREVRANDAO.</summary>
    public Hash256? PrevRandao { get; init; }

    /// <summary>Base fee per gas, wei.</summary>
    public UInt256? BaseFeePerGas { get; init; }

    /// <summary>Blob base fee, wei.</summary>
    public UInt256? BlobBaseFee { get; init; }

    internal static string? Read(JsonElement element, out BlockOverrides value)
    {
        ObjectReader reader = new(element, "block override");
        value = new BlockOverrides
        {
            Number = reader.Value<ulong>("number"u8),
            Difficulty = reader.Value<UInt256>("difficulty"u8),
            Time = reader.Value<ulong>("time"u8),
            GasLimit = reader.Value<ulong>("gasLimit"u8),
            FeeRecipient = reader.Value<Address>("feeRecipient"u8) ?? reader.Value<Address>("coinbase"u8),
            PrevRandao = reader.Value<Hash256>("prevRandao"u8) ?? reader.Value<Hash256>("random"u8),
            BaseFeePerGas = reader.Value<UInt256>("baseFeePerGas"u8) ?? reader.Value<UInt256>("baseFee"u8),
            BlobBaseFee = reader.Value<UInt256>("blobBaseFee"u8),
        };
        return reader.Error;
    }
}
