using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>The predicates over an account's record: the one implementation behind the module's views and the chain's rules.</summary>
public static class Eligibility
{
    /// <summary><c>kycStatus</c> (section 2.4): a reason code, 0 for eligible. Reading stops at the first match.</summary>
    /// <param name="storage">The registry's storage.</param>
    /// <param name="account">Account.</param>
    /// <param name="now">Block timestamp.</param>
    /// <param name="minTier">A least tier besides the configured one.</param>
    /// <param name="typeMask">Bits of the investor types accepted; 0 for all.</param>
    public static byte KycStatus<TReader>(in TReader storage, in Address account, ulong now, byte minTier = 0, byte typeMask = 0)
        where TReader : ISlotReader
    {
        KycConfigWord config = KycConfigWord.Unpack(storage.Read(KycLayout.Config));
        UInt256 walletSlot = storage.Map(KycLayout.Wallets, AbiWords.ToWord(account));
        WalletWord wallet = WalletWord.Unpack(storage.Read(walletSlot + 1));
        if (wallet.IsSanctioned) return ReasonCodes.Sanctioned;
        if (wallet.Status == RecordStatus.None) return ReasonCodes.NotRegistered;
        if (wallet.Status == RecordStatus.Revoked) return ReasonCodes.WalletRevoked;
        if (wallet.Status == RecordStatus.Frozen) return ReasonCodes.WalletFrozen;

        IdentityWord identity = IdentityWord.Unpack(storage.Read(storage.Map(KycLayout.Identities, storage.Read(walletSlot))));
        if (identity.Status == RecordStatus.Revoked) return ReasonCodes.IdentityRevoked;
        if (identity.Status == RecordStatus.Frozen) return ReasonCodes.IdentityFrozen;
        if (now >= identity.Expiry) return ReasonCodes.Expired;
        if (identity.Tier < Math.Max(config.MinTier, minTier)) return ReasonCodes.TierTooLow;
        if (identity.Country != 0 && IsCountryBlocked(storage, identity.Country)) return ReasonCodes.CountryBlocked;
        return typeMask != 0 && (typeMask >> identity.InvestorType & 1) == 0 ? ReasonCodes.InvestorType : ReasonCodes.Ok;
    }

    /// <summary>What stops a contract's code (<c>frameCode</c> without its exemptions, section 3.2): sanction, then the wallet's, then the identity's status.</summary>
    public static byte FrameStatus<TReader>(in TReader storage, in Address account)
        where TReader : ISlotReader
    {
        UInt256 walletSlot = storage.Map(KycLayout.Wallets, AbiWords.ToWord(account));
        WalletWord wallet = WalletWord.Unpack(storage.Read(walletSlot + 1));
        if (wallet.IsSanctioned) return ReasonCodes.Sanctioned;
        if (wallet.Status == RecordStatus.Revoked) return ReasonCodes.WalletRevoked;
        if (wallet.Status == RecordStatus.Frozen) return ReasonCodes.WalletFrozen;
        if (wallet.Status == RecordStatus.None) return ReasonCodes.Ok;

        IdentityWord identity = IdentityWord.Unpack(storage.Read(storage.Map(KycLayout.Identities, storage.Read(walletSlot))));
        return identity.Status switch
        {
            RecordStatus.Revoked => ReasonCodes.IdentityRevoked,
            RecordStatus.Frozen => ReasonCodes.IdentityFrozen,
            _ => ReasonCodes.Ok,
        };
    }

    /// <summary>True when the country's bit is set; false above 999 without a read.</summary>
    public static bool IsCountryBlocked<TReader>(in TReader storage, ushort country)
        where TReader : ISlotReader =>
        country <= KycLimits.CountryMax && storage.Read(CountrySlot(country)).Bit(country & 255);

    /// <summary>The slot of the bitmap that holds a country's bit <c>country &amp; 255</c>.</summary>
    public static UInt256 CountrySlot(ushort country) => KycLayout.BlockedCountries + (ulong)(country >> 8);
}
