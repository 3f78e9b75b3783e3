using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>Calls of the KYC registry and of the two allow lists.</summary>
internal sealed class KycOperations(Random random, bool isLarge = false) : OperationSource(random)
{
    private static readonly byte[][] Keys = [.. Enumerable.Range(0x51, 4).Select(i => new UInt256((ulong)i).ToBigEndian())];
    private static readonly Address[] Signers = [.. Keys.Select(AddressOf)];
    private static readonly Address Contract = Address.FromNumber(0xc0de);
    private static readonly Address Venue = Address.FromNumber(0x7e90e);
    private static readonly Address Delegated = Address.FromNumber(0x7702);

    private static readonly Address[] Callers =
        [World.Admin, World.Admin, World.Agent, World.Agent, World.Agent, World.Manager, World.Officer, World.Officer, World.Officer, World.OtherOfficer, World.Nobody, World.Alice];

    private static readonly Address[] Odd = [default, Address.FromNumber(1), Address.FromNumber(0x100), ModuleAddresses.Kyc, ModuleAddresses.Audit, ModuleAddresses.TxAllowList,
        Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe"), Address.FromNumber(0x12)];

    private static readonly Address[] Wallets = [World.Alice, World.Bob, World.Nobody, World.Officer, World.Admin, .. Signers, Contract, Venue, Delegated,
        .. Enumerable.Range(1, 6).Select(i => Address.FromNumber((ulong)(0x3a110 + i)))];

    private static readonly string[] AccountViews = ["isOfficer(address)", "getWallet(address)", "identityIdOf(address)", "kycStatus(address)", "isEligible(address)", "pendingRecovery(address)",
        "isVerified(address)", "contains(address)", "identity(address)", "investorCountry(address)", "isAgent(address)", "readAllowList(address)"];

    private static readonly string[] PlainViews = ["identityCount()", "sanctionedCount()", "config()", "identityStorage()", "issuersRegistry()", "topicsRegistry()"];

    private Address _lost = World.Alice;

    public override void Prepare(MirrorPair pair)
    {
        pair.SetCode(Contract, [0x5f]);
        pair.SetCode(Venue, [0x5f, 0x5f]);
        pair.SetCode(Delegated, [0xef, 0x01, 0x00, .. Contract.Bytes]);
    }

    protected override ModuleOperation Draw(ulong now) => Random.Next(isLarge ? 24 : 20) switch
    {
        0 or 1 => Role(),
        2 or 3 => Kyc(EngineWorld.RegisterIdentity, Input(now), WalletList()),
        4 => RegisterBatch(now, Random.Next(4)),
        5 => Kyc(MirrorSignatures.UpdateIdentity, Input(now)),
        6 => Kyc("renewIdentity(bytes32,uint64,bytes32)", Id(), Expiry(now), AnyHash()),
        7 or 8 => Link(now),
        9 => Kyc("unlinkWallet(address)", Wallet()),
        10 => Kyc("setIdentityStatus(bytes32,uint8,bytes32)", Id(), Random.Next(5), AnyHash()),
        11 => Kyc("setWalletStatus(address,uint8,bytes32)", Wallet(), Random.Next(5), AnyHash()),
        12 => Kyc("setSanctioned(address[],bool,uint32)", Many(OneIn(30) ? 90 : 4, Wallet), OneIn(2), Random.Next()),
        13 => Kyc("setCountryBlocked(uint16[],bool)", Many(OneIn(30) ? 90 : 4, Country), OneIn(2)),
        14 => Propose(),
        15 => Kyc(OneIn(3) ? "cancelRecovery(address)" : "confirmRecovery(address)", OneIn(4) ? Wallet() : _lost),
        16 => Configuration(),
        17 or 18 => Kyc(Pick(AccountViews), Wallet()),
        19 => View(),
        20 or 21 => RegisterBatch(now, 84),
        _ => Kyc(EngineWorld.RegisterIdentity, Input(now), Many(70, Fresh)),
    };

    private static Address AddressOf(byte[] key)
    {
        byte[] publicKey = new byte[Secp256k1.PublicKeySizeBytes];
        Assert.That(Secp256k1.TryGetPublicKey(key, publicKey), Is.True);
        return Secp256k1.AddressOf(publicKey);
    }

    private ModuleOperation Kyc(string signature, params object[] arguments) =>
        Call(ModuleAddresses.Kyc, OneIn(5) ? Pick(Callers) : FitCaller(signature), signature, arguments) with { Origin = OneIn(3) ? Pick(Callers) : null };

    private Address FitCaller(string signature) => signature.Split('(')[0] switch
    {
        "setIdentityStatus" or "setWalletStatus" or "setSanctioned" or "setCountryBlocked" or "confirmRecovery" or "cancelRecovery" => Pick(World.Officer, World.OtherOfficer),
        "setMinTier" or "setConsentRequired" or "raiseMode" or "setOfficer" => World.Admin,
        _ => Pick(World.Agent, World.Manager, World.Admin),
    };

    private ModuleOperation Role()
    {
        Address module = Pick(ModuleAddresses.Kyc, ModuleAddresses.Kyc, ModuleAddresses.TxAllowList, ModuleAddresses.DeployerAllowList);
        string signature = Pick("setAdmin(address)", "setManager(address)", "setEnabled(address)", "setNone(address)", "readAllowList(address)");
        return Call(module, Pick(Callers), signature, Pick(Callers));
    }

    private ModuleOperation RegisterBatch(ulong now, int max)
    {
        IdentityInput[] inputs = Many(max, () => Input(now));
        Address[][] wallets = OneIn(10) ? Many(max, WalletList) : [.. inputs.Select(_ => WalletList())];
        return Kyc(MirrorSignatures.RegisterBatch, inputs, wallets);
    }

    private ModuleOperation Link(ulong now)
    {
        Hash256 id = Id();
        Address wallet = Wallet();
        byte kind = (byte)(OneIn(8) ? Random.Next(4) : 0);
        ulong deadline = OneIn(4) ? now - 1 : now + (ulong)Random.Next(100);
        if (OneIn(2)) return Kyc(MirrorSignatures.LinkWallet, id, wallet, kind, deadline, Array.Empty<byte>());
        int signer = Random.Next(Keys.Length);
        if (!OneIn(5)) wallet = Signers[signer];
        Hash256 digest = LinkConsent.Digest(id, wallet, deadline, OneIn(8) ? 1 : World.ChainId);
        Assert.That(Secp256k1.TrySign(digest.Bytes, Keys[signer], out TransactionSignature s), Is.True);
        byte[] consent = [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)];
        if (OneIn(6)) consent = consent[..Random.Next(66)];
        if (OneIn(6) && consent.Length > 0) consent[Random.Next(consent.Length)] ^= (byte)(1 << Random.Next(8));
        return Kyc(MirrorSignatures.LinkWallet, id, wallet, kind, deadline, consent);
    }

