using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Precompiles.Native;

namespace Chain.Compliance.Tests;

/// <summary>Every constant that section 6 states.</summary>
[Category("Acceptance 2")]
public sealed class OracleVectorTests
{
    [TestCase(OracleWorld.Create, 0xa0229a88u)]
    [TestCase(OracleWorld.Update, 0xa375291eu)]
    [TestCase("setReporters(bytes32,address[],uint8)", 0xf5888d96u)]
    [TestCase("setFeedPaused(bytes32,bool)", 0xef76642au)]
    [TestCase("resolveHeld(bytes32,bool)", 0x08d47a5eu)]
    [TestCase(OracleWorld.Submit, 0x4b3aa3e9u)]
    [TestCase(OracleWorld.SubmitBatch, 0x9bfe2927u)]
    [TestCase(OracleWorld.SubmitDirect, 0xb1b78e94u)]
    [TestCase("latestRound(bytes32)", 0x34a50861u)]
    [TestCase("roundAt(bytes32,uint80)", 0x41c84c71u)]
    [TestCase("rounds(bytes32,uint256,uint256)", 0x14e23f94u)]
    [TestCase("readFresh(bytes32)", 0xfccccc00u)]
    [TestCase("readFreshWithin(bytes32,uint64)", 0x293043abu)]
    [TestCase("health(bytes32)", 0x7b3ec53cu)]
    [TestCase("twap(bytes32,uint64)", 0xb9d74156u)]
    [TestCase("feedConfig(bytes32)", 0xdffe0c33u)]
    [TestCase("reportersOf(bytes32)", 0x1127550bu)]
    [TestCase("feedCount()", 0x4628986du)]
    [TestCase("feeds(uint256,uint256)", 0x6dc0ae64u)]
    [TestCase("facadeOf(bytes32)", 0x562f37f0u)]
    [TestCase("feedOfFacade(address)", 0xa94ac05du)]
    [TestCase("observationDigest(bytes32,int256,uint64,bytes32)", 0x5a119535u)]
    [TestCase("domainSeparator()", 0xf698da25u)]
    [TestCase("setAdmin(address)", 0x704b6c02u)]
    [TestCase("setManager(address)", 0xd0ebdbe7u)]
    [TestCase("setEnabled(address)", 0x0aaf7043u)]
    [TestCase("setNone(address)", 0x8c6bfb3bu)]
    [TestCase("readAllowList(address)", 0xeb54dae1u)]
    [TestCase("latestRoundData()", 0xfeaf968cu)]
    [TestCase("getRoundData(uint80)", 0x9a6fc8f5u)]
    [TestCase("decimals()", 0x313ce567u)]
    [TestCase("description()", 0x7284e416u)]
    [TestCase("version()", 0x54fd4d50u)]
    [TestCase("latestAnswer()", 0x50d25bcdu)]
    [TestCase("latestTimestamp()", 0x8205bf6au)]
    [TestCase("latestRound()", 0x668a0f02u)]
    [TestCase("getAnswer(uint256)", 0xb5ab58dcu)]
    [TestCase("getTimestamp(uint256)", 0xb633620cu)]
    public void Functions_have_their_selectors(string signature, uint selector)
    {
        Assert.That(AbiWords.Selector(signature), Is.EqualTo(selector));
        Assert.That(OracleModule.Instance.Signatures[selector], Is.EqualTo(signature));
    }

    [Test]
    public void There_are_no_other_functions() => Assert.That(OracleModule.Instance.Signatures, Has.Count.EqualTo(38));

    [TestCase("AnswerUpdated", "0559884f")]
    [TestCase("FeedCreated", "9f65679b")]
    [TestCase("FeedPauseSet", "17e4304f")]
    [TestCase("FeedUpdated", "9867a33d")]
    [TestCase("HeldResolved", "736a62b5")]
    [TestCase("RoundAccepted", "c6045037")]
    [TestCase("RoundHeld", "75595b9f")]
    [TestCase("SubmissionRejected", "6c7a1d4b")]
    public void Events_have_their_topics(string name, string topic)
    {
        AbiEvent definition = (AbiEvent)typeof(OracleEvents).GetField(name)!.GetValue(null)!;
        Assert.That(definition.Topic.ToString(), Does.StartWith("0x" + topic));
        Assert.That(definition.Signature, Does.StartWith(name + "("));
    }

    [Test]
    public void ReportersSet_has_its_topic() => Assert.That(OracleEvents.ReportersSetTopic.ToString(), Does.StartWith("0xf9e7f82c"));

