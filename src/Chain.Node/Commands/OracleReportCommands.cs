using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Oracle;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain oracle report</c> and <c>chain oracle submit</c>: from a reporter's signature to a round.</summary>
internal static class OracleReportCommands
{
    private const int FileSizeBytesMax = 1 << 20;
    private const string SubmitSignature = "submit(bytes32,(int256,uint64,bytes32,bytes)[])";

    public static Command Report()
    {
        Argument<string> feed = OracleCommand.Feed();
        Argument<string> value = new("VALUE") { Description = "The observed value, as people write it: 102.50." };
        Option<string?> at = new("--at") { Description = "Time of the observation: seconds or a date. Default: now.", HelpName = "TIME" };
        Option<string> evidence = new("--evidence") { Description = "Hash of the document or model report behind it, 32 bytes in hex.", DefaultValueFactory = _ => Hash256.Zero.ToString(), HelpName = "HASH" };
        Option<bool> submit = new("--submit") { Description = "Submit it at once, for a feed of quorum 1." };
        return new OperatorCommand("report", """
            Signs an observation (EIP-712) with a reporter's key and prints it as JSON, for 'chain oracle submit'. Signing sends nothing.

            Examples:
              chain oracle report NAV:PROP-0001/EUR 102.50 --evidence 0x9f86... --keystore reporter.json > r1.json
              chain oracle report EUR/USD 1.0841 --submit --dev-account 0
            """, signs: true).With(feed, value, at, evidence, submit).Does(run =>
        {
            OperatorAccount reporter = run.Accounts.Read(run.Arguments);
            Hash256 id = OracleCommand.FeedId(run.Get(feed));
            byte decimals = OracleViewCommands.Config(run.Node, id).Decimals;
            Int128 answer = (Int128)DecimalText.Parse(run.Get(value), decimals, "VALUE");
            ulong observedAt = run.Get(at) is { } time ? UserText.Time(time, "--at") : run.Node.Now();
            Hash256 proof = UserText.Hash(run.Get(evidence)!, "--evidence");
            Observation observation = Sign(reporter, NodeClient.Number(run.Node.Call("eth_chainId")), id, DecimalText.ToWord(answer), observedAt, proof);
            if (run.Get(submit)) return Send(run, id, [observation]);
            JsonObject json = new()
            {
                ["feedId"] = id.ToString(),
                ["value"] = observation.Value.ToHexString(),
                ["text"] = DecimalText.Format(observation.Value, decimals),
                ["observedAt"] = observedAt,
                ["evidence"] = proof.ToString(),
                ["reporter"] = reporter.Address.ToString(),
                ["signature"] = Hex.Encode(observation.Signature),
            };
            Console.WriteLine(JsonSerializer.Serialize<JsonNode>(json, NodeJson.Default.JsonNode));
            return 0;
        });
    }

    public static Command Submit()
    {
        Argument<string[]> files = new("FILE") { Description = "Files with one signed observation each, all of the same feed.", Arity = ArgumentArity.OneOrMore };
        return new OperatorCommand("submit", """
            Submits reporters' signed observations as one round. Anyone may: the authority is in the signatures.

            Example:
              chain oracle submit r1.json r2.json r3.json --keystore relayer.json
            """, signs: true).With(files).Does(run =>
        {
            (Hash256 Feed, Observation Observation)[] read = [.. run.Get(files).Select(Read)];
            foreach ((Hash256 feed, Observation _) in read)
            {
                if (feed != read[0].Feed) throw new UserException($"The files are of two feeds, {read[0].Feed} and {feed}: submit them apart.");
            }
            return Send(run, read[0].Feed, [.. read.Select(r => r.Observation)]);
        });
    }

    private static int Send(OperatorRun run, Hash256 feed, Observation[] observations)
    {
        AbiValue list = AbiValue.List(observations.Select(o => AbiValue.Tuple(AbiValue.Word(o.Value), AbiValue.Word(o.ObservedAt), AbiValue.Of(o.Evidence), AbiValue.Bytes(o.Signature))));
        TransactionSender sender = new(run.Node, run.Accounts.Read(run.Arguments), run.TimeoutSeconds);
        SentTransaction sent = sender.Send(ModuleAddresses.Oracle, AbiValue.Call(SubmitSignature, AbiValue.Of(feed), list), run.Stop);
        bool isHeld = sent.Receipt["logs"]!.AsArray().Any(l => (string?)l!["topics"]![0] == OracleEvents.RoundHeld.Topic.ToString());
        run.Answer(isHeld ? "Held for an officer" : "Accepted", sent, ("isHeld", isHeld));
        return 0;
    }

    private static Observation Sign(OperatorAccount reporter, ulong chainId, in Hash256 feed, in UInt256 value, ulong observedAt, in Hash256 evidence)
    {
        Hash256 digest = ObservationDigest.Of(ObservationDigest.Domain(chainId), feed, value, observedAt, evidence);
        if (!Secp256k1.TrySign(digest.Bytes, reporter.PrivateKey, out TransactionSignature s)) throw new UserException("The key cannot sign.");
        return new Observation(value, observedAt, evidence, [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)]);
    }

    private static (Hash256 Feed, Observation Observation) Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > FileSizeBytesMax) throw new UserException($"'{file}' is larger than {FileSizeBytesMax} bytes: it is no observation.");
            JsonNode json = JsonNode.Parse(File.ReadAllText(file)) ?? throw new JsonException();
            Observation observation = new(
                UInt256.Parse((string)json["value"]!), (ulong)json["observedAt"]!, Hash256.Parse((string)json["evidence"]!), Hex.Decode((string)json["signature"]!));
            return (Hash256.Parse((string)json["feedId"]!), observation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{file}' cannot be read: check its path and permissions.");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentNullException)
        {
            throw new UserException($"'{file}' holds no signed observation: make it with 'chain oracle report'.");
        }
    }
}
