using System.Numerics;
using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Engine;

/// <summary>What a rule says of a movement.</summary>
public enum RuleVerdict : byte
{
    /// <summary>The token does not have the rule.</summary>
    Off,

    /// <summary>A venue's exemption lifts it.</summary>
    Exempt,

    /// <summary>Sender and receiver are one holder: the rule is not asked.</summary>
    SameHolder,

    /// <summary>Asked, and met.</summary>
    Passed,

    /// <summary>Asked, and broken.</summary>
    Failed,
}

/// <summary>One row of the evaluation order and what it compared.</summary>
/// <param name="Row">Row of the table of section 4.3.</param>
/// <param name="Rule">Its name.</param>
/// <param name="Verdict">What it says.</param>
/// <param name="Code">Reason code when it fails, whether or not it does; 0 where the code depends on an account that passes.</param>
/// <param name="Operands">What it compared, by name.</param>
public sealed record RuleOutcome(int Row, string Rule, RuleVerdict Verdict, byte Code, IReadOnlyList<(string Name, UInt256 Value)> Operands);

/// <summary>
/// All rules of a transfer with their operands (compliance specification, section 4.3), for people: unlike <see cref="Movement"/> it goes on after the first failure, and it reckons on big
/// integers and in no hurry. The first row that fails is the one whose code <c>canTransfer</c> gives; a test holds the two together.
/// </summary>
public sealed class RuleReport
{
    private readonly DirectStorage _storage;
    private readonly DirectStorage _kyc;
    private readonly IPriceFeed _feed;
    private readonly ulong _now;
    private readonly Address _from;
    private readonly Address _to;
    private readonly UInt256 _amount;
    private readonly UInt256 _token;
    private readonly UInt256 _slot;
    private readonly TokenWord _word;
    private readonly LimitsWord _limits;
    private readonly Holder _sender;
    private readonly Holder _receiver;
    private readonly List<RuleOutcome> _outcomes = [];

    private RuleReport(WorldState state, IPriceFeed feed, ulong now, in Address token, in Address from, in Address to, in UInt256 amount)
    {
        _storage = new DirectStorage(state, ModuleAddresses.Engine);
        _kyc = new DirectStorage(state, ModuleAddresses.Kyc);
        _feed = feed;
        _now = now;
        _from = from;
        _to = to;
        _amount = amount;
        _token = AbiWords.ToWord(token);
        _slot = Slots.Map(EngineLayout.Tokens, _token);
        _word = TokenWord.Unpack(_storage.Read(_slot));
        _limits = LimitsWord.Unpack(_storage.Read(_slot + EngineLayout.Limits));
        _sender = HolderOf(from);
        _receiver = HolderOf(to);
    }

    private UInt256 TransferHash => Slots.Hash(_token, AbiWords.ToWord(_from), AbiWords.ToWord(_to), _amount);

    private BigInteger Received => _receiver.Balance.ToBigInteger() + _amount.ToBigInteger();

    /// <summary>The rules of a transfer in their order.</summary>
    public static IReadOnlyList<RuleOutcome> OfTransfer(WorldState state, IPriceFeed feed, ulong now, in Address token, in Address from, in Address to, in UInt256 amount)
    {
        RuleReport report = new(state, feed, now, token, from, to, amount);
        report.AddAccounts();
        report.AddProfile();
        report.AddBalance();
        report.AddTime();
        report.AddLimits();
        report.AddCounts();
        report.AddPermissions();
        return report._outcomes;
    }

    private void AddAccounts()
    {
        Add(1, "TOKEN_REGISTERED", _word.IsRegistered, ReasonCodes.TokenNotRegistered, ("ruleAdmin", AbiWords.ToWord(_word.RuleAdmin)));
        Add(2, "TOKEN_NOT_PAUSED", !_word.IsPaused, ReasonCodes.TokenPaused, ("paused", AbiWords.ToWord(_word.IsPaused)));
        byte sender = Eligibility.KycStatus(_kyc, _from, _now, _word.MinTierFrom);
        byte receiver = Eligibility.KycStatus(_kyc, _to, _now, _word.MinTierTo);
        AddIf(RuleMask.Kyc, 3, "KYC_SENDER", null, sender == 0, ReasonCodes.OfSender(sender), ("accountCode", sender), ("minTier", _word.MinTierFrom));
        AddIf(RuleMask.Kyc, 4, "KYC_RECEIVER", null, receiver == 0, ReasonCodes.OfReceiver(receiver), ("accountCode", receiver), ("minTier", _word.MinTierTo));
    }

