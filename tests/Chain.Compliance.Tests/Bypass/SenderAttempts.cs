using Chain.Compliance.Registry;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using static Chain.Compliance.Tests.Bypass.Attempt;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Transactions, authorizations, calls and creations by those who may not make them.</summary>
public sealed class SenderAttempts
{
    private const byte Key = 9;

    [TestCaseSource(nameof(Senders))]
    [TestCaseSource(nameof(Authorities))]
    [TestCaseSource(nameof(Frames))]
    [TestCaseSource(nameof(Deployers))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Senders()
    {
        yield return Send("An_account_without_record_sends", World.Nobody, ReasonCodes.NotRegistered, _ => { });
        yield return Send("A_frozen_wallet_sends", World.Bob, ReasonCodes.WalletFrozen, w => Freeze(w, World.Bob));
        yield return Send("A_revoked_wallet_sends", World.Bob, ReasonCodes.WalletRevoked, w => w.Succeeds(World.Officer, SetWallet, World.Bob, 3, Reason));
        yield return Send("A_wallet_of_a_frozen_identity_sends", World.Bob, ReasonCodes.IdentityFrozen, w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 2, Reason));
        yield return Send("A_wallet_of_a_revoked_identity_sends", World.Bob, ReasonCodes.IdentityRevoked, w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 3, Reason));
        yield return Send("A_record_expired_by_one_second_sends", World.Bob, ReasonCodes.Expired, w => w.NextBlock(86_401));
        yield return Send("A_record_that_expires_this_second_sends", World.Bob, ReasonCodes.Expired, w => w.NextBlock(86_400));
        yield return Send("A_sanctioned_wallet_sends", World.Bob, ReasonCodes.Sanctioned, w => ListSanctioned(w, World.Bob));
        yield return Send("A_sanctioned_technical_account_sends", World.Agent, ReasonCodes.Sanctioned, w => ListSanctioned(w, World.Agent));
        yield return Send("A_frozen_wallet_with_a_technical_role_sends", World.Bob, ReasonCodes.WalletFrozen, w =>
        {
            w.CallAt(ModuleAddresses.TxAllowList, World.Admin, World.Encode("setEnabled(address)", World.Bob));
            Freeze(w, World.Bob);
        });
        yield return Send("A_technical_account_removed_from_the_list_sends", World.Agent, ReasonCodes.NotRegistered,
            w => w.CallAt(ModuleAddresses.TxAllowList, World.Admin, World.Encode("setNone(address)", World.Agent)));
        yield return Send("A_wallet_in_a_blocked_country_sends", World.Bob, ReasonCodes.CountryBlocked,
            w => w.Succeeds(World.Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 276 }, true));
        yield return Send("A_wallet_below_the_tier_sends", World.Bob, ReasonCodes.TierTooLow, w => w.Succeeds(World.Admin, "setMinTier(uint8)", 3));
        yield return Send("A_deployer_role_stands_in_for_a_record", World.Nobody, ReasonCodes.NotRegistered,
            w => w.CallAt(ModuleAddresses.DeployerAllowList, World.Admin, World.Encode("setEnabled(address)", World.Nobody)));
        yield return Send("A_registry_manager_without_record_sends", World.Manager, ReasonCodes.NotRegistered, _ => { });
        yield return Send("An_officer_without_record_sends", World.OtherOfficer, ReasonCodes.NotRegistered, _ => { });
        yield return Case("A_transaction_after_a_freeze_in_the_same_block", () => With(1, world =>
        {
            Assert.That(world.Send(World.Officer, ModuleAddresses.Kyc, World.Encode(SetWallet, World.Bob, 2, Reason)).Succeeded, Is.True);
            Assert.That(world.Send(World.Bob, Stranger).Error, Is.EqualTo(TransactionError.SenderNotAuthorized));
        }));

        static TestCaseData Send(string name, Address sender, byte code, Action<World> make) => Case(name, () =>
        {
            foreach (byte mode in new byte[] { 1, 2, 3 })
            {
                using World world = new(mode);
                make(world);
                TransactionResult result = world.Send(sender, Stranger);
                Assert.That((result.Error, result.PolicyCode), Is.EqualTo((TransactionError.SenderNotAuthorized, code)), $"mode {mode}");
                Assert.That(world.State.GetAccount(sender).Nonce, Is.Zero);
            }
        });
    }

    private static IEnumerable<TestCaseData> Authorities()
    {
        yield return Case("An_authority_without_record_is_delegated_by_a_sponsor", () => With(1, world => StaysPlain(world)));
        yield return Case("A_frozen_authority_is_delegated_by_a_sponsor", () => With(1, world =>
        {
            Enrol(world);
            Freeze(world, AccountOf(Key));
            StaysPlain(world);
        }));
        yield return Case("A_sanctioned_authority_is_delegated_by_a_sponsor", () => With(1, world =>
        {
            Enrol(world);
            ListSanctioned(world, AccountOf(Key));
            StaysPlain(world);
        }));
        yield return Case("An_expired_authority_is_delegated_by_a_sponsor", () => With(1, world =>
        {
            Enrol(world);
            world.Succeeds(World.Agent, "renewIdentity(bytes32,uint64,bytes32)", World.AliceId, World.Now + 200_000, Reason);
            world.NextBlock(86_400);
            StaysPlain(world);
        }));
        yield return Case("A_frozen_authority_clears_its_delegation", () => With(1, world =>
        {
            Enrol(world);
            Put(world, Proxy, [0x00]);
            Delegate(world, World.Alice, Key, Proxy);
            Freeze(world, AccountOf(Key));
            Delegate(world, World.Alice, Key, Address.Zero);
            Assert.That(world.State.GetAccount(AccountOf(Key)).HasCode, Is.True);
        }));
        yield return Case("A_delegation_made_before_a_freeze_is_used_after_it", () => With(3, world =>
        {
            Enrol(world);
            Put(world, Proxy, Forward(0xf1, World.Bob, 5));
            Delegate(world, World.Alice, Key, Proxy);
            world.State.BeginTransaction();
            world.State.SetBalance(world.State.GetAccount(AccountOf(Key)), 100);
            Freeze(world, AccountOf(Key));
            MovesNothing(world, AccountOf(Key), () => world.Send(World.Alice, AccountOf(Key)));
        }));

        static void Enrol(World world) => world.Succeeds(World.Agent, Register, World.Input(World.Id(80)), new[] { AccountOf(Key) });

        static void StaysPlain(World world)
        {
            Assert.That(Delegate(world, World.Alice, Key, Proxy).Succeeded, Is.True, "the tuple is skipped, no more");
            Assert.That(world.State.GetAccount(AccountOf(Key)).HasCode, Is.False);
        }
    }

    private static IEnumerable<TestCaseData> Frames()
    {
        (string Name, Action<World> Stop)[] ways =
        [
            ("frozen", w => Freeze(w, Proxy)),
            ("revoked", w => w.Succeeds(World.Officer, SetWallet, Proxy, 3, Reason)),
            ("sanctioned", w => ListSanctioned(w, Proxy)),
            ("of_a_frozen_identity", w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 2, Reason)),
            ("of_a_revoked_identity", w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 3, Reason)),
        ];
        foreach ((string name, Action<World> stop) in ways)
        {
            yield return Case($"A_bundle_runs_a_smart_wallet_{name}", () => With(1, world =>
            {
                Prepare(world, stop);
                world.Send(World.Alice, Other);
                Assert.That(HasRun(world), Is.False);
            }));
            yield return Case($"A_transaction_calls_a_smart_wallet_{name}", () => With(1, world =>
            {
                Prepare(world, stop);
                Assert.That(world.Send(World.Alice, Proxy).Status, Is.EqualTo(FrameStatus.Revert));
                Assert.That(HasRun(world), Is.False);
            }));
        }
        yield return Case("A_frozen_contract_is_called_inside_a_static_frame", () => With(1, world =>
        {
            Put(world, Proxy, [0x60, 0x2a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
            LinkContract(world, Proxy, World.BobId);
            Freeze(world, Proxy);
            // CALL inside STATICCALL: returns what the inner call returned.
            Put(world, Other, [.. Forward(0xf1, Proxy)[..^1], 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
            ExecutionResult result = world.CallAt(Other, World.Alice, [], CallKind.StaticCall);
            Assert.That(result.Output.ToArray(), Is.EqualTo(World.Words(0)));
        }));

        static void Prepare(World world, Action<World> stop)
        {
            Put(world, Proxy, [0x60, 0x01, 0x5f, 0x55, 0x00]);
            Put(world, Other, Forward(0xf1, Proxy));
            LinkContract(world, Proxy, World.BobId);
            stop(world);
        }

        static bool HasRun(World world) => !world.State.GetSlot(world.State.GetAccount(Proxy), 0).Value.IsZero;
    }

    private static IEnumerable<TestCaseData> Deployers()
    {
        byte[] empty = [0x00];
        yield return Case("A_creation_transaction_of_an_investor", () => With(2, world =>
        {
            TransactionResult result = world.Send(World.Alice, null, empty);
            Assert.That((result.Succeeded, world.State.GetAccount(ContractAddress.OfCreate(World.Alice, 0)).Exists), Is.EqualTo((false, false)));
        }));
        foreach (bool isCreate2 in new[] { false, true })
        {
            string name = isCreate2 ? "CREATE2" : "CREATE";
            yield return Case($"{name}_by_a_contract_that_is_not_admitted", () => With(2, world => Creates(world, World.Alice, Creator(isCreate2), isCreate2)));
            yield return Case($"{name}_by_DELEGATECALL_into_an_admitted_factory", () => With(2, world =>
            {
                Put(world, Other, Creator(isCreate2));
                world.CallAt(ModuleAddresses.DeployerAllowList, World.Admin, World.Encode("setEnabled(address)", Other));
                Creates(world, World.Alice, Forward(0xf4, Other), isCreate2);
            }));
            yield return Case($"{name}_by_a_delegated_account", () => With(2, world =>
            {
                Put(world, Other, Creator(isCreate2));
                world.State.SetCode(world.State.GetAccount(Proxy), (byte[])[0xef, 0x01, 0x00, .. Other.Bytes]);
                Creates(world, World.Alice, null, isCreate2);
            }));
        }
        yield return Case("A_contract_made_by_an_admitted_factory_makes_another_in_its_constructor", () => With(2, world =>
        {
            Put(world, Other, Creator(isCreate2: false));
            world.CallAt(ModuleAddresses.DeployerAllowList, World.Admin, World.Encode("setEnabled(address)", Other));
            Address child = ContractAddress.OfCreate(Other, 1);
            // Initcode: CREATE of nothing.
            Assert.That(world.Send(World.Alice, Other, [0x5f, 0x5f, 0x5f, 0xf0, 0x00]).Succeeded, Is.True);
            Assert.That(world.State.GetAccount(child).Exists, Is.True);
            Assert.That(world.State.GetAccount(ContractAddress.OfCreate(child, 1)).Exists, Is.False);
        }));
        yield return Case("A_deployer_removed_earlier_in_the_block", () => With(2, world =>
        {
            Assert.That(world.Send(World.Admin, ModuleAddresses.DeployerAllowList, World.Encode("setNone(address)", World.Bob)).Succeeded, Is.True);
            Assert.That(world.Send(World.Bob, null, empty).Succeeded, Is.False);
        }));
        yield return Case("A_chain_without_deployer_list_lets_an_admin_deploy", () =>
        {
            using World world = new(2, hasLists: false);
            Assert.That(world.Send(World.Admin, null, empty).Succeeded, Is.False);
        });

        static void Creates(World world, Address sender, byte[]? code, bool isCreate2)
        {
            if (code is not null) Put(world, Proxy, code);
            ulong nonce = world.State.GetAccount(Proxy).Nonce;
            world.Send(sender, Proxy, [0x00]);
            Address made = isCreate2 ? ContractAddress.OfCreate2(Proxy, 0, [0x00]) : ContractAddress.OfCreate(Proxy, nonce);
            Assert.That(world.State.GetAccount(made).Exists, Is.False);
            Assert.That(world.State.GetAccount(Proxy).Nonce, Is.EqualTo(nonce));
        }
    }

    private static void With(byte mode, Action<World> attempt)
    {
        using World world = new(mode);
        attempt(world);
    }
}
