using Chain.Compliance.Configuration;
using Chain.Compliance.Engine;
using Chain.Compliance.Registry;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using static Chain.Compliance.Tests.Bypass.Attempt;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Writes to modules by kinds of calls that may not write, by contexts that lend a role, and onto the modules' own addresses.</summary>
public sealed class CallAttempts
{
    private static readonly byte[] Grant = World.Encode("setEnabled(address)", World.Nobody);

    [TestCaseSource(nameof(Kinds))]
    [TestCaseSource(nameof(Contexts))]
    [TestCaseSource(nameof(Addresses))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Kinds()
    {
        foreach ((string name, Address module, byte[] input) in Writes())
        {
            // The proxy itself has the role: what stops it is the kind of the call alone.
            yield return Case($"DELEGATECALL_of_{name}_from_a_proxy_with_the_role", () => Through(0xf4, module, input));
            yield return Case($"CALLCODE_of_{name}_from_a_proxy_with_the_role", () => Through(0xf2, module, input));
            yield return Case($"STATICCALL_of_{name}_from_a_proxy_with_the_role", () => Through(0xfa, module, input));
            yield return Case($"CALL_with_value_of_{name}_from_a_proxy_with_the_role", () => Through(0xf1, module, input, 1));
        }
        yield return Case("A_write_by_CALL_inside_a_static_frame", () => With(world =>
        {
            Put(world, Proxy, Forward(0xf1, ModuleAddresses.Kyc));
            Put(world, Other, Forward(0xfa, Proxy));
            WritesNothing(world, () => world.CallAt(Other, World.Nobody, Grant));
        }));
        yield return Case("A_write_by_a_static_message", () => With(world => Refused(world, ModuleAddresses.Kyc, World.Admin, Grant, CallKind.StaticCall)));
        yield return Case("A_delegated_message_from_an_admin", () => With(world => Refused(world, ModuleAddresses.Kyc, World.Admin, Grant, CallKind.DelegateCall)));
        yield return Case("Value_sent_to_a_module_is_not_kept", () => With(world =>
            MovesNothing(world, ModuleAddresses.Kyc, () => world.CallAt(ModuleAddresses.Kyc, World.Admin, Grant, CallKind.Call, 7))));

        static void Through(byte opcode, Address module, byte[] input, byte value = 0) => With(world =>
        {
            Put(world, Proxy, Forward(opcode, module, value), 100);
            // DELEGATECALL keeps the caller, who has the role too.
            WritesNothing(world, () => world.CallAt(Proxy, World.Admin, input));
        });
    }

    private static IEnumerable<TestCaseData> Contexts()
    {
        yield return Case("A_constructor_writes_with_the_role_of_its_deployer", () => With(world =>
        {
            // Initcode that calls setEnabled(nobody) from the new address.
            byte[] init = [.. Enumerable.Range(0, Grant.Length).SelectMany(i => (byte[])[0x60, Grant[i], 0x60, (byte)i, 0x53]), 0x5f, 0x5f, 0x60, (byte)Grant.Length, 0x5f, 0x5f, 0x73, .. ModuleAddresses.Kyc.Bytes, 0x5a, 0xf1, 0x00];
            WritesNothing(world, () => world.Send(World.Admin, null, init));
        }));
        yield return Case("An_account_delegated_to_a_module_runs_it_as_itself", () => With(world =>
        {
            Address account = AccountOf(9);
            world.Succeeds(World.Agent, Register, World.Input(World.Id(60)), new[] { account });
            Assert.That(Delegate(world, World.Alice, 9, ModuleAddresses.Kyc).Succeeded, Is.True);
            world.State.BeginTransaction();
            WritesNothing(world, () =>
            {
                ExecutionResult result = world.CallAt(account, World.Admin, Grant);
                Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), "empty code");
            });
            world.State.BeginTransaction();
            Assert.That(Storage(world.State, account), Is.Empty, "nor is the account's own storage written");
        }));
        yield return Case("An_admin_delegated_to_foreign_code_does_not_lend_its_role_through_DELEGATECALL", () => With(world =>
        {
            Put(world, Stranger, Forward(0xf4, World.Admin));
            Put(world, Other, Forward(0xf1, ModuleAddresses.Kyc));
            world.State.SetCode(world.State.GetAccount(World.Admin), (byte[])[0xef, 0x01, 0x00, .. Other.Bytes]);
            WritesNothing(world, () => world.CallAt(Stranger, World.Nobody, Grant));
        }));
        yield return Case("A_call_chain_that_begins_at_an_admin_has_its_role", () => With(world =>
        {
            Put(world, Other, Forward(0xf1, ModuleAddresses.Kyc));
            WritesNothing(world, () => world.CallAt(Other, World.Admin, Grant, origin: World.Admin));
        }));
        yield return Case("A_write_survives_the_revert_around_it", () => With(world =>
        {
            world.Succeeds(World.Admin, "setAdmin(address)", Other);
            Put(world, Other, [.. Forward(0xf1, ModuleAddresses.Kyc)[..^1], 0x5f, 0x5f, 0xfd]);
            WritesNothing(world, () => world.CallAt(Other, World.Nobody, Grant));
        }));
        yield return Case("A_write_survives_running_out_of_gas_after_it", () => With(world =>
        {
            world.Succeeds(World.Admin, "setAdmin(address)", Other);
            Put(world, Other, [.. Forward(0xf1, ModuleAddresses.Kyc)[..^1], 0x5b, 0x60, 0x00, 0x56]);
            WritesNothing(world, () => world.CallAt(Other, World.Nobody, Grant));
        }));
        yield return Case("A_module_call_that_runs_out_of_gas_leaves_part_of_its_writes", () =>
        {
            byte[] input = World.Encode(Register, World.Input(World.Id(61)), new[] { World.Nobody });
            for (ulong gas = 1_000; gas < 190_000; gas += 7_919) With(world => WritesNothing(world, () => world.CallAt(ModuleAddresses.Kyc, World.Agent, input, gas: gas)));
        });
        yield return Case("A_disabled_module_still_runs", () =>
        {
            ModuleEntry on = new() { Module = ModuleAddresses.Oracle, Timestamp = 0, Admins = [World.Admin] };
            ModuleEntry off = new() { Module = ModuleAddresses.Oracle, Timestamp = World.Now + 10, IsDisabled = true };
            Assert.That(ComplianceConfig.TryCreate([on, off], World.Now, out ComplianceConfig config, out string error), Is.True, error);
            Precompiles.NativeModules modules = new(config);
            ForkRules rules = ForkTable.Rules(Fork.Osaka);
            Assert.That(modules.PrecompilesAt(rules, World.Now + 9).TryGet(ModuleAddresses.Oracle, out _), Is.True);
            Assert.That(modules.PrecompilesAt(rules, World.Now + 10).TryGet(ModuleAddresses.Oracle, out _), Is.False);
        });
        yield return Case("Eligibility_written_in_a_reverted_frame_lets_value_through", () =>
        {
            using World world = new(3);
            world.Succeeds(World.Admin, "setEnabled(address)", Other);
            byte[] register = World.Encode(Register, World.Input(World.Id(62)), new[] { Stranger });
            Put(world, Other, [.. Forward(0xf1, ModuleAddresses.Kyc)[..^1], 0x5f, 0x5f, 0xfd]);
            // Calls the registering contract, which reverts, then pays the stranger.
            Put(world, Proxy, [.. Forward(0xf1, Other)[..^1], 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 5, 0x73, .. Stranger.Bytes, 0x5a, 0xf1, 0x00], 100);
            MovesNothing(world, Stranger, () => world.Send(World.Alice, Proxy, register));
        });
    }

    private static IEnumerable<TestCaseData> Addresses()
    {
        foreach ((string name, Address module) in new[]
        {
            ("deployer_list", ModuleAddresses.DeployerAllowList), ("transaction_list", ModuleAddresses.TxAllowList), ("registry", ModuleAddresses.Kyc), ("engine", ModuleAddresses.Engine),
            ("audit_log", ModuleAddresses.Audit),
        })
        {
            yield return Case($"A_creation_lands_on_the_{name}", () =>
            {
                using World world = new(1, more: [ModuleAddresses.Engine, ModuleAddresses.Audit]);
                byte[] codeBefore = world.State.GetCode(world.State.GetAccount(module)).ToArray();
                ExecutionResult result = world.CallAt(module, World.Admin, [0x60, 0x00, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xf3], CallKind.Create2);
                Assert.That(result.Status, Is.EqualTo(FrameStatus.AddressCollision));
                Assert.That(world.State.GetCode(world.State.GetAccount(module)).ToArray(), Is.EqualTo(codeBefore));
            });
        }
        yield return Case("A_token_hooks_for_another_token_through_DELEGATECALL", () =>
        {
            using EngineWorld world = new();
            world.Mint(World.Alice, 10);
            Put(world.Chain, Proxy, Forward(0xf4, ModuleAddresses.Engine));
            WritesNothing(world.Chain, () => world.Chain.CallAt(Proxy, EngineWorld.Token, World.Encode(EngineWorld.Transferred, World.Alice, World.Bob, 5)));
        });
        yield return Case("The_identity_rule_is_asked_by_the_wallet_that_calls_not_by_that_which_holds", () =>
        {
            using EngineWorld world = new();
            world.Rules(RuleMask.Kyc);
            world.Mint(World.Alice, 10);
            Freeze(world.Chain, World.Alice);
            Assert.That(world.Transfer(World.Alice, World.Bob, 5), Is.EqualTo(ReasonCodes.OfSender(ReasonCodes.WalletFrozen)));
            Assert.That(world.Balance(World.Bob), Is.EqualTo(UInt256.Zero));
        });
    }

    private static IEnumerable<(string Name, Address Module, byte[] Input)> Writes()
    {
        yield return ("a_role", ModuleAddresses.Kyc, Grant);
        yield return ("a_freeze", ModuleAddresses.Kyc, World.Encode(SetWallet, World.Bob, 2, Reason));
        yield return ("a_registration", ModuleAddresses.Kyc, World.Encode(Register, World.Input(World.Id(63)), new[] { World.Nobody }));
        yield return ("a_deployer", ModuleAddresses.DeployerAllowList, Grant);
        yield return ("a_token_registration", ModuleAddresses.Engine, World.Encode("registerToken(address)", World.Nobody));
    }

    /// <summary>A chain on which the proxy is admin and officer of every module.</summary>
    private static void With(Action<World> attempt)
    {
        using World world = new(1, more: [ModuleAddresses.Engine]);
        world.Succeeds(World.Admin, "setAdmin(address)", Proxy);
        world.Succeeds(World.Admin, "setOfficer(address,bool)", Proxy, true);
        world.Succeeds(World.Admin, "setOfficer(address,bool)", World.Admin, true);
        world.CallAt(ModuleAddresses.DeployerAllowList, World.Admin, World.Encode("setAdmin(address)", Proxy));
        attempt(world);
    }

    private static UInt256[] Storage(Evm.State.WorldState state, Address account) =>
        state.ToDelta().Accounts.TryGetValue(account, out Core.State.AccountDelta? change) ? [.. change.Storage.Keys] : [];
}
