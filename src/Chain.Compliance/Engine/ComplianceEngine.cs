using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Engine;

/// <summary>Administration of tokens and their rules (compliance specification, section 4.1). Each write returns null, or the revert data of the first failed requirement.</summary>
/// <param name="storage">The engine's storage.</param>
/// <param name="caller">Who asks.</param>
public sealed class ComplianceEngine(IModuleStorage storage, Address caller)
{
    private const ulong RequiresManager = 3;

    private readonly UInt256 _callerWord = AbiWords.ToWord(caller);

    /// <summary>Step 7 of functions open to the token's rule administrator, and perhaps to Officers.</summary>
    public byte[]? TestRuleAdmin(in Address token, bool orOfficer = false)
    {
        if (ReadToken(token).RuleAdmin == caller && !caller.IsZero) return null;
        bool isOfficer = orOfficer && Authorities.IsOfficer(storage.Of(ModuleAddresses.Kyc), caller);
        return isOfficer ? null : NotRuleAdmin(caller);
    }

    /// <summary>Step 7 of functions open to the registry's Managers and Admins.</summary>
    public byte[]? TestManager() => AllowList.RoleOf(storage.Of(ModuleAddresses.Kyc), caller) is Role.Manager or Role.Admin
        ? null
        : KycErrors.Unauthorized.Encode(_callerWord, RequiresManager);

    /// <summary>Step 7 of functions whose authority the registry tells.</summary>
    public byte[]? TestRegistry(Authority authority) => Authorities.Check(storage.Of(ModuleAddresses.Kyc), caller, authority);

    /// <summary><c>registerToken</c> and <c>registerTokenFor</c>.</summary>
    public byte[]? Register(in Address token, in Address ruleAdmin)
    {
        if (ruleAdmin.IsZero) return NotRuleAdmin(default);
        TokenWord word = ReadToken(token);
        if (word.IsRegistered) return EngineErrors.TokenAlreadyRegistered.Encode(AbiWords.ToWord(token));

        storage.BeginEffects();
        storage.Write(TokenSlot(token), (word with { RuleAdmin = ruleAdmin }).Pack());
        UInt256 length = storage.Read(EngineLayout.TokenList);
        storage.Write(storage.ArrayBase(EngineLayout.TokenList) + length, AbiWords.ToWord(token));
        storage.Write(EngineLayout.TokenList, length + 1);
        Log(EngineEvents.TokenRegistered, AbiWords.ToWord(token), AbiWords.ToWord(ruleAdmin));
        return null;
    }

    /// <summary><c>setRuleAdmin</c>: proposes; zero withdraws the proposal.</summary>
    public byte[]? SetRuleAdmin(in Address token, in Address newAdmin)
    {
        storage.BeginEffects();
        storage.Write(TokenSlot(token) + EngineLayout.PendingAdmin, AbiWords.ToWord(newAdmin));
        return null;
    }

    /// <summary><c>acceptRuleAdmin</c>, by the proposed account.</summary>
    public byte[]? AcceptRuleAdmin(in Address token)
    {
        UInt256 slot = TokenSlot(token);
        if (caller.IsZero || storage.Read(slot + EngineLayout.PendingAdmin) != _callerWord) return NotRuleAdmin(caller);

        storage.BeginEffects();
        storage.Write(slot, (ReadToken(token) with { RuleAdmin = caller }).Pack());
        storage.Write(slot + EngineLayout.PendingAdmin, default);
        Log(EngineEvents.TokenRegistered, AbiWords.ToWord(token), _callerWord);
        return null;
    }

    /// <summary><c>setRules</c>. Holders are identities or accounts, so the KYC bit may change only while there is no supply.</summary>
    public byte[]? SetRules(in Address token, in RuleSet rules)
    {
        if (rules.FirstInvalid is { } field) return EngineErrors.InvalidRules.Encode(field);
        UInt256 slot = TokenSlot(token);
        TokenWord word = ReadToken(token);
        bool changesKey = ((word.Mask ^ rules.Mask) & RuleMask.Kyc) != 0;
        if (changesKey && !storage.Read(slot + EngineLayout.Supply).IsZero) return EngineErrors.InvalidRules.Encode(0);

        storage.BeginEffects();
        word.Mask = rules.Mask;
        word.MinTierFrom = rules.MinTierFrom;
        word.MinTierTo = rules.MinTierTo;
        word.TypeMask = rules.TypeMask;
        byte windowCount = LimitsWord.Unpack(storage.Read(slot + EngineLayout.Limits)).WindowCount;
        LimitsWord limits = new(
            rules.MaxHolders, rules.HoldingPeriod, rules.LockupUntil, rules.MaxShareBps, windowCount, rules.HoldingRestarts, rules.TravelThreshold);
        storage.Write(slot, word.Pack());
        storage.Write(slot + EngineLayout.Limits, limits.Pack());
        storage.Write(slot + EngineLayout.MaxBalance, rules.MaxBalance);
        storage.Write(slot + EngineLayout.MinHolding, rules.MinHolding);
        storage.Write(slot + EngineLayout.SupplyCap, rules.SupplyCap);
        storage.Write(slot + EngineLayout.TravelFeed, rules.TravelFeedId);
        LogRules(token, rules.Hash());
        return null;
    }

