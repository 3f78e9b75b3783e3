using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Compliance.Engine;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Precompiles.Native;

namespace Chain.Compliance.Tests;

/// <summary>Every constant that the specification states for the engine and the audit log.</summary>
[Category("Acceptance 2")]
public sealed class EngineVectorTests
{
    [TestCase("registerToken(address)", 0x09824a80u)]
    [TestCase("registerTokenFor(address,address)", 0x16d039e1u)]
    [TestCase("setRuleAdmin(address,address)", 0x7de56585u)]
    [TestCase("acceptRuleAdmin(address)", 0xb7600b27u)]
    [TestCase($"setRules(address,{EngineWorld.RuleSetType})", 0x580b27d6u)]
    [TestCase("setCountries(address,uint16[],bool)", 0xcd549f8fu)]
    [TestCase("setCountryHolderCap(address,uint16,uint32)", 0x84a9bc06u)]
    [TestCase("setTypeCaps(address,uint8,uint32,uint256)", 0x8d4238c1u)]
    [TestCase("setWindows(address,uint32[],uint224[])", 0x4507c99du)]
    [TestCase("setExempt(address,address,uint8)", 0xcc1cc637u)]
    [TestCase("approveTransfer(address,address,address,uint256,uint32,uint64)", 0xa5030f23u)]
    [TestCase("recordTravelRule(address,address,address,uint256,bytes32,uint64)", 0x627e05cfu)]
    [TestCase("setTokenPaused(address,bool)", 0x62257470u)]
    [TestCase("setLegalHold(address,bytes32,uint256,bytes32)", 0xdacac923u)]
    [TestCase("resync(address,bytes32)", 0xa481ddbfu)]
    [TestCase("canTransfer(address,address,address,uint256)", 0x6d62a4feu)]
    [TestCase("canTransfer(address,address,uint256)", 0xe46638e6u)]
    [TestCase("canMint(address,address,uint256)", 0x624a7dc7u)]
    [TestCase("transferred(address,address,uint256)", 0x8baf29b4u)]
    [TestCase("created(address,uint256)", 0x5f8dead3u)]
    [TestCase("destroyed(address,uint256)", 0x8d2ea772u)]
    [TestCase("forced(address,address,uint256,bytes32)", 0x5c8b5f4fu)]
    [TestCase("recovered(address,address,uint256)", 0xb16f44dbu)]
    [TestCase("rulesOf(address)", 0x18d1d841u)]
    [TestCase("holderOf(address,bytes32)", 0x8c5c042au)]
    [TestCase("holderKey(address,address)", 0xe8589581u)]
    [TestCase("messageForTransferRestriction(uint8)", 0x7f4ab1ddu)]
    public void Engine_has_the_function(string signature, uint selector)
    {
        ComplianceEngineModule module = new(NoPriceFeed.Instance);
        Assert.That(AbiWords.Selector(signature), Is.EqualTo(selector));
        Assert.That(module.Signatures[selector], Is.EqualTo(signature));
        Assert.That(module.Signatures, Has.Count.EqualTo(27));
    }

    [TestCase("root()", 0xebf0c717u)]
    [TestCase("state()", 0xc19d93fbu)]
    [TestCase("verify(bytes32,uint64,bytes32[32])", 0xa0cc761du)]
    public void Audit_log_has_the_function(string signature, uint selector)
    {
        Assert.That(AuditModule.Instance.Signatures[selector], Is.EqualTo(signature));
        Assert.That(AuditModule.Instance.Signatures, Has.Count.EqualTo(3));
    }

    [TestCase("Decision", "75f700a4", 3)]
    [TestCase("ExemptSet", "eb3a794a", 3)]
    [TestCase("LegalHoldSet", "508526b2", 3)]
    [TestCase("RulesSet", "cc8c8fbb", 2)]
    [TestCase("TokenPauseSet", "6fad7532", 2)]
    [TestCase("TokenRegistered", "487c3728", 2)]
    [TestCase("TransferApprovalSet", "f1176418", 3)]
    [TestCase("TravelRuleRecorded", "208a03ef", 3)]
    public void Events_have_their_topics(string name, string topic, int indexed)
    {
        AbiEvent found = EngineEvents.All.Single(e => e.Signature.StartsWith(name + "(", StringComparison.Ordinal));
        int count = found.Signature.Count(c => c == ',') + 1;
        Assert.That(Convert.ToHexStringLower(found.Topic.Bytes[..4]), Is.EqualTo(topic));
        Assert.That(found.Log(default, new UInt256[count]).Topics, Has.Count.EqualTo(1 + indexed));
    }

    [TestCase("ComplianceViolation(uint8,address,address,uint256)", 0x53799493u)]
    [TestCase("InvalidRules(uint8)", 0x86c08c1cu)]
    [TestCase("NotRuleAdmin(address)", 0x52762154u)]
    [TestCase("TokenAlreadyRegistered(address)", 0x4f4b634eu)]
    [TestCase("TokenUnknown(address)", 0x5ea1c1edu)]
    public void Errors_have_their_selectors(string signature, uint selector) =>
        Assert.That(EngineErrors.All.Single(e => e.Signature == signature).Selector, Is.EqualTo(selector));

