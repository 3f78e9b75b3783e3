using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Node.Conformance;

/// <summary>The genesis block of fixtures that give its header by fields and not as RLP.</summary>
internal static class FixtureGenesis
{
    /// <summary>The genesis block of a fixture that gives its header by fields.</summary>
    public static Block Read(JsonElement header)
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

    private static ulong? OptionalLong(JsonElement element, string name) => element.TryMember(name, out JsonElement value) ? FixtureJson.Long(value) : null;

    private static Hash256? OptionalHash(JsonElement element, string name) => element.TryMember(name, out JsonElement value) ? FixtureJson.Hash(value) : null;
}
