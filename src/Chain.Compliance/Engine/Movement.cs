using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Engine;

/// <summary>
/// One movement of a token: its evaluation in the fixed order of section 4.3 of the compliance specification, and what it changes.
/// Each evaluation returns the code of the first rule that fails, 0 for none. Rules ask data and exemptions only when their bit is set.
/// </summary>
internal sealed partial class Movement
{
    private readonly IModuleStorage _storage;
    private readonly ISlotReader _kyc;
    private readonly IPriceFeed _feed;
    private readonly ulong _now;
    private readonly Address _from;
    private readonly Address _to;
    private readonly UInt256 _amount;
    private readonly UInt256 _token;
    private readonly UInt256 _slot;
    private TokenWord _word;
    private Holder _sender = null!;
    private Holder _receiver = null!;
    private bool _usesApproval;
    private bool _usesReference;

    /// <summary>A movement at a time.</summary>
    public Movement(IModuleStorage storage, IPriceFeed feed, ulong now, in Address token, in Address from, in Address to, in UInt256 amount)
    {
        _storage = storage;
        _kyc = storage.Of(ModuleAddresses.Kyc);
        _feed = feed;
        _now = now;
        _from = from;
        _to = to;
        _amount = amount;
        _token = AbiWords.ToWord(token);
        _slot = storage.Map(EngineLayout.Tokens, _token);
        _word = TokenWord.Unpack(storage.Read(_slot));
    }

    /// <summary>True when accepted movements are logged.</summary>
    public bool IsLogged => Has(RuleMask.EmitDecisions);

    /// <summary>The travel-rule reference that the transfer uses up; the identity of a recovery; zero otherwise.</summary>
    public UInt256 Reference { get; private set; }

    private LimitsWord Limits => LimitsWord.Unpack(_storage.Read(_slot + EngineLayout.Limits));

    private bool IsBetweenHolders => _sender.Key != _receiver.Key;

    private UInt256 TransferHash => _storage.Hash(_token, AbiWords.ToWord(_from), AbiWords.ToWord(_to), _amount);

    /// <summary>Evaluates a transfer: rows 1 to 17.</summary>
    public byte Transfer()
    {
        byte code = TestToken(asksPause: true);
        if (code == 0) code = TestSender();
        if (code == 0) code = TestReceiver();
        if (code == 0) code = TestReceiverProfile();
        if (code == 0) code = TestSenderBalance(asksHold: true);
        if (code != 0) return code;
        _receiver = HolderOf(_to);
        if (IsBetweenHolders)
        {
            code = TestTime();
            if (code == 0) code = TestBalances(DecisionKind.Transfer);
            if (code == 0) code = TestHolderCounts(DecisionKind.Transfer);
        }
        if (code == 0) code = TestApproval();
        return code == 0 ? TestTravel() : code;
    }

    /// <summary>Evaluates a mint: rows 1, 2, 4 to 6, 11 (receiver), 12 to 15, supply.</summary>
    public byte Mint()
    {
        byte code = TestToken(asksPause: true);
        if (code == 0) code = TestReceiver();
        if (code == 0) code = TestReceiverProfile();
        if (code != 0) return code;
        _receiver = HolderOf(_to);
        code = TestBalances(DecisionKind.Mint);
        if (code == 0) code = TestHolderCounts(DecisionKind.Mint);
        return code == 0 ? TestSupply() : code;
    }

    /// <summary>Evaluates a burn: row 1 and the balance.</summary>
    public byte Burn()
    {
        byte code = TestToken(asksPause: false);
        return code == 0 ? TestSenderBalance(asksHold: false) : code;
    }

    /// <summary>Evaluates a forced transfer: rows 1 and 4 and the balance.</summary>
    public byte Force()
    {
        byte code = TestToken(asksPause: false);
        if (code == 0) code = TestReceiver();
        if (code == 0) code = TestSenderBalance(asksHold: false);
        if (code == 0) _receiver = HolderOf(_to);
        return code;
    }

