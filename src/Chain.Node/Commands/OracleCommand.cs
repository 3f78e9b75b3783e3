using System.CommandLine;
using Chain.Compliance;
using Chain.Compliance.Oracle;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain oracle</c>: feeds, observations and rounds, over JSON-RPC to any node.</summary>
internal static class OracleCommand
{
    private const string ConfigType = "(uint8,uint8,uint8,uint8,uint32,uint32,uint32,uint32,uint16,uint16,int128,int128,bytes32)";

    public static Command Create() => new("oracle", """
        The oracle: feeds, reporters' signed observations, rounds.

        Examples:
          chain oracle create NAV:PROP-0001/EUR --kind nav --reporter 0xf39F... --reporter 0x7099... --reporter 0x3C44... --keystore manager.json
          chain oracle report NAV:PROP-0001/EUR 102.50 --evidence 0x9f86... --keystore reporter.json > r1.json
          chain oracle submit r1.json r2.json --keystore relayer.json
          chain oracle watch NAV:PROP-0001/EUR
        """)
    {
        CreateFeed(),
        OracleReportCommands.Report(),
        OracleReportCommands.Submit(),
        OracleViewCommands.List(),
        OracleViewCommands.Health(),
        OracleViewCommands.Watch(),
        Resolve(),
        Pause("pause", "Stops a feed: readFresh reverts and submissions are rejected.", true),
        Pause("unpause", "Lets a paused feed go on.", false),
        SetReporters(),
    };

    /// <summary>The argument that names a feed.</summary>
    public static Argument<string> Feed() => new("FEED") { Description = "Feed id: its name, such as NAV:PROP-0001/EUR, or 32 bytes in hex." };

    /// <summary>The id that a name stands for.</summary>
    public static Hash256 FeedId(string text) => UserText.NameOrHash(text, "FEED");

    private static Command CreateFeed()
    {
        Argument<string> feed = Feed();
        Option<FeedKind> kind = new("--kind") { Description = "What it tells; sets the defaults below (compliance specification, section 6.2).", Required = true, HelpName = string.Join('|', Enum.GetNames<FeedKind>().Skip(1)) };
        Option<string[]> reporters = new("--reporter") { Description = "Account of a reporter, 1 to 31 of them.", Required = true, HelpName = "ADDRESS" };
        Option<byte?> quorum = new("--quorum") { Description = "Observations that a round needs, more than half of the reporters.", HelpName = "N" };
        Option<byte?> decimals = new("--decimals") { Description = "Decimals of answers.", HelpName = "N" };
        Option<byte?> ring = new("--ring-log2") { Description = "Rounds kept, as a power of two: 4 to 12.", HelpName = "N" };
        Option<uint?> heartbeat = new("--heartbeat") { Description = "Longest time between rounds.", HelpName = "SECONDS" };
        Option<uint?> stale = new("--stale-after") { Description = "Age from which an answer is stale.", HelpName = "SECONDS" };
        Option<uint?> window = new("--report-window") { Description = "Longest age of an observation.", HelpName = "SECONDS" };
        Option<uint?> interval = new("--min-interval") { Description = "Least time between rounds without a large change.", HelpName = "SECONDS" };
        Option<ushort?> deviation = new("--deviation-bps") { Description = "A change so large is reported at once.", HelpName = "BPS" };
        Option<ushort?> maxDeviation = new("--max-deviation-bps") { Description = "A change larger than this is held for an officer; 0 holds none.", HelpName = "BPS" };
        Option<string?> least = new("--min-answer") { Description = "Least answer.", HelpName = "NUMBER" };
        Option<string?> most = new("--max-answer") { Description = "Largest answer.", HelpName = "NUMBER" };
        Option<string> description = new("--description") { Description = "Text of up to 32 bytes.", DefaultValueFactory = _ => "", HelpName = "TEXT" };
        return new OperatorCommand("create", """
            Creates a feed, with the defaults of its kind. Managers and Admins of the oracle only.

            Examples:
              chain oracle create EUR/USD --kind fx --reporter 0xf39F...2266 --keystore manager.json
              chain oracle create HOUSE-7 --kind propertyvaluation --reporter 0xf39F... --reporter 0x7099... --reporter 0x3C44... --quorum 2 --keystore manager.json
            """, signs: true).With(feed, kind, reporters, quorum, decimals, ring, heartbeat, stale, window, interval, deviation, maxDeviation, least, most, description).Does(run =>
        {
            Address[] accounts = [.. run.Get(reporters)!.Select(r => UserText.Address(r, "--reporter"))];
            FeedConfig defaults = FeedKinds.Defaults(run.Get(kind), accounts.Length);
            byte places = run.Get(decimals) ?? defaults.Decimals;
            FeedConfig config = defaults with
            {
                Decimals = places,
                Quorum = run.Get(quorum) ?? defaults.Quorum,
                RingLog2 = run.Get(ring) ?? defaults.RingLog2,
                Heartbeat = run.Get(heartbeat) ?? defaults.Heartbeat,
                StaleAfter = run.Get(stale) ?? defaults.StaleAfter,
                ReportWindow = run.Get(window) ?? defaults.ReportWindow,
                MinInterval = run.Get(interval) ?? defaults.MinInterval,
                DeviationBps = run.Get(deviation) ?? defaults.DeviationBps,
                MaxDeviationBps = run.Get(maxDeviation) ?? defaults.MaxDeviationBps,
                MinAnswer = run.Get(least) is { } low ? (Int128)DecimalText.Parse(low, places, "--min-answer") : IsFromZero(run.Get(kind)) ? 0 : defaults.MinAnswer,
                MaxAnswer = run.Get(most) is { } high ? (Int128)DecimalText.Parse(high, places, "--max-answer") : defaults.MaxAnswer,
                Description = UserText.NameOrHash(run.Get(description)!, "--description"),
            };
            return run.Send(ModuleAddresses.Oracle, $"Created, with facade {FeedFacade.AddressOf(Compliance.Abi.AbiWords.ToWord(FeedId(run.Get(feed))))}", $"createFeed(bytes32,{ConfigType},address[])",
                AbiValue.Of(FeedId(run.Get(feed))), Encode(config), AbiValue.List(accounts.Select(a => AbiValue.Of(a))));
        });
    }

