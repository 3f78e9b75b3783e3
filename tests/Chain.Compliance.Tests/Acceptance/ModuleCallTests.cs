using Chain.Compliance.Configuration;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests.Acceptance;

/// <summary>Acceptance test 12: every kind of call to every module (section 1.1), on both dispatchers.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
[Category("Acceptance 12")]
public sealed class ModuleCallTests(DispatcherKind dispatcher)
{
    private static readonly Address Proxy = Address.FromNumber(0x9406);

    private static readonly (string Name, Address Module, byte[] View, byte[]? Write)[] Modules =
    [
        ("deployer list", ModuleAddresses.DeployerAllowList, World.Encode("readAllowList(address)", World.Admin), World.Encode("setEnabled(address)", World.Nobody)),
        ("transaction list", ModuleAddresses.TxAllowList, World.Encode("readAllowList(address)", World.Admin), World.Encode("setEnabled(address)", World.Nobody)),
        ("registry", ModuleAddresses.Kyc, World.Encode("kycStatus(address)", World.Alice), World.Encode("setEnabled(address)", World.Nobody)),
        ("engine", ModuleAddresses.Engine, World.Encode("holderKey(address,address)", World.Alice, World.Bob), World.Encode("registerToken(address)", World.Nobody)),
        ("oracle", ModuleAddresses.Oracle, World.Encode("feedCount()"), World.Encode("setEnabled(address)", World.Nobody)),
        ("audit log", ModuleAddresses.Audit, World.Encode("root()"), null),
    ];

    private static IEnumerable<TestCaseData> Cases() => Modules.Select(m => new TestCaseData(m.Module, m.View, m.Write).SetArgDisplayNames(m.Name));

    [TestCaseSource(nameof(Cases))]
    public void Calls_and_static_views_run_and_everything_else_is_refused(Address module, byte[] view, byte[]? write)
    {
        using World world = Make();
        Assert.That(world.CallAt(module, World.Admin, view).Status, Is.EqualTo(FrameStatus.Success), "CALL");
        Assert.That(world.CallAt(module, World.Admin, view, CallKind.StaticCall).Status, Is.EqualTo(FrameStatus.Success), "STATICCALL of a view");
        foreach (byte[] input in write is null ? [view] : new[] { view, write })
        {
            ExecutionResult paid = world.CallAt(module, World.Admin, input, value: 1);
            Assert.That(paid.Output.ToArray(), Is.EqualTo(KycErrors.NonPayable.Encode()), "value");
            Assert.That(world.Balance(module), Is.EqualTo(UInt256.Zero));
            Assert.That(Through(world, 0xf4, module, input), Is.EqualTo((false, KycErrors.DelegateCallForbidden.Encode())), "DELEGATECALL");
            Assert.That(Through(world, 0xf2, module, input), Is.EqualTo((false, KycErrors.DelegateCallForbidden.Encode())), "CALLCODE");
        }
        if (write is null) return;
        Assert.That(world.CallAt(module, World.Admin, write, CallKind.StaticCall), Has.Property("Status").EqualTo(FrameStatus.WriteProtection).And.Property("GasLeft").Zero, "STATICCALL of a write");
        Assert.That(Through(world, 0xfa, module, write), Is.EqualTo((false, Array.Empty<byte>())), "the halt returns nothing");
        Assert.That(world.CallAt(module, World.Admin, write).Status, Is.EqualTo(FrameStatus.Success), "CALL of the write");
    }

    [TestCaseSource(nameof(Cases))]
    public void Malformed_calls_revert_with_empty_data(Address module, byte[] view, byte[]? write)
    {
        using World world = Make();
        foreach (byte[] input in new byte[][] { [], view[..3], [0xde, 0xad, 0xbe, 0xef], write is null ? [1] : write[..^1] })
        {
            ExecutionResult result = world.CallAt(module, World.Admin, input);
            Assert.That((result.Status, result.Output.Length), Is.EqualTo((FrameStatus.Revert, 0)), Convert.ToHexString(input));
            Assert.That(result.GasLeft, Is.GreaterThan(World.Gas - 1_000), "unused gas returns");
        }
        Assert.That(world.CallAt(module, World.Admin, [.. view, 1, 2, 3]).Status, Is.EqualTo(FrameStatus.Success), "trailing bytes are ignored");
    }

    private World Make() => new(
        0, dispatcher, extra: new ModuleEntry { Module = ModuleAddresses.Oracle, Timestamp = 0, Admins = [World.Admin] }, more: [ModuleAddresses.Engine, ModuleAddresses.Audit]);

    /// <summary>Forwards the input by an opcode; success and what came back.</summary>
    private static (bool Succeeded, byte[] Output) Through(World world, byte opcode, Address module, byte[] input)
    {
        byte[] code =
        [
            0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, .. opcode == 0xf2 ? (byte[])[0x5f] : [], 0x73, .. module.Bytes, 0x62, 0x0f, 0xff, 0xff, opcode,
            0x5f, 0x52, 0x3d, 0x5f, 0x60, 0x20, 0x3e, 0x3d, 0x60, 0x20, 0x01, 0x5f, 0xf3, // success word, then the return data
        ];
        world.State.BeginTransaction();
        world.State.SetCode(world.State.GetAccount(Proxy), code);
        byte[] output = world.CallAt(Proxy, World.Admin, input).Output.ToArray();
        return (output[31] == 1, output[32..]);
    }
}
