using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>The worked gas values of section 1.2, and gas at its edges.</summary>
public sealed class GasTests
{
    [Test]
    public void Status_costs_five_slots_cold_and_793_warm()
    {
        using World world = new();
        byte[] input = World.Encode("kycStatus(address)", World.Alice);
        Assert.That(world.CallAt(ModuleAddresses.Kyc, World.Nobody, input).Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(world.LastGas, Is.EqualTo(10_793));
        world.CallAt(ModuleAddresses.Kyc, World.Nobody, input, begin: false);
        Assert.That(world.LastGas, Is.EqualTo(793));
    }

    [Test]
    public void Status_of_an_unknown_account_stops_after_two_slots()
    {
        using World world = new();
        world.View("kycStatus(address)", World.Nobody);
        Assert.That(world.LastGas, Is.EqualTo(200 + 9 + 42 + (2 * 2_100)));
    }

    [Test]
    public void Registration_of_one_wallet_costs_195710()
    {
        using World world = new();
        world.Succeeds(World.Agent, Register, World.Input(World.Id(7)), new[] { World.Nobody });
        Assert.That(world.LastGas, Is.EqualTo(195_710));
    }

    [Test]
    public void Status_change_of_an_identity_costs_9664()
    {
        using World world = new();
        world.Succeeds(World.Officer, "setIdentityStatus(bytes32,uint8,bytes32)", World.AliceId, 2, World.Id(9));
        Assert.That(world.LastGas, Is.EqualTo(9_664));
    }

    [Test]
    public void A_full_batch_costs_about_186300_per_item_and_fits_a_transaction()
    {
        using World world = new();
        IdentityInput[] inputs = [.. Enumerable.Range(0, KycLimits.BatchMax).Select(i => World.Input(World.Id(100 + (ulong)i)))];
        Address[][] wallets = [.. Enumerable.Range(0, KycLimits.BatchMax).Select(i => new[] { Address.FromNumber(0x77000 + (ulong)i) })];
        ExecutionResult result = world.CallAt(ModuleAddresses.Kyc, World.Agent, World.Encode(RegisterBatch, inputs, wallets), gas: 16_000_000);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(world.LastGas / KycLimits.BatchMax, Is.InRange(186_000, 186_700));
    }

    [Test]
    public void Registration_with_one_gas_too_little_is_an_exceptional_halt_that_writes_nothing()
    {
        using World world = new();
        byte[] input = World.Encode(Register, World.Input(World.Id(7)), new[] { World.Nobody });
        Assert.That(world.CallAt(ModuleAddresses.Kyc, World.Agent, input, gas: 195_709).Status, Is.EqualTo(FrameStatus.OutOfGas));
        Assert.That(world.LastGas, Is.EqualTo(195_709));
        Assert.That(world.LastLogs, Is.Empty);
        Assert.That(world.Status(World.Nobody), Is.EqualTo(ReasonCodes.NotRegistered));
        Assert.That(world.CallAt(ModuleAddresses.Kyc, World.Agent, input, gas: 195_710).Status, Is.EqualTo(FrameStatus.Success));
    }

    [Test]
    public void The_sentry_stops_a_store_with_2300_gas_left()
    {
        using World world = new();
        // Freeze and unfreeze in one transaction: the second store costs 100, so that only the sentry binds.
        byte[] freeze = World.Encode("setIdentityStatus(bytes32,uint8,bytes32)", World.AliceId, 2, World.Id(9));
        byte[] thaw = World.Encode("setIdentityStatus(bytes32,uint8,bytes32)", World.AliceId, 1, World.Id(9));
        world.CallAt(ModuleAddresses.Kyc, World.Officer, freeze);
        const ulong beforeStore = 200 + 12 + 84 + 200;
        Assert.That(world.CallAt(ModuleAddresses.Kyc, World.Officer, thaw, gas: beforeStore + 2_300, begin: false).Status, Is.EqualTo(FrameStatus.OutOfGas));
        world.CallAt(ModuleAddresses.Kyc, World.Officer, thaw, begin: false);
        Assert.That(world.LastGas, Is.EqualTo(beforeStore + 100 + 2_268));
        Assert.That(world.State.Refund, Is.EqualTo(2_800), "the word is as it was: EIP-3529 gives 5,000 - 2,100 - 100 back");
    }

    [Test]
    public void Registration_then_delisting_refunds_as_SSTORE_does()
    {
        using World world = new();
        world.Succeeds(World.Officer, "setSanctioned(address[],bool,uint32)", new[] { World.Nobody }, true, 4);
        byte[] delist = World.Encode("setSanctioned(address[],bool,uint32)", new[] { World.Nobody }, false, 4);
        world.CallAt(ModuleAddresses.Kyc, World.Officer, delist, begin: false);
        Assert.That(world.State.Refund, Is.EqualTo(4 * 19_900), "wallet flags, list length, element and record are as they were");
    }

    [Test]
    public void Modules_cost_100_to_call_as_warm_precompiles()
    {
        using World world = new();
        world.State.UsePrecompiles(world.Block.Precompiles);
        world.State.BeginTransaction();
        Assert.That(world.State.WarmAccount(world.State.GetAccount(ModuleAddresses.Kyc)), Is.False);
    }

    [Test]
    public void Reverts_keep_the_gas_of_the_tests_and_of_the_error_alone()
    {
        using World world = new();
        world.Fails(KycErrors.IdentityUnknown.Encode(5), World.Officer, "setIdentityStatus(bytes32,uint8,bytes32)", World.Id(5), 2, World.Id(9));
        Assert.That(world.LastGas, Is.EqualTo(200 + 12 + 84 + 4_200 + 6));
    }

    [Test]
    public void Batches_that_fail_late_do_not_pay_for_what_earlier_items_would_have_set()
    {
        using World world = new();
        IdentityInput[] inputs = [World.Input(World.Id(7)), World.Input(World.AliceId)];
        world.Fails(KycErrors.IdentityExists.Encode(1), World.Agent, RegisterBatch, inputs, new[] { Array.Empty<Address>(), Array.Empty<Address>() });
        ulong words = (ulong)(World.Encode(RegisterBatch, inputs, new[] { Array.Empty<Address>(), Array.Empty<Address>() }).Length + 31) / 32;
        // Role, config and the two identity words, two identity hashes.
        Assert.That(world.LastGas, Is.EqualTo(200 + (3 * words) + (4 * 2_100) + (2 * MeteredStorage.MapGas) + 6));
    }

    private const string InputType = "(bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)";
    private const string Register = $"registerIdentity({InputType},address[])";
    private const string RegisterBatch = $"registerIdentityBatch({InputType}[],address[][])";
}
