using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Tests;

/// <summary>Writes and views of the registry (sections 2.3 to 2.6).</summary>
public sealed class RegistryTests
{
    private const string InputType = "(bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)";
    private const string Register = $"registerIdentity({InputType},address[])";
    private const string Update = $"updateIdentity({InputType})";
    private const string Renew = "renewIdentity(bytes32,uint64,bytes32)";
    private const string Link = "linkWallet(bytes32,address,uint8,uint64,bytes)";
    private const string SetWallet = "setWalletStatus(address,uint8,bytes32)";
    private const string SetIdentity = "setIdentityStatus(bytes32,uint8,bytes32)";
    private const string Propose = "proposeRecovery(address,address,bytes32)";
    private const string Sanction = "setSanctioned(address[],bool,uint32)";
    private static readonly Hash256 None = Hash256.Zero;
    private static readonly byte[] NoConsent = [];

    private static UInt256 W(Address address) => AbiWords.ToWord(address);

    private static IEnumerable<TestCaseData> InvalidInputs()
    {
        IdentityInput valid = World.Input(World.Id(9));
        IdentityInput protocol = World.Input(World.Id(9), kind: 2);
        yield return new TestCaseData(valid with { IdentityId = None }, 0);
        yield return new TestCaseData(valid with { Kind = 3 }, 1);
        yield return new TestCaseData(valid with { Tier = 5 }, 2);
        yield return new TestCaseData(protocol with { Tier = 3 }, 2);
        yield return new TestCaseData(valid with { InvestorType = 4 }, 3);
        yield return new TestCaseData(protocol with { InvestorType = 1 }, 3);
        yield return new TestCaseData(valid with { Country = 0 }, 4);
        yield return new TestCaseData(valid with { Country = 1_000 }, 4);
        yield return new TestCaseData(protocol with { Country = 276 }, 4);
        yield return new TestCaseData(valid with { TaxCountry = 0 }, 5);
        yield return new TestCaseData(valid with { TaxCountry = 1_000 }, 5);
        yield return new TestCaseData(valid with { Attributes = 32 }, 6);
        yield return new TestCaseData(valid with { Expiry = World.Now }, 7);
        yield return new TestCaseData(valid with { Expiry = World.Now + KycLimits.ValiditySecondsMax + 1 }, 7);
        yield return new TestCaseData(valid with { Expiry = ulong.MaxValue }, 7);
    }

    [TestCaseSource(nameof(InvalidInputs))]
    public void Fields_outside_their_domain_are_refused_by_index(IdentityInput input, int field)
    {
        using World world = new();
        world.Fails(KycErrors.InvalidField.Encode((ulong)field), World.Agent, Register, input, Array.Empty<Address>());
    }

    [Test]
    public void Registration_writes_the_record_and_logs_in_order()
    {
        using World world = new();
        IdentityInput input = World.Input(World.Id(7), tier: 3, type: 2, country: 250) with { OnchainId = World.Bob, Attributes = 3 };
        world.Succeeds(World.Agent, Register, input, new[] { World.Nobody, World.Agent });

        Assert.That(world.LastLogs.Select(l => l.Topics[0]), Is.EqualTo(new[]
        {
            KycEvents.IdentityCreated.Topic, KycEvents.WalletLinked.Topic, KycEvents.IdentityRegistered.Topic, KycEvents.WalletLinked.Topic, KycEvents.IdentityRegistered.Topic,
        }));
        Assert.That(world.View("getIdentity(bytes32)", World.Id(7)), Is.EqualTo(new UInt256[]
        {
            1, 0, 3, 2, 250, 250, 3, input.Expiry, World.Now, 2, AbiWords.ToWord(input.ClaimsHash), W(World.Bob), 3, World.Now,
        }));
        Assert.That(world.View("getWallet(address)", World.Agent), Is.EqualTo(new UInt256[] { 7, 1, 0, 0, World.Now, 1, World.Now }));
        Assert.That(world.View("walletsOf(bytes32,uint256,uint256)", World.Id(7), 0, 10), Is.EqualTo(new UInt256[] { 32, 2, W(World.Nobody), W(World.Agent) }));
        Assert.That(world.View("identities(uint256,uint256)", 2, 1_000), Is.EqualTo(new UInt256[] { 32, 1, 7 }));
        Assert.That(world.View("identities(uint256,uint256)", 3, 1), Is.EqualTo(new UInt256[] { 32, 0 }));
        Assert.That(world.Word("identityCount()"), Is.EqualTo((UInt256)3));
        Assert.That(world.Word("identity(address)", World.Nobody), Is.EqualTo(W(World.Bob)));
        Assert.That(world.Word("investorCountry(address)", World.Nobody), Is.EqualTo((UInt256)250));
        Assert.That(world.Word("contains(address)", World.Nobody), Is.EqualTo(UInt256.One));
        Assert.That(world.Word("isVerified(address)", World.Nobody), Is.EqualTo(UInt256.One));
    }

