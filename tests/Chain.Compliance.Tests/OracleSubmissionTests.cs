using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Tests;

/// <summary>Acceptance of submissions, row by row, and held values (section 6.5).</summary>
public sealed class OracleSubmissionTests
{
    private const string Resolve = "resolveHeld(bytes32,bool)";
    private static readonly Hash256 Evidence = World.Id(0xe1);

    [Test]
    public void A_round_is_the_median_with_its_time_reporters_and_spread()
    {
        using OracleWorld oracle = new();
        Observation[] observations = [oracle.Observe(4, 1_020, World.Now - 1), oracle.Observe(0, 1_000, World.Now - 2), oracle.Observe(2, 1_010, World.Now - 3, Evidence)];
        Assert.That(oracle.Accepts(observations), Is.EqualTo(OracleWorld.Id(1)));
        LogEntry accepted = oracle.World.LastLogs[0];
        LogEntry updated = oracle.World.LastLogs[1];
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed), Is.EqualTo(new UInt256[]
        {
            OracleWorld.Id(1), 1_010, World.Now - 3, World.Now, 0b10101, 198, 3, RoundWord.EvidenceFlag, 0xe1,
        }));
        Assert.That(accepted.Address, Is.EqualTo(ModuleAddresses.Oracle));
        Assert.That(accepted.Topics, Is.EqualTo(new[] { OracleEvents.RoundAccepted.Topic, OracleWorld.Feed, AbiWords.ToHash(OracleWorld.Id(1)), AbiWords.ToHash(AbiWords.ToWord(World.Nobody)) }));
        Assert.That(accepted.Data.ToArray(), Is.EqualTo(World.Words(1_010, World.Now - 3, 0b10101, 198, 0xe1)));
        Assert.That(updated.Address, Is.EqualTo(OracleWorld.Facade));
        Assert.That(updated.Topics, Is.EqualTo(new[] { OracleEvents.AnswerUpdated.Topic, World.Id(1_010), AbiWords.ToHash(OracleWorld.Id(1)) }));
        Assert.That(updated.Data.ToArray(), Is.EqualTo(World.Words(World.Now)));
        Assert.That(ProgressWord.Unpack(oracle.Slot(oracle.Slots.Progress)), Is.EqualTo(new ProgressWord(1, World.Now - 1, 0)));
    }

    [Test]
    public void An_even_number_of_values_gives_the_upper_of_the_middle_two()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(104, 101, 103, 102);
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[1], Is.EqualTo((UInt256)103));
    }

    [Test]
    public void Negative_values_sort_below_positive_ones()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { Kind = 5, MinAnswer = -1_000, MaxDeviationBps = 0 });
        oracle.Accepts(OracleWorld.Minus(5), 10, OracleWorld.Minus(7), 11, OracleWorld.Minus(6));
        UInt256[] round = oracle.View("latestRound(bytes32)", OracleWorld.Feed);
        Assert.That(round[1], Is.EqualTo(OracleWorld.Minus(5)));
        Assert.That(round[5], Is.EqualTo((UInt256)(18 * 10_000 / 5)));
        oracle.World.NextBlock(1);
        oracle.Rejects(SubmissionCodes.OutOfRange, oracle.All(OracleWorld.Minus(1_001), OracleWorld.Minus(1_001), OracleWorld.Minus(1_001)));
    }

    [Test]
    public void Rows_1_and_2_unknown_paused_few_and_many()
    {
        using OracleWorld oracle = new();
        oracle.Fails(OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.FeedUnknown), World.Nobody, OracleWorld.Submit, World.Id(9), oracle.All(1, 1, 1));
        oracle.Rejects(SubmissionCodes.BelowQuorum, oracle.All(100, 100));
        oracle.Rejects(SubmissionCodes.BelowQuorum);
        oracle.Rejects(SubmissionCodes.TooMany, [.. Enumerable.Range(0, 32).Select(i => oracle.Observe(i, 100))]);
    }

    private static IEnumerable<TestCaseData> BadSignatures()
    {
        yield return Case("64 bytes", s => s[..64]);
        yield return Case("66 bytes", s => [.. s, 0]);
        yield return Case("none", _ => []);
        yield return Case("v of 0", s => [.. s[..64], (byte)(s[64] - 27)]);
        yield return Case("v of 29", s => [.. s[..64], 29]);
        yield return Case("high s", s => [.. s[..32], .. (Secp256k1.Order - UInt256.FromBigEndian(s.AsSpan(32, 32))).ToBigEndian(), (byte)(55 - s[64])]);
        yield return Case("r of zero", s => [.. new byte[32], .. s[32..]]);
        yield return Case("r of the order", s => [.. Secp256k1.Order.ToBigEndian(), .. s[32..]]);
        static TestCaseData Case(string name, Func<byte[], byte[]> change) => new TestCaseData(change).SetName($"Signature with {name}");
    }

    [TestCaseSource(nameof(BadSignatures))]
    public void Row_3_malformed_signatures(Func<byte[], byte[]> change)
    {
        using OracleWorld oracle = new();
        Observation[] observations = oracle.All(100, 100, 100);
        observations[2] = observations[2] with { Signature = change(observations[2].Signature) };
        oracle.Rejects(SubmissionCodes.BadSignature, observations);
    }

    [Test]
    public void Row_3_signers_must_be_reporters_on_this_chain_for_this_feed_and_value_each_once()
    {
        using OracleWorld oracle = new();
        Observation[] good = oracle.All(100, 100, 100);
        oracle.Rejects(SubmissionCodes.NotReporter, good[0], good[1], oracle.Observe(5, 100));
        oracle.Rejects(SubmissionCodes.NotReporter, good[0], good[1], oracle.Observe(2, 100, chainId: 1));
        oracle.Rejects(SubmissionCodes.NotReporter, good[0], good[1], oracle.Observe(2, 100, feed: World.Id(4)));
        oracle.Rejects(SubmissionCodes.NotReporter, good[0], good[1], good[2] with { Value = 101 });
        oracle.Rejects(SubmissionCodes.NotReporter, good[0], good[1], good[2] with { ObservedAt = World.Now - 1 });
        oracle.Rejects(SubmissionCodes.NotReporter, good[0], good[1], good[2] with { Evidence = Evidence });
        oracle.Rejects(SubmissionCodes.DuplicateReporter, good[0], good[1], oracle.Observe(1, 101));
    }

    [Test]
    public void Rows_4_to_6_time_and_replay()
    {
        using OracleWorld oracle = new();
        oracle.Rejects(SubmissionCodes.FromFuture, oracle.Observe(0, 100), oracle.Observe(1, 100), oracle.Observe(2, 100, World.Now + 1));
        oracle.Rejects(SubmissionCodes.OutOfWindow, oracle.Observe(0, 100), oracle.Observe(1, 100), oracle.Observe(2, 100, World.Now - 901));
        Observation[] edge = [oracle.Observe(0, 100, World.Now - 10), oracle.Observe(1, 100), oracle.Observe(2, 100, World.Now - 900)];
        oracle.Accepts(edge);
        oracle.Rejects(SubmissionCodes.NotNewer, edge);
        oracle.World.NextBlock(1);
        oracle.Rejects(SubmissionCodes.OutOfWindow, edge);
        oracle.Rejects(SubmissionCodes.NotNewer, oracle.Observe(0, 100), oracle.Observe(1, 100), oracle.Observe(2, 100, World.Now));
        Assert.That(oracle.Accepts(100, 100, 100), Is.EqualTo(OracleWorld.Id(2)));
    }

    [Test]
    public void Row_7_evidence_where_the_kind_requires_it()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { Kind = 2 });
        oracle.Rejects(SubmissionCodes.NoEvidence, oracle.Observe(0, 100, evidence: Evidence), oracle.Observe(1, 100, evidence: Evidence), oracle.Observe(2, 100));
        oracle.Accepts([.. Enumerable.Range(0, 3).Select(i => oracle.Observe(i, 100, evidence: Evidence))]);
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[8], Is.EqualTo((UInt256)0xe1));
    }

    [Test]
    public void Row_8_range_and_spread()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { MinAnswer = 50, MaxAnswer = 200 });
        oracle.Rejects(SubmissionCodes.OutOfRange, oracle.All(49, 49, 49));
        oracle.Rejects(SubmissionCodes.OutOfRange, oracle.All(201, 201, 201));
        oracle.Rejects(SubmissionCodes.OutOfRange, oracle.All(100, UInt256.One << 200, UInt256.One << 255, UInt256.One << 201));
        oracle.Rejects(SubmissionCodes.TooSpread, oracle.All(100, 100, 121));
        oracle.Rejects(SubmissionCodes.TooSpread, oracle.All(100, (UInt256.One << 255) - 1, UInt256.One << 255));
        oracle.Accepts(100, 100, 120);
    }

    [Test]
    public void Row_9_an_interval_passes_or_a_change_of_note()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { MinInterval = 60 });
        oracle.Accepts(10_000, 10_000, 10_000);
        oracle.World.NextBlock(59);
        oracle.Rejects(SubmissionCodes.TooSoon, oracle.All(10_049, 10_049, 10_049));
        oracle.Accepts(10_050, 10_050, 10_050);
        oracle.World.NextBlock(60);
        oracle.Accepts(10_050, 10_050, 10_050);
    }

    [Test]
    public void Row_10_a_jump_is_held_until_a_person_who_reports_nothing_decides()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(1_000, 1_000, 1_000);
        oracle.World.NextBlock(1);
        Observation[] jump = [oracle.Observe(0, 1_201, evidence: Evidence), oracle.Observe(1, 1_201, evidence: Evidence), oracle.Observe(2, 1_201, evidence: Evidence)];
        Assert.That(oracle.Accepts(jump), Is.EqualTo(UInt256.Zero));
        LogEntry held = oracle.World.LastLogs.Single();
        Assert.That(held.Topics, Is.EqualTo(new[] { OracleEvents.RoundHeld.Topic, OracleWorld.Feed, AbiWords.ToHash(AbiWords.ToWord(World.Nobody)) }));
        Assert.That(held.Data.ToArray(), Is.EqualTo(World.Words(1_201, World.Now + 1, 1_000)));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Held));
        oracle.Fails(OracleErrors.FeedUnhealthy.Encode(OracleWorld.FeedWord, 4), World.Nobody, "readFresh(bytes32)", OracleWorld.Feed);
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[1], Is.EqualTo((UInt256)1_000));
        Assert.That(oracle.View("feedConfig(bytes32)", OracleWorld.Feed)[14], Is.EqualTo(UInt256.One));
        oracle.Fails(KycErrors.FourEyes.Encode(AbiWords.ToWord(OracleWorld.Reporters[0])), OracleWorld.Reporters[0], Resolve, OracleWorld.Feed, true);

        oracle.World.NextBlock(5);
        oracle.Succeeds(World.Officer, Resolve, OracleWorld.Feed, true);
        Assert.That(oracle.World.LastLogs.Select(l => l.Topics[0]), Is.EqualTo(new[] { OracleEvents.HeldResolved.Topic, OracleEvents.RoundAccepted.Topic, OracleEvents.AnswerUpdated.Topic }));
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed), Is.EqualTo(new UInt256[]
        {
            OracleWorld.Id(2), 1_201, World.Now + 1, World.Now + 6, 0, 0, 0, RoundWord.ResolvedFlag | RoundWord.EvidenceFlag, 0xe1,
        }));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Ok));
        Assert.That(oracle.Slot(oracle.Slots.Held), Is.EqualTo(UInt256.Zero));
        Assert.That(oracle.Slot(oracle.Slots.HeldEvidence), Is.EqualTo(UInt256.Zero));
        oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), World.Officer, Resolve, OracleWorld.Feed, true);
        oracle.Rejects(SubmissionCodes.NotNewer, jump);
    }

    [Test]
    public void A_rejected_value_is_gone_and_cannot_be_submitted_again()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(1_000, 1_000, 1_000);
        oracle.World.NextBlock(1);
        Observation[] jump = oracle.All(2_000, 2_000, 2_000);
        oracle.Accepts(jump);
        oracle.Succeeds(World.Officer, Resolve, OracleWorld.Feed, false);
        Assert.That(oracle.World.LastLogs.Single().Data.ToArray(), Is.EqualTo(World.Words(0)));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Ok));
        oracle.Rejects(SubmissionCodes.NotNewer, jump);
        oracle.World.NextBlock(1);
        oracle.Rejects(SubmissionCodes.NotNewer, jump);
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Ok));
    }

    [Test]
    public void A_later_held_value_replaces_and_a_later_accepted_one_clears()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(1_000, 1_000, 1_000);
        oracle.World.NextBlock(1);
        oracle.Accepts(2_000, 2_000, 2_000);
        oracle.World.NextBlock(1);
        oracle.Accepts(3_000, 3_000, 3_000);
        Assert.That(AnswerWord.Unpack(oracle.Slot(oracle.Slots.Held)), Is.EqualTo(new AnswerWord(3_000, World.Now + 2)));
        oracle.World.NextBlock(1);
        Assert.That(oracle.Accepts(1_100, 1_100, 1_100), Is.EqualTo(OracleWorld.Id(2)));
        Assert.That(oracle.Health(), Is.EqualTo((ulong)FeedHealth.Ok));
        Assert.That(oracle.Slot(oracle.Slots.Held), Is.EqualTo(UInt256.Zero));
        oracle.Fails(OracleErrors.NoData.Encode(OracleWorld.FeedWord), World.Officer, Resolve, OracleWorld.Feed, false);
    }

    [Test]
    public void A_held_value_out_of_a_new_range_or_too_old_is_not_accepted()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(1_000, 1_000, 1_000);
        oracle.World.NextBlock(1);
        oracle.Accepts(2_000, 2_000, 2_000);
        oracle.Succeeds(World.Manager, OracleWorld.Update, OracleWorld.Feed, OracleWorld.Config with { MaxAnswer = 1_999 });
        oracle.Fails(OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.OutOfRange), World.Officer, Resolve, OracleWorld.Feed, true);
        oracle.Succeeds(World.Manager, OracleWorld.Update, OracleWorld.Feed, OracleWorld.Config);
        oracle.World.NextBlock(4_501);
        oracle.Fails(OracleErrors.StaleData.Encode(OracleWorld.FeedWord, World.Now + 1, 4_500), World.Officer, Resolve, OracleWorld.Feed, true);
        oracle.Succeeds(World.Officer, Resolve, OracleWorld.Feed, false);
    }

    [Test]
    public void Any_first_answer_and_any_jump_without_a_band_are_accepted()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { MaxDeviationBps = 0 });
        oracle.Accepts(1, 1, 1);
        oracle.World.NextBlock(1);
        Assert.That(oracle.Accepts(1_000_000, 1, 1_000_000), Is.EqualTo(OracleWorld.Id(2)));
    }

    [Test]
    public void A_change_from_zero_counts_as_65535_basis_points()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { Kind = 8, MinAnswer = 0, MaxDeviationBps = 65_535, MinInterval = 100 });
        oracle.Accepts(0, 0, 0);
        oracle.World.NextBlock(1);
        oracle.Rejects(SubmissionCodes.TooSoon, oracle.All(0, 0, 0));
        Assert.That(oracle.Accepts(1, 1, 1), Is.EqualTo(OracleWorld.Id(2)), "65,535 is in the band");
    }

    [Test]
    public void A_reporter_alone_submits_directly_where_one_is_the_quorum()
    {
        using OracleWorld oracle = new(OracleWorld.Config with { Quorum = 1 }, reporters: 1);
        oracle.Fails(OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.NotReporter), World.Admin, OracleWorld.SubmitDirect, OracleWorld.Feed, 100, World.Now, Evidence);
        Assert.That(oracle.Succeeds(OracleWorld.Reporters[0], OracleWorld.SubmitDirect, OracleWorld.Feed, 100, World.Now, Evidence)[0], Is.EqualTo(OracleWorld.Id(1)));
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[4..], Is.EqualTo(new UInt256[] { 1, 0, 1, RoundWord.EvidenceFlag, 0xe1 }));
        oracle.Fails(OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.NotNewer), OracleWorld.Reporters[0], OracleWorld.SubmitDirect, OracleWorld.Feed, 100, World.Now, Evidence);
        using OracleWorld more = new();
        more.Fails(OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.BelowQuorum), OracleWorld.Reporters[0], OracleWorld.SubmitDirect, OracleWorld.Feed, 100, World.Now, Evidence);
    }

    [Test]
    public void A_batch_reports_failures_or_undoes_everything_where_it_is_atomic()
    {
        using OracleWorld oracle = new();
        oracle.Accepts(1_000, 1_000, 1_000);
        oracle.World.NextBlock(1);
        Submission good = new(OracleWorld.Feed, oracle.All(1_001, 1_001, 1_001));
        Submission few = new(OracleWorld.Feed, oracle.All(1_001));
        Submission unknown = new(World.Id(5), good.Observations);
        oracle.Fails(OracleErrors.SubmissionInvalid.Encode(SubmissionCodes.BelowQuorum), World.Nobody, OracleWorld.SubmitBatch, new[] { good, few }, true);
        Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[0], Is.EqualTo(OracleWorld.Id(1)));

        UInt256[] codes = oracle.Succeeds(World.Nobody, OracleWorld.SubmitBatch, new[] { few, good, unknown, good }, false);
        Assert.That(codes, Is.EqualTo(new UInt256[] { 32, 4, 3, 0, 1, 9 }));
        Assert.That(oracle.World.LastLogs.Select(l => l.Topics[0]), Is.EqualTo(new[]
        {
            OracleEvents.SubmissionRejected.Topic, OracleEvents.RoundAccepted.Topic, OracleEvents.AnswerUpdated.Topic, OracleEvents.SubmissionRejected.Topic, OracleEvents.SubmissionRejected.Topic,
        }));
        Assert.That(oracle.World.LastLogs[3].Topics[1], Is.EqualTo(World.Id(5)));

        oracle.World.NextBlock(1);
        Submission jump = new(OracleWorld.Feed, oracle.All(9_000, 9_000, 9_000));
        Assert.That(oracle.Succeeds(World.Nobody, OracleWorld.SubmitBatch, new[] { jump }, true)[2], Is.EqualTo((UInt256)12), "a held value is no failure");
        oracle.Fails(KycErrors.BatchTooLarge.Encode(51, 50), World.Nobody, OracleWorld.SubmitBatch, Enumerable.Repeat(few, 51).ToArray(), false);
        Assert.That(oracle.Succeeds(World.Nobody, OracleWorld.SubmitBatch, Enumerable.Repeat(few, 50).ToArray(), false), Has.Length.EqualTo(52));
    }

    [Test]
    public void With_one_liar_every_submission_stays_near_the_honest_values()
    {
        foreach (ulong lie in new ulong[] { 1, 900, 1_100, 1_150, 1_000_000 })
        {
            for (int subset = 1; subset < 32; subset++)
            {
                int[] members = [.. Enumerable.Range(0, 5).Where(i => (subset & (1 << i)) != 0)];
                if (members.Length < 3) continue;
                using OracleWorld oracle = new(OracleWorld.Config with { MaxDeviationBps = 1_000 });
                Observation[] observations = [.. members.Select(i => oracle.Observe(i, i == 2 ? lie : 1_000 + (ulong)i))];
                if (oracle.Call(World.Nobody, OracleWorld.Submit, OracleWorld.Feed, observations).Status == Evm.Frames.FrameStatus.Success)
                {
                    Assert.That(oracle.View("latestRound(bytes32)", OracleWorld.Feed)[1].U0, Is.InRange(1_000UL, 1_004UL), $"subset {subset}, lie {lie}");
                }
                else
                {
                    oracle.Rejects(SubmissionCodes.TooSpread, observations);
                    Assert.That(members, Does.Contain(2));
                }
            }
        }
    }
}