    /// <summary>Evaluates a recovery: row 1, one identity, an eligible destination.</summary>
    public byte Recover()
    {
        byte code = TestToken(asksPause: false);
        if (code != 0) return code;
        UInt256 id = IdentityIdOf(_from);
        if (id != IdentityIdOf(_to)) return ReasonCodes.OfReceiver(ReasonCodes.NotRegistered);
        code = Eligibility.KycStatus(_kyc, _to, _now);
        if (code != 0) return ReasonCodes.OfReceiver(code);
        Reference = id;
        return 0;
    }

    private bool Has(RuleMask rule) => (_word.Mask & rule) != 0;

    private byte TestToken(bool asksPause)
    {
        if (!_word.IsRegistered) return ReasonCodes.TokenNotRegistered;
        return asksPause && _word.IsPaused ? ReasonCodes.TokenPaused : ReasonCodes.Ok;
    }

    private byte TestSender()
    {
        if (!Has(RuleMask.Kyc)) return 0;
        byte code = Eligibility.KycStatus(_kyc, _from, _now, _word.MinTierFrom);
        return code == 0 ? (byte)0 : ReasonCodes.OfSender(code);
    }

    private byte TestReceiver()
    {
        if (!Has(RuleMask.Kyc)) return 0;
        byte code = Eligibility.KycStatus(_kyc, _to, _now, _word.MinTierTo);
        return code == 0 ? (byte)0 : ReasonCodes.OfReceiver(code);
    }

    /// <summary>Rows 5 and 6.</summary>
    private byte TestReceiverProfile()
    {
        if (!Has(RuleMask.Countries | RuleMask.Type) || IsExempt(_to, Exemptions.CountryAndType)) return 0;
        (ushort country, byte type) = ProfileOf(_to);
        if (Has(RuleMask.Countries))
        {
            bool isListed = _storage.Read(_slot + (EngineLayout.Countries + (ulong)(country >> 8))).Bit(country & 255);
            if (isListed != Has(RuleMask.CountryAllow)) return ReasonCodes.CountryNotAllowed;
        }
        return Has(RuleMask.Type) && (_word.TypeMask >> type & 1) == 0 ? ReasonCodes.InvestorTypeNotAllowed : ReasonCodes.Ok;
    }

    /// <summary>Row 7.</summary>
    private byte TestSenderBalance(bool asksHold)
    {
        _sender = HolderOf(_from);
        UInt256 balance = BalanceOf(_sender);
        if (balance < _amount) return ReasonCodes.InsufficientBalance;
        return asksHold && balance - _amount < _storage.Read(_sender.Slot + 1) ? ReasonCodes.LegalHold : ReasonCodes.Ok;
    }

    /// <summary>Rows 8 to 10.</summary>
    private byte TestTime()
    {
        if (!Has(RuleMask.Lockup | RuleMask.HoldingPeriod | RuleMask.Windows) || IsExempt(_from, Exemptions.Time)) return 0;
        if (Has(RuleMask.Lockup) && _now < Limits.LockupUntil) return ReasonCodes.Lockup;
        if (Has(RuleMask.HoldingPeriod))
        {
            LotList lots = LotsOf(_sender, RecordOf(_sender), stackalloc Lot[EngineLimits.LotsMax]);
            if (BalanceOf(_sender) < lots.LockedAt(_now) + _amount) return ReasonCodes.HoldingPeriod;
        }
        if (!Has(RuleMask.Windows)) return 0;
        int count = Limits.WindowCount;
        for (int i = 0; i < count; i++)
        {
            if (!TryUseWindow(i, out _, out _)) return ReasonCodes.WindowLimit;
        }
        return 0;
    }

