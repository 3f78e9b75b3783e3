using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Compliance.Oracle;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>Calls of the compliance engine, with now and then one of the registry or of a price feed that changes what the engine reads there.</summary>
internal sealed class EngineOperations(Random random) : OperationSource(random)
{
    // In one sequence of five few accounts get much, under a holding period and block after block, so that their lots run full.
    private readonly bool _fillsLots = random.Next(5) == 0;

    private static readonly Hash256 Feed = World.Id(0xfeed);
    private static readonly byte[] ReporterKey = new UInt256(1).ToBigEndian();
    private static readonly Address[] Tokens = [EngineWorld.Token, EngineWorld.Token, EngineWorld.Token, Address.FromNumber(0x70cf)];
    private static readonly Address[] Accounts =
        [World.Alice, EngineWorld.Alice2, World.Bob, EngineWorld.Carol, EngineWorld.Venue, World.Alice, World.Bob, EngineWorld.Carol, World.Nobody];

    private static readonly Address[] Admins = [EngineWorld.RuleAdmin, EngineWorld.RuleAdmin, EngineWorld.RuleAdmin, EngineWorld.RuleAdmin, World.Admin, World.Officer, World.Nobody];
    private static readonly Address[] Officers = [World.Officer, World.Agent, World.Manager, World.Nobody];
    private static readonly Hash256[] Ids = [World.AliceId, World.BobId, World.Id(3), World.Id(4)];

    private RuleMask _mask;

    public override int Operations => _fillsLots ? 160 : 60;

    public override int BlockSecondsMax => _fillsLots ? 3 : 60;

    public override int BlocksPerJump => _fillsLots ? 80 : 8;

    public override void Prepare(MirrorPair pair)
    {
        pair.SetCode(EngineWorld.Venue, [0x5f]);
        Must(pair, Call(ModuleAddresses.Kyc, World.Agent, MirrorSignatures.LinkWallet, World.AliceId, EngineWorld.Alice2, 0, 0, Array.Empty<byte>()));
        Must(pair, Call(ModuleAddresses.Kyc, World.Agent, EngineWorld.RegisterIdentity, World.Input(World.Id(3), type: 2, country: 250), new[] { EngineWorld.Carol }));
        Must(pair, Call(ModuleAddresses.Kyc, World.Agent, EngineWorld.RegisterIdentity, World.Input(World.Id(4), kind: 2), new[] { EngineWorld.Venue }));
        foreach (Hash256 id in Ids[..3]) Must(pair, Call(ModuleAddresses.Kyc, World.Agent, "renewIdentity(bytes32,uint64,bytes32)", id, World.Now + 86_400 * 1_000ul, id));
        Must(pair, Call(ModuleAddresses.Oracle, World.Manager, OracleWorld.Create, Feed, FeedKinds.Defaults(FeedKind.Price, 2) with { RingLog2 = 4, Quorum = 1, MaxDeviationBps = 0 }, OracleWorld.Reporters[..1]));
        foreach (Address token in Tokens.Distinct()) Must(pair, Call(ModuleAddresses.Engine, token, "registerToken(address)", EngineWorld.RuleAdmin));
        _mask = OneIn(3) ? RuleMask.Kyc : (RuleMask)Random.Next((int)RuleMask.All + 1) & ~RuleMask.CountryDeny;
        if (_fillsLots) _mask = RuleMask.HoldingPeriod | (_mask & RuleMask.Kyc) | RuleMask.EmitDecisions;
        Must(pair, Call(ModuleAddresses.Engine, EngineWorld.RuleAdmin, MirrorSignatures.SetRules, EngineWorld.Token, Rules()));
    }