    /// <summary><c>setCountries</c>.</summary>
    /// <param name="token">Token.</param>
    /// <param name="countries">ISO 3166-1 numeric countries.</param>
    /// <param name="listed">Whether they are to be on the list.</param>
    /// <param name="calldataHash">Hash of the calldata, for the event.</param>
    public byte[]? SetCountries(in Address token, ReadOnlySpan<ushort> countries, bool listed, in Hash256 calldataHash)
    {
        if (countries.Length > EngineLimits.BatchMax) return BatchTooLarge(countries.Length, EngineLimits.BatchMax);
        foreach (ushort country in countries)
        {
            if (!FieldRules.IsCountry(country)) return KycErrors.InvalidField.Encode(FieldRules.Country);
        }
        storage.BeginEffects();
        UInt256 first = TokenSlot(token) + EngineLayout.Countries;
        foreach (ushort country in countries)
        {
            UInt256 slot = first + (ulong)(country >> 8);
            UInt256 bit = UInt256.One << (country & 255);
            UInt256 word = storage.Read(slot);
            storage.Write(slot, listed ? word | bit : word & ~bit);
        }
        LogRules(token, calldataHash);
        return null;
    }

    /// <summary><c>setCountryHolderCap</c>; 0 is no cap.</summary>
    public byte[]? SetCountryHolderCap(in Address token, ushort country, uint cap, in Hash256 calldataHash)
    {
        storage.BeginEffects();
        WriteCap(EngineLayout.CountryCaps, token, country, cap);
        LogRules(token, calldataHash);
        return null;
    }

    /// <summary><c>setTypeCaps</c>; holder cap 0 is no cap, balance cap 0 admits no balance.</summary>
    public byte[]? SetTypeCaps(in Address token, byte investorType, uint holderCap, in UInt256 balanceCap, in Hash256 calldataHash)
    {
        storage.BeginEffects();
        WriteCap(EngineLayout.TypeCaps, token, investorType, holderCap);
        storage.Write(storage.Map(EngineLayout.TypeBalanceCaps, storage.Hash(AbiWords.ToWord(token), investorType)), balanceCap);
        LogRules(token, calldataHash);
        return null;
    }

    /// <summary><c>setWindows</c>: replaces all windows; none lasts zero seconds.</summary>
    public byte[]? SetWindows(in Address token, ReadOnlySpan<uint> seconds, ReadOnlySpan<UInt256> max, in Hash256 calldataHash)
    {
        if (seconds.Length > EngineLimits.WindowsMax) return BatchTooLarge(seconds.Length, EngineLimits.WindowsMax);
        if (max.Length > EngineLimits.WindowsMax) return BatchTooLarge(max.Length, EngineLimits.WindowsMax);
        if (seconds.Length != max.Length) return KycErrors.LengthMismatch.Encode();
        if (seconds.Contains(0u)) return EngineErrors.InvalidRules.Encode(0);

        storage.BeginEffects();
        UInt256 slot = TokenSlot(token);
        LimitsWord limits = LimitsWord.Unpack(storage.Read(slot + EngineLayout.Limits));
        int before = limits.WindowCount;
        limits.WindowCount = (byte)seconds.Length;
        storage.Write(slot + EngineLayout.Limits, limits.Pack());
        for (int i = 0; i < Math.Max(before, seconds.Length); i++)
        {
            storage.Write(slot + (EngineLayout.Windows + (ulong)i), i < seconds.Length ? new WindowWord(seconds[i], max[i]).Pack() : default);
        }
        LogRules(token, calldataHash);
        return null;
    }

    /// <summary><c>setExempt</c>: of a wallet of a protocol contract.</summary>
    public byte[]? SetExempt(in Address token, in Address account, byte flags)
    {
        ISlotReader kyc = storage.Of(ModuleAddresses.Kyc);
        UInt256 accountWord = AbiWords.ToWord(account);
        UInt256 walletSlot = kyc.Map(KycLayout.Wallets, accountWord);
        if (WalletWord.Unpack(kyc.Read(walletSlot + 1)).Status == RecordStatus.None) return KycErrors.WalletUnknown.Encode(accountWord);
        IdentityWord identity = IdentityWord.Unpack(kyc.Read(kyc.Map(KycLayout.Identities, kyc.Read(walletSlot))));
        if (identity.Kind != KycLimits.ProtocolContract) return KycErrors.InvalidField.Encode(FieldRules.Kind);

        storage.BeginEffects();
        storage.Write(storage.Map(EngineLayout.Exemptions, storage.Hash(AbiWords.ToWord(token), accountWord)), flags);
        Log(EngineEvents.ExemptSet, AbiWords.ToWord(token), accountWord, flags, _callerWord);
        return null;
    }

