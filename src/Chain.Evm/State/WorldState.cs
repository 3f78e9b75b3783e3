using System.Runtime.CompilerServices;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.Precompiles;

namespace Chain.Evm.State;

/// <summary>
/// The journaled state of one block in execution: accounts, storage, transient storage, warm sets, refunds, logs, created and destroyed sets.
/// Reads come from an <see cref="IStateReader"/> (the state after the parent block) and are cached for the block; every change is journaled, so that a frame is undone exactly.
/// Handles (<see cref="AccountEntry"/>, <see cref="SlotEntry"/>) stay valid until <see cref="Reset"/>, so that an executing frame looks its account up once. Not thread safe.
/// </summary>
/// <remarks>
/// What belongs to one transaction (warm, original value, touched) carries the transaction's number as a stamp, so that a new transaction empties the sets by counting up.
/// Steady state allocates nothing: entries, tables and journal are reused by <see cref="Reset"/>.
/// </remarks>
public sealed class WorldState
{
    private static readonly Address Ripemd160 = Address.FromNumber(3);

    private readonly AccountTable _accounts = new();
    private readonly SlotTable _slots = new();
    private readonly SlotTable _transient = new();
    private readonly Journal _journal = new();
    private readonly List<LogEntry> _logs = [];
    private readonly List<Decision> _decisions = [];
    private readonly HashSet<Address> _blockedCallees = [];
    private readonly Dictionary<Hash256, ReadOnlyMemory<byte>> _deployedCode = [];
    private IStateReader _parent;
    private PrecompileSet _precompiles = PrecompileSet.Empty;
    private ulong _transaction = 1;
    private bool _keepRipemd160Touch;

    /// <summary>State on top of a parent state.</summary>
    public WorldState(IStateReader parent) => _parent = parent;

    /// <summary>Forgets everything and starts on another parent; keeps its buffers.</summary>
    public void Reset(IStateReader parent)
    {
        _parent = parent;
        _accounts.Clear();
        _slots.Clear();
        _deployedCode.Clear();
        _journal.Clear();
        StartTransaction();
    }

    /// <summary>Starts a transaction: empties warm sets, transient storage, refunds, logs, created and destroyed sets; original values of slots become the current ones.</summary>
    public void BeginTransaction()
    {
        ForgetMarks();
        StartTransaction();
    }

    /// <summary>
    /// Says which native contracts the block has: their accounts are warm in every transaction (EIP-2929) without a look-up each time.
    /// The transaction processor calls it; the same set again costs nothing.
    /// </summary>
    public void UsePrecompiles(PrecompileSet precompiles)
    {
        if (_precompiles == precompiles) return;
        _precompiles = precompiles;
        foreach (AccountEntry account in _accounts.Entries) BindNativeContract(account);
    }

    /// <summary>
    /// Ends a transaction: deletes destroyed accounts and, from Spurious Dragon on, touched empty ones (EIP-158). The journal is empty afterwards;
    /// the logs stay readable until the next transaction begins.
    /// </summary>
    public void EndTransaction(ForkRules rules)
    {
        bool clearsEmpty = rules.Fork >= Fork.SpuriousDragon;
        foreach (ref readonly JournalEntry entry in _journal.Entries)
        {
            if (entry.Kind == JournalKind.Destroyed) Delete((AccountEntry)entry.Target!);
            if (entry.Kind == JournalKind.Touched && clearsEmpty) DeleteIfEmpty((AccountEntry)entry.Target!);
        }
        if (_keepRipemd160Touch && clearsEmpty) DeleteIfEmpty(GetAccount(Ripemd160));
        _keepRipemd160Touch = false;
        ForgetMarks();
    }

    /// <summary>All changes since the parent state, final values.</summary>
    public StateDelta ToDelta()
    {
        StateDelta delta = new();
        foreach (AccountEntry account in _accounts.Entries)
        {
            if (DeltaOf(account) is not { } change) continue;
            delta.Accounts.Add(account.Address, change);
            bool hasNewCode = account.Exists && account.HasCode && (!account.ParentExists || account.CodeHash != account.Parent.CodeHash);
            if (hasNewCode) delta.Code[account.CodeHash] = GetCode(account);
        }
        return delta;
    }

