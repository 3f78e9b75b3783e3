using System.Text.Json;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Conformance.Tests.Basic;

/// <summary>TransactionTests of ethereum/tests: stand-alone validity on mainnet under each fork.</summary>
public sealed class TransactionTests
{
    private const ulong Mainnet = 1;

    [Test]
    public void Every_transaction_has_the_expected_verdict_under_every_fork()
    {
        List<string> failures = [];
        List<string> otherNames = [];
        int verdicts = 0;
        foreach ((string name, JsonElement test) in Fixtures.Read("ethereum-tests-basic/TransactionTests"))
        {
            byte[] bytes = Hex.Decode(test.GetProperty("txbytes").GetString());
            foreach (JsonProperty result in test.GetProperty("result").EnumerateObject())
            {
                verdicts++;
                Assert.That(FixtureNetworks.TryParseFork(result.Name, out Fork fork), result.Name);
                string? failure = Check(bytes, ForkTable.Rules(fork), result.Value, out string? otherName);
                if (failure is not null) failures.Add($"{name} {result.Name}: {failure}");
                if (otherName is not null) otherNames.Add($"{name} {result.Name}: {otherName}");
            }
        }
        TestContext.Out.WriteLine($"{otherNames.Count} refusals of {verdicts} verdicts have another name than the fixture's:");
        foreach (string line in otherNames.GroupBy(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Select(g => $"{g.Key} x{g.Count()} e.g. {g.First()}")) TestContext.Out.WriteLine(line);
        Assert.That(failures, Is.Empty, string.Join('\n', failures.Take(40)));
        Assert.That(verdicts, Is.EqualTo(2_665));
    }

    private static string? Check(byte[] bytes, ForkRules rules, JsonElement expected, out string? otherName)
    {
        otherName = null;
        string? exception = expected.TryGetProperty("exception", out JsonElement named) ? named.GetString() : null;
        TransactionError error = Validate(bytes, rules, out Transaction? tx, out Address sender);
        if (exception is not null)
        {
            if (error == TransactionError.None) return $"accepted, expected {exception}";
            string own = $"TransactionException.{ErrorNames.ToFixtureName(error)}";
            if (own != exception) otherName = $"{own} for {exception}";
            return null;
        }
        if (error != TransactionError.None || tx is null) return $"refused with {error}";
        if (tx.Hash != Hash256.Parse(expected.GetProperty("hash").GetString())) return $"hash {tx.Hash}";
        if (sender != Address.Parse(expected.GetProperty("sender").GetString())) return $"sender {sender}";
        ulong gas = IntrinsicGas.Compute(tx, rules, out _);
        if (gas != expected.UInt64("intrinsicGas")) return $"intrinsic gas {gas}";
        return TransactionCodec.Encode(tx).AsSpan().SequenceEqual(bytes) ? null : "encodes to other bytes";
    }

    private static TransactionError Validate(byte[] bytes, ForkRules rules, out Transaction? tx, out Address sender)
    {
        sender = default;
        if (!TransactionCodec.TryDecode(bytes, out tx, out TransactionError error)) return error;
        error = TransactionRules.ValidateStatic(tx, rules, Mainnet);
        if (error != TransactionError.None) return error;
        return tx.TryRecoverSender(out sender) ? TransactionError.None : TransactionError.EcRecoveryFail;
    }
}
