using System.Text;
using System.Text.Json;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>oracle</c>: feeds as the oracle's state has them (compliance specification, section 5). Answers are decimal strings in the feed's own scale.</summary>
/// <param name="chain">The chain.</param>
public sealed class OracleMethods(RpcChain chain)
{
    /// <summary>A feed: parameters, reporters, health, facade and latest round.</summary>
    [RpcMethod("oracle_getFeed", Example = """["{feed}"]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<FeedJson> GetFeed(Hash256 feedId, BlockParameter block = default)
    {
        if (Open(block, out DirectStorage oracle, out ulong timestamp) is { } error) return error;
        UInt256 id = AbiWords.ToWord(feedId);
        if (OracleViews.Config(oracle, id, out FeedView view) is not null) return Unknown(feedId);
        OracleViews.Reporters(oracle, id, out UInt256[] reporters);
        Round? latest = OracleViews.LatestRound(oracle, id, out Round round) is null ? round : null;
        return new FeedJson(feedId, view, [.. reporters.Select(r => AbiWords.ToAddress(r))], OracleReader.Health(oracle, id, timestamp), latest);
    }

    /// <summary>Rounds of a feed's current phase, newest first.</summary>
    /// <param name="feedId">Feed.</param>
    /// <param name="back">How many of the newest to leave out.</param>
    /// <param name="limit">Most rounds.</param>
    /// <param name="block">Block.</param>
    [RpcMethod("oracle_getRounds", Example = """["{feed}",0,2]""", Faults = RpcFaults.State, Result = "{*: Any}[]")]
    public RpcResult<RoundJson[]> GetRounds(Hash256 feedId, LooseNumber back, LooseNumber limit, BlockParameter block = default)
    {
        if (limit.Value > OracleLimits.RoundsMax) return RpcError.InvalidParams($"too many rounds: {limit.Value}, at most {OracleLimits.RoundsMax}; ask again with a larger 'back'");
        if (Open(block, out DirectStorage oracle, out _) is { } error) return error;
        if (OracleViews.Rounds(oracle, AbiWords.ToWord(feedId), back.Value, limit.Value, out List<Round> rounds) is not null) return Unknown(feedId);
        return rounds.Select(r => new RoundJson(r)).ToArray();
    }

    /// <summary>Health of a feed at a block's time: code and name. Never an error for an unknown feed.</summary>
    [RpcMethod("oracle_getHealth", Example = """["{feed}"]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<HealthJson> GetHealth(Hash256 feedId, BlockParameter block = default)
    {
        if (Open(block, out DirectStorage oracle, out ulong timestamp) is { } error) return error;
        FeedHealth health = OracleReader.ReadFresh(oracle, AbiWords.ToWord(feedId), timestamp, ulong.MaxValue, out FreshAnswer answer, out _);
        return new HealthJson(health, health is FeedHealth.Ok or FeedHealth.Stale ? answer.UpdatedAt : null);
    }

    private RpcError? Open(BlockParameter block, out DirectStorage oracle, out ulong timestamp)
    {
        oracle = default;
        timestamp = 0;
        if (chain.TryFindState(block, out NamedBlock found, out IStateView state) is { } error) return error;
        oracle = new DirectStorage(new WorldState(state), ModuleAddresses.Oracle);
        timestamp = found.Header.Timestamp;
        return null;
    }

    private static RpcError Unknown(in Hash256 feedId) => RpcError.Server($"feed {feedId} is unknown: oracle feeds are created with createFeed at {ModuleAddresses.Oracle} or in genesis");
}

/// <summary>Health of a feed.</summary>
/// <param name="Health">Health.</param>
/// <param name="UpdatedAt">Time of the latest answer, where it was looked at.</param>
public sealed record HealthJson(FeedHealth Health, ulong? UpdatedAt) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("code"u8, (ulong)Health);
        writer.WriteString("health"u8, NameOf(Health));
        if (UpdatedAt is { } time) writer.WriteQuantity("updatedAt"u8, time);
        writer.WriteEndObject();
    }