    /// <summary>A mark in the journal.</summary>
    public int Snapshot() => _journal.Count;

    /// <summary>Undoes everything since the mark: state, transient storage, warm sets, refunds, logs, created and destroyed sets.</summary>
    public void Revert(int snapshot)
    {
        while (_journal.Count > snapshot) Undo(in _journal.Pop());
    }

    /// <summary>The handle of an account, existing or not. Does not warm it.</summary>
    public AccountEntry GetAccount(in Address address)
    {
        AccountEntry account = _accounts.GetOrAdd(address, out bool isNew);
        if (isNew) Load(account);
        return account;
    }

    /// <summary>The handle of a slot. Does not warm it, and does not make its account exist.</summary>
    public SlotEntry GetSlot(AccountEntry account, in UInt256 key)
    {
        SlotEntry slot = _slots.GetOrAdd(account, key, out bool isNew);
        if (isNew) Load(slot);
        if (slot.OriginalStamp != _transaction) StampOriginal(slot);
        return slot;
    }

    /// <summary>Makes the account warm; true when it was cold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool WarmAccount(AccountEntry account)
    {
        if (account.WarmStamp >= _transaction) return false;
        account.WarmStamp = _transaction;
        _journal.Add(JournalKind.AccountWarmed, account);
        return true;
    }

    /// <summary>Makes the slot warm; true when it was cold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool WarmSlot(SlotEntry slot)
    {
        if (slot.WarmStamp == _transaction) return false;
        slot.WarmStamp = _transaction;
        _journal.Add(JournalKind.SlotWarmed, slot);
        return true;
    }

    /// <summary>Sets a slot.</summary>
    public void SetStorage(SlotEntry slot, in UInt256 value)
    {
        if (slot.OriginalStamp != _transaction) StampOriginal(slot);
        if (slot.Value == value) return;
        _journal.Add(JournalKind.SlotValue, slot, slot.Value);
        slot.Value = value;
    }

    /// <summary>Drops all storage of an account (overrides of a simulation).</summary>
    public void ClearStorage(AccountEntry account)
    {
        for (SlotEntry? slot = account.FirstSlot; slot is not null; slot = slot.NextOfAccount)
        {
            if (slot.OriginalStamp != _transaction) StampOriginal(slot);
            if (!slot.Original.IsZero) _journal.Add(JournalKind.SlotOriginal, slot, slot.Original);
            if (!slot.Value.IsZero) _journal.Add(JournalKind.SlotValue, slot, slot.Value);
            slot.Original = default;
            slot.Value = default;
        }
        if (account.IsStorageCleared || !account.ParentExists) return;
        _journal.Add(JournalKind.StorageCleared, account);
        account.IsStorageCleared = true;
        account.HasStorage = false;
    }

    /// <summary>Reads transient storage (EIP-1153).</summary>
    public UInt256 GetTransient(AccountEntry account, in UInt256 key) => _transient.Find(account, key)?.Value ?? default;

    /// <summary>Writes transient storage (EIP-1153).</summary>
    public void SetTransient(AccountEntry account, in UInt256 key, in UInt256 value)
    {
        SlotEntry slot = _transient.GetOrAdd(account, key, out bool isNew);
        if (isNew) slot.Value = default;
        if (slot.Value == value) return;
        _journal.Add(JournalKind.SlotValue, slot, slot.Value);
        slot.Value = value;
    }

    /// <summary>Adds to the balance; creates the account when absent and touches it even for zero (EIP-158).</summary>
    public void AddBalance(AccountEntry account, in UInt256 amount)
    {
        Touch(account);
        Appear(account);
        if (amount.IsZero) return;
        _journal.Add(JournalKind.Balance, account, account.Balance);
        account.Balance += amount;
    }

    /// <summary>Takes from the balance, which the caller has checked to suffice.</summary>
    public void SubtractBalance(AccountEntry account, in UInt256 amount)
    {
        if (amount.IsZero) return;
        _journal.Add(JournalKind.Balance, account, account.Balance);
        account.Balance -= amount;
    }

