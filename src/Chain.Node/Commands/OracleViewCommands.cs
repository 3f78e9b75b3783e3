using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain oracle list</c>, <c>health</c> and <c>watch</c>: what the feeds say, by the oracle's views.</summary>
internal static class OracleViewCommands
{
    private const int ConfigWords = 17;
    private const int RoundWords = 9;
    private const int FeedsMax = 500;
    private const int IntervalSecondsMax = 86_400;

    /// <summary>What the commands need of a feed's configuration.</summary>
    public sealed record FeedShape(byte Kind, byte Decimals, byte Quorum, int Reporters);

    /// <summary>The configuration of a feed; an unknown one is the user's error.</summary>
    public static FeedShape Config(NodeClient node, in Hash256 feed)
    {
        UInt256[] words = node.View(ModuleAddresses.Oracle, AbiValue.Call("feedConfig(bytes32)", AbiValue.Of(feed)));
        if (words.Length != ConfigWords) throw new UserException("The chain has no oracle: oracleConfig is not active.");
        return new FeedShape((byte)words[0].U0, (byte)words[1].U0, (byte)words[2].U0, (int)words[16].U0);
    }

    public static Command List()
    {
        Option<ulong> offset = new("--offset") { Description = "Feeds to leave out.", HelpName = "N" };
        Option<ulong> limit = new("--limit") { Description = $"Most feeds to list, up to {FeedsMax}.", DefaultValueFactory = _ => FeedsMax, HelpName = "N" };
        return new OperatorCommand("list", """
            Lists the feeds with their health and newest answer.

            Example:
              chain oracle list --json
            """, signs: false).With(offset, limit).Does(run =>
        {
            UInt256[] answer = run.Node.View(ModuleAddresses.Oracle, AbiValue.Call("feeds(uint256,uint256)", AbiValue.Word(run.Get(offset)), AbiValue.Word(run.Get(limit))));
            if (answer.Length == 0) throw new UserException("The chain has no oracle: oracleConfig is not active.");
            JsonArray json = [.. ReturnedWords.List(answer).Select(id => (JsonNode)State(run.Node, AbiWords.ToHash(id)))];
            run.Answer(json, () =>
            {
                foreach (JsonNode? feed in json) Console.WriteLine(Line(feed!));
                Console.WriteLine($"{json.Count} feeds.");
            });
            return 0;
        });
    }

    public static Command Health()
    {
        Argument<string> feed = OracleCommand.Feed();
        return new OperatorCommand("health", """
            Tells whether a feed is healthy; the exit code is 0 if so, else 2.

            Example:
              chain oracle health NAV:PROP-0001/EUR || alert
            """, signs: false).With(feed).Does(run =>
        {
            JsonObject state = State(run.Node, OracleCommand.FeedId(run.Get(feed)));
            run.Answer(state, () => Console.WriteLine(Line(state)));
            return (string?)state["health"] == nameof(FeedHealth.Ok) ? 0 : 2;
        });
    }

    public static Command Watch()
    {
        Argument<string> feed = OracleCommand.Feed();
        Option<int> interval = new("--interval") { Description = "Time between looks.", DefaultValueFactory = _ => 1, HelpName = "SECONDS" };
        Option<int> count = new("--count") { Description = "Stop after so many lines; 0 goes on until Ctrl-C.", HelpName = "N" };
        return new OperatorCommand("watch", """
            Prints a feed's answer and health whenever one of them changes.

            Examples:
              chain oracle watch NAV:PROP-0001/EUR
              chain oracle watch EUR/USD --interval 5 --json
            """, signs: false).With(feed, interval, count).Does(run =>
        {
            if (run.Get(interval) is < 1 or > IntervalSecondsMax) throw new UserException($"--interval {run.Get(interval)} is out of range: 1 to {IntervalSecondsMax} seconds.");
            Hash256 id = OracleCommand.FeedId(run.Get(feed));
            string last = "";
            for (int shown = 0; run.Get(count) == 0 || shown < run.Get(count);)
            {
                JsonObject state = State(run.Node, id);
                string now = $"{state["roundId"]} {state["health"]}";
                if (now != last)
                {
                    last = now;
                    shown++;
                    run.Answer(state, () => Console.WriteLine(Line(state)));
                    Console.Out.Flush();
                    continue;
                }
                if (run.Stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(run.Get(interval)))) break;
            }
            return 0;
        });
    }

    private static JsonObject State(NodeClient node, in Hash256 id)
    {
        FeedShape shape = Config(node, id);
        FeedHealth health = (FeedHealth)node.View(ModuleAddresses.Oracle, AbiValue.Call("health(bytes32)", AbiValue.Of(id)))[0].U0;
        UInt256[] rounds = node.View(ModuleAddresses.Oracle, AbiValue.Call("rounds(bytes32,uint256,uint256)", AbiValue.Of(id), AbiValue.Word(0), AbiValue.Word(1)));
        JsonObject json = new()
        {
            ["feedId"] = id.ToString(),
            ["name"] = NameOf(id),
            ["kind"] = ((FeedKind)shape.Kind).ToString(),
            ["health"] = health.ToString(),
            ["quorum"] = shape.Quorum,
            ["reporters"] = shape.Reporters,
            ["facade"] = FeedFacade.AddressOf(AbiWords.ToWord(id)).ToString(),
        };
        if (rounds.Length != 2 + RoundWords) return json;
        json["roundId"] = rounds[2].ToHexString();
        json["answer"] = DecimalText.Format(rounds[3], shape.Decimals);
        json["observedAt"] = rounds[4].U0;
        json["updatedAt"] = rounds[5].U0;
        json["observations"] = rounds[8].U0;
        return json;
    }

    private static string Line(JsonNode feed) => feed["answer"] is { } answer
        ? $"{feed["name"],-32}  {feed["health"],-7}  {answer,24}  {UserText.Date((ulong)feed["updatedAt"]!)}  {feed["observations"]} observations"
        : $"{feed["name"],-32}  {feed["health"],-7}  {"no answer",24}";

    /// <summary>The text of an id that is one, else its hex digits.</summary>
    private static string NameOf(in Hash256 id)
    {
        byte[] bytes = id.Bytes.ToArray();
        int end = Array.FindLastIndex(bytes, b => b != 0) + 1;
        return end > 0 && bytes[..end].All(b => b is > 32 and < 127) ? System.Text.Encoding.ASCII.GetString(bytes, 0, end) : id.ToString();
    }
}
