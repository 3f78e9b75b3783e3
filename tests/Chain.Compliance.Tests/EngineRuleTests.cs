using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests;

/// <summary>Every row of the evaluation (section 4.3) at its boundary, its exemptions, and what movements change.</summary>
public sealed class EngineRuleTests
{
    private static readonly Address Alice = World.Alice;
    private static readonly Address Bob = World.Bob;
    private static readonly Address Carol = EngineWorld.Carol;
    private static readonly Address Venue = EngineWorld.Venue;
    private static readonly Address Token = EngineWorld.Token;
    private static readonly Address RuleAdmin = EngineWorld.RuleAdmin;

    private static EngineWorld Make(RuleMask mask, Func<RuleSet, RuleSet>? change = null, ulong mint = 100)
    {
        EngineWorld world = new();
        world.Rules(mask & RuleMask.Kyc);
        if (mint != 0) world.Mint(Alice, mint);
        world.Rules(mask, change);
        return world;
    }

    [Test]
    public void Row_1_an_unknown_token_moves_nothing()
    {
        using EngineWorld world = new();
        Assert.That(world.View("canTransfer(address,address,address,uint256)", Alice, Alice, Bob, 0)[0], Is.EqualTo((UInt256)64));
        world.Fails(EngineErrors.ComplianceViolation.Encode(64, AbiWords.ToWord(Alice), AbiWords.ToWord(Bob), 5), Carol, EngineWorld.Transferred, Alice, Bob, 5);
    }