    [Test]
    public void Storage_begins_at_the_stated_bases()
    {
        Assert.That(EngineLayout.Tokens.ToHexString(), Is.EqualTo("0xb3391473f0c0b81f373a740fa16becc9ef504b1335223241fb792122fa17d000"));
        Assert.That(AbiWords.ToHash(AuditLayout.State), Is.EqualTo(Hash256.Parse("0x15984f6b2ea0748bb6f9489dc7550c1e263fe5fa0e63f1ea03ca94a5bbc63700")));
    }

    [Test]
    public void The_empty_tree_of_blocks_has_the_stated_root() =>
        Assert.That(AuditTree.EmptyRoot, Is.EqualTo(Hash256.Parse("0x7c1d0e8a93ea9c09cc13b91ead8f72de66a33cb695c30934dc2d75bffac1248e")));

    [Test]
    public void Words_of_a_token_pack_from_the_low_order_end()
    {
        TokenWord word = new(Address.FromNumber(0x11), (RuleMask)0x22, 0x33, 0x44, 0x55, true, 0x66);
        Assert.That(word.Pack(), Is.EqualTo(UInt256.Parse("0x00000066015544330000002200000000000000000000000000000000000000" + "11")));
        LimitsWord limits = new(0x11, 0x22, 0x33, 0x44, 0x55, true, 0x66);
        Assert.That(limits.Pack(), Is.EqualTo(UInt256.Parse("0x000000000000000000000066" + "01" + "55" + "0044" + "0000000000000033" + "00000022" + "00000011")));
        Assert.That(TokenWord.Unpack(word.Pack()), Is.EqualTo(word));
        Assert.That(LimitsWord.Unpack(limits.Pack()), Is.EqualTo(limits));
        Assert.That(new HolderWord(0x1122, 0x33, true, 0x44).Pack(), Is.EqualTo((UInt256)0x4401331122));
        Assert.That(new Lot(5, 7).Pack(), Is.EqualTo(5 + ((UInt256)7 << 192)));
        Assert.That(new WindowUse(5, 7).Pack(), Is.EqualTo(5 + ((UInt256)7 << 64)));
        Assert.That(new WindowWord(5, 7).Pack(), Is.EqualTo(5 + ((UInt256)7 << 32)));
        Assert.That(new CapWord(5, 7).Pack(), Is.EqualTo(5 + ((UInt256)7 << 32)));
        Assert.That(new ApprovalWord(5, 7).Pack(), Is.EqualTo(5 + ((UInt256)7 << 32)));
    }

    [Test]
    public void A_registered_token_stands_at_its_slots()
    {
        using EngineWorld world = new();
        world.Rules(RuleMask.MaxBalance, r => r with { MaxBalance = 1_000, MinHolding = 3, SupplyCap = 9_999, TravelFeedId = 8 });
        world.Mint(World.Alice, 12);
        UInt256 token = AbiWords.ToWord(EngineWorld.Token);
        UInt256 t0 = Slots.Map(EngineLayout.Tokens, token);
        Assert.That(AbiWords.ToAddress(world.Slot(t0)), Is.EqualTo(EngineWorld.RuleAdmin));
        Assert.That(world.Slot(t0 + 2), Is.EqualTo((UInt256)1_000));
        Assert.That(world.Slot(t0 + 3), Is.EqualTo((UInt256)3));
        Assert.That(world.Slot(t0 + 4), Is.EqualTo((UInt256)9_999));
        Assert.That(world.Slot(t0 + 5), Is.EqualTo((UInt256)12));
        Assert.That(world.Slot(t0 + 6), Is.EqualTo((UInt256)8));
        UInt256 holder = Slots.Map(EngineLayout.Tokens + 1, Slots.Hash(token, AbiWords.ToWord(World.Alice)));
        Assert.That(world.Slot(holder), Is.EqualTo((UInt256)12));
        Assert.That(HolderWord.Unpack(world.Slot(holder + 2)), Is.EqualTo(new HolderWord(276, 1, true, 0)));
        Assert.That(world.Slot(EngineLayout.Tokens + 10), Is.EqualTo(UInt256.One));
        Assert.That(world.Slot(Slots.ArrayBase(EngineLayout.Tokens + 10)), Is.EqualTo(token));
    }

    [TestCase((byte)0, "ok")]
    [TestCase((byte)22, "sender: expired")]
    [TestCase((byte)33, "receiver: not registered")]
    [TestCase((byte)70, "max holders")]
    [TestCase((byte)68, "")]
    public void Codes_have_messages(byte code, string message)
    {
        using EngineWorld world = new();
        ReadOnlySpan<byte> output = world.Call(World.Nobody, "messageForTransferRestriction(uint8)", code).Output.Span;
        int length = (int)UInt256.FromBigEndian(output[32..64]).U0;
        Assert.That(System.Text.Encoding.ASCII.GetString(output.Slice(64, length)), Is.EqualTo(message));
    }
}
