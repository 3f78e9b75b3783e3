using System.Text;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Tests.Mirror;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>A consumer contract compiled by solc against the public AggregatorV3 interface, reading a feed through its facade (section 8.5).</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class AggregatorConsumerTests(DispatcherKind dispatcher)
{
    private static readonly Address Consumer = Address.FromNumber(0xc0425);

    [Test]
    public void The_consumer_reads_the_newest_price_and_refuses_a_stale_one()
    {
        using OracleWorld world = Make();
        world.Accepts(10_250_000_000, 10_250_000_001, 10_250_000_002);
        Assert.That(OracleWorld.WordsOf(Call(world, "price(address,uint256)", OracleWorld.Facade, 60)), Is.EqualTo(new[] { (UInt256)10_250_000_001 * 10_000_000_000 }));
        world.World.NextBlock(61);
        ExecutionResult stale = Call(world, "price(address,uint256)", OracleWorld.Facade, 60);
        Assert.That(stale.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(UInt256.FromBigEndian(stale.Output.Span[4..36]), Is.EqualTo((UInt256)61), "Stale(61)");
    }

    [Test]
    public void The_consumer_reads_rounds_and_gets_the_modules_errors_as_they_are()
    {
        using OracleWorld world = Make();
        ExecutionResult none = Call(world, "price(address,uint256)", OracleWorld.Facade, 60);
        Assert.That(none.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(KycErrors.Describe(none.Output.Span), Is.EqualTo(KycErrors.Describe(OracleErrors.NoData.Encode(OracleWorld.FeedWord))));
        UInt256 id = world.Accepts(10_250_000_000, 10_250_000_001, 10_250_000_002);
        UInt256[] round = OracleWorld.WordsOf(Call(world, "round(address,uint80)", OracleWorld.Facade, id));
        Assert.That(round, Is.EqualTo(new UInt256[] { id, 10_250_000_001, World.Now, World.Now, id }));
        ExecutionResult unknown = Call(world, "round(address,uint80)", OracleWorld.Facade, id + 1);
        Assert.That(KycErrors.Describe(unknown.Output.Span), Is.EqualTo(KycErrors.Describe(OracleErrors.RoundNotAvailable.Encode(id + 1))));
    }

    [Test]
    public void The_consumer_learns_decimals_version_and_description()
    {
        using OracleWorld world = Make();
        UInt256[] words = OracleWorld.WordsOf(Call(world, "about(address)", OracleWorld.Facade));
        Assert.That(words[..4], Is.EqualTo(new UInt256[] { 8, 6, 96, 10 }));
        Assert.That(Encoding.ASCII.GetString(words[4].ToBigEndian(), 0, 10), Is.EqualTo("Property 1"));
    }

    private OracleWorld Make()
    {
        OracleWorld world = new(dispatcher: dispatcher);
        world.World.State.SetCode(world.World.State.GetAccount(Consumer), MirrorCode.Of("AggregatorV3Consumer"));
        return world;
    }

    private static ExecutionResult Call(OracleWorld world, string signature, params object[] arguments) =>
        world.World.CallAt(Consumer, World.Nobody, World.Encode(signature, arguments));
}
