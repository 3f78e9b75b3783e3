using Chain.Compliance.Abi;
using Chain.Compliance.Policy;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Precompiles.Native;

namespace Chain.Compliance.Tests;

/// <summary>Every constant that the specification states.</summary>
[Category("Acceptance 2")]
public sealed class VectorTests
{
    private static readonly Hash256 ExampleId = Hash256.Parse("0x50db47f186d95360cd84311ac8343b0f349897d28f0fd1442126326a671346a5");

    [TestCase("setAdmin(address)", 0x704b6c02u)]
    [TestCase("setManager(address)", 0xd0ebdbe7u)]
    [TestCase("setEnabled(address)", 0x0aaf7043u)]
    [TestCase("setNone(address)", 0x8c6bfb3bu)]
    [TestCase("readAllowList(address)", 0xeb54dae1u)]
    [TestCase("setOfficer(address,bool)", 0x0502b8f6u)]
    [TestCase("isOfficer(address)", 0x6816442du)]
    [TestCase("registerIdentity((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32),address[])", 0x2041994cu)]
    [TestCase("registerIdentityBatch((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)[],address[][])", 0x150d3760u)]
    [TestCase("updateIdentity((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32))", 0xa08bd24cu)]
    [TestCase("renewIdentity(bytes32,uint64,bytes32)", 0x37196ad5u)]
    [TestCase("linkWallet(bytes32,address,uint8,uint64,bytes)", 0x0388300au)]
    [TestCase("unlinkWallet(address)", 0x5027dbe2u)]
    [TestCase("proposeRecovery(address,address,bytes32)", 0x196d2799u)]
    [TestCase("setIdentityStatus(bytes32,uint8,bytes32)", 0x4e252cf7u)]
    [TestCase("setWalletStatus(address,uint8,bytes32)", 0x1656d5b0u)]
    [TestCase("setSanctioned(address[],bool,uint32)", 0xe16a375fu)]
    [TestCase("setCountryBlocked(uint16[],bool)", 0x12d877d7u)]
    [TestCase("confirmRecovery(address)", 0xbc1c2804u)]
    [TestCase("cancelRecovery(address)", 0xc90db447u)]
    [TestCase("setMinTier(uint8)", 0x1b417753u)]
    [TestCase("setConsentRequired(bool)", 0x9db5ac4du)]
    [TestCase("raiseMode(uint8)", 0xf1e8079eu)]
    [TestCase("getIdentity(bytes32)", 0xa7867212u)]
    [TestCase("getWallet(address)", 0x04d0a647u)]
    [TestCase("identityIdOf(address)", 0xeca2d90bu)]
    [TestCase("kycStatus(address)", 0x46cc599eu)]
    [TestCase("isEligible(address)", 0x66e305fdu)]
    [TestCase("checkLevel(address,uint8,uint8)", 0xf791ca62u)]
    [TestCase("identityCount()", 0x38678ba5u)]
    [TestCase("identities(uint256,uint256)", 0xe20490b5u)]
    [TestCase("walletsOf(bytes32,uint256,uint256)", 0x90ca17a5u)]
    [TestCase("sanctionedCount()", 0x215bb35eu)]
    [TestCase("sanctioned(uint256,uint256)", 0x44ed5352u)]
    [TestCase("isCountryBlocked(uint16)", 0x05abe2ecu)]
    [TestCase("pendingRecovery(address)", 0xea969265u)]
    [TestCase("config()", 0x79502c55u)]
    [TestCase("messageOf(uint8)", 0xe978def6u)]
    [TestCase("isVerified(address)", 0xb9209e33u)]
    [TestCase("contains(address)", 0x5dbe47e8u)]
    [TestCase("identity(address)", 0xf0eb5e54u)]
    [TestCase("investorCountry(address)", 0x7e42683bu)]
    [TestCase("identityStorage()", 0xf11abfd8u)]
    [TestCase("issuersRegistry()", 0xb4f3fcb7u)]
    [TestCase("topicsRegistry()", 0x3b3e12f4u)]
    [TestCase("isAgent(address)", 0x1ffbb064u)]
    public void The_registry_has_each_function_at_its_selector(string signature, uint selector)
    {
        KycModule module = new(default(PolicyModules));
        Assert.That(module.Signatures[selector], Is.EqualTo(signature));
        Assert.That(module.Signatures, Has.Count.EqualTo(46));
    }

    [Test]
    public void Allow_lists_have_the_five_functions_of_subnet_evm() =>
        Assert.That(AllowListModule.Deployers.Signatures.Keys.Order(), Is.EqualTo(new[] { 0x0aaf7043u, 0x704b6c02u, 0x8c6bfb3bu, 0xd0ebdbe7u, 0xeb54dae1u }));

    [TestCase(nameof(KycEvents.ConfigSet), "caa86f2f")]
    [TestCase(nameof(KycEvents.CountryRuleSet), "38d35a3e")]
    [TestCase(nameof(KycEvents.CountryUpdated), "04ed3b72")]
    [TestCase(nameof(KycEvents.IdentityChanged), "6337d0d5")]
    [TestCase(nameof(KycEvents.IdentityCreated), "27af5a43")]
    [TestCase(nameof(KycEvents.IdentityRegistered), "6ae73635")]
    [TestCase(nameof(KycEvents.IdentityRemoved), "59d6590e")]
    [TestCase(nameof(KycEvents.IdentityStatusSet), "be5794df")]
    [TestCase(nameof(KycEvents.OfficerSet), "ac31ba9f")]
    [TestCase(nameof(KycEvents.RecoveryCancelled), "8506b00c")]
    [TestCase(nameof(KycEvents.RecoveryConfirmed), "0958c800")]
    [TestCase(nameof(KycEvents.RecoveryProposed), "741d4001")]
    [TestCase(nameof(KycEvents.SanctionSet), "5f9d4e1e")]
    [TestCase(nameof(KycEvents.WalletLinked), "130b1215")]
    [TestCase(nameof(KycEvents.WalletStatusSet), "bd6a81f0")]
    [TestCase(nameof(KycEvents.WalletUnlinked), "7a7f3dd8")]
    [TestCase(nameof(KycEvents.RoleSet), "cdb7ea01")]
    public void Events_have_their_topics(string name, string topic)
    {
        AbiEvent definition = (AbiEvent)typeof(KycEvents).GetField(name)!.GetValue(null)!;
        Assert.That(definition.Topic.ToString(), Does.StartWith("0x" + topic));
        Assert.That(definition.Signature, Does.StartWith(name + "("));
    }

