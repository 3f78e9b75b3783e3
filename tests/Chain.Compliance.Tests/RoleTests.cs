using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>Roles of the three allow lists (section 2.1): who may move whom where.</summary>
[Category("Acceptance 4")]
public sealed class RoleTests
{
    private static readonly Address Caller = Address.FromNumber(0xca11);
    private static readonly Address Target = Address.FromNumber(0x7a60);

    private static readonly Dictionary<Role, string> Setters = new()
    {
        [Role.None] = "setNone(address)",
        [Role.Enabled] = "setEnabled(address)",
        [Role.Admin] = "setAdmin(address)",
        [Role.Manager] = "setManager(address)",
    };

    private static IEnumerable<TestCaseData> Matrix() =>
        from module in new[] { ModuleAddresses.Kyc, ModuleAddresses.DeployerAllowList, ModuleAddresses.TxAllowList }
        from caller in Enum.GetValues<Role>()
        from current in Enum.GetValues<Role>()
        from target in Enum.GetValues<Role>()
        select new TestCaseData(module, caller, current, target);

    [TestCaseSource(nameof(Matrix))]
    public void Admins_set_every_role_and_managers_move_between_none_and_enabled(Address module, Role caller, Role current, Role target)
    {
        using World world = new();
        DirectStorage storage = new(world.State, module);
        AllowList.Write(storage, module, default, Caller, Role.None, caller);
        AllowList.Write(storage, module, default, Target, Role.None, current);
        bool mayModify = caller == Role.Admin || (caller == Role.Manager && current <= Role.Enabled && target <= Role.Enabled);

        ExecutionResult result = world.CallAt(module, Caller, World.Encode(Setters[target], Target));

        Assert.That(result.Status, Is.EqualTo(mayModify ? FrameStatus.Success : FrameStatus.Revert));
        Assert.That(AllowList.RoleOf(storage, Target), Is.EqualTo(mayModify ? target : current));
        if (mayModify)
        {
            Assert.That(world.LastLogs, Has.Count.EqualTo(1));
            Assert.That(world.LastLogs[0], Is.EqualTo(world.LastLogs[0] with { Address = module }));
            Assert.That(world.LastLogs[0].Topics.Select(t => AbiWords.ToWord(t)).Skip(1), Is.EqualTo(new[] { (ulong)target, AbiWords.ToWord(Target), AbiWords.ToWord(Caller) }));
            Assert.That(world.LastLogs[0].Data.ToArray(), Is.EqualTo(World.Words((ulong)current)));
        }
        else
        {
            Assert.That(result.Output.ToArray(), Is.EqualTo(KycErrors.CannotModifyAllowList.Encode(AbiWords.ToWord(Target), (ulong)current, (ulong)target)));
        }
    }

    [Test]
    public void The_registry_keeps_its_last_admin_and_the_other_lists_do_not()
    {
        using World world = new();
        world.Fails(KycErrors.LastAdmin.Encode(), World.Admin, "setNone(address)", World.Admin);
        world.Succeeds(World.Admin, "setAdmin(address)", World.Bob);
        Assert.That(world.View("config()")[5], Is.EqualTo((UInt256)2));
        world.Succeeds(World.Bob, "setNone(address)", World.Admin);
        world.Fails(KycErrors.LastAdmin.Encode(), World.Bob, "setEnabled(address)", World.Bob);
        ExecutionResult other = world.CallAt(ModuleAddresses.TxAllowList, World.Admin, World.Encode("setNone(address)", World.Admin));
        Assert.That(other.Status, Is.EqualTo(FrameStatus.Success));
    }

    private static IEnumerable<TestCaseData> Guarded()
    {
        Hash256 none = default;
        yield return new TestCaseData("setOfficer(address,bool)", new object[] { World.Bob, true }, 2);
        yield return new TestCaseData("setMinTier(uint8)", new object[] { 1 }, 2);
        yield return new TestCaseData("setConsentRequired(bool)", new object[] { true }, 2);
        yield return new TestCaseData("raiseMode(uint8)", new object[] { 1 }, 2);
        yield return new TestCaseData("renewIdentity(bytes32,uint64,bytes32)", new object[] { World.AliceId, World.Now + 100, none }, 1);
        yield return new TestCaseData("unlinkWallet(address)", new object[] { World.Alice }, 1);
        yield return new TestCaseData("linkWallet(bytes32,address,uint8,uint64,bytes)", new object[] { World.AliceId, World.Nobody, 0, 0, Array.Empty<byte>() }, 1);
        yield return new TestCaseData("proposeRecovery(address,address,bytes32)", new object[] { World.Alice, World.Nobody, none }, 1);
        yield return new TestCaseData("setIdentityStatus(bytes32,uint8,bytes32)", new object[] { World.AliceId, 2, none }, 4);
        yield return new TestCaseData("setWalletStatus(address,uint8,bytes32)", new object[] { World.Alice, 2, none }, 4);
        yield return new TestCaseData("setSanctioned(address[],bool,uint32)", new object[] { new[] { World.Alice }, true, 1 }, 4);
        yield return new TestCaseData("setCountryBlocked(uint16[],bool)", new object[] { new ushort[] { 276 }, true }, 4);
        yield return new TestCaseData("confirmRecovery(address)", new object[] { World.Alice }, 4);
        yield return new TestCaseData("cancelRecovery(address)", new object[] { World.Alice }, 4);
    }

    [TestCaseSource(nameof(Guarded))]
    public void Functions_refuse_callers_without_their_authority(string signature, object[] arguments, int required)
    {
        using World world = new();
        Address[] refused = required switch
        {
            1 => [World.Nobody],
            2 => [World.Nobody, World.Agent, World.Manager, World.Officer],
            _ => [World.Nobody, World.Agent, World.Manager, World.Admin],
        };
        foreach (Address caller in refused)
        {
            world.Fails(KycErrors.Unauthorized.Encode(AbiWords.ToWord(caller), (ulong)required), caller, signature, arguments);
        }
    }
}
