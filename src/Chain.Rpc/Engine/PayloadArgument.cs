using System.Text.Json;
using Chain.Consensus.Execution;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Rpc.Json;

namespace Chain.Rpc.Engine;

/// <summary>A block as a consensus client brings it (Engine API, ExecutionPayloadV1 to V3).</summary>
public sealed record PayloadArgument
{
    private const int ExtraDataBytesMax = 32;

    /// <summary>Hash that the block must have.</summary>
    public Hash256 BlockHash { get; init; }

    /// <summary>The header as far as the payload tells; roots of the lists are missing.</summary>
    public required BlockHeader Header { get; init; }

    /// <summary>Encoded transactions.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Transactions { get; init; } = [];

    /// <summary>Withdrawals; null before V2.</summary>
    public IReadOnlyList<Withdrawal>? Withdrawals { get; init; }

    /// <summary>Puts the block together; false with the reason when a transaction cannot be decoded.</summary>
    /// <param name="beaconRoot">Parent beacon block root (V3).</param>
    /// <param name="requests">Execution requests (V4).</param>
    /// <param name="block">The block.</param>
    /// <param name="problem">Why not.</param>
    public bool TryMakeBlock(Hash256? beaconRoot, IReadOnlyList<ReadOnlyMemory<byte>>? requests, out Block block, out string problem)
    {
        block = null!;
        problem = "";
        List<Transaction> decoded = new(Transactions.Count);
        for (int i = 0; i < Transactions.Count; i++)
        {
            if (!TransactionCodec.TryDecode(Transactions[i].Span, out Transaction? transaction, out TransactionError error))
            {
                problem = $"TransactionException.{ErrorNames.ToFixtureName(error)}: transaction {i} cannot be decoded";
                return false;
            }
            decoded.Add(transaction);
        }
        BlockHeader header = Header with
        {
            TransactionsRoot = Roots.Transactions(decoded),
            WithdrawalsRoot = Withdrawals is null ? null : Roots.Withdrawals(Withdrawals),
            ParentBeaconBlockRoot = beaconRoot,
            RequestsHash = requests is null ? null : ExecutionRequests.Hash(requests),
        };
        block = new Block { Header = header, Transactions = decoded, Withdrawals = Withdrawals };
        return true;
    }

    internal static string? Read(JsonElement element, out PayloadArgument value)
    {
        ObjectReader reader = new(element, "execution payload");
        string? missing = null;
        foreach (string name in (ReadOnlySpan<string>)["parentHash", "feeRecipient", "stateRoot", "receiptsRoot", "logsBloom", "prevRandao", "blockNumber", "gasLimit", "gasUsed", "timestamp", "extraData", "baseFeePerGas", "blockHash", "transactions"])
        {
            if (!reader.Has(System.Text.Encoding.UTF8.GetBytes(name))) missing ??= $"an execution payload needs \"{name}\"";
        }
        ReadOnlyMemory<byte> bloom = reader.Value<ReadOnlyMemory<byte>>("logsBloom"u8) ?? default;
        ReadOnlyMemory<byte> extra = reader.Value<ReadOnlyMemory<byte>>("extraData"u8) ?? default;
        if (bloom.Length != Bloom.SizeBytes) missing ??= $"logsBloom has {bloom.Length} bytes, want {Bloom.SizeBytes}";
        if (extra.Length > ExtraDataBytesMax) missing ??= $"extraData has {extra.Length} bytes, at most {ExtraDataBytesMax}";
        value = new PayloadArgument
        {
            BlockHash = reader.Value<Hash256>("blockHash"u8) ?? default,
            Header = new BlockHeader
            {
                ParentHash = reader.Value<Hash256>("parentHash"u8) ?? default,
                OmmersHash = BlockHeader.EmptyOmmersHash,
                Beneficiary = reader.Value<Address>("feeRecipient"u8) ?? default,
                StateRoot = reader.Value<Hash256>("stateRoot"u8) ?? default,
                ReceiptsRoot = reader.Value<Hash256>("receiptsRoot"u8) ?? default,
                LogsBloom = bloom.Length == Bloom.SizeBytes ? new Bloom(bloom.Span) : Bloom.Empty,
                MixHash = reader.Value<Hash256>("prevRandao"u8) ?? default,
                Number = reader.Value<ulong>("blockNumber"u8) ?? 0,
                GasLimit = reader.Value<ulong>("gasLimit"u8) ?? 0,
                GasUsed = reader.Value<ulong>("gasUsed"u8) ?? 0,
                Timestamp = reader.Value<ulong>("timestamp"u8) ?? 0,
                ExtraData = extra,
                BaseFeePerGas = reader.Value<UInt256>("baseFeePerGas"u8),
                BlobGasUsed = reader.Value<ulong>("blobGasUsed"u8),
                ExcessBlobGas = reader.Value<ulong>("excessBlobGas"u8),
            },
            Transactions = reader.List<ReadOnlyMemory<byte>>("transactions"u8, HexReader.ReadData) ?? [],
            Withdrawals = reader.Withdrawals("withdrawals"u8),
        };
        return reader.Error ?? missing;
    }
}
