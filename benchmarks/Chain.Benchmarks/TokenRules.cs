using System.Buffers.Binary;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Benchmarks;

/// <summary>Rules under which a holder may move 5 units of a token to another, as calls of the rule engine.</summary>
internal static class TokenRules
{
    public const ulong AmountUnits = 5;

    /// <summary>Gas that every call is given.</summary>
    public const ulong Gas = 1_000_000_000;

    public const RuleMask Five = RuleMask.Kyc | RuleMask.CountryAllow | RuleMask.Type | RuleMask.MaxBalance | RuleMask.Lockup;

    // COUNTRY_ALLOW and COUNTRY_DENY exclude each other, and EMIT_DECISIONS is no rule.
    public const RuleMask All = RuleMask.All & ~RuleMask.CountryDeny & ~RuleMask.EmitDecisions;

    private const string SetRules = "setRules(address,(uint32,uint8,uint8,uint8,uint32,uint32,uint64,uint16,bool,uint96,uint256,uint256,uint256,bytes32))";

    /// <summary>All of the mask but the holding period, so that what is minted next is free at once, with the lists and limits that its rules look at.</summary>
    public static IEnumerable<Message> Open(Address admin, Address token, Address from, Address to, Hash256 feed, RuleMask mask)
    {
        UInt256 word = AbiWords.ToWord(token);
        yield return Close(admin, token, feed, mask);
        yield return Call(admin, ModuleAddresses.Engine, "setCountries(address,uint16[],bool)", word, 96, 1, 1, 276);
        yield return Call(admin, ModuleAddresses.Engine, "setCountryHolderCap(address,uint16,uint32)", word, 276, 100);
        yield return Call(admin, ModuleAddresses.Engine, "setTypeCaps(address,uint8,uint32,uint256)", word, 2, 100, UInt256.One << 100);
        yield return Call(admin, ModuleAddresses.Engine, "setWindows(address,uint32[],uint224[])", word, 96, 224, 3, 60, 3_600, 86_400, 3, 1_000_000, 1_000_000, 1_000_000);
        yield return Call(admin, ModuleAddresses.Engine, "approveTransfer(address,address,address,uint256,uint32,uint64)",
            word, AbiWords.ToWord(from), AbiWords.ToWord(to), AmountUnits, 1_000, ulong.MaxValue);
        yield return Call(admin, ModuleAddresses.Engine, "recordTravelRule(address,address,address,uint256,bytes32,uint64)",
            word, AbiWords.ToWord(from), AbiWords.ToWord(to), AmountUnits, 77, ulong.MaxValue);
        yield return Close(admin, token, feed, mask & ~RuleMask.HoldingPeriod);
    }

    /// <summary>Exactly the rules of the mask.</summary>
    public static Message Close(Address admin, Address token, Hash256 feed, RuleMask mask)
    {
        RuleSet rules = new(mask, 1, 1, 0x0f, 100, 1, 1, 10_000, false, 1, UInt256.One << 100, 1, UInt256.One << 150, AbiWords.ToWord(feed));
        return Call(admin, ModuleAddresses.Engine, SetRules, [AbiWords.ToWord(token), .. rules.ToWords()]);
    }

    public static Message Call(Address caller, Address contract, string signature, params UInt256[] words) =>
        new() { Kind = CallKind.Call, Caller = caller, Recipient = contract, Input = Encode(signature, words), Gas = Gas };

    public static byte[] Encode(string signature, IEnumerable<UInt256> words)
    {
        byte[] selector = new byte[AbiWords.SelectorSizeBytes];
        BinaryPrimitives.WriteUInt32BigEndian(selector, AbiWords.Selector(signature));
        return [.. selector, .. words.SelectMany(w => w.ToBigEndian())];
    }
}