    private void AddProfile()
    {
        RuleVerdict? exempt = IsExempt(_to, Exemptions.CountryAndType) ? RuleVerdict.Exempt : null;
        (ushort country, byte type) = ProfileOf(_to);
        bool isListed = _storage.Read(_slot + (EngineLayout.Countries + (ulong)(country >> 8))).Bit(country & 255);
        AddIf(RuleMask.CountryAllow, 5, "COUNTRY_ALLOW", exempt, isListed, ReasonCodes.CountryNotAllowed, ("country", country), ("listed", AbiWords.ToWord(isListed)));
        AddIf(RuleMask.CountryDeny, 5, "COUNTRY_DENY", exempt, !isListed, ReasonCodes.CountryNotAllowed, ("country", country), ("listed", AbiWords.ToWord(isListed)));
        AddIf(RuleMask.Type, 6, "TYPE", exempt, (_word.TypeMask >> type & 1) != 0, ReasonCodes.InvestorTypeNotAllowed, ("investorType", type), ("typeMask", _word.TypeMask));
    }

    private void AddBalance()
    {
        bool suffices = _sender.Balance >= _amount;
        Add(7, "BALANCE", suffices, ReasonCodes.InsufficientBalance, ("balance", _sender.Balance), ("amount", _amount));
        Add(7, "LEGAL_HOLD", !suffices || _sender.Balance - _amount >= _sender.LegalHold, ReasonCodes.LegalHold, ("balance", _sender.Balance), ("amount", _amount), ("legalHold", _sender.LegalHold));
    }

    private void AddTime()
    {
        RuleVerdict? excuse = Excuse(IsExempt(_from, Exemptions.Time));
        AddIf(RuleMask.Lockup, 8, "LOCKUP", excuse, _now >= _limits.LockupUntil, ReasonCodes.Lockup, ("time", _now), ("lockupUntil", _limits.LockupUntil));
        LotList lots = new(_storage, _token, _sender.Key, _sender.Record.LotCount, stackalloc Lot[EngineLimits.LotsMax]);
        UInt256 locked = lots.LockedAt(_now);
        bool isFree = _sender.Balance.ToBigInteger() - locked.ToBigInteger() >= _amount.ToBigInteger();
        AddIf(RuleMask.HoldingPeriod, 9, "HOLDING_PERIOD", excuse, isFree, ReasonCodes.HoldingPeriod, ("balance", _sender.Balance), ("locked", locked), ("amount", _amount));
        for (int i = 0; i < _limits.WindowCount; i++)
        {
            WindowWord window = WindowWord.Unpack(_storage.Read(_slot + (EngineLayout.Windows + (ulong)i)));
            WindowUse use = WindowUse.Unpack(_storage.Read(Slots.Map(EngineLayout.WindowUses, Slots.Hash(_token, _sender.Key, (ulong)i))));
            UInt256 used = use.Bucket == _now / window.Seconds ? use.Used : default;
            BigInteger after = used.ToBigInteger() + _amount.ToBigInteger();
            bool fits = after <= window.Max.ToBigInteger() && after < BigInteger.One << EngineLimits.AmountBitsMax;
            AddIf(RuleMask.Windows, 10, $"WINDOW_{i}", excuse, fits, ReasonCodes.WindowLimit, ("used", used), ("amount", _amount), ("max", window.Max), ("seconds", window.Seconds));
        }
    }