    /// <summary>Sets the balance (overrides, dev methods, genesis).</summary>
    public void SetBalance(AccountEntry account, in UInt256 balance)
    {
        Appear(account);
        _journal.Add(JournalKind.Balance, account, account.Balance);
        account.Balance = balance;
    }

    /// <summary>Sets the nonce.</summary>
    public void SetNonce(AccountEntry account, ulong nonce)
    {
        Appear(account);
        _journal.Add(JournalKind.Nonce, account, account.Nonce);
        account.Nonce = nonce;
    }

    /// <summary>Sets the code; computes its hash. The bytes must not change afterwards.</summary>
    public void SetCode(AccountEntry account, ReadOnlyMemory<byte> code)
    {
        Appear(account);
        Hash256 hash = code.IsEmpty ? Keccak256.EmptyHash : Keccak256.Hash(code.Span);
        if (hash == account.CodeHash) return;
        _journal.Add(JournalKind.Code, account, Unsafe.BitCast<Hash256, UInt256>(account.CodeHash));
        account.CodeHash = hash;
        account.Code = code;
        account.IsCodeLoaded = true;
        account.CodeAnalysis = null;
        if (!code.IsEmpty) _deployedCode[hash] = code;
    }

    /// <summary>Code of an account; empty without code.</summary>
    public ReadOnlyMemory<byte> GetCode(AccountEntry account)
    {
        if (!account.IsCodeLoaded) LoadCode(account);
        return account.Code;
    }

    /// <summary>Begins a contract at this address: keeps its balance, drops leftover storage, sets the nonce, marks it created in this transaction (EIP-6780).</summary>
    public void CreateContract(AccountEntry account, ulong startNonce)
    {
        Appear(account);
        if (account.HasStorage || account.FirstSlot is not null) ClearStorage(account);
        if (account.Nonce != startNonce) SetNonce(account, startNonce);
        if (account.IsCreatedInTransaction) return;
        _journal.Add(JournalKind.Created, account);
        account.IsCreatedInTransaction = true;
        account.IsBeingCreated = true;
    }

    /// <summary>Says that the account's creation frame succeeded. A failed one is undone by <see cref="Revert"/>.</summary>
    internal static void EndCreation(AccountEntry account) => account.IsBeingCreated = false;

    /// <summary>Marks the account destroyed; it is deleted by <see cref="EndTransaction"/>. Balances are the caller's matter.</summary>
    public void Destroy(AccountEntry account)
    {
        if (account.IsDestroyed) return;
        _journal.Add(JournalKind.Destroyed, account);
        account.IsDestroyed = true;
    }

    /// <summary>Touches an account without changing it (EIP-158).</summary>
    public void Touch(AccountEntry account)
    {
        if (account.TouchedStamp == _transaction) return;
        account.TouchedStamp = _transaction;
        _journal.Add(JournalKind.Touched, account);
    }

    /// <summary>Adds (or takes) gas refund of the transaction.</summary>
    public void AddRefund(long gas)
    {
        if (gas == 0) return;
        _journal.Add(JournalKind.Refund, null, (ulong)Refund);
        Refund += gas;
    }

    /// <summary>Refund counter of the transaction.</summary>
    public long Refund { get; private set; }

    /// <summary>Appends a log.</summary>
    public void AddLog(LogEntry log)
    {
        _journal.Add(JournalKind.Log, null);
        _logs.Add(log);
    }

    /// <summary>Logs of the transaction so far; the list is reused by the next transaction.</summary>
    public IReadOnlyList<LogEntry> Logs => _logs;

    /// <summary>Records a decision. It outlives the revert of its frame, which makes it ineffective. Of refused calls the first of each callee counts.</summary>
    public void AddDecision(in Decision decision)
    {
        if (decision.Kind == DecisionKind.CallRefused && !_blockedCallees.Add(decision.To)) return;
        if (decision.IsEffective) _journal.Add(JournalKind.Decision, null, (ulong)_decisions.Count);
        _decisions.Add(decision);
    }

    /// <summary>Decisions of the transaction so far; the list is reused by the next transaction.</summary>
    public IReadOnlyList<Decision> Decisions => _decisions;