    protected override ModuleOperation Draw(ulong now) => Random.Next(40) switch
    {
        0 => SetRules(),
        1 => Rule("setCountries(address,uint16[],bool)", Many(OneIn(30) ? 90 : 4, Country), !OneIn(3)),
        2 => Rule("setCountryHolderCap(address,uint16,uint32)", Country(), Random.Next(4)),
        3 => Rule("setTypeCaps(address,uint8,uint32,uint256)", Random.Next(5), Random.Next(4), Amount()),
        4 => Windows(),
        5 => Rule("setExempt(address,address,uint8)", OneIn(2) ? EngineWorld.Venue : Pick(Accounts), Random.Next(64)),
        6 or 7 => Rule("approveTransfer(address,address,address,uint256,uint32,uint64)", Pick(Accounts), Pick(Accounts), SmallAmount(), Random.Next(3), now + (ulong)Random.Next(200)),
        8 or 9 => Call(ModuleAddresses.Engine, Pick(Officers), "recordTravelRule(address,address,address,uint256,bytes32,uint64)", Token(), Pick(Accounts), Pick(Accounts), SmallAmount(), AnyHash(), now + (ulong)Random.Next(200)),
        10 => Call(ModuleAddresses.Engine, OneIn(2) ? Pick(Officers) : Pick(Admins), "setTokenPaused(address,bool)", Token(), OneIn(4)),
        11 => Call(ModuleAddresses.Engine, Pick(Officers), "setLegalHold(address,bytes32,uint256,bytes32)", Token(), Pick(Ids), OneIn(2) ? default : Amount(), AnyHash()),
        12 => Call(ModuleAddresses.Engine, Pick(Admins), "resync(address,bytes32)", Token(), Key()),
        13 => Admin(),
        14 => Registry(now),
        15 => Price(now),
        16 or 17 => Call(ModuleAddresses.Engine, Pick(Admins), "canTransfer(address,address,address,uint256)", Token(), Pick(Accounts), Pick(Accounts), SmallAmount()),
        18 => Call(ModuleAddresses.Engine, Token(), "canTransfer(address,address,uint256)", Pick(Accounts), Pick(Accounts), SmallAmount()),
        19 => Call(ModuleAddresses.Engine, Pick(Admins), "canMint(address,address,uint256)", Token(), Pick(Accounts), Amount()),
        20 or 21 => View(),
        22 or 23 or 24 or 25 or 26 or 27 => Hook(EngineWorld.Created, Receiver(), Amount()),
        28 => Hook(EngineWorld.Destroyed, Pick(Accounts), SmallAmount()),
        29 => Hook(EngineWorld.Forced, Pick(Accounts), Pick(Accounts), SmallAmount(), AnyHash()),
        30 => Hook(EngineWorld.Recovered, Pick(Accounts), Pick(Accounts), SmallAmount()),
        _ => Hook(EngineWorld.Transferred, Pick(Accounts), Receiver(), SmallAmount()),
    };

    private Address Receiver() => _fillsLots && !OneIn(4) ? World.Bob : Pick(Accounts);

    private static void Must(MirrorPair pair, ModuleOperation operation)
    {
        Assert.That(pair.Run(operation), Is.Null, operation.ToString());
        Assert.That(pair.LastOutput, Is.Not.Null, operation.Name);
    }

    private ModuleOperation Hook(string signature, params object[] arguments) => Call(ModuleAddresses.Engine, OneIn(30) ? World.Nobody : Token(), signature, arguments);

    private ModuleOperation Rule(string signature, params object[] arguments) => Call(ModuleAddresses.Engine, Pick(Admins), signature, [Token(), .. arguments]);

    private ModuleOperation SetRules()
    {
        RuleMask flipped = _mask ^ (RuleMask)(1 << Random.Next(18));
        if ((flipped & RuleMask.Countries) != RuleMask.Countries) _mask = flipped;
        RuleSet rules = Rules();
        if (OneIn(12)) rules = rules with { Mask = (RuleMask)Random.Next(1 << 20) };
        return Rule(MirrorSignatures.SetRules, rules);
    }

    private RuleSet Rules() => new(
        _mask, (byte)Random.Next(4), (byte)Random.Next(4), (byte)(OneIn(3) ? Random.Next(256) : 0x0f), (uint)Random.Next(1, 6), (uint)(_fillsLots ? 400 + Random.Next(3) : OneIn(2) ? 40 : Random.Next(400)),
        World.Now + (ulong)Random.Next(200), (ushort)(OneIn(3) ? Random.Next(12_000) : 10_000), OneIn(2), (ulong)Random.Next(300), OneIn(2) ? UInt256.MaxValue : (ulong)Random.Next(1_000),
        OneIn(2) ? default : (ulong)Random.Next(40), OneIn(2) ? UInt256.MaxValue : (ulong)Random.Next(2_000), OneIn(2) ? default : AbiWords.ToWord(Feed));

