using Chain.Compliance.Engine;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests.Acceptance;

/// <summary>
/// Acceptance test 10: random rules, holders and movements, judged a second time by an evaluator that goes through every rule on big integers. The first rule that it finds broken is the code the
/// engine gives; no accepted transfer breaks any.
/// </summary>
[Category("Acceptance 10")]
public sealed class RuleReportTests
{
    private const RuleMask Rules = RuleMask.All & ~RuleMask.EmitDecisions;

    private static readonly Address[] People = [World.Alice, World.Bob, EngineWorld.Carol, EngineWorld.Alice2, EngineWorld.Venue, World.Nobody];

    [Test]
    public void Every_transfer_is_judged_alike_by_an_independent_evaluator([Range(1, 12)] int seed)
    {
        Random random = new(seed);
        using EngineWorld world = new();
        Dictionary<byte, int> codes = [];
        for (int step = 0; step < 250; step++)
        {
            if (step % 25 == 0) Reconfigure(world, random, mayChangeKey: step == 0);
            Address from = Pick(random);
            Address to = Pick(random);
            UInt256 amount = random.Next(12) switch { 0 => UInt256.Zero, 1 => UInt256.MaxValue - (ulong)random.Next(3), 2 => world.Balance(from), _ => (UInt256)(ulong)random.Next(1, 40) };
            if (random.Next(3) == 0) world.Hook(EngineWorld.Created, to, (UInt256)(ulong)random.Next(1, 60));
            if (random.Next(6) == 0) world.Ok(EngineWorld.RuleAdmin, "approveTransfer(address,address,address,uint256,uint32,uint64)", EngineWorld.Token, from, to, amount, random.Next(3), World.Now + (ulong)random.Next(200));
            if (random.Next(6) == 0) world.Ok(World.Agent, "recordTravelRule(address,address,address,uint256,bytes32,uint64)", EngineWorld.Token, from, to, amount, World.Id((ulong)random.Next(2)), World.Now + (ulong)random.Next(200));
            if (random.Next(20) == 0) world.Chain.Succeeds(World.Officer, Bypass.Attempt.Sanction, new[] { Pick(random) }, random.Next(3) == 0, 1);

            IReadOnlyList<RuleOutcome> report = RuleReport.OfTransfer(world.Chain.State, NoPriceFeed.Instance, world.Chain.Time, EngineWorld.Token, from, to, amount);
            byte expected = report.FirstOrDefault(r => r.Verdict == RuleVerdict.Failed)?.Code ?? 0;
            byte code = world.Transfer(from, to, amount);
            Assert.That(code, Is.EqualTo(expected), $"step {step}: {amount} from {from} to {to}; {string.Join(", ", report.Where(r => r.Verdict == RuleVerdict.Failed).Select(r => r.Rule))}");
            codes[code] = codes.GetValueOrDefault(code) + 1;
            CheckTotals(world, step);
            if (random.Next(4) == 0) world.Later((ulong)random.Next(1, 9));
        }
        Assert.That(codes.Keys, Has.Count.GreaterThan(3), "many kinds of answers are met");
    }

    private static void Reconfigure(EngineWorld world, Random random, bool mayChangeKey)
    {
        bool hasKyc = mayChangeKey ? random.Next(2) == 0 : (Mask(world) & RuleMask.Kyc) != 0;
        // Few rules at a time, so that transfers get past the first ones.
        RuleMask mask = hasKyc ? RuleMask.Kyc : RuleMask.None;
        for (int i = 0; i < 5; i++) mask |= (RuleMask)(1u << random.Next(1, 17));
        mask &= Rules;
        if ((mask & RuleMask.Countries) == RuleMask.Countries) mask &= ~RuleMask.CountryDeny;
        world.Rules(mask, r => r with
        {
            MinTierTo = (byte)random.Next(4),
            TypeMask = (byte)random.Next(1, 16),
            MaxHolders = (uint)random.Next(1, 5),
            HoldingPeriod = (uint)random.Next(40),
            LockupUntil = World.Now + (ulong)random.Next(60),
            MaxShareBps = (ushort)random.Next(3_000, 10_001),
            HoldingRestarts = random.Next(2) == 0,
            TravelThreshold = (UInt256)(ulong)random.Next(60),
            MaxBalance = (UInt256)(ulong)random.Next(20, 300),
            MinHolding = (UInt256)(ulong)random.Next(10),
            SupplyCap = (UInt256)(ulong)random.Next(200, 2_000),
        });
        world.Ok(EngineWorld.RuleAdmin, "setCountries(address,uint16[],bool)", EngineWorld.Token, new ushort[] { 276 }, random.Next(2) == 0);
        world.Ok(EngineWorld.RuleAdmin, "setCountryHolderCap(address,uint16,uint32)", EngineWorld.Token, 276, random.Next(3));
        world.Ok(EngineWorld.RuleAdmin, "setTypeCaps(address,uint8,uint32,uint256)", EngineWorld.Token, 1, random.Next(3), random.Next(300));
        world.Ok(EngineWorld.RuleAdmin, "setWindows(address,uint32[],uint224[])", EngineWorld.Token, new[] { (uint)random.Next(1, 30), 50u }, new[] { (UInt256)(ulong)random.Next(80), (UInt256)(ulong)random.Next(200) });
        world.Exempt((Exemptions)random.Next(64));
        world.Ok(World.Officer, "setLegalHold(address,bytes32,uint256,bytes32)", EngineWorld.Token, World.AliceId, random.Next(30), World.Id(1));
        world.Ok(EngineWorld.RuleAdmin, "setTokenPaused(address,bool)", EngineWorld.Token, random.Next(12) == 0);
    }

    /// <summary>The sum of all balances is the supply, and holders are the counted keys with a balance.</summary>
    private static void CheckTotals(EngineWorld world, int step)
    {
        Dictionary<UInt256, UInt256[]> holders = [];
        foreach (Address account in People) holders[world.Key(account)] = world.Holder(account);
        UInt256 sum = default;
        foreach (UInt256[] holder in holders.Values) sum += holder[0];
        Assert.That(sum, Is.EqualTo(world.Supply), $"supply at {step}");
        Assert.That(holders.Values.Count(h => !h[5].IsZero), Is.EqualTo((int)world.Holders), $"holders at {step}");
        Assert.That(holders.Values.Where(h => !h[5].IsZero).All(h => !h[0].IsZero), Is.True, $"nobody is counted without a balance at {step}");
    }

    private static RuleMask Mask(EngineWorld world) => (RuleMask)world.View("rulesOf(address)", EngineWorld.Token)[4].U0;

    private static Address Pick(Random random) => People[random.Next(People.Length)];
}