    /// <summary>Scores and states begin at 0, which the common least answer of 1 would keep out.</summary>
    private static bool IsFromZero(FeedKind kind) => kind is FeedKind.CreditScore or FeedKind.Status;

    private static Command Resolve()
    {
        Argument<string> feed = Feed();
        Option<bool> accept = new("--accept") { Description = "The held value becomes a round." };
        Option<bool> reject = new("--reject") { Description = "The held value is discarded." };
        return new OperatorCommand("resolve", """
            Decides on a held value. Anyone with a role in the oracle who is no reporter of the feed.

            Examples:
              chain oracle resolve NAV:PROP-0001/EUR --accept --keystore officer.json
              chain oracle resolve NAV:PROP-0001/EUR --reject --keystore officer.json
            """, signs: true).With(feed, accept, reject).Does(run =>
        {
            if (run.Get(accept) == run.Get(reject)) throw new UserException("Say what to do with the held value: either --accept or --reject.");
            return run.Send(ModuleAddresses.Oracle, run.Get(accept) ? "Accepted" : "Rejected", "resolveHeld(bytes32,bool)", AbiValue.Of(FeedId(run.Get(feed))), AbiValue.Of(run.Get(accept)));
        });
    }

    private static Command Pause(string name, string description, bool isPaused)
    {
        Argument<string> feed = Feed();
        return new OperatorCommand(name, $"""
            {description} Managers and Admins of the oracle only.

            Example:
              chain oracle {name} NAV:PROP-0001/EUR --keystore manager.json
            """, signs: true).With(feed).Does(run => run.Send(ModuleAddresses.Oracle, isPaused ? "Paused" : "Unpaused", "setFeedPaused(bytes32,bool)",
                AbiValue.Of(FeedId(run.Get(feed))), AbiValue.Of(isPaused)));
    }

    private static Command SetReporters()
    {
        Argument<string> feed = Feed();
        Option<string[]> reporters = new("--reporter") { Description = "Account of a reporter, 1 to 31 of them: the whole new list.", Required = true, HelpName = "ADDRESS" };
        Option<byte?> quorum = new("--quorum") { Description = "Observations that a round needs. Default: the least majority.", HelpName = "N" };
        return new OperatorCommand("set-reporters", """
            Replaces the reporters of a feed. Managers and Admins of the oracle only.

            Example:
              chain oracle set-reporters NAV:PROP-0001/EUR --reporter 0xf39F... --reporter 0x7099... --reporter 0x3C44... --quorum 2 --keystore manager.json
            """, signs: true).With(feed, reporters, quorum).Does(run =>
        {
            Address[] accounts = [.. run.Get(reporters)!.Select(r => UserText.Address(r, "--reporter"))];
            int majority = (accounts.Length / 2) + 1;
            return run.Send(ModuleAddresses.Oracle, "Reporters set", "setReporters(bytes32,address[],uint8)", AbiValue.Of(FeedId(run.Get(feed))),
                AbiValue.List(accounts.Select(a => AbiValue.Of(a))), AbiValue.Word(run.Get(quorum) ?? (ulong)majority));
        });
    }

    private static AbiValue Encode(in FeedConfig c) => AbiValue.Tuple(
        AbiValue.Word(c.Kind), AbiValue.Word(c.Decimals), AbiValue.Word(c.Quorum), AbiValue.Word(c.RingLog2), AbiValue.Word(c.Heartbeat), AbiValue.Word(c.StaleAfter),
        AbiValue.Word(c.ReportWindow), AbiValue.Word(c.MinInterval), AbiValue.Word(c.DeviationBps), AbiValue.Word(c.MaxDeviationBps),
        AbiValue.Word(DecimalText.ToWord(c.MinAnswer)), AbiValue.Word(DecimalText.ToWord(c.MaxAnswer)), AbiValue.Of(c.Description));
}
