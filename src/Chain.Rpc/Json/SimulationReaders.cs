using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Rpc.Json;

/// <summary>A transaction to be sent: what is to be done, and the chain it is meant for.</summary>
/// <param name="Call">The transaction.</param>
/// <param name="ChainId">Chain id; null when the client does not say.</param>
public sealed record TransactionRequest(CallRequest Call, ulong? ChainId);

/// <summary>Reads the arguments of simulations (execution-apis: GenericTransaction, StateOverrides, BlockOverrides).</summary>
internal static class SimulationReaders
{
    private const int AccountsMax = 10_000;

    public static string? ReadCall(JsonElement element, out CallRequest value)
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
            Value = reader.Value<UInt256>("value"u8) ?? UInt256.Zero,
            Nonce = reader.Value<ulong>("nonce"u8),
            Data = input ?? data ?? default,
            AccessList = reader.AccessList("accessList"u8),
            BlobVersionedHashes = reader.Hashes("blobVersionedHashes"u8),
            AuthorizationList = reader.Authorizations("authorizationList"u8),
        };
        if (reader.Error is not null) return reader.Error;
        if (data is { } d && input is { } i && !d.Span.SequenceEqual(i.Span))
            return "!both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data";
        if (value.GasPrice is not null && (value.MaxFeePerGas is not null || value.MaxPriorityFeePerGas is not null))
            return "!both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified";
        if (value is { MaxFeePerGas: { } fee, MaxPriorityFeePerGas: { } tip } && tip > fee)
            return $"!maxFeePerGas ({fee}) < maxPriorityFeePerGas ({tip})";
        return null;
    }

    public static string? ReadTransaction(JsonElement element, out TransactionRequest value)
    {
        string? error = ReadCall(element, out CallRequest call);
        ObjectReader reader = new(element, "transaction");
        value = new TransactionRequest(call, reader.Value<ulong>("chainId"u8));
        return error ?? reader.Error;
    }

    public static string? ReadStateOverrides(JsonElement element, out IReadOnlyDictionary<Address, StateOverride> value)
    {
        Dictionary<Address, StateOverride> accounts = [];
        value = accounts;
        if (element.ValueKind != JsonValueKind.Object) return HexReader.WrongKind(element, "state override object");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!Address.TryParse(property.Name, out Address address)) return $"state override \"{property.Name}\" is not an address";
            if (accounts.Count == AccountsMax) return $"more than {AccountsMax} accounts in the state override";
            ObjectReader reader = new(property.Value, "account override");
            StateOverride account = new()
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

    public static string? ReadBlockOverride(JsonElement element, out BlockOverride value)
    {
        ObjectReader reader = new(element, "block override");
        value = new BlockOverride
        {
            Number = reader.Value<ulong>("number"u8),
            Difficulty = reader.Value<UInt256>("difficulty"u8),
            Timestamp = reader.Value<ulong>("time"u8),
            GasLimit = reader.Value<ulong>("gasLimit"u8),
            Coinbase = reader.Value<Address>("feeRecipient"u8) ?? reader.Value<Address>("coinbase"u8),
            PrevRandao = reader.Value<Hash256>("prevRandao"u8) ?? reader.Value<Hash256>("random"u8),
            BaseFee = reader.Value<UInt256>("baseFeePerGas"u8) ?? reader.Value<UInt256>("baseFee"u8),
            BlobBaseFee = reader.Value<UInt256>("blobBaseFee"u8),
            BeaconRoot = reader.Value<Hash256>("beaconRoot"u8),
            Withdrawals = reader.Withdrawals("withdrawals"u8),
        };
        return reader.Error;
    }
}