    [TestCase("BatchTooLarge", 0xbb1cb70bu)]
    [TestCase("CannotModifyAllowList", 0x1ac41dfbu)]
    [TestCase("ConsentInvalid", 0x3afb6cb0u)]
    [TestCase("DelegateCallForbidden", 0xaab37f60u)]
    [TestCase("FourEyes", 0x9783ab66u)]
    [TestCase("IdentityExists", 0xd38a6589u)]
    [TestCase("IdentityUnknown", 0x8b8dba1bu)]
    [TestCase("InvalidField", 0x7c6136a6u)]
    [TestCase("InvalidStatus", 0xf924664du)]
    [TestCase("KycBlocked", 0x7f883d13u)]
    [TestCase("KycDeployDenied", 0x093dfca0u)]
    [TestCase("KycTransferDenied", 0x40a9a826u)]
    [TestCase("LastAdmin", 0xdf0e465eu)]
    [TestCase("LengthMismatch", 0xff633a38u)]
    [TestCase("ModeCannotBeLowered", 0x270e8835u)]
    [TestCase("NonPayable", 0x6fb1b0e9u)]
    [TestCase("RecoveryUnknown", 0x48f07a73u)]
    [TestCase("TooManyWallets", 0x4cf35782u)]
    [TestCase("Unauthorized", 0x9eb419e1u)]
    [TestCase("WalletAlreadyLinked", 0x97e8a30fu)]
    [TestCase("WalletUnknown", 0xc6dd9982u)]
    public void Errors_have_their_selectors(string name, uint selector) =>
        Assert.That(KycErrors.All.Single(e => e.Signature.StartsWith(name + "(", StringComparison.Ordinal)).Selector, Is.EqualTo(selector));

    [TestCase("defactor.kyc.v1", "0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00")]
    [TestCase("defactor.compliance.v1", "0xb3391473f0c0b81f373a740fa16becc9ef504b1335223241fb792122fa17d000")]
    [TestCase("defactor.oracle.v1", "0x0390f3dacb900b8faf017d402974e00c82c529a2631798be13e227b1b53ec800")]
    [TestCase("defactor.audit.v1", "0x15984f6b2ea0748bb6f9489dc7550c1e263fe5fa0e63f1ea03ca94a5bbc63700")]
    public void Namespaces_have_their_bases(string id, string slot) => Assert.That(AbiWords.ToHash(Slots.Namespace(id)).ToString(), Is.EqualTo(slot));

    [Test]
    public void Wallet_identity_and_default_onchain_id_are_where_the_proof_recipe_says()
    {
        Address wallet = Address.Parse("0x1111111111111111111111111111111111111111");
        UInt256 id = AbiWords.ToWord(ExampleId);
        Assert.That(AbiWords.ToHash(Slots.Map(KycLayout.Wallets, AbiWords.ToWord(wallet))).ToString(), Is.EqualTo("0x046676a5ddbff3d9b46571667207486797e3bc23a5708922843b2a7789bbcba2"));
        Assert.That(AbiWords.ToHash(Slots.Map(KycLayout.Identities, id)).ToString(), Is.EqualTo("0xe2fb64dbcce6fcfe9c3b46101ae93dd84770cb78f1801fb04028463fe4e18fa3"));
        Assert.That(KycRegistry.DefaultOnchainId(id).ToString(), Is.EqualTo("0xfee17851255a41e32650f92cd20fad51b4818e23"));
    }

    [Test]
    public void The_example_identity_packs_to_its_word()
    {
        IdentityWord word = new(RecordStatus.Active, 0, 2, 2, 276, 276, 2, 1_893_456_000, 1_767_225_600, 1);
        Assert.That(AbiWords.ToHash(word.Pack()).ToString(), Is.EqualTo("0x00000001000000006955b9000000000070dbd880000000020114011402020001"));
        Assert.That(IdentityWord.Unpack(word.Pack()), Is.EqualTo(word));
    }

    [Test]
    public void Consents_have_their_type_hash() =>
        Assert.That(LinkConsent.TypeHash.ToString(), Is.EqualTo("0x773b37d4fed1713add860bb54ff044570e4a6e3653a49e39f28a5382068ab2a8"));

    [TestCase((byte)0, "ok")]
    [TestCase((byte)6, "expired")]
    [TestCase((byte)11, "")]
    [TestCase((byte)16, "")]
    [TestCase((byte)22, "sender: expired")]
    [TestCase((byte)33, "receiver: not registered")]
    [TestCase((byte)42, "receiver: investor type")]
    [TestCase((byte)43, "")]
    [TestCase((byte)48, "deployer not allowed")]
    [TestCase((byte)68, "")]
    [TestCase((byte)82, "type balance")]
    [TestCase((byte)83, "")]
    [TestCase((byte)130, "token contract paused")]
    public void Reason_codes_have_their_messages(byte code, string message) => Assert.That(ReasonCodes.MessageOf(code), Is.EqualTo(message));
}
