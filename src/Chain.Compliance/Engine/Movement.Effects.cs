using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Engine;

/// <summary>What accepted movements change (compliance specification, section 4.3).</summary>
internal sealed partial class Movement
{
    /// <summary>Carries out an accepted transfer.</summary>
    public void ApplyTransfer()
    {
        _storage.BeginEffects();
        if (IsBetweenHolders)
        {
            Debit();
            Credit();
            if (Has(RuleMask.Windows) && !IsExempt(_from, Exemptions.Time)) UseWindows();
            if (Has(RuleMask.HoldingPeriod) && Limits.HoldingRestarts) Lock();
        }
        if (_usesApproval)
        {
            UInt256 slot = _storage.Map(EngineLayout.Approvals, TransferHash);
            ApprovalWord approval = ApprovalWord.Unpack(_storage.Read(slot));
            approval.Count--;
            _storage.Write(slot, approval.Pack());
        }
        if (_usesReference)
        {
            UInt256 slot = _storage.Map(EngineLayout.TravelReferences, TransferHash);
            _storage.Write(slot, default);
            _storage.Write(slot + 1, default);
        }
    }

    /// <summary>Carries out an accepted mint.</summary>
    public void ApplyMint()
    {
        _storage.BeginEffects();
        UInt256 supply = _slot + EngineLayout.Supply;
        _storage.Write(supply, _storage.Read(supply) + _amount);
        Credit();
        if (Has(RuleMask.HoldingPeriod)) Lock();
    }

    /// <summary>Carries out an accepted burn.</summary>
    public void ApplyBurn()
    {
        _storage.BeginEffects();
        UInt256 supply = _slot + EngineLayout.Supply;
        _storage.Write(supply, _storage.Read(supply) - _amount);
        Debit();
        ReduceLots();
    }

    /// <summary>Carries out an accepted forced transfer.</summary>
    public void ApplyForce()
    {
        _storage.BeginEffects();
        if (!IsBetweenHolders) return;
        Debit();
        Credit();
        ReduceLots();
    }

    /// <summary>Moves a counted holder to the country and type that its identity has now; no cap is tested.</summary>
    public static void Recount(IModuleStorage storage, in UInt256 token, in UInt256 holderSlot, in HolderWord record, (ushort Country, byte Type) profile)
    {
        storage.BeginEffects();
        Count(storage, token, record, -1);
        HolderWord moved = record with { Country = profile.Country, InvestorType = profile.Type };
        Count(storage, token, moved, 1);
        storage.Write(holderSlot + 2, moved.Pack());
    }

    private static void Count(IModuleStorage storage, in UInt256 token, in HolderWord record, int change)
    {
        CountIn(storage, storage.Map(EngineLayout.CountryCaps, storage.Hash(token, record.Country)), change);
        CountIn(storage, storage.Map(EngineLayout.TypeCaps, storage.Hash(token, record.InvestorType)), change);
    }

    private static void CountIn(IModuleStorage storage, in UInt256 slot, int change)
    {
        CapWord word = CapWord.Unpack(storage.Read(slot));
        word.Count = (uint)(word.Count + change);
        storage.Write(slot, word.Pack());
    }

    private void Debit()
    {
        UInt256 remaining = BalanceOf(_sender) - _amount;
        _storage.Write(_sender.Slot, remaining);
        HolderWord record = RecordOf(_sender);
        if (!record.IsCounted || !remaining.IsZero) return;
        SetHolders(-1);
        Count(_storage, _token, record, -1);
        _storage.Write(_sender.Slot + 2, new HolderWord(0, 0, false, record.LotCount).Pack());
    }

    private void Credit()
    {
        UInt256 received = BalanceOf(_receiver) + _amount;
        _storage.Write(_receiver.Slot, received);
        HolderWord record = RecordOf(_receiver);
        if (record.IsCounted || received.IsZero || IsExempt(_to, Exemptions.HolderCount)) return;
        (ushort country, byte type) = ProfileOf(_to);
        HolderWord counted = new(country, type, true, record.LotCount);
        SetHolders(1);
        Count(_storage, _token, counted, 1);
        _storage.Write(_receiver.Slot + 2, counted.Pack());
    }

    private void SetHolders(int change)
    {
        _word.Holders = (uint)(_word.Holders + change);
        _storage.Write(_slot, _word.Pack());
    }

    private void UseWindows()
    {
        int count = Limits.WindowCount;
        for (int i = 0; i < count; i++)
        {
            TryUseWindow(i, out UInt256 slot, out WindowUse use);
            _storage.Write(slot, use.Pack());
        }
    }

    private void Lock()
    {
        if (_amount.IsZero || IsExempt(_to, Exemptions.Time)) return;
        HolderWord record = RecordOf(_receiver);
        LotList lots = LotsOf(_receiver, record, stackalloc Lot[EngineLimits.LotsMax]);
        lots.Push(_amount, _now + Limits.HoldingPeriod, _now);
        StoreLots(_receiver, record, lots);
    }

    private void ReduceLots()
    {
        if (!Has(RuleMask.HoldingPeriod)) return;
        HolderWord record = RecordOf(_sender);
        LotList lots = LotsOf(_sender, record, stackalloc Lot[EngineLimits.LotsMax]);
        lots.Reduce(BalanceOf(_sender));
        StoreLots(_sender, record, lots);
    }

    private void StoreLots(Holder holder, HolderWord record, in LotList lots)
    {
        lots.Store();
        record.LotCount = (byte)lots.Count;
        _storage.Write(holder.Slot + 2, record.Pack());
    }
}