    /// <summary>Forgets that 0x03 was touched by a frame that failed: a transaction that failed as a whole leaves nothing touched.</summary>
    internal void DropFailedTouches() => _keepRipemd160Touch = false;

    private static AccountDelta? DeltaOf(AccountEntry account)
    {
        if (!account.Exists) return account.ParentExists ? new AccountDelta() : null;

        ref readonly Account parent = ref account.Parent;
        bool isCleared = account.IsStorageCleared && account.ParentExists && parent.HasStorage;
        bool isChanged = isCleared || !account.ParentExists
            || parent.Nonce != account.Nonce || parent.Balance != account.Balance || parent.CodeHash != account.CodeHash;
        AccountDelta? delta = isChanged ? Describe(account, isCleared) : null;
        for (SlotEntry? slot = account.FirstSlot; slot is not null; slot = slot.NextOfAccount)
        {
            UInt256 before = account.IsStorageCleared ? default : slot.ParentValue;
            if (slot.Value == before) continue;
            delta ??= Describe(account, isCleared);
            delta.Storage.Add(slot.Key, slot.Value);
        }
        return delta;
    }

    private static AccountDelta Describe(AccountEntry account, bool storageCleared) => new()
    {
        Exists = true,
        Nonce = account.Nonce,
        Balance = account.Balance,
        CodeHash = account.CodeHash,
        StorageCleared = storageCleared,
    };

    private void StartTransaction()
    {
        _transaction++;
        _transient.Clear();
        _logs.Clear();
        _decisions.Clear();
        _blockedCallees.Clear();
        Refund = 0;
        _keepRipemd160Touch = false;
    }

    /// <summary>Empties the journal; accounts created or destroyed in the transaction stop being so.</summary>
    private void ForgetMarks()
    {
        foreach (ref readonly JournalEntry entry in _journal.Entries)
        {
            if (entry.Kind is JournalKind.Created) ((AccountEntry)entry.Target!).IsCreatedInTransaction = false;
            if (entry.Kind is JournalKind.Destroyed) ((AccountEntry)entry.Target!).IsDestroyed = false;
        }
        _journal.Clear();
    }

    private void Load(AccountEntry account)
    {
        account.ParentExists = _parent.TryGetAccount(account.Address, out account.Parent);
        ref readonly Account parent = ref account.ParentExists ? ref account.Parent : ref Account.Empty;
        account.Exists = account.ParentExists;
        account.Nonce = parent.Nonce;
        account.Balance = parent.Balance;
        account.CodeHash = parent.CodeHash;
        account.HasStorage = account.ParentExists && parent.HasStorage;
        account.IsCreatedInTransaction = false;
        account.IsBeingCreated = false;
        account.IsDestroyed = false;
        account.CodeAnalysis = null;
        account.Code = default;
        account.IsCodeLoaded = false;
        account.IsStorageCleared = false;
        account.FirstSlot = null;
        account.TouchedStamp = 0;
        BindNativeContract(account);
    }

    private void BindNativeContract(AccountEntry account)
    {
        bool isNative = _precompiles.TryGet(account.Address, out INativeContract native);
        account.NativeContract = isNative ? native : null;
        account.WarmStamp = (_precompiles.IsRelocated ? _precompiles.IsWarm(account.Address) : isNative) ? ulong.MaxValue : 0;
    }

    private void Load(SlotEntry slot)
    {
        AccountEntry account = slot.Account;
        slot.IsParentLoaded = !account.IsStorageCleared;
        slot.ParentValue = slot.IsParentLoaded && account.ParentExists ? _parent.GetStorage(account.Address, slot.Key) : default;
        slot.Value = slot.ParentValue;
        slot.OriginalStamp = 0;
        slot.WarmStamp = 0;
        slot.NextOfAccount = account.FirstSlot;
        account.FirstSlot = slot;
    }

    private void LoadCode(AccountEntry account)
    {
        account.Code = !account.HasCode ? default
            : _deployedCode.TryGetValue(account.CodeHash, out ReadOnlyMemory<byte> deployed) ? deployed
            : _parent.GetCode(account.CodeHash);
        account.IsCodeLoaded = true;
    }

