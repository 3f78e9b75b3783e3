using Chain.Compliance.Engine;
using Chain.Compliance.Registry;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>Gas of the engine (sections 1.2 and 4.8).</summary>
public sealed class EngineGasTests
{
    private const ulong Input = 200 + (3 * 4);
    private const ulong Hashes = 42 + (4 * 42) + (4 * 84);
    private const ulong Slots = 17 * 2_100;
    private const ulong Stores = 2 * 2_900;

    private static EngineWorld Make(bool hasAudit)
    {
        EngineWorld world = new(hasAudit);
        world.Rules(RuleMask.Kyc | RuleMask.MaxBalance);
        world.Mint(World.Alice, 100);
        world.Mint(World.Bob, 100);
        return world;
    }

    [TestCase(false, Input + Hashes + Slots + Stores)]
    [TestCase(true, Input + Hashes + Slots + Stores + 1_500)]
    public void A_movement_between_holders_reads_17_slots(bool hasAudit, ulong gas)
    {
        using EngineWorld world = Make(hasAudit);
        world.Ok(EngineWorld.Token, EngineWorld.Transferred, World.Alice, World.Bob, 10);
        Assert.That(world.Chain.LastGas, Is.EqualTo(gas));
        Assert.That(gas, Is.InRange(42_000, 44_000));
    }

    [Test]
    public void A_check_pays_for_what_it_reads_alone()
    {
        using EngineWorld world = Make(hasAudit: true);
        Assert.That(world.CanTransfer(World.Alice, World.Nobody, 10), Is.EqualTo(33));
        // T0; configuration, two wallet words, identity, bitmap; the receiver's wallet word 1.
        Assert.That(world.Chain.LastGas, Is.EqualTo(200 + (3 * 5) + (7 * 2_100) + (4 * 42) + 3));
    }

    [TestCase(false, 0UL)]
    [TestCase(true, 1_500UL)]
    public void A_refused_hook_pays_for_its_journal_entry(bool hasAudit, ulong entry)
    {
        using EngineWorld world = Make(hasAudit);
        Assert.That(world.Hook(EngineWorld.Transferred, World.Alice, World.Nobody, 10), Is.EqualTo(33));
        Assert.That(world.Chain.LastGas, Is.EqualTo(Input + (7 * 2_100) + (4 * 42) + (3 * 5) + entry));
    }

    [Test]
    public void A_registry_write_pays_for_its_journal_entry()
    {
        using EngineWorld world = Make(hasAudit: true);
        world.Chain.Succeeds(World.Officer, "setIdentityStatus(bytes32,uint8,bytes32)", World.AliceId, 2, World.Id(9));
        Assert.That(world.Chain.LastGas, Is.EqualTo(9_664 + 1_500));
    }

    [Test]
    public void One_gas_too_little_halts_and_leaves_no_entry()
    {
        using EngineWorld world = Make(hasAudit: true);
        byte[] input = World.Encode(EngineWorld.Transferred, World.Alice, World.Bob, 10);
        const ulong gas = Input + Hashes + Slots + Stores + 1_500;
        Assert.That(world.Chain.CallAt(ModuleAddresses.Engine, EngineWorld.Token, input, gas: gas - 1).Status, Is.EqualTo(FrameStatus.OutOfGas));
        Assert.That(world.Chain.State.Decisions, Is.Empty);
        Assert.That(world.Balance(World.Bob).U0, Is.EqualTo(100));
        Assert.That(world.Chain.CallAt(ModuleAddresses.Engine, EngineWorld.Token, input, gas: gas).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(world.Chain.State.Decisions, Has.Count.EqualTo(1));
    }

    [Test]
    public void Calling_rules_hold_for_the_engine_and_the_audit_log()
    {
        using EngineWorld world = Make(hasAudit: true);
        byte[] input = World.Encode(EngineWorld.Transferred, World.Alice, World.Bob, 10);
        foreach (Address module in new[] { ModuleAddresses.Engine, ModuleAddresses.Audit })
        {
            Assert.That(world.Chain.CallAt(module, EngineWorld.Token, input, CallKind.DelegateCall).Output.ToArray(), Is.EqualTo(KycErrors.DelegateCallForbidden.Encode()));
            Assert.That(world.Chain.CallAt(module, World.Alice, input, value: 1).Output.ToArray(), Is.EqualTo(KycErrors.NonPayable.Encode()));
            Assert.That(world.Chain.CallAt(module, World.Alice, input[..3]).Output.Length, Is.Zero);
        }
        Assert.That(world.Chain.CallAt(ModuleAddresses.Engine, EngineWorld.Token, input, CallKind.StaticCall).Status, Is.EqualTo(FrameStatus.WriteProtection));
        byte[] dirty = World.Encode($"setRules(address,{EngineWorld.RuleSetType})", EngineWorld.Token, EngineWorld.Open(0));
        dirty[4 + (10 * 32) + 19] = 1;
        Assert.That(world.Chain.CallAt(ModuleAddresses.Engine, EngineWorld.RuleAdmin, dirty).Output.Length, Is.Zero, "uint96 of 97 bits");
    }
}