    /// <summary>Name of a health code in the specification's words.</summary>
    public static string NameOf(FeedHealth health) => health switch
    {
        FeedHealth.Ok => "OK",
        FeedHealth.NoData => "NO_DATA",
        FeedHealth.Stale => "STALE",
        FeedHealth.Paused => "PAUSED",
        FeedHealth.Held => "HELD",
        _ => "UNKNOWN",
    };
}

/// <summary>A round.</summary>
/// <param name="Round">The round.</param>
public sealed record RoundJson(Round Round) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("roundId"u8, Round.RoundId);
        writer.WriteString("answer"u8, (Round.Answer.IsNegative ? "-" : "") + Signed.Abs(Round.Answer));
        writer.WriteQuantity("observedAt"u8, Round.ObservedAt);
        writer.WriteQuantity("updatedAt"u8, Round.UpdatedAt);
        writer.WriteQuantity("reporterBitmap"u8, Round.ReporterBitmap);
        writer.WriteQuantity("spreadBps"u8, Round.SpreadBps);
        writer.WriteQuantity("count"u8, Round.Count);
        writer.WriteBoolean("resolved"u8, (Round.Flags & RoundWord.ResolvedFlag) != 0);
        writer.WriteHash("evidence"u8, AbiWords.ToHash(Round.Evidence));
        writer.WriteEndObject();
    }
}

/// <summary>A feed.</summary>
/// <param name="FeedId">Its id.</param>
/// <param name="View">Parameters and state.</param>
/// <param name="Reporters">Reporters in the order of their bits.</param>
/// <param name="Health">Health at the block's time.</param>
/// <param name="Latest">Latest round of the phase; null for none.</param>
public sealed record FeedJson(Hash256 FeedId, FeedView View, IReadOnlyList<Address> Reporters, FeedHealth Health, Round? Latest) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        FeedWord feed = View.Feed;
        writer.WriteStartObject();
        writer.WriteHash("feedId"u8, FeedId);
        writer.WriteString("description"u8, Encoding.Latin1.GetString(View.Description.ToBigEndian()).Split('\0')[0]);
        writer.WriteAddress("facade"u8, FeedFacade.AddressOf(AbiWords.ToWord(FeedId)));
        writer.WriteQuantity("kind"u8, feed.Kind);
        writer.WriteString("kindName"u8, ((FeedKind)feed.Kind).ToString());
        writer.WriteQuantity("decimals"u8, feed.Decimals);
        writer.WriteQuantity("quorum"u8, feed.Quorum);
        writer.WriteQuantity("ringLog2"u8, feed.RingLog2);
        writer.WriteQuantity("heartbeat"u8, feed.Heartbeat);
        writer.WriteQuantity("staleAfter"u8, feed.StaleAfter);
        writer.WriteQuantity("reportWindow"u8, feed.ReportWindow);
        writer.WriteQuantity("minInterval"u8, feed.MinInterval);
        writer.WriteQuantity("deviationBps"u8, feed.DeviationBps);
        writer.WriteQuantity("maxDeviationBps"u8, feed.MaxDeviationBps);
        writer.WriteString("minAnswer"u8, View.Bounds.MinAnswer.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("maxAnswer"u8, View.Bounds.MaxAnswer.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteQuantity("phase"u8, feed.Phase);
        writer.WriteBoolean("paused"u8, feed.IsPaused);
        writer.WriteBoolean("held"u8, feed.IsHeld);
        writer.WriteQuantity("healthCode"u8, (ulong)Health);
        writer.WriteString("health"u8, HealthJson.NameOf(Health));
        writer.WriteStartArray("reporters"u8);
        foreach (Address reporter in Reporters) writer.WriteDataValue(reporter.Bytes);
        writer.WriteEndArray();
        writer.WritePropertyName("latestRound"u8);
        if (Latest is { } latest) new RoundJson(latest).WriteTo(writer);
        else writer.WriteNullValue();
        writer.WriteEndObject();
    }
}