    [Test]
    public void Registration_refuses_taken_ids_wallets_and_onchain_ids()
    {
        using World world = new();
        world.Fails(KycErrors.IdentityExists.Encode(1), World.Agent, Register, World.Input(World.AliceId), Array.Empty<Address>());
        world.Fails(KycErrors.WalletAlreadyLinked.Encode(W(World.Alice), 1), World.Agent, Register, World.Input(World.Id(7)), new[] { World.Alice });
        world.Fails(KycErrors.WalletAlreadyLinked.Encode(W(World.Nobody), 7), World.Agent, Register, World.Input(World.Id(7)), new[] { World.Nobody, World.Nobody });
        world.Fails(KycErrors.WalletUnknown.Encode(0), World.Agent, Register, World.Input(World.Id(7)), new[] { Address.Zero });
        world.Fails(KycErrors.WalletUnknown.Encode(0x11), World.Agent, Register, World.Input(World.Id(7)), new[] { Address.FromNumber(0x11) });
        world.Fails(KycErrors.InvalidField.Encode(1), World.Agent, Register, World.Input(World.Id(7), kind: 2), new[] { World.Nobody });
        world.Succeeds(World.Agent, Register, World.Input(World.Id(7)) with { OnchainId = World.Nobody }, Array.Empty<Address>());
        world.Fails(KycErrors.InvalidField.Encode(9), World.Agent, Register, World.Input(World.Id(8)) with { OnchainId = World.Nobody }, Array.Empty<Address>());
    }

    [Test]
    public void An_identity_has_at_most_64_wallets()
    {
        using World world = new();
        Address[] wallets = [.. Enumerable.Range(1, 65).Select(i => Address.FromNumber(0x90000 + (ulong)i))];
        world.Fails(KycErrors.TooManyWallets.Encode(7), World.Agent, Register, World.Input(World.Id(7)), wallets);
        world.Succeeds(World.Agent, Register, World.Input(World.Id(7)), wallets[..64]);
        world.Fails(KycErrors.TooManyWallets.Encode(7), World.Agent, Link, World.Id(7), wallets[64], 0, 0, NoConsent);
    }

    [Test]
    public void Batches_are_bounded_and_of_equal_length()
    {
        using World world = new();
        IdentityInput[] inputs = [.. Enumerable.Range(0, 81).Select(i => World.Input(World.Id(100 + (ulong)i)))];
        Address[][] none = [.. inputs.Select(_ => Array.Empty<Address>())];
        world.Fails(KycErrors.BatchTooLarge.Encode(81, 80), World.Agent, $"registerIdentityBatch({InputType}[],address[][])", inputs, none);
        world.Fails(KycErrors.LengthMismatch.Encode(), World.Agent, $"registerIdentityBatch({InputType}[],address[][])", inputs[..2], none[..1]);
        world.Fails(KycErrors.BatchTooLarge.Encode(81, 80), World.Officer, Sanction, Enumerable.Repeat(World.Alice, 81).ToArray(), true, 1);
    }