    private ModuleOperation Windows()
    {
        object[] seconds = [.. Enumerable.Range(0, Random.Next(OneIn(10) ? 7 : 5)).Select(_ => (object)(OneIn(20) ? 0 : Random.Next(1, 200)))];
        int count = OneIn(10) ? Random.Next(6) : seconds.Length;
        UInt256[] max = [.. Enumerable.Range(0, count).Select(_ => OneIn(4) ? (UInt256.One << 224) - UInt256.One : new UInt256((ulong)Random.Next(1_500)))];
        return Rule("setWindows(address,uint32[],uint224[])", seconds.Select(s => new UInt256((ulong)(int)s)).ToArray(), max);
    }

    private ModuleOperation Admin() => Random.Next(4) switch
    {
        0 => Call(ModuleAddresses.Engine, OneIn(2) ? Token() : World.Nobody, "registerToken(address)", Pick(Admins)),
        1 => Call(ModuleAddresses.Engine, Pick(World.Manager, World.Admin, World.Agent), "registerTokenFor(address,address)", Address.FromNumber((ulong)(0x70d0 + Random.Next(3))), OneIn(4) ? default : Pick(Admins)),
        2 => Rule("setRuleAdmin(address,address)", Pick(Admins)),
        _ => Call(ModuleAddresses.Engine, Pick(Admins), "acceptRuleAdmin(address)", Token()),
    };

    private ModuleOperation Registry(ulong now) => Random.Next(5) switch
    {
        0 => Call(ModuleAddresses.Kyc, World.Officer, "setWalletStatus(address,uint8,bytes32)", Pick(Accounts), Random.Next(1, OneIn(6) ? 4 : 3), AnyHash()),
        1 => Call(ModuleAddresses.Kyc, World.Officer, "setIdentityStatus(bytes32,uint8,bytes32)", Pick(Ids), Random.Next(1, 3), AnyHash()),
        2 => Call(ModuleAddresses.Kyc, World.Agent, MirrorSignatures.UpdateIdentity, World.Input(Pick(Ids[..3]), tier: (byte)Random.Next(1, 5), type: (byte)Random.Next(4), country: Country()) with { Expiry = now + 86_400 * 300ul }),
        3 => Call(ModuleAddresses.Kyc, World.Officer, "setSanctioned(address[],bool,uint32)", new[] { Pick(Accounts) }, OneIn(3), 1),
        _ => Call(ModuleAddresses.Kyc, World.Officer, "setWalletStatus(address,uint8,bytes32)", Pick(Accounts), 1, AnyHash()),
    };

    private ModuleOperation Price(ulong now)
    {
        if (OneIn(4)) return Call(ModuleAddresses.Oracle, World.Manager, "setFeedPaused(bytes32,bool)", Feed, OneIn(2));
        UInt256 value = OneIn(3) ? AnyWord() >> 130 : (ulong)Random.Next(1, 1_000_000_000);
        Hash256 digest = ObservationDigest.Of(ObservationDigest.Domain(World.ChainId), Feed, value, now, default);
        Assert.That(Secp256k1.TrySign(digest.Bytes, ReporterKey, out TransactionSignature s), Is.True);
        Observation observation = new(value, now, default, [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)]);
        return Call(ModuleAddresses.Oracle, World.Nobody, OracleWorld.Submit, Feed, new[] { observation });
    }

    private ModuleOperation View() => Random.Next(5) switch
    {
        0 => Call(ModuleAddresses.Engine, World.Nobody, "rulesOf(address)", Token()),
        1 or 2 => Call(ModuleAddresses.Engine, World.Nobody, "holderOf(address,bytes32)", Token(), Key()),
        3 => Call(ModuleAddresses.Engine, World.Nobody, "holderKey(address,address)", Token(), Pick(Accounts)),
        _ => Call(ModuleAddresses.Engine, World.Nobody, "messageForTransferRestriction(uint8)", Random.Next(256)),
    };

    private Address Token() => OneIn(30) ? World.Nobody : Pick(Tokens);

    private Hash256 Key() => OneIn(3) ? AbiWords.ToHash(AbiWords.ToWord(Pick(Accounts))) : Pick(Ids);

    private UInt256 Amount() => Random.Next(30) switch { 0 => AnyWord(), 1 => default, _ => (ulong)Random.Next(1, 300) };

    private UInt256 SmallAmount() => OneIn(25) ? Amount() : (ulong)Random.Next(0, 60);

    private ushort Country() => Pick<ushort>(276, 250, 840, 1, 999);
}