    [TestCase("FeedExists", 0x3c5df1efu)]
    [TestCase("FeedUnhealthy", 0x46514429u)]
    [TestCase("FeedUnknown", 0x8178bf35u)]
    [TestCase("InvalidFeedConfig", 0xe8c379c6u)]
    [TestCase("NoData", 0x1018ee8du)]
    [TestCase("RoundNotAvailable", 0xca5aaa2cu)]
    [TestCase("StaleData", 0x7fd86d63u)]
    [TestCase("SubmissionInvalid", 0x24cb2ffeu)]
    public void Errors_have_their_selectors(string name, uint selector) =>
        Assert.That(OracleErrors.All.Single(e => e.Signature.StartsWith(name + "(", StringComparison.Ordinal)).Selector, Is.EqualTo(selector));

    [Test]
    public void The_signed_observation_of_the_specification_has_its_digest()
    {
        Hash256 domain = ObservationDigest.Domain(1337);
        Assert.That(ObservationDigest.TypeHash.ToString(), Is.EqualTo("0xbf58ba08552b6a4f6ea51d91fa57beb453a364dcef24dee265633e6d36932079"));
        Assert.That(domain.ToString(), Is.EqualTo("0x9ca4cfbcabcc9ac936d7c0c659304c61ae79db41837aff1a6bc46c8f62eefcef"));
        Assert.That(ObservationDigest.Of(domain, OracleWorld.Feed, 10_250_000_000, 1_767_225_600, default).ToString(),
            Is.EqualTo("0x47181a64780b723fecfb4ade9bc914f71b093f823e91ec1fd236e6f98033a5af"));
    }

    [Test]
    public void The_module_answers_the_same_digest_and_domain()
    {
        using OracleWorld oracle = new();
        Assert.That(AbiWords.ToHash(oracle.View("domainSeparator()")[0]), Is.EqualTo(ObservationDigest.Domain(World.ChainId)));
        UInt256 digest = oracle.View("observationDigest(bytes32,int256,uint64,bytes32)", OracleWorld.Feed, 10_250_000_000, 1_767_225_600, World.Id(0))[0];
        Assert.That(AbiWords.ToHash(digest).ToString(), Is.EqualTo("0x47181a64780b723fecfb4ade9bc914f71b093f823e91ec1fd236e6f98033a5af"));
    }

    [Test]
    public void Feed_and_ring_stand_where_the_specification_says()
    {
        UInt256 feed = Slots.Map(OracleLayout.Feeds, OracleWorld.FeedWord);
        Assert.That(AbiWords.ToHash(feed).ToString(), Is.EqualTo("0x5543755bed485b3d3c31fb4054f2584fd0591a8b64cd6edff05929e6fea84966"));
        Assert.That(AbiWords.ToHash(Slots.Map(new FeedSlots(feed).Ring, 5)).ToString(), Is.EqualTo("0x4dc06840d415d3144bd7d0f039257934ce40d50559f9e8594a921686a9193814"));
        Assert.That(AbiWords.ToHash(OracleLayout.FeedIds).ToString(), Is.EqualTo("0x0390f3dacb900b8faf017d402974e00c82c529a2631798be13e227b1b53ec800"));
    }

    [Test]
    public void The_facade_has_its_address_and_code()
    {
        Assert.That(FeedFacade.Salt.ToString(), Is.EqualTo("0x4a6142fdc34b4a5052ff5b4826cd171f2c52b2566ec09a96455e909c24e42f0c"));
        Assert.That(OracleWorld.Facade, Is.EqualTo(Address.Parse("0x026d81C44ef791E6dC0167b723E29eA1ec31639F")));
        byte[] code = FeedFacade.CodeOf(OracleWorld.FeedWord);
        Assert.That(code, Has.Length.EqualTo(FeedFacade.CodeSizeBytes));
        string id = Convert.ToHexStringLower(OracleWorld.Feed.Bytes);
        Assert.That(Convert.ToHexStringLower(code),
            Is.EqualTo($"365f5f377f{id}36525f5f366020015f7303000000000000000000000000000000000000035afa3d5f5f3e604f573d5ffd5b3d5ff3"));
    }

    [Test]
    public void Words_pack_and_unpack()
    {
        Oracle.FeedWord feed = new(6, 2, 3, 5, true, true, 0x1234, 8, 7_776_000, 10_368_000, 604_800, 9, 100, 1_500);
        Assert.That(Oracle.FeedWord.Unpack(feed.Pack()), Is.EqualTo(feed));
        BoundsWord bounds = new(-5, Int128.MaxValue);
        Assert.That(BoundsWord.Unpack(bounds.Pack()), Is.EqualTo(bounds));
        ProgressWord progress = new(ulong.MaxValue, 2, 3);
        Assert.That(ProgressWord.Unpack(progress.Pack()), Is.EqualTo(progress));
        AnswerWord answer = new(OracleWorld.Minus(7), 1_767_225_600);
        Assert.That(AnswerWord.Unpack(answer.Pack()), Is.EqualTo(answer));
        RoundWord round = new(1, 2, 3, 0x7fffffff, 65_535, 31, 3);
        Assert.That(RoundWord.Unpack(round.Pack()), Is.EqualTo(round));
    }
}