    [Test]
    public void Updates_move_the_country_and_renewals_only_go_forward()
    {
        using World world = new();
        IdentityInput input = World.Input(World.AliceId, country: 250) with { OnchainId = World.Nobody };
        world.Succeeds(World.Agent, Update, input);
        Assert.That(world.LastLogs.Select(l => l.Topics[0]), Is.EqualTo(new[] { KycEvents.IdentityChanged.Topic, KycEvents.CountryUpdated.Topic }));
        Assert.That(AbiWords.ToWord(world.LastLogs[1].Topics[1]), Is.EqualTo(W(World.Alice)));
        world.Succeeds(World.Agent, Update, input with { OnchainId = default });
        Assert.That(world.LastLogs, Has.Count.EqualTo(1));
        Assert.That(world.Word("identity(address)", World.Alice), Is.EqualTo(W(World.Nobody)));
        world.Fails(KycErrors.InvalidField.Encode(9), World.Agent, Update, input with { OnchainId = World.Bob });
        world.Fails(KycErrors.InvalidField.Encode(9), World.Agent, Update, World.Input(World.BobId) with { OnchainId = World.Nobody });
        world.Fails(KycErrors.InvalidField.Encode(1), World.Agent, Update, input with { Kind = 1 });
        world.Fails(KycErrors.IdentityUnknown.Encode(77), World.Agent, Update, World.Input(World.Id(77)));
        world.Fails(KycErrors.InvalidField.Encode(7), World.Agent, Renew, World.AliceId, input.Expiry, None);
        world.Fails(KycErrors.InvalidField.Encode(7), World.Agent, Renew, World.AliceId, ulong.MaxValue, None);
        world.Fails(KycErrors.IdentityUnknown.Encode(77), World.Agent, Renew, World.Id(77), input.Expiry + 1, None);
        world.NextBlock(90_000);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.Expired));
        world.Succeeds(World.Agent, Renew, World.AliceId, world.Time + 10, World.Id(3));
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.Ok));
    }

    [Test]
    public void Status_is_the_first_match_of_the_table()
    {
        using World world = new();
        world.Succeeds(World.Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 276, 276 }, true);
        Assert.That(world.LastLogs, Has.Count.EqualTo(1), "the second entry changes nothing");
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.CountryBlocked));
        Assert.That(world.Word("isCountryBlocked(uint16)", 276), Is.EqualTo(UInt256.One));
        Assert.That(world.Word("isCountryBlocked(uint16)", 65_535), Is.EqualTo(UInt256.Zero));
        world.Succeeds(World.Admin, "setMinTier(uint8)", 3);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.TierTooLow));
        world.Succeeds(World.Officer, SetIdentity, World.AliceId, 2, None);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.IdentityFrozen));
        world.Succeeds(World.Officer, SetIdentity, World.AliceId, 3, None);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.IdentityRevoked));
        world.Succeeds(World.Officer, SetWallet, World.Alice, 2, None);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.WalletFrozen));
        world.Succeeds(World.Officer, SetWallet, World.Alice, 3, None);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.WalletRevoked));
        world.Succeeds(World.Officer, Sanction, new[] { World.Alice }, true, 1);
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.Sanctioned));
        Assert.That(world.Word("checkLevel(address,uint8,uint8)", World.Bob, 0, 4), Is.EqualTo((UInt256)ReasonCodes.TierTooLow));
        world.Succeeds(World.Admin, "setMinTier(uint8)", 0);
        world.Succeeds(World.Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 276 }, false);
        Assert.That(world.Word("checkLevel(address,uint8,uint8)", World.Bob, 0, 4), Is.EqualTo((UInt256)ReasonCodes.InvestorType));
        Assert.That(world.Word("checkLevel(address,uint8,uint8)", World.Bob, 2, 2), Is.EqualTo(UInt256.Zero));
        Assert.That(world.Word("checkLevel(address,uint8,uint8)", World.Bob, 3, 2), Is.EqualTo((UInt256)ReasonCodes.TierTooLow));
    }

    [TestCase(1, 1)]
    [TestCase(1, 0)]
    [TestCase(1, 9)]
    [TestCase(2, 2)]
    [TestCase(3, 1)]
    [TestCase(3, 3)]
    public void Other_moves_of_status_are_refused(int from, int to)
    {
        using World world = new();
        if (from != 1)
        {
            world.Succeeds(World.Officer, SetIdentity, World.AliceId, from, None);
            world.Succeeds(World.Officer, SetWallet, World.Alice, from, None);
        }
        byte[] error = KycErrors.InvalidStatus.Encode((ulong)from, (ulong)to);
        world.Fails(error, World.Officer, SetIdentity, World.AliceId, to, None);
        world.Fails(error, World.Officer, SetWallet, World.Alice, to, None);
    }

    [Test]
    public void Unlinking_swaps_the_last_wallet_into_place_and_keeps_history()
    {
        using World world = new();
        Address[] wallets = [World.Nobody, World.Agent, World.Manager];
        world.Succeeds(World.Agent, Register, World.Input(World.Id(7)), wallets);
        world.Succeeds(World.Officer, Sanction, new[] { World.Nobody }, true, 3);
        world.Succeeds(World.Agent, "unlinkWallet(address)", World.Nobody);
        Assert.That(world.LastLogs.Select(l => l.Topics[0]), Is.EqualTo(new[] { KycEvents.WalletUnlinked.Topic, KycEvents.IdentityRemoved.Topic }));
        Assert.That(world.View("walletsOf(bytes32,uint256,uint256)", World.Id(7), 0, 9), Is.EqualTo(new UInt256[] { 32, 2, W(World.Manager), W(World.Agent) }));
        Assert.That(world.View("getWallet(address)", World.Manager)[5], Is.EqualTo(UInt256.Zero));
        Assert.That(world.View("getWallet(address)", World.Nobody)[..4], Is.EqualTo(new UInt256[] { 7, 3, 0, 1 }));
        world.Fails(KycErrors.InvalidStatus.Encode(3, 3), World.Agent, "unlinkWallet(address)", World.Nobody);
        world.Fails(KycErrors.WalletUnknown.Encode(0x999), World.Agent, "unlinkWallet(address)", Address.FromNumber(0x999));
        world.Fails(KycErrors.WalletAlreadyLinked.Encode(W(World.Nobody), 7), World.Agent, Link, World.Id(7), World.Nobody, 0, 0, NoConsent);
        world.Fails(KycErrors.WalletAlreadyLinked.Encode(W(World.Nobody), 7), World.Officer, Link, World.AliceId, World.Nobody, 0, 0, NoConsent);
        world.Succeeds(World.Officer, Link, World.Id(7), World.Nobody, 1, 0, NoConsent);
        Assert.That(world.View("getWallet(address)", World.Nobody), Is.EqualTo(new UInt256[] { 7, 1, 1, 1, World.Now, 2, World.Now }));
        Assert.That(world.Status(World.Nobody), Is.EqualTo(ReasonCodes.Sanctioned), "no link clears a sanction");
    }

    [Test]
    public void Consents_are_verified_and_bind_wallet_identity_deadline_and_chain()
    {
        using World world = new();
        byte[] key = [.. new byte[31], 9];
        byte[] publicKey = new byte[64];
        Assert.That(Secp256k1.TryGetPublicKey(key, publicKey), Is.True);
        Address wallet = Secp256k1.AddressOf(publicKey);
        ulong deadline = World.Now + 5;
        byte[] Sign(Hash256 digest)
        {
            Assert.That(Secp256k1.TrySign(digest.Bytes, key, out TransactionSignature s), Is.True);
            return [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)];
        }

        world.Succeeds(World.Admin, "setConsentRequired(bool)", true);
        byte[] invalid = KycErrors.ConsentInvalid.Encode(W(wallet));
        byte[] consent = Sign(LinkConsent.Digest(World.AliceId, wallet, deadline, World.ChainId));
        world.Fails(invalid, World.Agent, Register, World.Input(World.AliceId), new[] { wallet });
        world.Fails(invalid, World.Agent, Link, World.AliceId, wallet, 0, deadline, NoConsent);
        world.Fails(invalid, World.Agent, Link, World.BobId, wallet, 0, deadline, consent);
        world.Fails(invalid, World.Agent, Link, World.AliceId, wallet, 0, deadline + 1, consent);
        world.Fails(invalid, World.Agent, Link, World.AliceId, wallet, 0, deadline, Sign(LinkConsent.Digest(World.AliceId, wallet, deadline, 1)));
        world.Fails(invalid, World.Agent, Link, World.AliceId, wallet, 0, World.Now - 1, Sign(LinkConsent.Digest(World.AliceId, wallet, World.Now - 1, World.ChainId)));
        world.Fails(invalid, World.Agent, Link, World.AliceId, wallet, 0, deadline, consent[..64]);
        UInt256 highS = Secp256k1.Order - UInt256.FromBigEndian(consent.AsSpan(32, 32));
        world.Fails(invalid, World.Agent, Link, World.AliceId, wallet, 0, deadline, (byte[])[.. consent[..32], .. highS.ToBigEndian(), (byte)(55 - consent[64])]);
        world.Succeeds(World.Agent, Link, World.AliceId, wallet, 0, deadline, consent);
        Assert.That(world.Status(wallet), Is.EqualTo(ReasonCodes.Ok));
        world.Succeeds(World.Officer, Link, World.AliceId, World.OtherOfficer, 0, 0, NoConsent);
    }

    [Test]
    public void Recovery_takes_two_people_and_thirty_days_at_most()
    {
        using World world = new();
        world.Fails(KycErrors.WalletUnknown.Encode(W(World.Nobody)), World.Agent, Propose, World.Nobody, World.Manager, None);
        world.Fails(KycErrors.WalletAlreadyLinked.Encode(W(World.Bob), 2), World.Agent, Propose, World.Alice, World.Bob, None);
        world.Succeeds(World.Officer, Propose, World.Alice, World.Nobody, None);
        Assert.That(world.View("pendingRecovery(address)", World.Alice), Is.EqualTo(new[] { W(World.Nobody), W(World.Officer), World.Now }));
        world.Fails(KycErrors.FourEyes.Encode(W(World.Officer)), World.Officer, "confirmRecovery(address)", World.Alice);
        world.Succeeds(World.OtherOfficer, "cancelRecovery(address)", World.Alice);
        world.Fails(KycErrors.RecoveryUnknown.Encode(W(World.Alice)), World.OtherOfficer, "confirmRecovery(address)", World.Alice);
        world.Fails(KycErrors.RecoveryUnknown.Encode(W(World.Alice)), World.OtherOfficer, "cancelRecovery(address)", World.Alice);
        world.Succeeds(World.Agent, Propose, World.Alice, World.Nobody, None);
        world.Succeeds(World.Officer, Sanction, new[] { World.Alice }, true, 1);
        world.Fails(KycErrors.InvalidStatus.Encode(1, 3), World.Officer, "confirmRecovery(address)", World.Alice);
        world.Succeeds(World.Officer, Sanction, new[] { World.Alice }, false, 1);
        world.Succeeds(World.Officer, "confirmRecovery(address)", World.Alice);
        Assert.That(world.LastLogs.Select(l => l.Topics[0]), Is.EqualTo(new[]
        {
            KycEvents.RecoveryConfirmed.Topic, KycEvents.IdentityRemoved.Topic, KycEvents.WalletLinked.Topic, KycEvents.IdentityRegistered.Topic,
        }));
        Assert.That(world.Status(World.Alice), Is.EqualTo(ReasonCodes.WalletRevoked));
        Assert.That(world.Status(World.Nobody), Is.EqualTo(ReasonCodes.Ok));
        Assert.That(world.View("getIdentity(bytes32)", World.AliceId)[9], Is.EqualTo(UInt256.One));
        Assert.That(world.View("pendingRecovery(address)", World.Alice), Is.All.EqualTo(UInt256.Zero));
        world.Succeeds(World.Agent, Propose, World.Bob, World.Manager, None);
        world.NextBlock(KycLimits.RecoverySecondsMax + 1);
        world.Fails(KycErrors.RecoveryUnknown.Encode(W(World.Bob)), World.Officer, "confirmRecovery(address)", World.Bob);
    }

    [Test]
    public void The_sanctions_list_enumerates_and_skips_what_stands_already()
    {
        using World world = new();
        world.Succeeds(World.Officer, Sanction, new[] { World.Alice, World.Nobody, World.Alice, Address.Zero }, true, 5);
        Assert.That(world.LastLogs, Has.Count.EqualTo(3));
        world.Succeeds(World.Officer, Sanction, new[] { World.Alice }, false, 5);
        Assert.That(world.View("sanctioned(uint256,uint256)", 0, 9), Is.EqualTo(new UInt256[] { 32, 2, UInt256.Zero, W(World.Nobody) }));
        Assert.That(world.Word("sanctionedCount()"), Is.EqualTo((UInt256)2));
        world.Succeeds(World.Officer, Sanction, new[] { Address.Zero, World.Nobody }, false, 5);
        Assert.That(world.Word("sanctionedCount()"), Is.EqualTo(UInt256.Zero));
        world.Fails(KycErrors.InvalidField.Encode(4), World.Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 5, 1_000 }, true);
    }

    [Test]
    public void The_mode_rises_only_and_only_for_an_origin_that_may_send()
    {
        using World world = new();
        world.Succeeds(World.Admin, "raiseMode(uint8)", 2);
        world.Fails(KycErrors.ModeCannotBeLowered.Encode(2, 2), World.Admin, "raiseMode(uint8)", 2);
        world.Fails(KycErrors.ModeCannotBeLowered.Encode(2, 4), World.Admin, "raiseMode(uint8)", 4);
        byte[] raise = World.Encode("raiseMode(uint8)", 3);
        Assert.That(world.CallAt(ModuleAddresses.Kyc, World.Admin, raise, origin: World.Nobody).Output.ToArray(), Is.EqualTo(KycErrors.Unauthorized.Encode(W(World.Nobody), 1)));
        world.Fails(KycErrors.InvalidField.Encode(2), World.Admin, "setMinTier(uint8)", 5);
        Assert.That(world.View("config()"), Is.EqualTo(new UInt256[] { 2, 1, 0, 0, 0, 1 }));
        Assert.That(world.Block.Policy, Is.Null, "the block keeps its mode");
        world.NextBlock();
        Assert.That(world.Block.Policy, Is.Not.Null);
    }

    [Test]
    public void Messages_are_returned_as_strings()
    {
        using World world = new();
        byte[] output = world.Call(World.Nobody, "messageOf(uint8)", 22).Output.ToArray();
        Assert.That(output, Is.EqualTo((byte[])[.. World.Words(32, 15), .. "sender: expired"u8, .. new byte[17]]));
    }
}
