using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>How modules may be called, and how arguments decode (section 1.1).</summary>
[Category("Acceptance 12")]
public sealed class CallingRuleTests
{
    private static readonly byte[] Freeze = World.Encode("setWalletStatus(address,uint8,bytes32)", World.Alice, 2, World.Id(0));

    private static IEnumerable<Address> Modules() => [ModuleAddresses.Kyc, ModuleAddresses.DeployerAllowList, ModuleAddresses.TxAllowList];

    [TestCaseSource(nameof(Modules))]
    public void Value_is_refused_and_stays(Address module)
    {
        using World world = new();
        ExecutionResult result = world.CallAt(module, World.Alice, World.Encode("readAllowList(address)", World.Alice), value: 5);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.ToArray(), Is.EqualTo(KycErrors.NonPayable.Encode()));
        Assert.That(world.Balance(module), Is.EqualTo(UInt256.Zero));
    }

    [TestCaseSource(nameof(Modules))]
    public void Delegate_calls_are_refused_before_anything_else(Address module)
    {
        using World world = new();
        foreach (byte opcode in new byte[] { 0xf4, 0xf2 })
        {
            // Forwards its calldata by DELEGATECALL or CALLCODE and reverts with what comes back.
            byte[] head = opcode == 0xf4 ? [0x5f, 0x5f, 0x36, 0x5f] : [0x5f, 0x5f, 0x36, 0x5f, 0x5f];
            byte[] proxy = [0x36, 0x5f, 0x5f, 0x37, .. head, 0x73, .. module.Bytes, 0x5a, opcode, 0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0xfd];
            world.State.SetCode(world.State.GetAccount(World.Bob), proxy);
            ExecutionResult result = world.CallAt(World.Bob, World.Officer, Freeze);
            Assert.That(result.Output.ToArray(), Is.EqualTo(KycErrors.DelegateCallForbidden.Encode()), $"opcode {opcode:x}");
            Assert.That(result.GasLeft, Is.GreaterThan(World.Gas - 5_000), "unused gas returns");
        }
    }

    [Test]
    public void A_write_in_a_static_frame_consumes_all_gas_and_a_view_does_not()
    {
        using World world = new();
        ExecutionResult write = world.CallAt(ModuleAddresses.Kyc, World.Officer, Freeze, CallKind.StaticCall);
        ExecutionResult view = world.CallAt(ModuleAddresses.Kyc, World.Officer, World.Encode("kycStatus(address)", World.Alice), CallKind.StaticCall);
        Assert.That(view.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(write.Status, Is.Not.EqualTo(FrameStatus.Success).And.Not.EqualTo(FrameStatus.Revert));
        Assert.That(write.GasLeft, Is.Zero);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.Ok));
    }

    private static IEnumerable<TestCaseData> Malformed()
    {
        byte[] status = World.Encode("kycStatus(address)", World.Alice);
        byte[] sanction = World.Encode("setSanctioned(address[],bool,uint32)", new[] { World.Alice }, true, 1);
        byte[] link = World.Encode("linkWallet(bytes32,address,uint8,uint64,bytes)", World.AliceId, World.Nobody, 0, 0, new byte[3]);
        yield return new TestCaseData(Array.Empty<byte>()).SetName("No calldata");
        yield return new TestCaseData(status[..3]).SetName("Three bytes");
        yield return new TestCaseData(new byte[] { 1, 2, 3, 4 }).SetName("Unknown selector");
        yield return new TestCaseData(status[..^1]).SetName("Truncated word");
        yield return new TestCaseData(With(status, 4, 1)).SetName("Dirty address");
        yield return new TestCaseData(With(World.Encode("messageOf(uint8)", 1), 34, 1)).SetName("Dirty uint8");
        yield return new TestCaseData(With(sanction, 4 + 63, 2)).SetName("Boolean of two");
        yield return new TestCaseData(With(sanction, 4 + 30, 1)).SetName("Offset outside");
        yield return new TestCaseData(With(sanction, 4, 1)).SetName("Offset of 2^248");
        yield return new TestCaseData(With(sanction, 4 + 127, 2)).SetName("Array longer than the calldata");
        yield return new TestCaseData(With(sanction, 4 + 96, 0xff)).SetName("Array length near 2^256");
        yield return new TestCaseData(link[..^30]).SetName("Bytes cut");
    }

    [TestCaseSource(nameof(Malformed))]
    public void Calldata_that_does_not_decode_reverts_with_nothing(byte[] input)
    {
        using World world = new();
        ExecutionResult result = world.CallAt(ModuleAddresses.Kyc, World.Officer, input);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.Length, Is.Zero);
        Assert.That(world.LastGas, Is.EqualTo(200 + (3 * (ulong)((input.Length + 31) / 32))), "no slot was read");
    }

    [Test]
    public void Overlapping_arrays_may_not_read_more_than_the_calldata()
    {
        using World world = new();
        // registerIdentityBatch with no inputs and many wallet lists that all point at the same words.
        const int lists = 20;
        List<UInt256> words = [64, 96, 0, lists];
        for (int i = 0; i < lists; i++) words.Add(lists * 32);
        words.Add(20);
        for (int i = 0; i < 20; i++) words.Add(1);
        byte[] selector = World.Encode("registerIdentityBatch((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)[],address[][])");
        ExecutionResult result = world.CallAt(ModuleAddresses.Kyc, World.Agent, [.. selector, .. World.Words([.. words])]);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.Length, Is.Zero);
    }

    [Test]
    public void Bytes_after_the_arguments_are_ignored()
    {
        using World world = new();
        byte[] input = [.. World.Encode("kycStatus(address)", World.Nobody), 1, 2, 3];
        Assert.That(world.CallAt(ModuleAddresses.Kyc, World.Nobody, input).Output.ToArray()[^1], Is.EqualTo(ReasonCodes.NotRegistered));
    }

    [Test]
    public void Modules_have_nonce_one_and_code_one()
    {
        using World world = new();
        foreach (Address module in Modules())
        {
            Assert.That(world.State.GetAccount(module).Nonce, Is.EqualTo(1));
            Assert.That(world.State.GetCode(world.State.GetAccount(module)).ToArray(), Is.EqualTo(new byte[] { 1 }));
        }
    }

    private static byte[] With(byte[] input, int index, byte value)
    {
        byte[] changed = [.. input];
        changed[index] = value;
        return changed;
    }
}