    private void AddLimits()
    {
        RuleVerdict? excuse = Excuse(IsExempt(_from, Exemptions.Balance) || IsExempt(_to, Exemptions.Balance));
        UInt256 min = _storage.Read(_slot + EngineLayout.MinHolding);
        UInt256 remaining = _sender.Balance >= _amount ? _sender.Balance - _amount : default;
        UInt256 received = Saturated(Received);
        bool isEnough = (remaining.IsZero || remaining >= min) && (received.IsZero || received >= min);
        AddIf(RuleMask.MinHolding, 11, "MIN_HOLDING", excuse, isEnough, ReasonCodes.MinHolding, ("senderAfter", remaining), ("receiverAfter", received), ("minHolding", min));
        UInt256 max = _storage.Read(_slot + EngineLayout.MaxBalance);
        AddIf(RuleMask.MaxBalance, 12, "MAX_BALANCE", excuse, Received <= max.ToBigInteger(), ReasonCodes.MaxBalance, ("receiverAfter", received), ("maxBalance", max));
        byte type = ProfileOf(_to).Type;
        UInt256 cap = _storage.Read(Slots.Map(EngineLayout.TypeBalanceCaps, Slots.Hash(_token, type)));
        AddIf(RuleMask.TypeBalance, 12, "TYPE_BALANCE", excuse, Received <= cap.ToBigInteger(), ReasonCodes.TypeBalance, ("receiverAfter", received), ("investorType", type), ("balanceCap", cap));
        UInt256 supply = _storage.Read(_slot + EngineLayout.Supply);
        bool isShareWithin = Received * EngineLimits.WholeBps <= supply.ToBigInteger() * _limits.MaxShareBps;
        AddIf(RuleMask.MaxShare, 13, "MAX_SHARE", excuse, isShareWithin, ReasonCodes.MaxShare, ("receiverAfter", received), ("supply", supply), ("maxShareBps", _limits.MaxShareBps));
    }

    private void AddCounts()
    {
        RuleVerdict? excuse = Excuse(IsExempt(_from, Exemptions.HolderCount) || IsExempt(_to, Exemptions.HolderCount));
        bool isNew = !_receiver.Record.IsCounted && !Received.IsZero;
        bool leaves = _sender.Record.IsCounted && _sender.Balance == _amount;
        AddCount(RuleMask.MaxHolders, 14, "MAX_HOLDERS", excuse, ReasonCodes.MaxHolders, new CapWord(_word.Holders, _limits.MaxHolders), isNew, leaves, isCapped: true);
        (ushort country, byte type) = _receiver.Record.IsCounted ? (_receiver.Record.Country, _receiver.Record.InvestorType) : ProfileOf(_to);
        CapWord byCountry = CapWord.Unpack(_storage.Read(Slots.Map(EngineLayout.CountryCaps, Slots.Hash(_token, country))));
        AddCount(RuleMask.CountryHolders, 15, "COUNTRY_HOLDERS", excuse, ReasonCodes.MaxHoldersCountry, byCountry, isNew, leaves && _sender.Record.Country == country, byCountry.Cap != 0);
        CapWord byType = CapWord.Unpack(_storage.Read(Slots.Map(EngineLayout.TypeCaps, Slots.Hash(_token, type))));
        AddCount(RuleMask.TypeHolders, 15, "TYPE_HOLDERS", excuse, ReasonCodes.MaxHoldersType, byType, isNew, leaves && _sender.Record.InvestorType == type, byType.Cap != 0);
    }

    private void AddCount(RuleMask rule, int row, string name, RuleVerdict? excuse, byte code, CapWord count, bool isNew, bool leaves, bool isCapped)
    {
        long after = (long)count.Count + (isNew ? 1 : 0) - (leaves ? 1 : 0);
        AddIf(rule, row, name, excuse, !isCapped || after <= count.Cap, code, ("holdersAfter", (ulong)Math.Max(after, 0)), ("cap", count.Cap));
    }

