using System.Globalization;
using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Rpc.Json;

/// <summary>A transfer to be checked (compliance_check).</summary>
/// <param name="Token">Token.</param>
/// <param name="From">Sender.</param>
/// <param name="To">Receiver.</param>
/// <param name="Amount">Amount, in the token's units.</param>
public sealed record TransferQuery(Address Token, Address From, Address To, UInt256 Amount)
{
    internal static string? Read(JsonElement element, out TransferQuery value)
    {
        ObjectReader reader = new(element, "transfer");
        Address? token = reader.Value<Address>("token"u8);
        Address? from = reader.Value<Address>("from"u8);
        Address? to = reader.Value<Address>("to"u8);
        UInt256? amount = reader.Value<UInt256>("amount"u8);
        value = new TransferQuery(token ?? default, from ?? default, to ?? default, amount ?? default);
        return reader.Error ?? (token is null || from is null || to is null || amount is null ? "a transfer needs \"token\", \"from\", \"to\" and \"amount\"" : null);
    }
}

/// <summary>Which decisions are wanted.</summary>
/// <param name="Token">Of this subject: a token, or a module; null for all.</param>
/// <param name="Account">From or to this account; null for all.</param>
/// <param name="Kind">Kind, 1 to 10; null for all.</param>
/// <param name="Code">Reason code; null for all.</param>
/// <param name="IsEffective">Whether they took effect; null for both.</param>
public sealed record DecisionFilter(Address? Token = null, Address? Account = null, byte? Kind = null, byte? Code = null, bool? IsEffective = null)
{
    /// <summary>True when the decision is wanted.</summary>
    /// <param name="decision">Decision.</param>
    /// <param name="subject">Its subject as the entry has it.</param>
    public bool Matches(in Decision decision, in Address subject) =>
        (Token is null || Token == subject)
        && (Account is null || Account == decision.From || Account == decision.To)
        && (Kind is null || Kind == (byte)decision.Kind)
        && (Code is null || Code == decision.Code)
        && (IsEffective is null || IsEffective == decision.IsEffective);

    internal static string? Read(JsonElement element, out DecisionFilter value)
    {
        ObjectReader reader = new(element, "decision filter");
        value = Read(ref reader);
        return reader.Error;
    }

    internal static DecisionFilter Read(ref ObjectReader reader) => new(
        reader.Value<Address>("token"u8), reader.Value<Address>("account"u8), Small(ref reader, "kind"u8), Small(ref reader, "code"u8), reader.Value<bool>("effective"u8));

    private static byte? Small(ref ObjectReader reader, ReadOnlySpan<byte> member)
    {
        if (reader.Value<LooseNumber>(member) is not { } number) return null;
        reader.Note(number.Value > byte.MaxValue ? $"{number.Value} is more than {byte.MaxValue}" : null, member);
        return (byte)number.Value;
    }
}

/// <summary>Which decisions of which blocks are wanted (compliance_getDecisions).</summary>
/// <param name="FromBlock">First block.</param>
/// <param name="ToBlock">Last block.</param>
/// <param name="Filter">Which of them.</param>
/// <param name="Limit">Most entries.</param>
/// <param name="Cursor">Where to go on; null for the beginning.</param>
public sealed record DecisionQuery(BlockParameter FromBlock, BlockParameter ToBlock, DecisionFilter Filter, ulong Limit, DecisionCursor? Cursor)
{
    /// <summary>Most entries of one answer.</summary>
    public const ulong EntriesMax = 1_000;

    internal static string? Read(JsonElement element, out DecisionQuery value)
    {
        ObjectReader reader = new(element, "decision query");
        string? cursorText = reader.Text("cursor"u8);
        DecisionCursor? cursor = null;
        if (cursorText is not null) reader.Note(DecisionCursor.TryParse(cursorText, out cursor) ? null : "not a cursor of an earlier answer", "cursor"u8);
        BlockParameter? from = reader.Value<BlockParameter>("fromBlock"u8);
        BlockParameter? to = reader.Value<BlockParameter>("toBlock"u8);
        ulong limit = reader.Value<LooseNumber>("limit"u8)?.Value ?? EntriesMax;
        value = new DecisionQuery(from ?? BlockParameter.Latest, to ?? BlockParameter.Latest, DecisionFilter.Read(ref reader), limit, cursor);
        return reader.Error ?? (limit is 0 or > EntriesMax ? $"limit {limit}: 1 to {EntriesMax} is expected" : null);
    }
}

/// <summary>The place of the first entry that an answer left out.</summary>
/// <param name="Block">Block.</param>
/// <param name="Index">Index of the entry in the block.</param>
public sealed record DecisionCursor(ulong Block, int Index)
{
    /// <summary>The cursor as clients hand it back.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Block}:{Index}");

    internal static bool TryParse(string text, out DecisionCursor? cursor)
    {
        cursor = null;
        string[] parts = text.Split(':');
        bool isRead = parts.Length == 2
            & ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong block)
            & int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        if (isRead) cursor = new DecisionCursor(block, index);
        return isRead;
    }
}