    /// <summary>Rows 11 to 13. A mint has no sender, and its share is of the supply after it.</summary>
    private byte TestBalances(DecisionKind kind)
    {
        if (!Has(RuleMask.MinHolding | RuleMask.MaxBalance | RuleMask.TypeBalance | RuleMask.MaxShare)) return 0;
        bool isMint = kind == DecisionKind.Mint;
        if ((!isMint && IsExempt(_from, Exemptions.Balance)) || IsExempt(_to, Exemptions.Balance)) return 0;

        if (Has(RuleMask.MinHolding) && !isMint && IsBelowMinHolding(BalanceOf(_sender) - _amount)) return ReasonCodes.MinHolding;
        // A mint may name any amount: beyond 2^256 it exceeds every limit.
        bool overflows = UInt256.AddOverflow(BalanceOf(_receiver), _amount, out UInt256 received);
        if (Has(RuleMask.MinHolding) && !overflows && IsBelowMinHolding(received)) return ReasonCodes.MinHolding;
        if (Has(RuleMask.MaxBalance) && (overflows || received > _storage.Read(_slot + EngineLayout.MaxBalance))) return ReasonCodes.MaxBalance;
        if (Has(RuleMask.TypeBalance))
        {
            UInt256 cap = _storage.Read(_storage.Map(EngineLayout.TypeBalanceCaps, _storage.Hash(_token, ProfileOf(_to).Type)));
            if (overflows || received > cap) return ReasonCodes.TypeBalance;
        }
        if (!Has(RuleMask.MaxShare)) return 0;
        UInt256 supply = _storage.Read(_slot + EngineLayout.Supply);
        return ExactMath.IsShareWithin(BalanceOf(_receiver), supply, _amount, isMint, Limits.MaxShareBps) ? ReasonCodes.Ok : ReasonCodes.MaxShare;
    }

    private bool IsBelowMinHolding(in UInt256 balance) => !balance.IsZero && balance < _storage.Read(_slot + EngineLayout.MinHolding);

    /// <summary>Rows 14 and 15. A receiver counted before stays in the country and type it was counted in.</summary>
    private byte TestHolderCounts(DecisionKind kind)
    {
        if (!Has(RuleMask.MaxHolders | RuleMask.CountryHolders | RuleMask.TypeHolders)) return 0;
        bool isMint = kind == DecisionKind.Mint;
        if ((!isMint && IsExempt(_from, Exemptions.HolderCount)) || IsExempt(_to, Exemptions.HolderCount)) return 0;
        HolderWord receiver = RecordOf(_receiver);
        bool isNew = !receiver.IsCounted && !(BalanceOf(_receiver).IsZero && _amount.IsZero);
        HolderWord sender = isMint ? default : RecordOf(_sender);
        bool leaves = sender.IsCounted && BalanceOf(_sender) == _amount;
        if (Has(RuleMask.MaxHolders) && !IsCountWithin(_word.Holders, isNew, leaves, Limits.MaxHolders)) return ReasonCodes.MaxHolders;
        if (!Has(RuleMask.CountryHolders | RuleMask.TypeHolders)) return 0;

        (ushort country, byte type) = receiver.IsCounted ? (receiver.Country, receiver.InvestorType) : ProfileOf(_to);
        if (Has(RuleMask.CountryHolders) && !IsBucketWithin(EngineLayout.CountryCaps, country, isNew, leaves && sender.Country == country)) return ReasonCodes.MaxHoldersCountry;
        bool isTypeWithin = !Has(RuleMask.TypeHolders) || IsBucketWithin(EngineLayout.TypeCaps, type, isNew, leaves && sender.InvestorType == type);
        return isTypeWithin ? ReasonCodes.Ok : ReasonCodes.MaxHoldersType;
    }

    /// <summary>Row 16.</summary>
    private byte TestApproval()
    {
        if (!Has(RuleMask.Approval) || IsExempt(_from, Exemptions.Approval) || IsExempt(_to, Exemptions.Approval)) return 0;
        ApprovalWord approval = ApprovalWord.Unpack(_storage.Read(_storage.Map(EngineLayout.Approvals, TransferHash)));
        _usesApproval = true;
        return approval.Count > 0 && _now <= approval.Expiry ? ReasonCodes.Ok : ReasonCodes.ApprovalRequired;
    }

    /// <summary>Row 17.</summary>
    private byte TestTravel()
    {
        if (!Has(RuleMask.Travel) || IsExempt(_from, Exemptions.Travel) || IsExempt(_to, Exemptions.Travel) || IsBelowTravelThreshold()) return 0;
        UInt256 slot = _storage.Map(EngineLayout.TravelReferences, TransferHash);
        UInt256 reference = _storage.Read(slot);
        if (reference.IsZero || _now > _storage.Read(slot + 1)) return ReasonCodes.TravelRuleRequired;
        _usesReference = true;
        Reference = reference;
        return 0;
    }