    private void AddPermissions()
    {
        RuleVerdict? approvalExcuse = IsExempt(_from, Exemptions.Approval) || IsExempt(_to, Exemptions.Approval) ? RuleVerdict.Exempt : null;
        ApprovalWord approval = ApprovalWord.Unpack(_storage.Read(Slots.Map(EngineLayout.Approvals, TransferHash)));
        bool isApproved = approval.Count > 0 && _now <= approval.Expiry;
        AddIf(RuleMask.Approval, 16, "APPROVAL", approvalExcuse, isApproved, ReasonCodes.ApprovalRequired, ("approvalsLeft", approval.Count), ("expiry", approval.Expiry), ("time", _now));

        RuleVerdict? travelExcuse = IsExempt(_from, Exemptions.Travel) || IsExempt(_to, Exemptions.Travel) ? RuleVerdict.Exempt : null;
        UInt256 slot = Slots.Map(EngineLayout.TravelReferences, TransferHash);
        UInt256 reference = _storage.Read(slot);
        UInt256 expiry = _storage.Read(slot + 1);
        UInt256 threshold = _limits.TravelThreshold;
        UInt256 feedId = _storage.Read(_slot + EngineLayout.TravelFeed);
        BigInteger? value = ValueOf(feedId);
        bool isMet = value < threshold.ToBigInteger() || (!reference.IsZero && _now <= expiry);
        AddIf(RuleMask.Travel, 17, "TRAVEL", travelExcuse, isMet, ReasonCodes.TravelRuleRequired,
            ("value", value is { } known ? Saturated(known) : UInt256.MaxValue), ("threshold", threshold), ("feedId", feedId), ("reference", reference), ("expiry", expiry), ("time", _now));
    }

    /// <summary>The amount in the threshold's unit, rounded down; null when the feed does not tell.</summary>
    private BigInteger? ValueOf(in UInt256 feedId)
    {
        if (feedId.IsZero) return _amount.ToBigInteger();
        if (!_feed.TryReadFresh(_storage, feedId, _now, out UInt256 price, out byte decimals)) return null;
        return _amount.ToBigInteger() * price.ToBigInteger() / BigInteger.Pow(10, decimals);
    }

    private RuleVerdict? Excuse(bool isExempt) => _sender.Key == _receiver.Key ? RuleVerdict.SameHolder : isExempt ? RuleVerdict.Exempt : null;

    private void Add(int row, string rule, bool isMet, byte code, params ReadOnlySpan<(string Name, UInt256 Value)> operands) =>
        _outcomes.Add(new RuleOutcome(row, rule, isMet ? RuleVerdict.Passed : RuleVerdict.Failed, code, [.. operands]));

    private void AddIf(RuleMask rule, int row, string name, RuleVerdict? excuse, bool isMet, byte code, params ReadOnlySpan<(string Name, UInt256 Value)> operands)
    {
        RuleVerdict verdict = (_word.Mask & rule) == 0 ? RuleVerdict.Off : excuse ?? (isMet ? RuleVerdict.Passed : RuleVerdict.Failed);
        _outcomes.Add(new RuleOutcome(row, name, verdict, code, [.. operands]));
    }

    private bool IsExempt(in Address account, Exemptions exemption) =>
        ((Exemptions)_storage.Read(Slots.Map(EngineLayout.Exemptions, Slots.Hash(_token, AbiWords.ToWord(account)))).U0 & exemption) != 0;

    private (ushort Country, byte Type) ProfileOf(in Address account) => HolderProfile.Of(_kyc, HolderProfile.IdentityIdOf(_kyc, account));

    private Holder HolderOf(in Address account)
    {
        UInt256 key = (_word.Mask & RuleMask.Kyc) != 0 ? HolderProfile.IdentityIdOf(_kyc, account) : AbiWords.ToWord(account);
        UInt256 slot = Slots.Map(EngineLayout.Holders, Slots.Hash(_token, key));
        return new Holder(key, _storage.Read(slot), _storage.Read(slot + 1), HolderWord.Unpack(_storage.Read(slot + 2)));
    }

    private static UInt256 Saturated(in BigInteger value) => value >= BigInteger.One << 256 ? UInt256.MaxValue : UInt256.FromBigInteger(value);

    private sealed record Holder(UInt256 Key, UInt256 Balance, UInt256 LegalHold, HolderWord Record);
}
