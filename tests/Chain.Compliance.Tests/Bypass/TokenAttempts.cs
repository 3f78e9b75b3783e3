using Chain.Compliance.Engine;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using static Chain.Compliance.Tests.Bypass.Attempt;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Tokens to or from those who may not have them, and past each rule of a token.</summary>
public sealed class TokenAttempts
{
    private const ulong Far = ulong.MaxValue;

    [TestCaseSource(nameof(Parties))]
    [TestCaseSource(nameof(Rules))]
    [TestCaseSource(nameof(Permissions))]
    [TestCaseSource(nameof(Ledger))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Parties()
    {
        (string Name, Action<World> Stop)[] ways =
        [
            ("a_frozen_wallet", w => Freeze(w, World.Bob)), ("a_revoked_wallet", w => w.Succeeds(World.Officer, SetWallet, World.Bob, 3, Reason)),
            ("a_wallet_of_a_frozen_identity", w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 2, Reason)),
            ("a_wallet_of_a_revoked_identity", w => w.Succeeds(World.Officer, SetIdentity, World.BobId, 3, Reason)),
            ("a_sanctioned_wallet", w => ListSanctioned(w, World.Bob)),
            ("a_wallet_in_a_blocked_country", w =>
            {
                w.Succeeds(World.Agent, Update, World.Input(World.BobId, country: 643));
                w.Succeeds(World.Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 643 }, true);
            }),
            ("an_expired_record", w =>
            {
                w.Succeeds(World.Agent, "renewIdentity(bytes32,uint64,bytes32)", World.AliceId, World.Now + 200_000, Reason);
                w.NextBlock(86_400);
            }),
        ];
        foreach ((string name, Action<World> stop) in ways)
        {
            yield return Token($"Tokens_to_{name}", RuleMask.Kyc, world =>
            {
                world.Mint(World.Alice, 100);
                stop(world.Chain);
                Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
            });
            yield return Token($"Tokens_from_{name}", RuleMask.Kyc, world =>
            {
                world.Mint(World.Bob, 100);
                stop(world.Chain);
                Stays(world, World.Bob, () => world.Transfer(World.Bob, World.Alice, 5));
            });
            yield return Token($"Tokens_are_minted_to_{name}", RuleMask.Kyc, world =>
            {
                stop(world.Chain);
                Stays(world, World.Bob, () => world.Hook(EngineWorld.Created, World.Bob, 5));
            });
            yield return Token($"Tokens_are_forced_to_{name}", RuleMask.Kyc, world =>
            {
                world.Mint(World.Alice, 100);
                stop(world.Chain);
                Stays(world, World.Bob, () => world.Hook(EngineWorld.Forced, World.Alice, World.Bob, 5, Reason));
            });
        }
        yield return Token("Tokens_to_an_account_without_record", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            Stays(world, Stranger, () => world.Transfer(World.Alice, Stranger, 5));
        });
        yield return Token("Tokens_through_the_second_wallet_of_a_frozen_identity", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            world.Chain.Succeeds(World.Officer, SetIdentity, World.AliceId, 2, Reason);
            Stays(world, World.Bob, () => world.Transfer(EngineWorld.Alice2, World.Bob, 5));
        });
        yield return Token("A_sender_below_its_tier", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            world.Rules(RuleMask.Kyc, r => r with { MinTierFrom = 3 });
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Token("A_receiver_below_its_tier", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            world.Rules(RuleMask.Kyc, r => r with { MinTierTo = 3 });
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Token("A_recovery_into_another_identity", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            Assert.That(world.Hook(EngineWorld.Recovered, World.Alice, World.Bob, 100), Is.EqualTo(33));
        });
        yield return Token("A_recovery_before_it_is_confirmed", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            world.Chain.Succeeds(World.Agent, Propose, World.Alice, Stranger, Reason);
            Assert.That(world.Hook(EngineWorld.Recovered, World.Alice, Stranger, 100), Is.Not.Zero);
        });
        yield return Token("A_recovery_to_a_frozen_wallet_of_the_identity", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            Freeze(world.Chain, EngineWorld.Alice2);
            Assert.That(world.Hook(EngineWorld.Recovered, World.Alice, EngineWorld.Alice2, 100), Is.Not.Zero);
        });
    }

    private static IEnumerable<TestCaseData> Rules()
    {
        yield return Token("Tokens_to_a_country_that_is_not_listed", RuleMask.CountryAllow, world =>
        {
            Ok(world, "setCountries(address,uint16[],bool)", EngineWorld.Token, new ushort[] { 276 }, true);
            world.Mint(World.Alice, 100);
            Stays(world, EngineWorld.Carol, () => world.Transfer(World.Alice, EngineWorld.Carol, 5));
        });
        yield return Token("Tokens_to_a_denied_country", RuleMask.CountryDeny, world =>
        {
            Ok(world, "setCountries(address,uint16[],bool)", EngineWorld.Token, new ushort[] { 250 }, true);
            world.Mint(World.Alice, 100);
            Stays(world, EngineWorld.Carol, () => world.Transfer(World.Alice, EngineWorld.Carol, 5));
        });
        yield return Limited("Tokens_to_an_investor_type_that_is_not_admitted", RuleMask.Type, r => r with { TypeMask = 0b0010 }, EngineWorld.Carol, 5);
        yield return Limited("One_holder_more_than_allowed", RuleMask.MaxHolders, r => r with { MaxHolders = 1 }, World.Bob, 5);
        yield return Token("One_holder_more_in_a_country", RuleMask.CountryHolders, world =>
        {
            Ok(world, "setCountryHolderCap(address,uint16,uint32)", EngineWorld.Token, 250, 1);
            world.Chain.Succeeds(World.Agent, Register, World.Input(World.Id(40), country: 250), new[] { Stranger });
            world.Mint(World.Alice, 100);
            world.Mint(Stranger, 5);
            Stays(world, EngineWorld.Carol, () => world.Transfer(World.Alice, EngineWorld.Carol, 5));
        });
        yield return Token("One_holder_more_of_a_type", RuleMask.TypeHolders, world =>
        {
            Ok(world, "setTypeCaps(address,uint8,uint32,uint256)", EngineWorld.Token, 1, 1, 0);
            world.Mint(World.Alice, 100);
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Limited("One_unit_more_than_the_largest_balance", RuleMask.MaxBalance, r => r with { MaxBalance = 50 }, World.Bob, 51, minted: 50);
        yield return Token("The_largest_balance_split_over_two_wallets", RuleMask.Kyc | RuleMask.MaxBalance, world =>
        {
            world.Rules(RuleMask.Kyc | RuleMask.MaxBalance, r => r with { MaxBalance = 50 });
            world.Mint(World.Bob, 50);
            world.Mint(World.Alice, 40);
            Stays(world, World.Alice, () => world.Transfer(World.Bob, EngineWorld.Alice2, 11));
        });
        yield return Limited("One_basis_point_more_than_the_largest_share", RuleMask.MaxShare, r => r with { MaxShareBps = 5_000 }, World.Bob, 51);
        yield return Token("More_than_the_balance_of_a_type", RuleMask.TypeBalance, world =>
        {
            Ok(world, "setTypeCaps(address,uint8,uint32,uint256)", EngineWorld.Token, 1, 0, 100);
            world.Mint(World.Alice, 100);
            Ok(world, "setTypeCaps(address,uint8,uint32,uint256)", EngineWorld.Token, 1, 0, 4);
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Limited("A_dust_position_below_the_least_holding", RuleMask.MinHolding, r => r with { MinHolding = 10 }, World.Bob, 9);
        yield return Limited("A_rest_below_the_least_holding", RuleMask.MinHolding, r => r with { MinHolding = 10 }, World.Bob, 91);
        yield return Limited("A_transfer_a_second_before_the_lockup_ends", RuleMask.Lockup, r => r with { LockupUntil = World.Now + 1 }, World.Bob, 5);
        yield return Token("A_transfer_a_second_before_the_holding_period_ends", RuleMask.HoldingPeriod, world =>
        {
            world.Rules(RuleMask.HoldingPeriod, r => r with { HoldingPeriod = 100 });
            world.Mint(World.Alice, 100);
            world.Later(99);
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Token("A_window_split_into_small_transfers", RuleMask.Windows, world =>
        {
            Ok(world, "setWindows(address,uint32[],uint224[])", EngineWorld.Token, new uint[] { 86_400 }, new UInt256[] { 10 });
            world.Mint(World.Alice, 100);
            for (int i = 0; i < 5; i++) world.Transfer(World.Alice, World.Bob, 3);
            Assert.That(world.Balance(World.Bob), Is.EqualTo((UInt256)9));
        });
        yield return Token("A_window_split_over_two_wallets", RuleMask.Kyc | RuleMask.Windows, world =>
        {
            Ok(world, "setWindows(address,uint32[],uint224[])", EngineWorld.Token, new uint[] { 86_400 }, new UInt256[] { 10 });
            world.Mint(World.Alice, 100);
            world.Transfer(World.Alice, World.Bob, 6);
            Stays(world, World.Bob, () => world.Transfer(EngineWorld.Alice2, World.Bob, 6));
        });
        yield return Token("A_supply_above_the_cap", RuleMask.SupplyCap, world =>
        {
            world.Rules(RuleMask.SupplyCap, r => r with { SupplyCap = 100 });
            world.Mint(World.Alice, 100);
            Stays(world, World.Bob, () => world.Hook(EngineWorld.Created, World.Bob, 1));
        });
        yield return Token("A_supply_that_wraps", RuleMask.None, world =>
        {
            world.Mint(World.Alice, 100);
            Stays(world, World.Bob, () => world.Hook(EngineWorld.Created, World.Bob, UInt256.MaxValue - 50));
        });
        yield return Token("Transfers_of_a_paused_token", RuleMask.None, world =>
        {
            world.Mint(World.Alice, 100);
            Ok(world, "setTokenPaused(address,bool)", EngineWorld.Token, true);
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Token("Mints_of_a_paused_token", RuleMask.None, world =>
        {
            Ok(world, "setTokenPaused(address,bool)", EngineWorld.Token, true);
            Stays(world, World.Bob, () => world.Hook(EngineWorld.Created, World.Bob, 5));
        });

        static TestCaseData Limited(string name, RuleMask mask, Func<RuleSet, RuleSet> change, Address to, ulong amount, ulong minted = 100) => Token(name, mask, world =>
        {
            world.Mint(World.Alice, minted);
            if (minted < amount) world.Mint(EngineWorld.Alice2, amount);
            world.Rules(mask, change);
            Stays(world, to, () => world.Transfer(minted < amount ? EngineWorld.Alice2 : World.Alice, to, amount));
        });
    }

    private static IEnumerable<TestCaseData> Permissions()
    {
        const string approve = "approveTransfer(address,address,address,uint256,uint32,uint64)";
        const string travel = "recordTravelRule(address,address,address,uint256,bytes32,uint64)";
        yield return Approved("A_transfer_without_approval", world => { }, 5, 0);
        yield return Approved("An_approval_used_twice", world => Ok(world, approve, EngineWorld.Token, World.Alice, World.Bob, 5, 1, Far), 5, 1);
        yield return Approved("An_approval_expired_by_one_second", world => Ok(world, approve, EngineWorld.Token, World.Alice, World.Bob, 5, 9, World.Now - 1), 5, 0);
        yield return Approved("An_approval_of_another_amount", world => Ok(world, approve, EngineWorld.Token, World.Alice, World.Bob, 4, 9, Far), 5, 0);
        yield return Approved("An_approval_of_another_receiver", world => Ok(world, approve, EngineWorld.Token, World.Alice, EngineWorld.Carol, 5, 9, Far), 5, 0);
        yield return Approved("An_approval_of_another_token", world =>
        {
            Assert.That(world.Call(Other, "registerToken(address)", EngineWorld.RuleAdmin).Status, Is.EqualTo(Evm.Frames.FrameStatus.Success));
            Ok(world, approve, Other, World.Alice, World.Bob, 5, 9, Far);
        }, 5, 0);
        yield return Travelling("A_large_transfer_without_reference", world => { }, 0);
        yield return Travelling("A_reference_used_twice", world => world.Ok(World.Agent, travel, EngineWorld.Token, World.Alice, World.Bob, 50, Reason, Far), 1);
        yield return Travelling("A_reference_expired_by_one_second", world => world.Ok(World.Agent, travel, EngineWorld.Token, World.Alice, World.Bob, 50, Reason, World.Now - 1), 0);
        yield return Travelling("A_reference_of_another_amount", world => world.Ok(World.Agent, travel, EngineWorld.Token, World.Alice, World.Bob, 51, Reason, Far), 0);
        yield return Travelling("A_reference_of_zero", world => world.Ok(World.Agent, travel, EngineWorld.Token, World.Alice, World.Bob, 50, Hash256.Zero, Far), 0);
        yield return Token("A_value_that_the_feed_does_not_tell_counts_as_small", RuleMask.Travel, world =>
        {
            world.Mint(World.Alice, 100);
            world.Rules(RuleMask.Travel, r => r with { TravelThreshold = 1_000, TravelFeedId = 77 });
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });

        static TestCaseData Approved(string name, Action<EngineWorld> approve, ulong amount, ulong times) => Token(name, RuleMask.Approval, world =>
        {
            world.Mint(World.Alice, 100);
            approve(world);
            for (int i = 0; i < 3; i++) world.Transfer(World.Alice, World.Bob, amount);
            Assert.That(world.Balance(World.Bob), Is.EqualTo((UInt256)(amount * times)));
        });

        static TestCaseData Travelling(string name, Action<EngineWorld> record, ulong times) => Token(name, RuleMask.Travel, world =>
        {
            world.Mint(World.Alice, 200);
            world.Rules(RuleMask.Travel, r => r with { TravelThreshold = 50 });
            record(world);
            for (int i = 0; i < 3; i++) world.Transfer(World.Alice, World.Bob, 50);
            Assert.That(world.Balance(World.Bob), Is.EqualTo((UInt256)(50 * times)));
        });
    }

    private static IEnumerable<TestCaseData> Ledger()
    {
        const string hold = "setLegalHold(address,bytes32,uint256,bytes32)";
        yield return Token("Tokens_under_a_legal_hold", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            world.Ok(World.Officer, hold, EngineWorld.Token, World.AliceId, 96, Reason);
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 5));
        });
        yield return Token("Tokens_under_a_legal_hold_through_the_second_wallet", RuleMask.Kyc, world =>
        {
            world.Mint(World.Alice, 100);
            world.Ok(World.Officer, hold, EngineWorld.Token, World.AliceId, 96, Reason);
            Stays(world, World.Bob, () => world.Transfer(EngineWorld.Alice2, World.Bob, 5));
        });
        yield return Token("More_than_the_balance_is_sent", RuleMask.None, world =>
        {
            world.Mint(World.Alice, 100);
            Stays(world, World.Bob, () => world.Transfer(World.Alice, World.Bob, 101));
        });
        yield return Token("More_than_the_balance_is_burned", RuleMask.None, world =>
        {
            world.Mint(World.Alice, 100);
            Stays(world, World.Alice, () => world.Hook(EngineWorld.Destroyed, World.Alice, 101));
        });
        yield return Token("More_than_the_balance_is_forced", RuleMask.None, world =>
        {
            world.Mint(World.Alice, 100);
            Stays(world, World.Bob, () => world.Hook(EngineWorld.Forced, World.Alice, World.Bob, 101, Reason));
        });
        yield return Token("Minted_and_sent_in_a_frame_that_reverts", RuleMask.None, world =>
        {
            // A token contract that mints through its hook and reverts.
            Put(world.Chain, EngineWorld.Token, [.. Forward(0xf1, ModuleAddresses.Engine)[..^1], 0x5f, 0x5f, 0xfd]);
            Stays(world, World.Bob, () => world.Chain.CallAt(EngineWorld.Token, World.Nobody, World.Encode(EngineWorld.Created, World.Bob, 5)));
        });
        yield return Case("A_token_that_never_registered_moves_its_holders", () =>
        {
            using EngineWorld world = new();
            Assert.That(world.Call(Other, EngineWorld.Created, World.Bob, 5).Status, Is.EqualTo(Evm.Frames.FrameStatus.Revert));
            Assert.That(world.Slot(Storage.Slots.Map(EngineLayout.Holders, Storage.Slots.Hash(W(Other), W(World.Bob)))), Is.EqualTo(UInt256.Zero));
        });
    }

    private static TestCaseData Token(string name, RuleMask mask, Action<EngineWorld> attempt) => Case(name, () =>
    {
        using EngineWorld world = new();
        world.Rules(mask);
        attempt(world);
    });

    private static void Stays(EngineWorld world, Address account, Action action)
    {
        UInt256 before = world.Balance(account);
        action();
        Assert.That(world.Balance(account), Is.EqualTo(before), "the position stays");
    }

    private static void Ok(EngineWorld world, string signature, params object[] arguments) => world.Ok(EngineWorld.RuleAdmin, signature, arguments);
}
