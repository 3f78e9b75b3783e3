using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Engine;

/// <summary>A holder as <c>holderOf</c> shows it.</summary>
/// <param name="Balance">Balance in the engine's ledger.</param>
/// <param name="LegalHold">Amount that must remain.</param>
/// <param name="Locked">Amount locked now; zero while the token has no holding period.</param>
/// <param name="Record">Where it is counted.</param>
public readonly record struct HolderView(UInt256 Balance, UInt256 LegalHold, UInt256 Locked, HolderWord Record);

/// <summary>What the engine shows. Unknown keys give zeros.</summary>
public static class EngineViews
{
    /// <summary>A token: T0, its supply and its rules.</summary>
    public static (TokenWord Word, UInt256 Supply, RuleSet Rules) Token(IModuleStorage storage, in Address token)
    {
        UInt256 slot = TokenSlot(storage, token);
        TokenWord word = TokenWord.Unpack(storage.Read(slot));
        LimitsWord limits = LimitsWord.Unpack(storage.Read(slot + EngineLayout.Limits));
        UInt256 maxBalance = storage.Read(slot + EngineLayout.MaxBalance);
        UInt256 minHolding = storage.Read(slot + EngineLayout.MinHolding);
        UInt256 supplyCap = storage.Read(slot + EngineLayout.SupplyCap);
        UInt256 supply = storage.Read(slot + EngineLayout.Supply);
        RuleSet rules = new(
            word.Mask, word.MinTierFrom, word.MinTierTo, word.TypeMask, limits.MaxHolders, limits.HoldingPeriod, limits.LockupUntil, limits.MaxShareBps,
            limits.HoldingRestarts, limits.TravelThreshold, maxBalance, minHolding, supplyCap, storage.Read(slot + EngineLayout.TravelFeed));
        return (word, supply, rules);
    }

    /// <summary>A holder of a token.</summary>
    public static HolderView Holder(IModuleStorage storage, in Address token, in UInt256 key, ulong now)
    {
        UInt256 tokenWord = AbiWords.ToWord(token);
        RuleMask mask = TokenWord.Unpack(storage.Read(TokenSlot(storage, token))).Mask;
        UInt256 slot = storage.Map(EngineLayout.Holders, storage.Hash(tokenWord, key));
        UInt256 balance = storage.Read(slot);
        UInt256 legalHold = storage.Read(slot + 1);
        HolderWord record = HolderWord.Unpack(storage.Read(slot + 2));
        bool hasLots = (mask & RuleMask.HoldingPeriod) != 0;
        UInt256 locked = hasLots ? new LotList(storage, tokenWord, key, record.LotCount, stackalloc Lot[EngineLimits.LotsMax]).LockedAt(now) : default;
        return new HolderView(balance, legalHold, locked, record);
    }

    /// <summary>The key under which an account's balance stands.</summary>
    public static UInt256 HolderKey(IModuleStorage storage, in Address token, in Address account)
    {
        RuleMask mask = TokenWord.Unpack(storage.Read(TokenSlot(storage, token))).Mask;
        return (mask & RuleMask.Kyc) != 0 ? HolderProfile.IdentityIdOf(storage.Of(ModuleAddresses.Kyc), account) : AbiWords.ToWord(account);
    }

    private static UInt256 TokenSlot(IModuleStorage storage, in Address token) => storage.Map(EngineLayout.Tokens, AbiWords.ToWord(token));
}
