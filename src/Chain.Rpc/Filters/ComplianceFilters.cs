using System.Text.Json;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Consensus;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Rpc.Json;

namespace Chain.Rpc.Filters;

/// <summary>Accounts whose eligibility a subscriber watches, and what it was last told.</summary>
/// <param name="Accounts">Accounts, without repetition.</param>
public sealed record EligibilityFilter(IReadOnlyList<Address> Accounts)
{
    /// <summary>Most accounts of one subscription.</summary>
    public const int AccountsMax = 1_024;

    /// <summary>Most accounts of all subscriptions of a node.</summary>
    public const int WatchedAccountsMax = 65_536;

    private readonly Dictionary<Address, byte> _last = [];

    /// <summary>What changed since the last question; the first one only takes note.</summary>
    /// <param name="state">State after the head.</param>
    /// <param name="head">The head.</param>
    public IReadOnlyList<EligibilityChange> Update(WorldState state, BlockHeader head)
    {
        List<EligibilityChange> changes = [];
        DirectStorage kyc = new(state, ModuleAddresses.Kyc);
        foreach (Address account in Accounts)
        {
            byte code = Eligibility.KycStatus(kyc, account, head.Timestamp);
            if (_last.TryGetValue(account, out byte before) && before != code) changes.Add(new EligibilityChange(account, before, code, head));
            _last[account] = code;
        }
        return changes;
    }

    internal static string? Read(JsonElement element, out EligibilityFilter value)
    {
        ObjectReader reader = new(element, "eligibility filter");
        List<Address> accounts = reader.List<Address>("accounts"u8, HexReader.ReadAddress) ?? [];
        value = new EligibilityFilter([.. accounts.Distinct()]);
        if (reader.Error is { } error) return error;
        return accounts.Count is 0 or > AccountsMax ? $"1 to {AccountsMax} \"accounts\" are expected, not {accounts.Count}" : null;
    }
}

/// <summary>An account became eligible or stopped being so, by a write or because time passed.</summary>
/// <param name="Account">Account.</param>
/// <param name="Before">Reason code at the head that was told of last.</param>
/// <param name="Code">Reason code now.</param>
/// <param name="Head">Head.</param>
public sealed record EligibilityChange(Address Account, byte Before, byte Code, BlockHeader Head) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteAddress("account"u8, Account);
        writer.WriteReason(Code);
        writer.WriteBoolean("eligible"u8, Code == ReasonCodes.Ok);
        writer.WriteNumber("previousCode"u8, Before);
        writer.WriteQuantity("blockNumber"u8, Head.Number);
        writer.WriteHash("blockHash"u8, Head.Hash);
        writer.WriteEndObject();
    }
}

/// <summary>Feeds whose updates a subscriber wants.</summary>
/// <param name="FeedIds">Feeds; empty for all.</param>
public sealed record FeedFilter(IReadOnlyList<Hash256> FeedIds)
{
    /// <summary>Most feeds of one subscription.</summary>
    public const int FeedsMax = 1_024;

    private static readonly Dictionary<Hash256, string> Events = new AbiEvent[]
    {
        OracleEvents.FeedCreated, OracleEvents.FeedPauseSet, OracleEvents.FeedUpdated, OracleEvents.HeldResolved, OracleEvents.RoundAccepted, OracleEvents.RoundHeld, OracleEvents.SubmissionRejected,
    }.ToDictionary(e => e.Topic, e => e.Signature.Split('(')[0]);

    /// <summary>The wanted updates of a block.</summary>
    public IEnumerable<FeedUpdate> Of(ExecutedBlock block, bool isRemoved)
    {
        for (int i = 0; i < block.Receipts.Count; i++)
        {
            foreach (LogEntry log in block.Receipts[i].Logs)
            {
                if (log.Address != ModuleAddresses.Oracle || !Events.TryGetValue(log.Topics[0], out string? name)) continue;
                if (FeedIds.Count == 0 || FeedIds.Contains(log.Topics[1])) yield return new FeedUpdate(name, log, block, block.Block.Transactions[i].Hash, isRemoved);
            }
        }
    }

    internal static string? Read(JsonElement element, out FeedFilter value)
    {
        ObjectReader reader = new(element, "feed filter");
        IReadOnlyList<Hash256> feeds = reader.Hashes("feedIds"u8) ?? [];
        value = new FeedFilter(feeds);
        return reader.Error ?? (feeds.Count > FeedsMax ? $"at most {FeedsMax} \"feedIds\" are expected, not {feeds.Count}" : null);
    }
}

/// <summary>What happened to a feed: a round with its answer, a value held back, a pause.</summary>
/// <param name="Event">Name of the oracle's event.</param>
/// <param name="Log">Its log.</param>
/// <param name="Block">Block.</param>
/// <param name="TransactionHash">Transaction.</param>
/// <param name="IsRemoved">True when its block left the chain.</param>
public sealed record FeedUpdate(string Event, LogEntry Log, ExecutedBlock Block, Hash256 TransactionHash, bool IsRemoved) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("event"u8, Event);
        writer.WriteHash("feedId"u8, Log.Topics[1]);
        if (Log.Topics[0] == OracleEvents.RoundAccepted.Topic)
        {
            writer.WriteQuantity("roundId"u8, AbiWords.ToWord(Log.Topics[2]));
            WriteAnswer(writer, Word(0));
            writer.WriteQuantity("observedAt"u8, Word(1));
            writer.WriteQuantity("spreadBps"u8, Word(3));
        }
        else if (Log.Topics[0] == OracleEvents.RoundHeld.Topic)
        {
            WriteAnswer(writer, Word(0));
            writer.WriteQuantity("observedAt"u8, Word(1));
        }
        else if (Log.Topics[0] == OracleEvents.FeedPauseSet.Topic) writer.WriteBoolean("paused"u8, !Word(0).IsZero);
        else if (Log.Topics[0] == OracleEvents.HeldResolved.Topic) writer.WriteBoolean("accepted"u8, !Word(0).IsZero);
        else if (Log.Topics[0] == OracleEvents.SubmissionRejected.Topic) writer.WriteQuantity("code"u8, Word(0));
        writer.WriteQuantity("blockNumber"u8, Block.Block.Header.Number);
        writer.WriteHash("blockHash"u8, Block.Hash);
        writer.WriteHash("transactionHash"u8, TransactionHash);
        writer.WriteBoolean("removed"u8, IsRemoved);
        writer.WriteEndObject();
    }

    private UInt256 Word(int index) => UInt256.FromBigEndian(Log.Data.Span.Slice(index * UInt256.SizeBytes, UInt256.SizeBytes));

    /// <summary>An answer as a decimal string in the feed's own scale, as the methods of the oracle write it.</summary>
    private static void WriteAnswer(Utf8JsonWriter writer, in UInt256 answer) => writer.WriteString("answer"u8, (answer.IsNegative ? "-" : "") + Signed.Abs(answer));
}
