using Chain.Compliance.Engine;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using static Chain.Compliance.Tests.Bypass.Attempt;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Writes by accounts that lack the role: every function of every module.</summary>
public sealed class RoleAttempts
{
    private static readonly Hash256 Id = World.AliceId;

    [TestCaseSource(nameof(Registry))]
    [TestCaseSource(nameof(Lists))]
    [TestCaseSource(nameof(EngineAdministration))]
    [TestCaseSource(nameof(EngineHooks))]
    [TestCaseSource(nameof(Oracle))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Registry()
    {
        (string Signature, object[] Arguments)[] functions =
        [
            ("setAdmin(address)", [World.Nobody]), ("setManager(address)", [World.Nobody]), ("setEnabled(address)", [World.Nobody]), ("setNone(address)", [World.Agent]),
            ("setOfficer(address,bool)", [World.Nobody, true]),
            (Register, [World.Input(World.Id(50)), new[] { World.Nobody }]),
            (RegisterBatch, [new[] { World.Input(World.Id(51)) }, new[] { new[] { World.Nobody } }]),
            (Update, [World.Input(Id, tier: 4)]),
            ("renewIdentity(bytes32,uint64,bytes32)", [Id, World.Now + 100_000, Reason]),
            (Link, [Id, World.Nobody, 0, 0, None]), ("unlinkWallet(address)", [World.Bob]),
            (Propose, [World.Bob, World.Nobody, Reason]),
            (SetIdentity, [World.BobId, 2, Reason]), (SetWallet, [World.Bob, 2, Reason]),
            (Sanction, [new[] { World.Bob }, true, 1]), ("setCountryBlocked(uint16[],bool)", [new ushort[] { 276 }, true]),
            ("confirmRecovery(address)", [World.Alice]), ("cancelRecovery(address)", [World.Alice]),
            ("setMinTier(uint8)", [0]), ("setConsentRequired(bool)", [true]), ("raiseMode(uint8)", [3]),
        ];
        foreach ((string signature, object[] arguments) in functions)
        {
            yield return Case($"Registry_{signature.Split('(')[0]}_by_an_account_without_role", () =>
            {
                using World world = new(1, change: kyc => kyc with { Mode = 1 });
                world.Succeeds(World.Agent, Propose, World.Alice, Other, Reason);
                // Eligible, so that nothing but the role is missing.
                Refused(world, World.Bob, signature, arguments);
            });
        }
        yield return Lacking("An_agent_freezes_a_wallet", World.Agent, SetWallet, World.Bob, 2, Reason);
        yield return Lacking("An_agent_sets_an_agent", World.Agent, "setEnabled(address)", World.Nobody);
        yield return Lacking("An_agent_makes_itself_manager", World.Agent, "setManager(address)", World.Agent);
        yield return Lacking("A_manager_makes_itself_admin", World.Manager, "setAdmin(address)", World.Manager);
        yield return Case("A_manager_demotes_an_admin", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Admin, "setAdmin(address)", Other);
            Refused(world, World.Manager, "setNone(address)", Other);
        });
        yield return Lacking("A_manager_names_an_officer", World.Manager, "setOfficer(address,bool)", World.Manager, true);
        yield return Case("A_manager_raises_the_mode", () =>
        {
            using World world = new(1);
            world.CallAt(ModuleAddresses.TxAllowList, World.Admin, World.Encode("setEnabled(address)", World.Manager));
            Refused(world, World.Manager, "raiseMode(uint8)", 3);
        });
        yield return Lacking("An_admin_who_is_no_officer_freezes", World.Admin, SetIdentity, World.BobId, 2, Reason);
        yield return Lacking("An_admin_who_is_no_officer_sanctions", World.Admin, Sanction, new[] { World.Bob }, true, 1);
        yield return Lacking("An_officer_without_role_registers", World.OtherOfficer, Register, World.Input(World.Id(52)), new[] { World.Nobody });
        yield return Lacking("An_officer_without_role_lowers_the_tier", World.OtherOfficer, "setMinTier(uint8)", 0);
        yield return Lacking("The_last_admin_resigns", World.Admin, "setNone(address)", World.Admin);
        yield return Lacking("An_admin_lowers_the_mode", World.Admin, "raiseMode(uint8)", 0);
        yield return Lacking("An_agent_links_a_wallet_of_another_identity", World.Agent, Link, Id, World.Bob, 0, 0, None);
        yield return Lacking("A_revoked_identity_is_made_active_again", World.Officer, SetIdentity, World.BobId, 1, Reason);
        yield return Case("An_officer_confirms_its_own_recovery", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Officer, Propose, World.Alice, Other, Reason);
            Refused(world, World.Officer, "confirmRecovery(address)", World.Alice);
        });
        yield return Case("A_recovery_is_confirmed_a_second_too_late", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Agent, Propose, World.Alice, Other, Reason);
            world.NextBlock((30 * 86_400) + 1);
            Refused(world, World.Officer, "confirmRecovery(address)", World.Alice);
        });
        yield return Case("A_recovery_of_a_sanctioned_wallet", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Agent, Propose, World.Alice, Other, Reason);
            ListSanctioned(world, World.Alice);
            Refused(world, World.Officer, "confirmRecovery(address)", World.Alice);
        });
        yield return Case("A_revoked_wallet_is_set_active", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Officer, SetWallet, World.Bob, 3, Reason);
            Refused(world, World.Officer, SetWallet, World.Bob, 1, Reason);
        });
        yield return Case("An_agent_links_a_revoked_wallet_again", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Officer, SetWallet, World.Bob, 3, Reason);
            Refused(world, World.Agent, Link, World.BobId, World.Bob, 0, 0, None);
        });
        yield return Case("A_frozen_admin_by_origin_raises_the_mode_through_a_contract", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Admin, "setAdmin(address)", Proxy);
            Put(world, Proxy, Forward(0xf1, ModuleAddresses.Kyc));
            WritesNothing(world, () => world.CallAt(Proxy, World.Nobody, World.Encode("raiseMode(uint8)", 3)));
        });
        yield return Case("A_system_address_is_linked_as_a_wallet", () =>
        {
            using World world = new(1);
            Refused(world, World.Agent, Link, Id, ModuleAddresses.Kyc, 0, 0, None);
        });
        yield return Case("A_plain_account_joins_a_protocol_identity", () =>
        {
            using World world = new(1);
            Refused(world, World.Agent, Register, World.Input(World.Id(53), kind: 2), new[] { Stranger });
        });

        static TestCaseData Lacking(string name, Address caller, string signature, params object[] arguments) => Case(name, () =>
        {
            using World world = new(1);
            if (name.StartsWith("A_revoked", StringComparison.Ordinal)) world.Succeeds(World.Officer, SetIdentity, World.BobId, 3, Reason);
            Refused(world, caller, signature, arguments);
        });
    }

    private static IEnumerable<TestCaseData> Lists()
    {
        foreach ((string name, Address module) in new[] { ("deployer_list", ModuleAddresses.DeployerAllowList), ("transaction_list", ModuleAddresses.TxAllowList) })
        {
            yield return Case($"A_nobody_enters_the_{name}", () => With(world => Refused(world, module, World.Nobody, World.Encode("setEnabled(address)", World.Nobody))));
            yield return Case($"A_registry_manager_administers_the_{name}", () => With(world => Refused(world, module, World.Manager, World.Encode("setAdmin(address)", World.Manager))));
            yield return Case($"An_enabled_account_widens_the_{name}", () => With(world =>
            {
                world.CallAt(module, World.Admin, World.Encode("setEnabled(address)", World.Agent));
                Refused(world, module, World.Agent, World.Encode("setEnabled(address)", World.Nobody));
            }));
        }

        static void With(Action<World> attempt)
        {
            using World world = new(2);
            attempt(world);
        }
    }

    private static IEnumerable<TestCaseData> EngineAdministration()
    {
        Address token = EngineWorld.Token;
        (string Signature, object[] Arguments)[] functions =
        [
            ("registerTokenFor(address,address)", [Other, World.Nobody]), ("setRuleAdmin(address,address)", [token, World.Nobody]), ("acceptRuleAdmin(address)", [token]),
            ($"setRules(address,{EngineWorld.RuleSetType})", [token, EngineWorld.Open(RuleMask.None)]),
            ("setCountries(address,uint16[],bool)", [token, new ushort[] { 276 }, true]), ("setCountryHolderCap(address,uint16,uint32)", [token, 276, 9]),
            ("setTypeCaps(address,uint8,uint32,uint256)", [token, 1, 9, 9]), ("setWindows(address,uint32[],uint224[])", [token, new uint[] { 1 }, new UInt256[] { 9 }]),
            ("setExempt(address,address,uint8)", [token, EngineWorld.Venue, 63]), ("approveTransfer(address,address,address,uint256,uint32,uint64)", [token, World.Alice, World.Bob, 5, 9, ulong.MaxValue]),
            ("recordTravelRule(address,address,address,uint256,bytes32,uint64)", [token, World.Alice, World.Bob, 5, Reason, ulong.MaxValue]),
            ("setTokenPaused(address,bool)", [token, true]), ("setLegalHold(address,bytes32,uint256,bytes32)", [token, Id, 9, Reason]),
        ];
        foreach ((string signature, object[] arguments) in functions)
        {
            yield return Case($"Engine_{signature.Split('(')[0]}_by_an_account_without_role", () =>
            {
                using EngineWorld world = new();
                world.Rules(RuleMask.Kyc);
                Refused(world.Chain, ModuleAddresses.Engine, World.Nobody, World.Encode(signature, arguments));
            });
        }
        yield return Lacking("A_rule_admin_sets_a_legal_hold", EngineWorld.RuleAdmin, "setLegalHold(address,bytes32,uint256,bytes32)", token, Id, 9, Reason);
        yield return Lacking("A_rule_admin_records_a_travel_reference", EngineWorld.RuleAdmin, "recordTravelRule(address,address,address,uint256,bytes32,uint64)", token, World.Alice, World.Bob, 5, Reason, ulong.MaxValue);
        yield return Lacking("The_token_registers_again_to_take_its_rules", EngineWorld.Token, "registerToken(address)", World.Nobody);
        yield return Lacking("A_manager_registers_a_registered_token_for_another", World.Manager, "registerTokenFor(address,address)", token, World.Nobody);
        yield return Lacking("A_rule_admin_exempts_an_investor", EngineWorld.RuleAdmin, "setExempt(address,address,uint8)", token, World.Bob, 63);
        yield return Lacking("An_officer_rewrites_the_rules", World.Officer, $"setRules(address,{EngineWorld.RuleSetType})", token, EngineWorld.Open(RuleMask.None));
        yield return Case("A_rule_admin_drops_the_identity_rule_while_there_is_supply", () =>
        {
            using EngineWorld world = new();
            world.Rules(RuleMask.Kyc);
            world.Mint(World.Alice, 10);
            Refused(world.Chain, ModuleAddresses.Engine, EngineWorld.RuleAdmin, World.Encode($"setRules(address,{EngineWorld.RuleSetType})", token, EngineWorld.Open(RuleMask.None)));
        });

        static TestCaseData Lacking(string name, Address caller, string signature, params object[] arguments) => Case(name, () =>
        {
            using EngineWorld world = new();
            Refused(world.Chain, ModuleAddresses.Engine, caller, World.Encode(signature, arguments));
        });
    }

    private static IEnumerable<TestCaseData> EngineHooks()
    {
        (string Signature, object[] Arguments)[] hooks =
        [
            (EngineWorld.Transferred, [World.Alice, World.Bob, 5]), (EngineWorld.Created, [World.Nobody, 5]), (EngineWorld.Destroyed, [World.Alice, 5]),
            (EngineWorld.Forced, [World.Alice, World.Bob, 5, Reason]), (EngineWorld.Recovered, [World.Alice, EngineWorld.Alice2, 5]),
        ];
        foreach ((string signature, object[] arguments) in hooks)
        {
            yield return Case($"The_hook_{signature.Split('(')[0]}_is_called_by_a_stranger_to_the_token", () =>
            {
                using EngineWorld world = new();
                world.Rules(RuleMask.Kyc);
                world.Mint(World.Alice, 10);
                Refused(world.Chain, ModuleAddresses.Engine, World.Nobody, World.Encode(signature, arguments));
            });
        }
    }

    private static IEnumerable<TestCaseData> Oracle()
    {
        (string Signature, object[] Arguments)[] functions =
        [
            (OracleWorld.Create, [World.Id(77), OracleWorld.Config, OracleWorld.Reporters[..5]]), (OracleWorld.Update, [OracleWorld.Feed, OracleWorld.Config]),
            ("setReporters(bytes32,address[],uint8)", [OracleWorld.Feed, OracleWorld.Reporters[..3], 2]), ("setFeedPaused(bytes32,bool)", [OracleWorld.Feed, true]),
            ("resolveHeld(bytes32,bool)", [OracleWorld.Feed, true]),
        ];
        foreach ((string signature, object[] arguments) in functions)
        {
            yield return Case($"Oracle_{signature.Split('(')[0]}_by_an_account_without_role", () =>
            {
                using OracleWorld oracle = new();
                Hold(oracle);
                Refused(oracle.World, ModuleAddresses.Oracle, World.Nobody, World.Encode(signature, arguments));
            });
        }
        yield return Case("Oracle_submitDirect_by_an_account_that_is_no_reporter", () =>
        {
            using OracleWorld oracle = new(OracleWorld.Config with { Quorum = 1 }, reporters: 1);
            Refused(oracle.World, ModuleAddresses.Oracle, World.Nobody, World.Encode(OracleWorld.SubmitDirect, OracleWorld.Feed, 5, World.Now, Reason));
        });
        yield return Case("A_reporter_resolves_its_own_held_value", () =>
        {
            using OracleWorld oracle = new();
            Hold(oracle);
            Refused(oracle.World, ModuleAddresses.Oracle, OracleWorld.Reporters[0], World.Encode("resolveHeld(bytes32,bool)", OracleWorld.Feed, true));
        });

        static void Hold(OracleWorld oracle)
        {
            oracle.Succeeds(World.Nobody, OracleWorld.Submit, OracleWorld.Feed, oracle.All(100_000, 100_000, 100_000));
            oracle.World.NextBlock(3_600);
            oracle.Succeeds(World.Nobody, OracleWorld.Submit, OracleWorld.Feed, oracle.All(900_000, 900_000, 900_000));
        }
    }
}
