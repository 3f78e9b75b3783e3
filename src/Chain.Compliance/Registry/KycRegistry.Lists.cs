using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <content>Sanctions, countries, officers and configuration.</content>
public sealed partial class KycRegistry
{
    private static readonly UInt256 MinTierKey = AbiWords.ToWord("minTier");
    private static readonly UInt256 ConsentRequiredKey = AbiWords.ToWord("consentRequired");
    private static readonly UInt256 ModeKey = AbiWords.ToWord("mode");

    /// <summary><c>setSanctioned</c>: of any address; an entry already in the wanted state is skipped.</summary>
    public byte[]? SetSanctioned(ReadOnlySpan<Address> wallets, bool listed, uint listId)
    {
        if (wallets.Length > KycLimits.BatchMax) return BatchTooLarge(wallets.Length);
        for (int i = 0; i < wallets.Length && !storage.IsExhausted; i++) SetSanctioned(wallets[i], listed, listId);
        return null;
    }

    /// <summary><c>setCountryBlocked</c>; an entry already in the wanted state is skipped.</summary>
    public byte[]? SetCountryBlocked(ReadOnlySpan<ushort> countries, bool blocked)
    {
        if (countries.Length > KycLimits.BatchMax) return BatchTooLarge(countries.Length);
        foreach (ushort country in countries)
        {
            if (!FieldRules.IsCountry(country)) return InvalidField(FieldRules.Country);
        }
        for (int i = 0; i < countries.Length && !storage.IsExhausted; i++)
        {
            ushort country = countries[i];
            UInt256 slot = Eligibility.CountrySlot(country);
            UInt256 word = storage.Read(slot);
            if (word.Bit(country & 255) == blocked) continue;
            storage.Write(slot, word ^ (UInt256.One << (country & 255)));
            storage.Log(KycEvents.CountryRuleSet.Log(ModuleAddresses.Kyc, country, AbiWords.ToWord(blocked), _callerWord));
        }
        return null;
    }

    /// <summary><c>setOfficer</c>.</summary>
    public byte[]? SetOfficer(in Address account, bool enabled)
    {
        storage.BeginEffects();
        storage.Write(storage.Map(KycLayout.Officers, AbiWords.ToWord(account)), AbiWords.ToWord(enabled));
        storage.Log(KycEvents.OfficerSet.Log(ModuleAddresses.Kyc, AbiWords.ToWord(account), AbiWords.ToWord(enabled), _callerWord));
        return null;
    }

    /// <summary><c>setMinTier</c>.</summary>
    public byte[]? SetMinTier(byte tier)
    {
        if (tier > KycLimits.TierMax) return InvalidField(FieldRules.Tier);
        KycConfigWord config = ReadConfig();
        WriteConfig(config with { MinTier = tier }, MinTierKey, config.MinTier, tier);
        return null;
    }

    /// <summary><c>setConsentRequired</c>.</summary>
    public byte[]? SetConsentRequired(bool required)
    {
        KycConfigWord config = ReadConfig();
        WriteConfig(config with { ConsentRequired = required }, ConsentRequiredKey, AbiWords.ToWord(config.ConsentRequired), AbiWords.ToWord(required));
        return null;
    }

    /// <summary><c>raiseMode</c>; binds from the next block on.</summary>
    /// <param name="mode">The mode asked for.</param>
    /// <param name="origin">Origin of the transaction.</param>
    /// <param name="mayOriginSend">True when rule S would still admit the origin.</param>
    public byte[]? RaiseMode(byte mode, in Address origin, bool mayOriginSend)
    {
        KycConfigWord config = ReadConfig();
        if (mode <= config.Mode || mode > KycLimits.ModeMax) return KycErrors.ModeCannotBeLowered.Encode(config.Mode, mode);
        if (!mayOriginSend) return Authorities.OriginNotEligible(origin);
        WriteConfig(config with { Mode = mode }, ModeKey, config.Mode, mode);
        return null;
    }

    private void WriteConfig(in KycConfigWord config, in UInt256 key, in UInt256 before, in UInt256 after)
    {
        storage.BeginEffects();
        storage.Write(KycLayout.Config, config.Pack());
        storage.Log(KycEvents.ConfigSet.Log(ModuleAddresses.Kyc, key, before, after, _callerWord));
    }

    private void SetSanctioned(in Address wallet, bool listed, uint listId)
    {
        UInt256 walletWord = AbiWords.ToWord(wallet);
        storage.BeginTests();
        UInt256 slot = WalletSlot(wallet) + 1;
        WalletWord word = WalletWord.Unpack(storage.Read(slot));
        if (word.IsSanctioned == listed) return;

        storage.BeginEffects();
        word.Flags ^= WalletWord.SanctionedFlag;
        storage.Write(slot, word.Pack());
        UInt256 recordSlot = storage.Map(KycLayout.SanctionRecords, walletWord);
        if (listed)
        {
            uint index = (uint)Append(KycLayout.Sanctioned, walletWord);
            storage.Write(recordSlot, new SanctionWord(listId, index, now).Pack());
        }
        else
        {
            uint index = SanctionWord.Unpack(storage.Read(recordSlot)).Index;
            if (RemoveAt(KycLayout.Sanctioned, index, out UInt256 moved))
            {
                UInt256 movedSlot = storage.Map(KycLayout.SanctionRecords, moved);
                SanctionWord movedRecord = SanctionWord.Unpack(storage.Read(movedSlot));
                storage.Write(movedSlot, (movedRecord with { Index = index }).Pack());
            }
            storage.Write(recordSlot, default);
        }
        storage.Log(KycEvents.SanctionSet.Log(ModuleAddresses.Kyc, walletWord, AbiWords.ToWord(listed), _callerWord, listId));
    }
}