    private void StampOriginal(SlotEntry slot)
    {
        slot.OriginalStamp = _transaction;
        slot.Original = slot.Value;
    }

    private void Appear(AccountEntry account)
    {
        if (account.Exists) return;
        _journal.Add(JournalKind.AccountAppeared, account);
        account.Exists = true;
    }

    private static void DeleteIfEmpty(AccountEntry account)
    {
        if (account.Exists && account.IsEmpty) Delete(account);
    }

    private static void Delete(AccountEntry account)
    {
        account.Exists = false;
        account.Nonce = 0;
        account.Balance = default;
        account.CodeHash = Keccak256.EmptyHash;
        account.Code = default;
        account.IsCodeLoaded = true;
        account.CodeAnalysis = null;
        account.HasStorage = false;
        account.IsStorageCleared = true;
        for (SlotEntry? slot = account.FirstSlot; slot is not null; slot = slot.NextOfAccount) slot.Value = default;
    }

    private void Undo(ref readonly JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalKind.AccountAppeared:
                ((AccountEntry)entry.Target!).Exists = false;
                break;
            case JournalKind.Balance:
                ((AccountEntry)entry.Target!).Balance = entry.Before;
                break;
            case JournalKind.Nonce:
                ((AccountEntry)entry.Target!).Nonce = entry.Before.U0;
                break;
            case JournalKind.Code:
                AccountEntry coded = (AccountEntry)entry.Target!;
                coded.CodeHash = Unsafe.BitCast<UInt256, Hash256>(entry.Before);
                coded.IsCodeLoaded = false;
                coded.CodeAnalysis = null;
                break;
            case JournalKind.Created:
                ((AccountEntry)entry.Target!).IsCreatedInTransaction = false;
                ((AccountEntry)entry.Target!).IsBeingCreated = false;
                break;
            case JournalKind.Destroyed:
                ((AccountEntry)entry.Target!).IsDestroyed = false;
                break;
            case JournalKind.Touched:
                UndoTouch((AccountEntry)entry.Target!);
                break;
            case JournalKind.AccountWarmed:
                ((AccountEntry)entry.Target!).WarmStamp = 0;
                break;
            case JournalKind.StorageCleared:
                UndoClear((AccountEntry)entry.Target!);
                break;
            case JournalKind.SlotValue:
                ((SlotEntry)entry.Target!).Value = entry.Before;
                break;
            case JournalKind.SlotOriginal:
                ((SlotEntry)entry.Target!).Original = entry.Before;
                break;
            case JournalKind.SlotWarmed:
                ((SlotEntry)entry.Target!).WarmStamp = 0;
                break;
            case JournalKind.Refund:
                Refund = (long)entry.Before.U0;
                break;
            case JournalKind.Log:
                _logs.RemoveAt(_logs.Count - 1);
                break;
            case JournalKind.Decision:
                int index = (int)entry.Before.U0;
                _decisions[index] = _decisions[index] with { IsEffective = false };
                break;
        }
    }

    /// <summary>
    /// A touch of an undone frame does not count, except that of 0x03: mainnet block 2,675,119 deleted the empty RIPEMD-160 account after its call ran out of gas,
    /// and execution-specs keeps that for all blocks.
    /// </summary>
    private void UndoTouch(AccountEntry account)
    {
        account.TouchedStamp = 0;
        if (account.Address == Ripemd160) _keepRipemd160Touch = true;
    }

    /// <summary>Slots first read after the clearing saw zero without asking the parent; they ask it now.</summary>
    private void UndoClear(AccountEntry account)
    {
        account.IsStorageCleared = false;
        account.HasStorage = account.Parent.HasStorage;
        for (SlotEntry? slot = account.FirstSlot; slot is not null; slot = slot.NextOfAccount)
        {
            if (slot.IsParentLoaded) continue;
            slot.IsParentLoaded = true;
            slot.ParentValue = _parent.GetStorage(account.Address, slot.Key);
            slot.Value = slot.ParentValue;
            slot.OriginalStamp = 0;
        }
    }
}
