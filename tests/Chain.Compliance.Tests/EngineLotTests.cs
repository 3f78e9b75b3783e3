using Chain.Compliance.Engine;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests;

/// <summary>Locked amounts: merging, the limit of 16, reductions.</summary>
public sealed class EngineLotTests
{
    private static readonly Address Alice = World.Alice;
    private static readonly Address Bob = World.Bob;

    private static EngineWorld Make(uint period = 1_000, bool restarts = false)
    {
        EngineWorld world = new();
        world.Rules(RuleMask.HoldingPeriod, r => r with { HoldingPeriod = period, HoldingRestarts = restarts });
        return world;
    }

    /// <summary>Mints 100 + i at second i, sixteen times.</summary>
    private static void Fill(EngineWorld world)
    {
        for (ulong i = 0; i < 16; i++)
        {
            world.Mint(Alice, 100 + i);
            world.Later(1);
        }
        Assert.That(world.Lots(Alice), Has.Length.EqualTo(16));
    }

    [Test]
    public void Equal_unlock_times_share_a_lot()
    {
        using EngineWorld world = Make();
        world.Mint(Alice, 5);
        world.Mint(Alice, 6);
        world.Mint(Alice, 0);
        Assert.That(world.Lots(Alice), Is.EqualTo(new[] { new Lot(11, World.Now + 1_000) }));
    }

    [Test]
    public void A_lot_beyond_16_joins_the_smallest_to_the_next()
    {
        using EngineWorld world = Make();
        Fill(world);
        world.Mint(Alice, 7);
        Lot[] lots = world.Lots(Alice);
        Assert.That(lots, Has.Length.EqualTo(16));
        Assert.That(lots[1], Is.EqualTo(new Lot(100 + 101, World.Now + 1_001)), "the smallest, first, joined the one after it");
        Assert.That(lots[0], Is.EqualTo(new Lot(115, World.Now + 1_015)), "the last filled the gap");
        Assert.That(lots[15], Is.EqualTo(new Lot(7, World.Now + 1_016)));
    }

    [Test]
    public void Dust_after_dust_leaves_the_larger_lots_alone()
    {
        using EngineWorld world = Make();
        Fill(world);
        for (ulong i = 0; i < 5; i++)
        {
            world.Mint(Alice, 1);
            world.Later(1);
        }
        Lot[] lots = world.Lots(Alice);
        Assert.That(lots.Count(l => l.Amount >= (UInt256)100), Is.EqualTo(15));
        Assert.That(lots.Single(l => l.Amount < (UInt256)100), Is.EqualTo(new Lot(5, World.Now + 1_020)), "dust joined the next dust");
        Assert.That(lots.Count(l => l.UnlockAt <= World.Now + 1_015), Is.EqualTo(15));
    }

    [Test]
    public void The_new_lot_joins_the_smallest_when_none_unlocks_later()
    {
        using EngineWorld world = Make();
        Fill(world);
        world.Rules(RuleMask.HoldingPeriod, r => r with { HoldingPeriod = 2_000 });
        world.Mint(Alice, 1);
        Assert.That(world.Lots(Alice)[15], Is.EqualTo(new Lot(1, World.Now + 2_016)), "the smallest now, and the last to unlock");
        world.Rules(RuleMask.HoldingPeriod, r => r with { HoldingPeriod = 500 });
        world.Mint(Alice, 9);
        Lot[] lots = world.Lots(Alice);
        Assert.That(lots, Has.Length.EqualTo(16));
        Assert.That(lots[15], Is.EqualTo(new Lot(10, World.Now + 2_016)));
    }

    [Test]
    public void Expired_lots_go_before_a_push_and_leave_no_slot()
    {
        using EngineWorld world = Make(period: 3);
        for (int i = 0; i < 3; i++)
        {
            world.Mint(Alice, 5);
            world.Later(1);
        }
        world.Later(1);
        world.Mint(Alice, 6);
        Assert.That(world.Lots(Alice), Is.EqualTo(new[] { new Lot(5, World.Now + 5), new Lot(6, World.Now + 7) }));
        Assert.That(world.LotAt(Alice, 2), Is.EqualTo(default(Lot)));
    }

    [Test]
    public void Forced_transfers_and_burns_take_from_the_earliest_lot()
    {
        using EngineWorld world = Make();
        world.Mint(Alice, 10);
        world.Later(1);
        world.Mint(Alice, 20);
        world.Later(1);
        world.Mint(Alice, 30);
        Assert.That(world.Hook(EngineWorld.Forced, Alice, Bob, 15, World.Id(9)), Is.Zero);
        Assert.That(world.Lots(Alice), Is.EqualTo(new[] { new Lot(30, World.Now + 1_002), new Lot(15, World.Now + 1_001) }));
        Assert.That(world.Lots(Bob), Is.Empty, "a forced transfer locks nothing");
        Assert.That(world.Hook(EngineWorld.Destroyed, Alice, 45), Is.Zero);
        Assert.That(world.Lots(Alice), Is.Empty);
        Assert.That(world.LotAt(Alice, 0), Is.EqualTo(default(Lot)));
    }

    [Test]
    public void Transfers_lock_where_the_holding_restarts()
    {
        using EngineWorld world = Make(period: 10, restarts: true);
        world.Mint(Alice, 50);
        world.Later(10);
        Assert.That(world.Transfer(Alice, Bob, 20), Is.Zero);
        Assert.That(world.Transfer(Bob, Alice, 1), Is.EqualTo(77));
        Assert.That(world.Lots(Bob), Is.EqualTo(new[] { new Lot(20, World.Now + 20) }));
    }

    [Test]
    public void Lots_are_neither_read_nor_written_while_the_rule_is_off()
    {
        using EngineWorld world = Make();
        world.Mint(Alice, 10);
        world.Rules(RuleMask.None, r => r with { HoldingPeriod = 1_000 });
        world.Mint(Alice, 10);
        Assert.That(world.Lots(Alice), Has.Length.EqualTo(1));
        Assert.That(world.Holder(Alice)[2], Is.EqualTo(UInt256.Zero));
        Assert.That(world.Transfer(Alice, Bob, 20), Is.Zero);
        world.Rules(RuleMask.HoldingPeriod, r => r with { HoldingPeriod = 1_000 });
        Assert.That(world.Transfer(Alice, Bob, 0), Is.EqualTo(77), "more is locked than is there");
    }
}
