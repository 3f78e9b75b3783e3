using System.Text.Json;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Compliance.Engine;
using Chain.Compliance.Registry;
using Chain.Consensus.Pool;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Json;

/// <summary>A decision of the audit log and its place in the chain.</summary>
/// <param name="BlockNumber">Block.</param>
/// <param name="BlockHash">Block.</param>
/// <param name="TransactionHash">Transaction.</param>
/// <param name="Placed">Decision and place in the block.</param>
/// <param name="IsRemoved">True when its block left the chain.</param>
public sealed record PlacedEntry(ulong BlockNumber, Hash256 BlockHash, Hash256 TransactionHash, PlacedDecision Placed, bool IsRemoved = false) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        Decision decision = Placed.Decision;
        writer.WriteStartObject();
        writer.WriteQuantity("blockNumber"u8, BlockNumber);
        writer.WriteHash("blockHash"u8, BlockHash);
        writer.WriteHash("transactionHash"u8, TransactionHash);
        writer.WriteQuantity("transactionIndex"u8, Placed.TransactionIndex);
        writer.WriteQuantity("seq"u8, Placed.Sequence);
        writer.WriteNumber("kind"u8, (byte)decision.Kind);
        writer.WriteString("kindName"u8, decision.Kind.ToString());
        writer.WriteAddress("subject"u8, AuditEntry.SubjectOf(decision));
        writer.WriteAddress("from"u8, decision.From);
        writer.WriteAddress("to"u8, decision.To);
        writer.WriteQuantity("amount"u8, decision.Amount);
        writer.WriteReason(decision.Code);
        writer.WriteHash("ref"u8, AbiWords.ToHash(decision.Reference));
        writer.WriteBoolean("effective"u8, decision.IsEffective);
        if (IsRemoved) writer.WriteBoolean("removed"u8, true);
        writer.WriteEndObject();
    }
}

/// <summary>The answer of compliance_getDecisions.</summary>
/// <param name="Entries">Decisions, newest last.</param>
/// <param name="Next">Where the next answer begins; null when there are no more.</param>
public sealed record DecisionsJson(IReadOnlyList<PlacedEntry> Entries, DecisionCursor? Next) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("entries"u8);
        foreach (PlacedEntry entry in Entries) entry.WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteString("cursor"u8, Next?.ToString());
        writer.WriteEndObject();
    }
}

/// <summary>The answer of audit_getProof.</summary>
/// <param name="Entry">The entry, decoded.</param>
/// <param name="Proof">Its bytes and both paths.</param>
/// <param name="Anchor">Block in whose state the root is.</param>
/// <param name="Storage">State proof of the root.</param>
public sealed record AuditProofJson(PlacedEntry Entry, AuditProof Proof, NamedBlock Anchor, ProofJson Storage) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteData("entry"u8, Proof.Entry.Span);
        writer.WritePropertyName("decoded"u8);
        Entry.WriteTo(writer);
        writer.WriteQuantity("entryIndex"u8, Proof.EntryIndex);
        writer.WriteQuantity("entryCount"u8, Proof.EntryCount);
        WritePath(writer, "blockPath"u8, Proof.BlockPath);
        writer.WriteQuantity("leafIndex"u8, Proof.LeafIndex);
        WritePath(writer, "globalPath"u8, Proof.GlobalPath);
        writer.WritePropertyName("root"u8);
        writer.WriteWordValue(Storage.Proof.Slots[0].Value);
        writer.WriteStartObject("anchor"u8);
        writer.WriteQuantity("blockNumber"u8, Anchor.Header.Number);
        writer.WriteHash("blockHash"u8, Anchor.Hash);
        writer.WriteHash("stateRoot"u8, Anchor.Header.StateRoot);
        writer.WriteEndObject();
        writer.WritePropertyName("proof"u8);
        Storage.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<Hash256> path)
    {
        writer.WriteStartArray(name);
        foreach (Hash256 node in path) writer.WriteDataValue(node.Bytes);
        writer.WriteEndArray();
    }
}

/// <summary>The answer of compliance_check.</summary>
/// <param name="Code">Code of canTransfer.</param>
/// <param name="Rules">All rules.</param>
public sealed record TransferCheckJson(byte Code, IReadOnlyList<RuleOutcome> Rules) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteReason(Code);
        writer.WriteBoolean("allowed"u8, Code == ReasonCodes.Ok);
        writer.WriteStartArray("rules"u8);
        foreach (RuleOutcome rule in Rules)
        {
            writer.WriteStartObject();
            writer.WriteNumber("row"u8, rule.Row);
            writer.WriteString("rule"u8, rule.Rule);
            writer.WriteString("verdict"u8, rule.Verdict.ToString());
            if (rule.Verdict == RuleVerdict.Failed) writer.WriteReason(rule.Code);
            writer.WriteStartObject("operands"u8);
            foreach ((string name, UInt256 value) in rule.Operands)
            {
                writer.WritePropertyName(name);
                writer.WriteQuantityValue(value);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>Which drops are wanted (audit_getPoolRejections).</summary>
/// <param name="Account">Of this sender; null for all.</param>
/// <param name="Hash">This transaction; null for all.</param>
public sealed record RejectionQuery(Address? Account, Hash256? Hash)
{
    internal static string? Read(JsonElement element, out RejectionQuery value)
    {
        ObjectReader reader = new(element, "rejection query");
        value = new RejectionQuery(reader.Value<Address>("account"u8), reader.Value<Hash256>("hash"u8));
        return reader.Error ?? (value is { Account: not null, Hash: not null } ? "name an account or a hash, not both" : null);
    }
}

/// <summary>The answer of audit_getPoolRejections.</summary>
/// <param name="Drops">Drops, newest first.</param>
public sealed record PoolRejectionsJson(IReadOnlyList<PoolDrop> Drops) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("proven"u8, false);
        writer.WriteString("scope"u8, "this node's memory: not consensus data, and other nodes may answer otherwise");
        writer.WriteStartArray("rejections"u8);
        foreach (PoolDrop drop in Drops)
        {
            writer.WriteStartObject();
            writer.WriteHash("hash"u8, drop.Hash);
            writer.WriteAddress("account"u8, drop.Sender);
            writer.WriteQuantity("nonce"u8, drop.Nonce);
            writer.WriteString("rule"u8, "S");
            writer.WriteReason(drop.Code);
            writer.WriteQuantity("blockNumber"u8, drop.BlockNumber);
            writer.WriteQuantity("time"u8, drop.TimeSeconds);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