    [Test]
    public void Row_2_a_pause_stops_transfers_and_mints_but_not_burns_and_forced_transfers()
    {
        using EngineWorld world = Make(RuleMask.None);
        world.Ok(RuleAdmin, "setTokenPaused(address,bool)", Token, true);
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(65));
        Assert.That(world.CanMint(Alice, 1), Is.EqualTo(65));
        Assert.That(world.Hook(EngineWorld.Destroyed, Alice, 1), Is.Zero);
        Assert.That(world.Hook(EngineWorld.Forced, Alice, Bob, 1, World.Id(9)), Is.Zero);
        world.Ok(World.Officer, "setTokenPaused(address,bool)", Token, false);
        Assert.That(world.Transfer(Alice, Bob, 1), Is.Zero);
    }

    [Test]
    public void Rows_3_and_4_ask_both_sides()
    {
        using EngineWorld world = Make(RuleMask.Kyc);
        Assert.That(world.Transfer(World.Nobody, Bob, 1), Is.EqualTo(17));
        Assert.That(world.Transfer(Alice, World.Nobody, 1), Is.EqualTo(33));
        Assert.That(world.CanMint(World.Nobody, 1), Is.EqualTo(33));
        world.Rules(RuleMask.Kyc, r => r with { MinTierFrom = 3 });
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(16 + 7));
        world.Rules(RuleMask.Kyc, r => r with { MinTierTo = 3 });
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(32 + 7));
        Assert.That(world.Hook(EngineWorld.Forced, Alice, Bob, 1, World.Id(9)), Is.EqualTo(32 + 7));
        world.Rules(RuleMask.Kyc, r => r with { MinTierFrom = 2, MinTierTo = 2 });
        Assert.That(world.Transfer(Alice, Bob, 1), Is.Zero);
        world.Chain.Succeeds(World.Officer, "setWalletStatus(address,uint8,bytes32)", Alice, 2, World.Id(9));
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(16 + 2));
        Assert.That(world.Hook(EngineWorld.Forced, Alice, Bob, 1, World.Id(9)), Is.Zero, "a frozen sender can be forced");
    }

    [TestCase(RuleMask.CountryAllow, (byte)0, (byte)67)]
    [TestCase(RuleMask.CountryDeny, (byte)67, (byte)0)]
    public void Row_5_looks_the_receivers_country_up(RuleMask rule, byte german, byte french)
    {
        using EngineWorld world = Make(rule);
        world.Ok(RuleAdmin, "setCountries(address,uint16[],bool)", Token, new ushort[] { 276, 999 }, true);
        Assert.That(world.CanTransfer(Alice, Bob, 1), Is.EqualTo(german));
        Assert.That(world.CanTransfer(Alice, Carol, 1), Is.EqualTo(french));
        Assert.That(world.CanMint(Carol, 1), Is.EqualTo(french));
        Assert.That(world.CanTransfer(Alice, World.Nobody, 1), Is.EqualTo(rule == RuleMask.CountryAllow ? 67 : 0), "country 0");
        Assert.That(world.CanTransfer(Alice, Venue, 1), Is.EqualTo(rule == RuleMask.CountryAllow ? 67 : 0));
        world.Exempt(Exemptions.CountryAndType);
        Assert.That(world.CanTransfer(Alice, Venue, 1), Is.Zero);
        world.Ok(RuleAdmin, "setCountries(address,uint16[],bool)", Token, new ushort[] { 276 }, false);
        Assert.That(world.CanTransfer(Alice, Bob, 1), Is.EqualTo(french));
    }

    [Test]
    public void Row_6_looks_the_receivers_type_up()
    {
        using EngineWorld world = Make(RuleMask.Type, r => r with { TypeMask = 1 << 2 });
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(69));
        Assert.That(world.Transfer(Alice, Carol, 1), Is.Zero);
        Assert.That(world.Transfer(Alice, Venue, 1), Is.EqualTo(69));
        world.Exempt(Exemptions.CountryAndType);
        Assert.That(world.Transfer(Alice, Venue, 1), Is.Zero);
    }

    [Test]
    public void Row_7_balance_then_legal_hold()
    {
        using EngineWorld world = Make(RuleMask.None);
        Assert.That(world.Transfer(Alice, Bob, 101), Is.EqualTo(128));
        Assert.That(world.CanTransfer(Alice, Bob, UInt256.MaxValue), Is.EqualTo(128));
        world.Ok(World.Officer, "setLegalHold(address,bytes32,uint256,bytes32)", Token, world.Key(Alice), 60, World.Id(9));
        Assert.That(world.Transfer(Alice, Bob, 41), Is.EqualTo(66));
        Assert.That(world.Transfer(Alice, Bob, 40), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 0), Is.Zero);
        world.Ok(World.Officer, "setLegalHold(address,bytes32,uint256,bytes32)", Token, world.Key(Alice), 61, World.Id(9));
        Assert.That(world.Transfer(Alice, Bob, 0), Is.EqualTo(66), "a hold above the balance lets nothing leave");
        Assert.That(world.Hook(EngineWorld.Forced, Alice, Bob, 60, World.Id(9)), Is.Zero, "a court order passes a hold");
        Assert.That(world.Hook(EngineWorld.Destroyed, Bob, 101), Is.EqualTo(128));
        Assert.That(world.Hook(EngineWorld.Forced, Bob, Alice, 101, World.Id(9)), Is.EqualTo(128));
    }

    [TestCase(1UL, (byte)76)]
    [TestCase(0UL, (byte)0)]
    public void Row_8_ends_at_the_second(ulong secondsLeft, byte code)
    {
        using EngineWorld world = Make(RuleMask.Lockup, r => r with { LockupUntil = World.Now + secondsLeft });
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(code));
        Assert.That(world.CanMint(Bob, 1), Is.Zero);
    }

    [Test]
    public void Row_9_locks_what_was_minted()
    {
        using EngineWorld world = Make(RuleMask.HoldingPeriod, r => r with { HoldingPeriod = 10 });
        world.Mint(Alice, 50);
        Assert.That(world.Transfer(Alice, Bob, 101), Is.EqualTo(77));
        Assert.That(world.Transfer(Alice, Bob, 100), Is.Zero, "what was minted before the rule is free");
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(77));
        Assert.That(world.Holder(Alice)[2], Is.EqualTo((UInt256)50));
        world.Later(9);
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(77));
        world.Later(1);
        Assert.That(world.Holder(Alice)[2], Is.EqualTo(UInt256.Zero));
        Assert.That(world.Transfer(Alice, Bob, 50), Is.Zero);
        Assert.That(world.Lots(Bob), Is.Empty, "transfers lock only where the holding restarts");
    }

    [Test]
    public void Row_10_counts_per_window_and_starts_anew_at_its_boundary()
    {
        using EngineWorld world = Make(RuleMask.Windows);
        world.Ok(RuleAdmin, "setWindows(address,uint32[],uint224[])", Token, new uint[] { 10, 100 }, new UInt256[] { 5, 8 });
        Assert.That(World.Now % 100, Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 6), Is.EqualTo(78));
        Assert.That(world.Transfer(Alice, Bob, 5), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(78));
        world.Later(9);
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(78));
        world.Later(1);
        Assert.That(world.Transfer(Alice, Bob, 4), Is.EqualTo(78), "the longer window");
        Assert.That(world.Transfer(Alice, Bob, 3), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(78));
        world.Later(90);
        Assert.That(world.Transfer(Alice, Bob, 5), Is.Zero);
        Assert.That(world.Transfer(Bob, Alice, 5), Is.Zero, "windows are the sender's");
    }

    [Test]
    public void Rows_8_to_10_exempt_a_venue_as_sender()
    {
        using EngineWorld world = Make(RuleMask.None);
        Assert.That(world.Transfer(Alice, Venue, 50), Is.Zero);
        world.Rules(RuleMask.Lockup | RuleMask.Windows | RuleMask.HoldingPeriod, r => r with { LockupUntil = World.Now + 1, HoldingPeriod = 10, HoldingRestarts = true });
        world.Ok(RuleAdmin, "setWindows(address,uint32[],uint224[])", Token, new uint[] { 10 }, new UInt256[] { 0 });
        Assert.That(world.CanTransfer(Venue, Bob, 1), Is.EqualTo(76));
        world.Exempt(Exemptions.Time);
        Assert.That(world.Transfer(Venue, Bob, 1), Is.Zero);
        Assert.That(world.Lots(Bob), Has.Length.EqualTo(1));
        world.Mint(Venue, 5);
        Assert.That(world.Lots(Venue), Is.Empty, "a venue gets no lot");
    }

    [Test]
    public void Row_11_asks_what_remains_and_what_arrives()
    {
        using EngineWorld world = Make(RuleMask.MinHolding, r => r with { MinHolding = 10 });
        Assert.That(world.Transfer(Alice, Bob, 9), Is.EqualTo(75));
        Assert.That(world.Transfer(Alice, Bob, 91), Is.EqualTo(75));
        Assert.That(world.Transfer(Alice, Bob, 10), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 80), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 10), Is.Zero, "all of it");
        Assert.That(world.CanMint(Carol, 9), Is.EqualTo(75));
        Assert.That(world.CanMint(Carol, 10), Is.Zero);
        Assert.That(world.CanMint(Carol, 0), Is.Zero);
        Assert.That(world.CanTransfer(Bob, Venue, 1), Is.EqualTo(75));
        world.Exempt(Exemptions.Balance);
        Assert.That(world.Transfer(Bob, Venue, 1), Is.Zero);
        Assert.That(world.Transfer(Venue, Carol, 1), Is.Zero, "either side exempts");
    }

    [Test]
    public void Row_12_limits_the_balance_of_an_identity()
    {
        using EngineWorld world = Make(RuleMask.MaxBalance, r => r with { MaxBalance = 30 });
        Assert.That(world.Transfer(Alice, Bob, 31), Is.EqualTo(73));
        Assert.That(world.Transfer(Alice, Bob, 29), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 2), Is.EqualTo(73));
        Assert.That(world.Transfer(Alice, Bob, 1), Is.Zero);
        Assert.That(world.CanMint(Bob, UInt256.MaxValue), Is.EqualTo(73), "exact beyond 2^256");
        Assert.That(world.CanTransfer(Alice, Venue, 31), Is.EqualTo(73));
        world.Exempt(Exemptions.Balance);
        Assert.That(world.CanTransfer(Alice, Venue, 31), Is.Zero);
    }

    [Test]
    public void Row_12_limits_the_balance_of_a_type()
    {
        using EngineWorld world = Make(RuleMask.TypeBalance);
        world.Ok(RuleAdmin, "setTypeCaps(address,uint8,uint32,uint256)", Token, 1, 0, 7);
        Assert.That(world.Transfer(Alice, Bob, 8), Is.EqualTo(82));
        Assert.That(world.Transfer(Alice, Bob, 7), Is.Zero);
        Assert.That(world.CanTransfer(Alice, Carol, 1), Is.EqualTo(82), "no balance cap admits no balance");
        Assert.That(world.CanMint(Bob, 1), Is.EqualTo(82));
    }

    [Test]
    public void Row_13_limits_the_share_of_the_supply()
    {
        using EngineWorld world = Make(RuleMask.MaxShare, r => r with { MaxShareBps = 2_500 });
        Assert.That(world.Transfer(Alice, Bob, 26), Is.EqualTo(74));
        Assert.That(world.Transfer(Alice, Bob, 25), Is.Zero);
        Assert.That(world.CanMint(Carol, 33), Is.Zero, "of the supply after the mint");
        Assert.That(world.CanMint(Carol, 34), Is.EqualTo(74));
        Assert.That(world.CanMint(Carol, UInt256.MaxValue), Is.EqualTo(74));
    }

    [Test]
    public void Row_14_counts_holders_after_the_movement()
    {
        using EngineWorld world = Make(RuleMask.MaxHolders, r => r with { MaxHolders = 2 });
        Assert.That(world.Transfer(Alice, Bob, 10), Is.Zero);
        Assert.That(world.Transfer(Alice, Carol, 10), Is.EqualTo(70));
        Assert.That(world.Transfer(Alice, Carol, 0), Is.Zero, "nothing makes no holder");
        Assert.That(world.CanMint(Carol, 1), Is.EqualTo(70));
        Assert.That(world.Transfer(Alice, Carol, 90), Is.Zero, "one leaves, one comes");
        Assert.That(world.Holders, Is.EqualTo(2));
        Assert.That(world.CanTransfer(Carol, Venue, 1), Is.EqualTo(70));
        world.Exempt(Exemptions.HolderCount);
        Assert.That(world.Transfer(Carol, Venue, 1), Is.Zero);
        Assert.That(world.Holders, Is.EqualTo(2), "a venue is never counted");
        Assert.That(world.Transfer(Venue, Alice, 1), Is.Zero, "either side exempts");
        Assert.That(world.Holders, Is.EqualTo(3));
    }

    [Test]
    public void Row_15_counts_by_country_and_type()
    {
        using EngineWorld world = Make(RuleMask.CountryHolders | RuleMask.TypeHolders);
        world.Ok(RuleAdmin, "setCountryHolderCap(address,uint16,uint32)", Token, 276, 1);
        Assert.That(world.Transfer(Alice, Bob, 10), Is.EqualTo(71));
        Assert.That(world.Transfer(Alice, Carol, 10), Is.Zero, "no cap on France");
        Assert.That(world.Transfer(Alice, Bob, 90), Is.Zero, "one German leaves, one comes");
        world.Ok(RuleAdmin, "setCountryHolderCap(address,uint16,uint32)", Token, 276, 0);
        world.Ok(RuleAdmin, "setTypeCaps(address,uint8,uint32,uint256)", Token, 1, 1, 0);
        Assert.That(world.Transfer(Carol, Alice, 1), Is.EqualTo(72));
        world.Ok(RuleAdmin, "setTypeCaps(address,uint8,uint32,uint256)", Token, 1, 2, 0);
        Assert.That(world.Transfer(Carol, Alice, 1), Is.Zero);
        Assert.That(world.Count(EngineLayout.CountryCaps, 276), Is.EqualTo(2));
        Assert.That(world.Count(EngineLayout.TypeCaps, 2), Is.EqualTo(1));
    }

    [Test]
    public void Row_16_uses_approvals_up()
    {
        using EngineWorld world = Make(RuleMask.Approval);
        const string approve = "approveTransfer(address,address,address,uint256,uint32,uint64)";
        Assert.That(world.Transfer(Alice, Bob, 5), Is.EqualTo(79));
        world.Ok(RuleAdmin, approve, Token, Alice, Bob, 5, 2, World.Now + 10);
        Assert.That(world.Transfer(Alice, Bob, 4), Is.EqualTo(79), "of that amount only");
        Assert.That(world.Transfer(Alice, Bob, 5), Is.Zero);
        world.Later(10);
        Assert.That(world.Transfer(Alice, Bob, 5), Is.Zero, "at its last second");
        Assert.That(world.Transfer(Alice, Bob, 5), Is.EqualTo(79));
        world.Ok(RuleAdmin, approve, Token, Alice, Bob, 5, 2, World.Now + 10);
        world.Later(1);
        Assert.That(world.Transfer(Alice, Bob, 5), Is.EqualTo(79), "one second late");
        Assert.That(world.CanTransfer(Alice, Venue, 5), Is.EqualTo(79));
        world.Exempt(Exemptions.Approval);
        Assert.That(world.Transfer(Alice, Venue, 5), Is.Zero);
        Assert.That(world.Transfer(Venue, Bob, 5), Is.Zero, "one side suffices");
    }

    [Test]
    public void Row_17_uses_references_up_from_the_threshold_on()
    {
        using EngineWorld world = Make(RuleMask.Travel | RuleMask.EmitDecisions, r => r with { TravelThreshold = 10 });
        const string record = "recordTravelRule(address,address,address,uint256,bytes32,uint64)";
        Assert.That(world.Transfer(Alice, Bob, 9), Is.Zero);
        Assert.That(world.Transfer(Alice, Bob, 10), Is.EqualTo(80));
        world.Ok(World.Agent, record, Token, Alice, Bob, 10, World.Id(77), World.Now);
        Assert.That(world.Transfer(Alice, Bob, 10), Is.Zero);
        Assert.That(AbiWords.ToWord(new Hash256(world.Chain.LastLogs.Single().Data.Span[^32..])), Is.EqualTo((UInt256)77), "the reference is in the decision");
        Assert.That(world.Transfer(Alice, Bob, 10), Is.EqualTo(80), "used up");
        world.Ok(World.Officer, record, Token, Alice, Bob, 10, World.Id(78), World.Now);
        world.Later(1);
        Assert.That(world.Transfer(Alice, Bob, 10), Is.EqualTo(80), "expired");
        world.Exempt(Exemptions.Travel);
        Assert.That(world.Transfer(Alice, Venue, 10), Is.Zero);
        world.Rules(RuleMask.Travel, r => r with { TravelThreshold = 10, TravelFeedId = 5 });
        Assert.That(world.Transfer(Alice, Bob, 1), Is.EqualTo(80), "no fresh price counts as above the threshold");
    }

    [Test]
    public void The_supply_has_a_cap_and_stays_below_2_to_the_192()
    {
        using EngineWorld world = Make(RuleMask.SupplyCap, r => r with { SupplyCap = 150 });
        Assert.That(world.CanMint(Bob, 51), Is.EqualTo(81));
        Assert.That(world.CanMint(Bob, 50), Is.Zero);
        world.Rules(RuleMask.None);
        UInt256 room = (UInt256.One << 192) - 101;
        Assert.That(world.CanMint(Bob, room + 1), Is.EqualTo(81));
        Assert.That(world.CanMint(Bob, UInt256.MaxValue), Is.EqualTo(81));
        Assert.That(world.Hook(EngineWorld.Created, Bob, room), Is.Zero);
        Assert.That(world.Supply, Is.EqualTo((UInt256.One << 192) - 1));
    }

    [Test]
    public void Transfers_between_wallets_of_one_identity_skip_rows_8_to_15()
    {
        using EngineWorld world = Make(RuleMask.Kyc | RuleMask.Lockup | RuleMask.MaxBalance | RuleMask.MaxHolders | RuleMask.MinHolding,
            r => r with { LockupUntil = ulong.MaxValue, MaxBalance = 1, MaxHolders = 0, MinHolding = 1_000 });
        Assert.That(world.Transfer(Alice, EngineWorld.Alice2, 40), Is.Zero);
        Assert.That(world.Transfer(Alice, EngineWorld.Alice2, 101), Is.EqualTo(128), "row 7 runs");
        Assert.That(world.Balance(EngineWorld.Alice2), Is.EqualTo((UInt256)100), "one balance");
        Assert.That(world.Transfer(Alice, Bob, 40), Is.EqualTo(76));
    }

    [Test]
    public void A_recovery_needs_one_identity_and_an_eligible_destination_and_moves_nothing()
    {
        using EngineWorld world = Make(RuleMask.Kyc);
        Assert.That(world.Hook(EngineWorld.Recovered, Alice, Bob, 5), Is.EqualTo(33));
        Assert.That(world.Hook(EngineWorld.Recovered, Alice, EngineWorld.Alice2, 5), Is.Zero);
        Assert.That(world.Balance(Alice), Is.EqualTo((UInt256)100));
        world.Chain.Succeeds(World.Officer, "setWalletStatus(address,uint8,bytes32)", EngineWorld.Alice2, 2, World.Id(9));
        Assert.That(world.Hook(EngineWorld.Recovered, Alice, EngineWorld.Alice2, 5), Is.EqualTo(34));
    }

    [Test]
    public void The_first_failing_row_answers()
    {
        using EngineWorld world = Make(RuleMask.Kyc | RuleMask.Lockup | RuleMask.MaxBalance | RuleMask.Approval,
            r => r with { LockupUntil = ulong.MaxValue, MaxBalance = 1, MinTierFrom = 4, MinTierTo = 4 });
        Assert.That(world.CanTransfer(Alice, Bob, 500), Is.EqualTo(16 + 7));
        world.Rules(RuleMask.Kyc | RuleMask.Lockup | RuleMask.MaxBalance | RuleMask.Approval, r => r with { LockupUntil = ulong.MaxValue, MaxBalance = 1 });
        Assert.That(world.CanTransfer(Alice, Bob, 500), Is.EqualTo(128));
        Assert.That(world.CanTransfer(Alice, Bob, 50), Is.EqualTo(76));
        world.Rules(RuleMask.Kyc | RuleMask.MaxBalance | RuleMask.Approval, r => r with { MaxBalance = 1 });
        Assert.That(world.CanTransfer(Alice, Bob, 50), Is.EqualTo(73));
        Assert.That(world.CanTransfer(Alice, Bob, 1), Is.EqualTo(79));
    }

    [Test]
    public void Resync_moves_a_holder_to_its_present_country_and_type()
    {
        using EngineWorld world = Make(RuleMask.Kyc);
        world.Chain.Succeeds(World.Agent, "updateIdentity((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32))", World.Input(World.AliceId, type: 3, country: 250));
        Assert.That(world.Count(EngineLayout.CountryCaps, 276), Is.EqualTo(1), "a change of the identity alone moves no counter");
        world.Ok(World.Nobody, "resync(address,bytes32)", Token, World.AliceId);
        Assert.That(world.Count(EngineLayout.CountryCaps, 276), Is.Zero);
        Assert.That(world.Count(EngineLayout.CountryCaps, 250), Is.EqualTo(1));
        Assert.That(world.Count(EngineLayout.TypeCaps, 1), Is.Zero);
        Assert.That(world.Count(EngineLayout.TypeCaps, 3), Is.EqualTo(1));
        Assert.That(world.Holder(Alice)[3..], Is.EqualTo(new UInt256[] { 250, 3, 1 }));
        Assert.That(world.Hook(EngineWorld.Destroyed, Alice, 100), Is.Zero);
        Assert.That(world.Count(EngineLayout.CountryCaps, 250), Is.Zero);
        world.Ok(World.Nobody, "resync(address,bytes32)", Token, World.AliceId);
        Assert.That(world.Count(EngineLayout.CountryCaps, 250), Is.Zero, "one who holds nothing is not counted");
        world.Fails(EngineErrors.TokenUnknown.Encode(AbiWords.ToWord(Bob)), World.Nobody, "resync(address,bytes32)", Bob, World.AliceId);
    }

    [Test]
    public void Three_argument_check_asks_for_the_caller()
    {
        using EngineWorld world = Make(RuleMask.None);
        Assert.That(world.Call(Token, "canTransfer(address,address,uint256)", Alice, Bob, 100).Output.Span[31], Is.EqualTo(1));
        Assert.That(world.Call(Token, "canTransfer(address,address,uint256)", Alice, Bob, 101).Output.Span[31], Is.Zero);
        Assert.That(world.Call(Bob, "canTransfer(address,address,uint256)", Alice, Bob, 1).Output.Span[31], Is.Zero);
    }

    [Test]
    public void Writes_ask_for_authority()
    {
        using EngineWorld world = Make(RuleMask.Kyc);
        byte[] notAdmin = EngineErrors.NotRuleAdmin.Encode(AbiWords.ToWord(Carol));
        byte[] Unauthorized(ulong required) => KycErrors.Unauthorized.Encode(AbiWords.ToWord(Carol), required);
        world.Fails(notAdmin, Carol, $"setRules(address,{EngineWorld.RuleSetType})", Token, EngineWorld.Open(0));
        world.Fails(notAdmin, Carol, "setCountries(address,uint16[],bool)", Token, new ushort[] { 1 }, true);
        world.Fails(notAdmin, Carol, "setCountryHolderCap(address,uint16,uint32)", Token, 1, 1);
        world.Fails(notAdmin, Carol, "setTypeCaps(address,uint8,uint32,uint256)", Token, 1, 1, 1);
        world.Fails(notAdmin, Carol, "setWindows(address,uint32[],uint224[])", Token, Array.Empty<uint>(), Array.Empty<UInt256>());
        world.Fails(notAdmin, Carol, "setExempt(address,address,uint8)", Token, Venue, 1);
        world.Fails(notAdmin, Carol, "approveTransfer(address,address,address,uint256,uint32,uint64)", Token, Alice, Bob, 1, 1, 1);
        world.Fails(notAdmin, Carol, "setRuleAdmin(address,address)", Token, Carol);
        world.Fails(notAdmin, Carol, "acceptRuleAdmin(address)", Token);
        world.Fails(notAdmin, Carol, "setTokenPaused(address,bool)", Token, true);
        world.Fails(Unauthorized(4), Carol, "setLegalHold(address,bytes32,uint256,bytes32)", Token, World.AliceId, 1, World.Id(1));
        world.Fails(Unauthorized(1), Carol, "recordTravelRule(address,address,address,uint256,bytes32,uint64)", Token, Alice, Bob, 1, World.Id(1), 1);
        world.Fails(Unauthorized(3), Carol, "registerTokenFor(address,address)", Bob, Carol);
        world.Fails(KycErrors.Unauthorized.Encode(AbiWords.ToWord(World.Agent), 3), World.Agent, "registerTokenFor(address,address)", Bob, Carol);
        world.Ok(World.Manager, "registerTokenFor(address,address)", Bob, Carol);
        world.Fails(EngineErrors.TokenAlreadyRegistered.Encode(AbiWords.ToWord(Bob)), Bob, "registerToken(address)", Carol);
        world.Fails(EngineErrors.NotRuleAdmin.Encode(0), Alice, "registerToken(address)", default(Address));
    }

    [Test]
    public void Rule_administration_passes_on_acceptance()
    {
        using EngineWorld world = Make(RuleMask.Kyc);
        world.Ok(RuleAdmin, "setRuleAdmin(address,address)", Token, Carol);
        Assert.That(world.Chain.LastLogs, Is.Empty);
        world.Rules(RuleMask.Kyc);
        world.Ok(Carol, "acceptRuleAdmin(address)", Token);
        Assert.That(world.Chain.LastLogs.Single().Topics[0], Is.EqualTo(EngineEvents.TokenRegistered.Topic));
        world.Fails(EngineErrors.NotRuleAdmin.Encode(AbiWords.ToWord(RuleAdmin)), RuleAdmin, "setTokenPaused(address,bool)", Token, true);
        world.Ok(Carol, "setTokenPaused(address,bool)", Token, true);
    }

    [Test]
    public void Arguments_outside_their_domain_are_named()
    {
        using EngineWorld world = Make(RuleMask.Kyc);
        const string setRules = $"setRules(address,{EngineWorld.RuleSetType})";
        byte[] invalid = EngineErrors.InvalidRules.Encode(0);
        world.Fails(invalid, RuleAdmin, setRules, Token, EngineWorld.Open((RuleMask)(1 << 18)));
        world.Fails(invalid, RuleAdmin, setRules, Token, EngineWorld.Open(RuleMask.CountryAllow | RuleMask.CountryDeny));
        world.Fails(invalid, RuleAdmin, setRules, Token, EngineWorld.Open(RuleMask.None));
        world.Ok(Token, EngineWorld.Destroyed, Alice, 100);
        world.Ok(RuleAdmin, setRules, Token, EngineWorld.Open(RuleMask.None));
        world.Fails(KycErrors.BatchTooLarge.Encode(81, 80), RuleAdmin, "setCountries(address,uint16[],bool)", Token, new ushort[81], true);
        world.Fails(KycErrors.InvalidField.Encode(4), RuleAdmin, "setCountries(address,uint16[],bool)", Token, new ushort[] { 1_000 }, true);
        world.Fails(KycErrors.BatchTooLarge.Encode(5, 4), RuleAdmin, "setWindows(address,uint32[],uint224[])", Token, new uint[5], new UInt256[5]);
        world.Fails(KycErrors.LengthMismatch.Encode(), RuleAdmin, "setWindows(address,uint32[],uint224[])", Token, new uint[] { 1 }, Array.Empty<UInt256>());
        world.Fails(invalid, RuleAdmin, "setWindows(address,uint32[],uint224[])", Token, new uint[1], new UInt256[1]);
        world.Fails(KycErrors.WalletUnknown.Encode(AbiWords.ToWord(World.Nobody)), RuleAdmin, "setExempt(address,address,uint8)", Token, World.Nobody, 1);
        world.Fails(KycErrors.InvalidField.Encode(1), RuleAdmin, "setExempt(address,address,uint8)", Token, Alice, 1);
    }

    [Test]
    public void Unknown_tokens_show_zeros()
    {
        using EngineWorld world = new();
        Assert.That(world.View("rulesOf(address)", Alice), Is.EqualTo(new UInt256[18]));
        Assert.That(world.View("holderOf(address,bytes32)", Alice, World.AliceId), Is.EqualTo(new UInt256[6]));
    }

    [Test]
    public void Rules_read_back_as_they_were_set()
    {
        using EngineWorld world = new();
        RuleSet rules = new((RuleMask)0x2a5f9, 1, 2, 3, 4, 5, 6, 7, true, 8, 9, 10, 11, 12);
        world.Ok(RuleAdmin, $"setRules(address,{EngineWorld.RuleSetType})", Token, rules);
        Assert.That(new Hash256(world.Chain.LastLogs.Single().Data.Span), Is.EqualTo(Core.Crypto.Keccak256.Hash(World.Words(rules.ToWords()))));
        Assert.That(world.View("rulesOf(address)", Token)[4..], Is.EqualTo(rules.ToWords()));
    }
}