    private ModuleOperation Propose()
    {
        _lost = OneIn(2) ? Pick(World.Alice, World.Bob) : Wallet();
        return Kyc("proposeRecovery(address,address,bytes32)", _lost, OneIn(2) ? Wallet() : Fresh(), AnyHash());
    }

    private ModuleOperation Configuration() => Random.Next(5) switch
    {
        0 => Kyc("setMinTier(uint8)", Random.Next(6)),
        1 => Kyc("setConsentRequired(bool)", OneIn(2)),
        2 => Kyc("raiseMode(uint8)", Random.Next(5)),
        _ => Kyc("setOfficer(address,bool)", Pick(Callers), OneIn(2)),
    };

    private ModuleOperation View() => Random.Next(8) switch
    {
        0 => Kyc(Pick(PlainViews)),
        1 => Kyc("getIdentity(bytes32)", Id()),
        2 => Kyc("checkLevel(address,uint8,uint8)", Wallet(), Random.Next(6), Random.Next(256)),
        3 => Kyc(Pick("identities(uint256,uint256)", "sanctioned(uint256,uint256)"), Offset(), Offset()),
        4 => Kyc("walletsOf(bytes32,uint256,uint256)", Id(), Offset(), Offset()),
        5 => Kyc("isCountryBlocked(uint16)", Country()),
        6 => Kyc("messageOf(uint8)", Random.Next(256)),
        _ => Kyc("kycStatus(address)", Wallet()),
    };

    private UInt256 Offset() => OneIn(6) ? AnyWord() : (ulong)Random.Next(12);

    private IdentityInput Input(ulong now)
    {
        bool isProtocol = OneIn(6);
        IdentityInput input = isProtocol
            ? new IdentityInput(Id(), 2, 4, 0, 0, (ushort)(OneIn(2) ? 0 : 276), 0, ulong.MaxValue, 3, OnchainId(), AnyHash())
            : new IdentityInput(Id(), (byte)Random.Next(2), (byte)Random.Next(5), (byte)Random.Next(4), Country(), Pick<ushort>(276, 840), (uint)Random.Next(32), Expiry(now), 1, OnchainId(), AnyHash());
        return Random.Next(40) switch
        {
            0 => input with { Kind = (byte)Random.Next(4) },
            1 => input with { Tier = (byte)Random.Next(7) },
            2 => input with { InvestorType = (byte)Random.Next(6) },
            3 => input with { TaxCountry = (ushort)Random.Next(1_200) },
            4 => input with { Attributes = (uint)Random.Next() },
            5 => input with { Country = (ushort)Random.Next(1_200) },
            _ => input,
        };
    }

    private Address OnchainId() => OneIn(4) ? Address.FromNumber((ulong)(0x0c1d0 + Random.Next(4))) : default;

    private ulong Expiry(ulong now) => Random.Next(20) switch
    {
        0 => now,
        1 => now + (5UL * 365 * 86_400) + (ulong)Random.Next(2),
        2 => ulong.MaxValue,
        _ => now + (ulong)Random.Next(1, 40) * 86_400,
    };

    // Most writes name an identity that is there; the six of a sequence are soon registered.
    private Hash256 Id() => isLarge && OneIn(2) ? World.Id((ulong)Random.Next(1, 4_000)) : World.Id((ulong)Random.Next(OneIn(20) ? 0 : 1, 7));

    private Address Wallet() => OneIn(25) ? Pick(Odd) : Pick(Wallets);

    private Address[] WalletList() => OneIn(2) ? [] : Many(2, Wallet);

    private Address Fresh() => Address.FromNumber((ulong)(0x900_000 + Random.Next(100_000)));

    private ushort Country() => OneIn(20) ? (ushort)Random.Next(1_300) : Pick<ushort>(276, 840, 250, 999, 1);
}