    /// <summary><c>approveTransfer</c>: replaces what is left of an earlier approval.</summary>
    public byte[]? ApproveTransfer(in Address token, in Address from, in Address to, in UInt256 amount, uint count, ulong expiry)
    {
        storage.BeginEffects();
        UInt256 hash = TransferHash(token, from, to, amount);
        storage.Write(storage.Map(EngineLayout.Approvals, hash), new ApprovalWord(count, expiry).Pack());
        Log(EngineEvents.TransferApprovalSet, AbiWords.ToWord(token), hash, count, expiry, _callerWord);
        return null;
    }

    /// <summary><c>recordTravelRule</c>.</summary>
    public byte[]? RecordTravelRule(in Address token, in Address from, in Address to, in UInt256 amount, in UInt256 reference, ulong expiry)
    {
        if (!ReadToken(token).IsRegistered) return TokenUnknown(token);

        storage.BeginEffects();
        UInt256 hash = TransferHash(token, from, to, amount);
        UInt256 slot = storage.Map(EngineLayout.TravelReferences, hash);
        storage.Write(slot, reference);
        storage.Write(slot + 1, expiry);
        Log(EngineEvents.TravelRuleRecorded, AbiWords.ToWord(token), hash, reference, expiry);
        return null;
    }

    /// <summary><c>setTokenPaused</c>.</summary>
    public byte[]? SetPaused(in Address token, bool paused)
    {
        TokenWord word = ReadToken(token);
        if (!word.IsRegistered) return TokenUnknown(token);

        storage.BeginEffects();
        storage.Write(TokenSlot(token), (word with { IsPaused = paused }).Pack());
        Log(EngineEvents.TokenPauseSet, AbiWords.ToWord(token), AbiWords.ToWord(paused), _callerWord);
        return null;
    }

    /// <summary><c>setLegalHold</c>: may exceed the balance.</summary>
    public byte[]? SetLegalHold(in Address token, in UInt256 identityId, in UInt256 amount, in UInt256 reason)
    {
        if (!ReadToken(token).IsRegistered) return TokenUnknown(token);

        storage.BeginEffects();
        storage.Write(HolderSlot(token, identityId) + 1, amount);
        Log(EngineEvents.LegalHoldSet, AbiWords.ToWord(token), identityId, amount, _callerWord, reason);
        return null;
    }

    /// <summary><c>resync</c>: moves a counted holder to the country and type that its identity has now. A holder of a token without KYC is its account's identity.</summary>
    public byte[]? Resync(in Address token, in UInt256 key)
    {
        TokenWord word = ReadToken(token);
        if (!word.IsRegistered) return TokenUnknown(token);
        UInt256 slot = HolderSlot(token, key);
        HolderWord record = HolderWord.Unpack(storage.Read(slot + 2));
        if (!record.IsCounted) return null;
        ISlotReader kyc = storage.Of(ModuleAddresses.Kyc);
        UInt256 id = (word.Mask & RuleMask.Kyc) != 0 ? key : HolderProfile.IdentityIdOf(kyc, AbiWords.ToAddress(key));
        Movement.Recount(storage, AbiWords.ToWord(token), slot, record, HolderProfile.Of(kyc, id));
        return null;
    }

    private void WriteCap(in UInt256 position, in Address token, ulong bucket, uint cap)
    {
        UInt256 slot = storage.Map(position, storage.Hash(AbiWords.ToWord(token), bucket));
        CapWord word = CapWord.Unpack(storage.Read(slot));
        storage.Write(slot, (word with { Cap = cap }).Pack());
    }

    private UInt256 TokenSlot(in Address token) => storage.Map(EngineLayout.Tokens, AbiWords.ToWord(token));

    private TokenWord ReadToken(in Address token) => TokenWord.Unpack(storage.Read(TokenSlot(token)));

    private UInt256 HolderSlot(in Address token, in UInt256 key) => storage.Map(EngineLayout.Holders, storage.Hash(AbiWords.ToWord(token), key));

    private UInt256 TransferHash(in Address token, in Address from, in Address to, in UInt256 amount) =>
        storage.Hash(AbiWords.ToWord(token), AbiWords.ToWord(from), AbiWords.ToWord(to), amount);

    private void LogRules(in Address token, in Hash256 rulesHash) => Log(EngineEvents.RulesSet, AbiWords.ToWord(token), _callerWord, AbiWords.ToWord(rulesHash));

    private void Log(AbiEvent what, params ReadOnlySpan<UInt256> arguments) => storage.Log(what.Log(ModuleAddresses.Engine, arguments));

    private static byte[] NotRuleAdmin(in Address account) => EngineErrors.NotRuleAdmin.Encode(AbiWords.ToWord(account));

    private static byte[] TokenUnknown(in Address token) => EngineErrors.TokenUnknown.Encode(AbiWords.ToWord(token));

    private static byte[] BatchTooLarge(int size, int max) => KycErrors.BatchTooLarge.Encode((ulong)size, (ulong)max);
}