    private bool IsBelowTravelThreshold()
    {
        UInt256 threshold = Limits.TravelThreshold;
        UInt256 feedId = _storage.Read(_slot + EngineLayout.TravelFeed);
        if (feedId.IsZero) return _amount < threshold;
        return _feed.TryReadFresh(_storage, feedId, _now, out UInt256 price, out byte decimals) && ExactMath.IsValueBelow(_amount, price, decimals, threshold);
    }

    private byte TestSupply()
    {
        bool overflows = UInt256.AddOverflow(_storage.Read(_slot + EngineLayout.Supply), _amount, out UInt256 supply);
        bool exceeds = overflows || supply.BitLength > EngineLimits.AmountBitsMax
            || (Has(RuleMask.SupplyCap) && supply > _storage.Read(_slot + EngineLayout.SupplyCap));
        return exceeds ? ReasonCodes.SupplyCap : ReasonCodes.Ok;
    }

    private bool IsBucketWithin(in UInt256 position, ulong bucket, bool isNew, bool leaves)
    {
        CapWord word = CapWord.Unpack(_storage.Read(BucketSlot(position, bucket)));
        return word.Cap == 0 || IsCountWithin(word.Count, isNew, leaves, word.Cap);
    }

    private static bool IsCountWithin(uint count, bool isNew, bool leaves, uint max) => (long)count + (isNew ? 1 : 0) - (leaves ? 1 : 0) <= max;

    /// <summary>The use of a window after this transfer; false when it would exceed the limit.</summary>
    private bool TryUseWindow(int index, out UInt256 slot, out WindowUse use)
    {
        WindowWord window = WindowWord.Unpack(_storage.Read(_slot + (EngineLayout.Windows + (ulong)index)));
        slot = _storage.Map(EngineLayout.WindowUses, _storage.Hash(_token, _sender.Key, (ulong)index));
        WindowUse before = WindowUse.Unpack(_storage.Read(slot));
        // Seconds are zero only once gas has run out.
        ulong bucket = window.Seconds == 0 ? 0 : _now / window.Seconds;
        UInt256 used = (before.Bucket == bucket ? before.Used : default) + _amount;
        use = new WindowUse(bucket, used);
        return used <= window.Max && used.BitLength <= EngineLimits.AmountBitsMax;
    }

    private Holder HolderOf(in Address account)
    {
        UInt256 key = Has(RuleMask.Kyc) ? IdentityIdOf(account) : AbiWords.ToWord(account);
        return new Holder(_storage, _token, key);
    }

    private UInt256 BalanceOf(Holder holder) => _storage.Read(holder.Slot);

    private HolderWord RecordOf(Holder holder) => HolderWord.Unpack(_storage.Read(holder.Slot + 2));

    private LotList LotsOf(Holder holder, in HolderWord record, Span<Lot> buffer) => new(_storage, _token, holder.Key, record.LotCount, buffer);

    private UInt256 BucketSlot(in UInt256 position, ulong bucket) => _storage.Map(position, _storage.Hash(_token, bucket));

    private bool IsExempt(in Address account, Exemptions exemption) =>
        ((Exemptions)_storage.Read(_storage.Map(EngineLayout.Exemptions, _storage.Hash(_token, AbiWords.ToWord(account)))).U0 & exemption) != 0;

    private UInt256 IdentityIdOf(in Address account) => HolderProfile.IdentityIdOf(_kyc, account);

    private (ushort Country, byte Type) ProfileOf(in Address account) => HolderProfile.Of(_kyc, IdentityIdOf(account));

    /// <summary>A holder of the token. Its slot is derived, and paid for, when it is first needed.</summary>
    private sealed class Holder(IModuleStorage storage, UInt256 token, UInt256 key)
    {
        private UInt256? _slot;

        public UInt256 Key => key;

        public UInt256 Slot => _slot ??= storage.Map(EngineLayout.Holders, storage.Hash(token, key));
    }
}
