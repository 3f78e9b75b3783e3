using System.Text.Json;
using Chain.Consensus.Execution;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Node.Conformance;

/// <summary>Blocks as engine-format fixtures write them.</summary>
internal static class EngineTestPayload
{
    /// <summary>The block of the parameters of an engine_newPayload call: payload, versioned hashes, parent beacon root, execution requests.</summary>
    /// <param name="parameters">The call's parameters.</param>
    /// <param name="block">The block; null when the parameters make none.</param>
    /// <param name="transactionError">The error of a transaction that does not decode.</param>
    /// <returns>Why the parameters make no block, or <see cref="BlockError.None"/>.</returns>
    public static BlockError Read(JsonElement parameters, out Block? block, out TransactionError transactionError)
    {
        block = null;
        JsonElement payload = parameters[0];
        BlockError error = ReadTransactions(payload, out List<Transaction> transactions, out transactionError);
        if (error != BlockError.None) return error;
        Withdrawal[]? withdrawals = payload.TryMember("withdrawals", out JsonElement list) ? [.. list.EnumerateArray().Select(ReadWithdrawal)] : null;
        int count = parameters.GetArrayLength();
        BlockHeader header = new()
        {
            ParentHash = FixtureJson.Hash(payload.GetProperty("parentHash")),
            OmmersHash = BlockHeader.EmptyOmmersHash,
            Beneficiary = FixtureJson.Address(payload.GetProperty("feeRecipient")),
            StateRoot = FixtureJson.Hash(payload.GetProperty("stateRoot")),
            TransactionsRoot = Roots.Transactions(transactions),
            ReceiptsRoot = FixtureJson.Hash(payload.GetProperty("receiptsRoot")),
            LogsBloom = new Bloom(FixtureJson.Bytes(payload.GetProperty("logsBloom"))),
            Number = FixtureJson.Long(payload.GetProperty("blockNumber")),
            GasLimit = FixtureJson.Long(payload.GetProperty("gasLimit")),
            GasUsed = FixtureJson.Long(payload.GetProperty("gasUsed")),
            Timestamp = FixtureJson.Long(payload.GetProperty("timestamp")),
            ExtraData = FixtureJson.Bytes(payload.GetProperty("extraData")),
            MixHash = FixtureJson.Hash(payload.GetProperty("prevRandao")),
            BaseFeePerGas = FixtureJson.Word(payload.GetProperty("baseFeePerGas")),
            WithdrawalsRoot = withdrawals is null ? null : Roots.Withdrawals(withdrawals),
            BlobGasUsed = OptionalLong(payload, "blobGasUsed"),
            ExcessBlobGas = OptionalLong(payload, "excessBlobGas"),
            ParentBeaconBlockRoot = count > 2 ? FixtureJson.Hash(parameters[2]) : null,
            RequestsHash = count > 3 ? ExecutionRequests.Hash([.. parameters[3].EnumerateArray().Select(r => (ReadOnlyMemory<byte>)FixtureJson.Bytes(r))]) : null,
        };
        if (header.Hash != FixtureJson.Hash(payload.GetProperty("blockHash"))) return BlockError.InvalidBlockHash;
        IEnumerable<Hash256> hashes = transactions.SelectMany(t => t.BlobVersionedHashes);
        if (count > 1 && !hashes.SequenceEqual(parameters[1].EnumerateArray().Select(FixtureJson.Hash))) return BlockError.InvalidVersionedHashes;
        block = new Block { Header = header, Transactions = transactions, Withdrawals = withdrawals };
        return BlockError.None;
    }

    /// <summary>The genesis block of a fixture that gives its header by fields.</summary>
    public static Block ReadGenesis(JsonElement header)
    {
        BlockHeader read = new()
        {
            ParentHash = FixtureJson.Hash(header.GetProperty("parentHash")),
            OmmersHash = FixtureJson.Hash(header.GetProperty("uncleHash")),
            Beneficiary = FixtureJson.Address(header.GetProperty("coinbase")),
            StateRoot = FixtureJson.Hash(header.GetProperty("stateRoot")),
            TransactionsRoot = FixtureJson.Hash(header.GetProperty("transactionsTrie")),
            ReceiptsRoot = FixtureJson.Hash(header.GetProperty("receiptTrie")),
            LogsBloom = new Bloom(FixtureJson.Bytes(header.GetProperty("bloom"))),
            Difficulty = FixtureJson.Word(header.GetProperty("difficulty")),
            Number = FixtureJson.Long(header.GetProperty("number")),
            GasLimit = FixtureJson.Long(header.GetProperty("gasLimit")),
            GasUsed = FixtureJson.Long(header.GetProperty("gasUsed")),
            Timestamp = FixtureJson.Long(header.GetProperty("timestamp")),
            ExtraData = FixtureJson.Bytes(header.GetProperty("extraData")),
            MixHash = FixtureJson.Hash(header.GetProperty("mixHash")),
            Nonce = FixtureJson.Long(header.GetProperty("nonce")),
            BaseFeePerGas = header.TryMember("baseFeePerGas", out JsonElement baseFee) ? FixtureJson.Word(baseFee) : null,
            WithdrawalsRoot = OptionalHash(header, "withdrawalsRoot"),
            BlobGasUsed = OptionalLong(header, "blobGasUsed"),
            ExcessBlobGas = OptionalLong(header, "excessBlobGas"),
            ParentBeaconBlockRoot = OptionalHash(header, "parentBeaconBlockRoot"),
            RequestsHash = OptionalHash(header, "requestsHash"),
        };
        return new Block { Header = read, Withdrawals = read.WithdrawalsRoot is null ? null : [] };
    }

    private static BlockError ReadTransactions(JsonElement payload, out List<Transaction> transactions, out TransactionError error)
    {
        transactions = [];
        error = TransactionError.None;
        foreach (JsonElement item in payload.GetProperty("transactions").EnumerateArray())
        {
            if (!TransactionCodec.TryDecode(FixtureJson.Bytes(item), out Transaction? transaction, out error)) return BlockError.InvalidTransaction;
            transactions.Add(transaction);
        }
        return BlockError.None;
    }

    private static Withdrawal ReadWithdrawal(JsonElement item) => new(
        FixtureJson.Long(item.GetProperty("index")), FixtureJson.Long(item.GetProperty("validatorIndex")), FixtureJson.Address(item.GetProperty("address")), FixtureJson.Long(item.GetProperty("amount")));

    private static ulong? OptionalLong(JsonElement element, string name) => element.TryMember(name, out JsonElement value) ? FixtureJson.Long(value) : null;

    private static Hash256? OptionalHash(JsonElement element, string name) => element.TryMember(name, out JsonElement value) ? FixtureJson.Hash(value) : null;
}
