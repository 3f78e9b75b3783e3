using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;

namespace Chain.Evm.State;

#pragma warning disable CA1822 // contract stage: bodies follow

/// <summary>
/// The journaled state of one block in execution: accounts, storage, transient storage, warm sets, refunds, logs, created and destroyed sets.
/// Reads come from an <see cref="IStateReader"/> (the state after the parent block) and are cached for the block; every change is journaled, so that a frame is undone exactly.
/// Handles (<see cref="AccountEntry"/>, <see cref="SlotEntry"/>) stay valid until <see cref="Reset"/>, so that an executing frame looks its account up once. Not thread safe.
/// </summary>
public sealed class WorldState
{
    /// <summary>State on top of a parent state.</summary>
    public WorldState(IStateReader parent) => throw new NotImplementedException();

    /// <summary>Forgets everything and starts on another parent; keeps its buffers.</summary>
    public void Reset(IStateReader parent) => throw new NotImplementedException();

    /// <summary>Starts a transaction: empties warm sets, transient storage, refunds, logs, created and destroyed sets; original values of slots become the current ones.</summary>
    public void BeginTransaction() => throw new NotImplementedException();

    /// <summary>Ends a transaction: deletes destroyed accounts and, from Spurious Dragon on, touched empty ones (EIP-158). The journal is empty afterwards.</summary>
    public void EndTransaction(ForkRules rules) => throw new NotImplementedException();

    /// <summary>All changes since the parent state, final values.</summary>
    public StateDelta ToDelta() => throw new NotImplementedException();

    /// <summary>A mark in the journal.</summary>
    public int Snapshot() => throw new NotImplementedException();

    /// <summary>Undoes everything since the mark: state, transient storage, warm sets, refunds, logs, created and destroyed sets.</summary>
    public void Revert(int snapshot) => throw new NotImplementedException();

    /// <summary>The handle of an account, existing or not. Does not warm it.</summary>
    public AccountEntry GetAccount(in Address address) => throw new NotImplementedException();

    /// <summary>The handle of a slot. Does not warm it.</summary>
    public SlotEntry GetSlot(AccountEntry account, in UInt256 key) => throw new NotImplementedException();

    /// <summary>Makes the account warm; true when it was cold.</summary>
    public bool WarmAccount(AccountEntry account) => throw new NotImplementedException();

    /// <summary>Makes the slot warm; true when it was cold.</summary>
    public bool WarmSlot(SlotEntry slot) => throw new NotImplementedException();

    /// <summary>Sets a slot.</summary>
    public void SetStorage(SlotEntry slot, in UInt256 value) => throw new NotImplementedException();

    /// <summary>Reads transient storage (EIP-1153).</summary>
    public UInt256 GetTransient(AccountEntry account, in UInt256 key) => throw new NotImplementedException();

    /// <summary>Writes transient storage (EIP-1153).</summary>
    public void SetTransient(AccountEntry account, in UInt256 key, in UInt256 value) => throw new NotImplementedException();

    /// <summary>Adds to the balance; creates the account when absent and touches it even for zero (EIP-158).</summary>
    public void AddBalance(AccountEntry account, in UInt256 amount) => throw new NotImplementedException();

    /// <summary>Takes from the balance, which the caller has checked to suffice.</summary>
    public void SubtractBalance(AccountEntry account, in UInt256 amount) => throw new NotImplementedException();

    /// <summary>Sets the balance (overrides, dev methods, genesis).</summary>
    public void SetBalance(AccountEntry account, in UInt256 balance) => throw new NotImplementedException();

    /// <summary>Sets the nonce.</summary>
    public void SetNonce(AccountEntry account, ulong nonce) => throw new NotImplementedException();

    /// <summary>Sets the code; computes its hash.</summary>
    public void SetCode(AccountEntry account, ReadOnlyMemory<byte> code) => throw new NotImplementedException();

    /// <summary>Code of an account; empty without code.</summary>
    public ReadOnlyMemory<byte> GetCode(AccountEntry account) => throw new NotImplementedException();

    /// <summary>Begins a contract at this address: keeps its balance, drops leftover storage, sets the nonce, marks it created in this transaction (EIP-6780).</summary>
    public void CreateContract(AccountEntry account, ulong startNonce) => throw new NotImplementedException();

    /// <summary>Marks the account destroyed; it is deleted by <see cref="EndTransaction"/>. Balances are the caller's matter.</summary>
    public void Destroy(AccountEntry account) => throw new NotImplementedException();

    /// <summary>Touches an account without changing it (EIP-158).</summary>
    public void Touch(AccountEntry account) => throw new NotImplementedException();

    /// <summary>Adds (or takes) gas refund of the transaction.</summary>
    public void AddRefund(long gas) => throw new NotImplementedException();

    /// <summary>Refund counter of the transaction.</summary>
    public long Refund => throw new NotImplementedException();

    /// <summary>Appends a log.</summary>
    public void AddLog(LogEntry log) => throw new NotImplementedException();

    /// <summary>Logs of the transaction so far.</summary>
    public IReadOnlyList<LogEntry> Logs => throw new NotImplementedException();
}

/// <summary>A cached account. Read its members; change it through <see cref="WorldState"/> only.</summary>
public sealed class AccountEntry
{
    /// <summary>Address.</summary>
    public Address Address { get; internal set; }

    /// <summary>True when the account exists in the state.</summary>
    public bool Exists { get; internal set; }

    /// <summary>Nonce.</summary>
    public ulong Nonce { get; internal set; }

    /// <summary>Balance, wei.</summary>
    public UInt256 Balance { get; internal set; }

    /// <summary>Code hash.</summary>
    public Hash256 CodeHash { get; internal set; }

    /// <summary>True when the parent state has storage under the account that was not dropped since (EIP-7610).</summary>
    public bool HasStorage { get; internal set; }

    /// <summary>True when the account was created in this transaction (EIP-6780).</summary>
    public bool IsCreatedInTransaction { get; internal set; }

    /// <summary>True when marked for deletion at the end of the transaction.</summary>
    public bool IsDestroyed { get; internal set; }

    /// <summary>True when the account has code.</summary>
    public bool HasCode => throw new NotImplementedException();

    /// <summary>True when nonce, balance and code are all empty (EIP-161); an absent account is empty.</summary>
    public bool IsEmpty => throw new NotImplementedException();
}

/// <summary>A cached slot. Read its members; change it through <see cref="WorldState"/> only.</summary>
public sealed class SlotEntry
{
    /// <summary>Owner.</summary>
    public required AccountEntry Account { get; init; }

    /// <summary>Key.</summary>
    public UInt256 Key { get; internal set; }

    /// <summary>Value now.</summary>
    public UInt256 Value { get; internal set; }

    /// <summary>Value at the start of the transaction.</summary>
    public UInt256 Original { get; internal set; }
}
