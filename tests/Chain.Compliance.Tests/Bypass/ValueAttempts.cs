using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using static Chain.Compliance.Tests.Bypass.Attempt;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Native value to or from those who may not have it, in mode 3.</summary>
public sealed class ValueAttempts
{
    private static readonly Address Victim = World.Bob;

    [TestCaseSource(nameof(Recipients))]
    [TestCaseSource(nameof(Ways))]
    [TestCaseSource(nameof(Creations))]
    [TestCaseSource(nameof(Credits))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Recipients()
    {
        (string Name, Action<World> Make)[] kinds =
        [
            ("a_frozen_wallet", w => Freeze(w, Victim)),
            ("a_revoked_wallet", w => w.Succeeds(World.Officer, SetWallet, Victim, 3, Reason)),
            ("a_wallet_of_a_frozen_identity", w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 2, Reason)),
            ("a_wallet_of_a_revoked_identity", w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 3, Reason)),
            ("a_sanctioned_wallet", w => ListSanctioned(w, Victim)),
            ("a_wallet_in_a_blocked_country", w =>
            {
                w.Succeeds(World.Agent, Update, World.Input(World.BobId, country: 643));
                w.Succeeds(World.Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 643 }, true);
            }),
            ("a_wallet_below_the_tier", w =>
            {
                w.Succeeds(World.Agent, Update, World.Input(World.BobId, tier: 1));
                w.Succeeds(World.Admin, "setMinTier(uint8)", 2);
            }),
            ("a_record_that_expires_this_second", w =>
            {
                w.Succeeds(World.Agent, Update, World.Input(World.BobId) with { Expiry = World.Now + 50 });
                w.NextBlock(50);
            }),
        ];
        foreach ((string name, Action<World> make) in kinds)
        {
            yield return Case($"A_transfer_to_{name}", () => With(world =>
            {
                make(world);
                MovesNothing(world, Victim, () => world.Send(World.Alice, Victim, value: 5));
            }));
            yield return Case($"A_contract_pays_{name}", () => With(world =>
            {
                make(world);
                Put(world, Proxy, Forward(0xf1, Victim, 5), 100);
                MovesNothing(world, Victim, () => world.Send(World.Alice, Proxy));
            }));
            yield return Case($"SELFDESTRUCT_in_favour_of_{name}", () => With(world =>
            {
                make(world);
                Put(world, Proxy, [0x73, .. Victim.Bytes, 0xff], 100);
                MovesNothing(world, Victim, () => world.Send(World.Alice, Proxy));
            }));
        }
        yield return Pay("A_transfer_to_an_account_without_record", Stranger);
        yield return Pay("A_transfer_to_the_zero_address", Address.Zero);
        yield return Pay("A_transfer_to_the_next_contract_of_a_factory", ContractAddress.OfCreate(Proxy, 1));
        yield return Pay("A_transfer_to_a_future_CREATE2_address", ContractAddress.OfCreate2(Proxy, 0, [0x00]));
        yield return Pay("A_transfer_to_an_address_beside_the_precompiles", Address.FromNumber(0x12));
        yield return Pay("A_transfer_to_an_address_beside_the_modules", Address.Parse("0x0300000000000000000000000000000000000005"));

        static TestCaseData Pay(string name, Address to) => Case(name, () => With(world => MovesNothing(world, to, () => world.Send(World.Alice, to, value: 5))));
    }

    private static IEnumerable<TestCaseData> Ways()
    {
        yield return Case("A_contract_pays_an_account_without_record", () => With(world =>
        {
            Put(world, Proxy, Forward(0xf1, Stranger, 5), 100);
            MovesNothing(world, Stranger, () => world.Send(World.Alice, Proxy));
        }));
        yield return Case("A_library_pays_from_its_caller_by_DELEGATECALL", () => With(world =>
        {
            Put(world, Other, Forward(0xf1, Stranger, 5));
            Put(world, Proxy, Forward(0xf4, Other), 100);
            MovesNothing(world, Stranger, () => world.Send(World.Alice, Proxy));
        }));
        yield return Case("A_contract_without_record_runs_foreign_code_by_CALLCODE_with_value", () => With(
            world =>
            {
                Put(world, Other, [0x60, 0x01, 0x5f, 0x55, 0x00]);
                Put(world, Proxy, Forward(0xf2, Other, 5), 100);
                world.Send(World.Alice, Proxy);
                Assert.That(world.State.GetSlot(world.State.GetAccount(Proxy), 0).Value, Is.EqualTo(UInt256.Zero), "the foreign code does not run");
            }, contractPolicy: 1));
        yield return Case("A_frozen_contract_pays_out", () => With(world =>
        {
            Put(world, Proxy, Forward(0xf1, Victim, 5), 100);
            LinkContract(world, Proxy);
            Freeze(world, Proxy);
            MovesNothing(world, Victim, () => world.Send(World.Alice, Proxy));
        }));
        yield return Case("A_frozen_contract_is_called_through_another", () => With(world =>
        {
            Put(world, Proxy, Forward(0xf1, Victim, 5), 100);
            Put(world, Other, Forward(0xf1, Proxy));
            LinkContract(world, Proxy);
            Freeze(world, Proxy);
            MovesNothing(world, Victim, () => world.Send(World.Alice, Other));
        }));
        yield return Case("A_contract_frozen_by_its_own_callee_goes_on_paying", () => With(world =>
        {
            // An officer contract freezes the payer in the middle of the payer's own frame.
            byte[] freeze = World.Encode(SetWallet, Proxy, 2, Reason);
            Put(world, Other, Forward(0xf1, ModuleAddresses.Kyc));
            world.Succeeds(World.Admin, "setOfficer(address,bool)", Other, true);
            Put(world, Proxy, [.. Forward(0xf1, Other)[..^1], 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 5, 0x73, .. Victim.Bytes, 0x5a, 0xf1, 0x00], 100);
            LinkContract(world, Proxy);
            MovesNothing(world, Victim, () => world.Send(World.Alice, Proxy, freeze));
        }));
        yield return Case("A_sanctioned_contract_destroys_itself_for_an_investor", () => With(world =>
        {
            Put(world, Proxy, [0x73, .. Victim.Bytes, 0xff], 100);
            ListSanctioned(world, Proxy);
            MovesNothing(world, Victim, () => world.Send(World.Alice, Proxy));
        }));
        yield return Case("A_delegated_account_without_record_receives_as_if_it_were_a_contract", () => With(world =>
        {
            Address account = AccountOf(9);
            Put(world, Other, [0x00]);
            world.State.SetCode(world.State.GetAccount(account), (byte[])[0xef, 0x01, 0x00, .. Other.Bytes]);
            MovesNothing(world, account, () => world.Send(World.Alice, account, value: 5));
        }));
        yield return Case("A_sanctioned_contract_receives", () => With(world =>
        {
            Put(world, Proxy, [0x00]);
            ListSanctioned(world, Proxy);
            MovesNothing(world, Proxy, () => world.Send(World.Alice, Proxy, value: 5));
        }));
        yield return Case("A_contract_without_record_receives_under_contract_policy_1", () => With(
            world =>
            {
                Put(world, Proxy, [0x00]);
                MovesNothing(world, Proxy, () => world.Send(World.Alice, Proxy, value: 5));
            }, contractPolicy: 1));
        yield return Case("A_contract_without_record_is_paid_by_a_contract_under_contract_policy_1", () => With(
            world =>
            {
                Put(world, Proxy, [0x00]);
                Put(world, Other, Forward(0xf1, Proxy, 5), 100);
                LinkContract(world, Other);
                MovesNothing(world, Proxy, () => world.Send(World.Alice, Other));
            }, contractPolicy: 1));
        yield return Case("Value_borrowed_from_a_pool_within_one_transaction", () => With(world =>
        {
            // The pool lends to the borrower, who pays the stranger instead of paying back.
            Put(world, Proxy, [.. Forward(0xf1, Stranger, 9)], 0);
            Put(world, Other, Forward(0xf1, Proxy, 9), 100);
            MovesNothing(world, Stranger, () => world.Send(World.Alice, Other));
        }));
        yield return Case("The_stipend_of_a_refused_payment_buys_free_gas", () => With(world =>
        {
            Put(world, Proxy, Forward(0xf1, World.Nobody, 5), 100);
            ulong refused = world.Send(World.Alice, Proxy).GasUsed;
            Put(world, Proxy, Forward(0xf1, Victim, 5), 100);
            ulong paid = world.Send(World.Alice, Proxy).GasUsed;
            Assert.That(refused, Is.EqualTo(paid), "all charges of the opcode stay, and the stipend comes back of both");
        }));
    }

    private static IEnumerable<TestCaseData> Creations()
    {
        byte[] empty = [0x00];
        foreach (bool isCreate2 in new[] { false, true })
        {
            string name = isCreate2 ? "CREATE2" : "CREATE";
            yield return Case($"{name}_endows_a_sanctioned_future_address", () => With(world =>
            {
                Put(world, Proxy, Creator(isCreate2, 5), 100);
                Address made = isCreate2 ? ContractAddress.OfCreate2(Proxy, 0, empty) : ContractAddress.OfCreate(Proxy, 1);
                ListSanctioned(world, made);
                MovesNothing(world, made, () => world.Send(World.Bob, Proxy, empty));
            }));
            yield return Case($"A_frozen_creator_endows_by_{name}", () => With(world =>
            {
                Put(world, Proxy, Creator(isCreate2, 5), 100);
                LinkContract(world, Proxy);
                Freeze(world, Proxy);
                MovesNothing(world, Proxy, () => world.Send(World.Bob, Proxy, empty));
            }));
            yield return Case($"Initcode_made_by_{name}_forwards_its_endowment", () => With(world =>
            {
                Put(world, Proxy, Creator(isCreate2, 5), 100);
                MovesNothing(world, Stranger, () => world.Send(World.Bob, Proxy, Forward(0xf1, Stranger, 5)));
            }));
            yield return Case($"Initcode_made_by_{name}_destroys_itself_for_a_stranger", () => With(world =>
            {
                Put(world, Proxy, Creator(isCreate2, 5), 100);
                MovesNothing(world, Stranger, () => world.Send(World.Bob, Proxy, [0x73, .. Stranger.Bytes, 0xff]));
            }));
        }
        yield return Case("A_creation_transaction_endows_a_sanctioned_address", () => With(world =>
        {
            Address made = ContractAddress.OfCreate(World.Bob, world.State.GetAccount(World.Bob).Nonce);
            ListSanctioned(world, made);
            MovesNothing(world, made, () => world.Send(World.Bob, null, empty, value: 5));
        }));
        yield return Case("A_creation_that_left_no_code_receives_later", () => With(world =>
        {
            TransactionResult made = world.Send(World.Bob, null, empty, value: 5);
            Assert.That(made.Succeeded, Is.True);
            MovesNothing(world, made.ContractAddress!.Value, () => world.Send(World.Alice, made.ContractAddress!.Value, value: 5));
        }));
    }

    private static IEnumerable<TestCaseData> Credits()
    {
        yield return Case("A_fee_goes_to_a_coinbase_without_record", () => With(world => MovesNothing(world, World.Coinbase, () => world.Send(World.Alice, World.Bob, tip: 3))));
        yield return Case("A_fee_goes_to_a_coinbase_sanctioned_in_the_same_transaction", () => With(world =>
        {
            world.Succeeds(World.Agent, Register, World.Input(World.Id(90)), new[] { World.Coinbase });
            byte[] list = World.Encode(Sanction, new[] { World.Coinbase }, true, 1);
            MovesNothing(world, World.Coinbase, () => world.Send(World.Officer, ModuleAddresses.Kyc, list, tip: 3));
        }));
        yield return Case("A_withdrawal_to_an_account_without_record", () => With(world => MovesNothing(world, Stranger, () => Withdraw(world, Stranger))));
        yield return Case("A_withdrawal_to_a_frozen_wallet", () => With(world =>
        {
            Freeze(world, Victim);
            MovesNothing(world, Victim, () => Withdraw(world, Victim));
        }));

        static void Withdraw(World world, Address to)
        {
            Consensus.Execution.BlockExecution execution = new(world.State, world.Block, world.Processor, default);
            // Osaka's request contracts are not on this chain: the error comes after the withdrawals.
            execution.End([], [new Withdrawal(0, 0, to, 5)]);
        }
    }

    private static void With(Action<World> attempt, byte contractPolicy = 0)
    {
        using World world = new(3, change: kyc => kyc with { ContractPolicy = contractPolicy });
        attempt(world);
    }
}
