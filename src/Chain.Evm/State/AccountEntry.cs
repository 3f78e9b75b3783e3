using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Precompiles;

namespace Chain.Evm.State;

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

    /// <summary>True while the account's creation frame is on the call stack.</summary>
    public bool IsBeingCreated { get; internal set; }

    /// <summary>True when marked for deletion at the end of the transaction.</summary>
    public bool IsDestroyed { get; internal set; }

    /// <summary>True when the account has code.</summary>
    public bool HasCode => CodeHash != Keccak256.EmptyHash;

    /// <summary>True when nonce, balance and code are all empty (EIP-161); an absent account is empty.</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && !HasCode;

    /// <summary>What the machine derived from the code (jump bitmap and so on); forgotten when the code changes.</summary>
    internal object? CodeAnalysis { get; set; }

    /// <summary>The native contract at this address in the block; null for none.</summary>
    internal INativeContract? NativeContract { get; set; }

    /// <summary>The code, once <see cref="IsCodeLoaded"/>.</summary>
    internal ReadOnlyMemory<byte> Code;

    /// <summary>True when <see cref="Code"/> belongs to <see cref="CodeHash"/>.</summary>
    internal bool IsCodeLoaded;

    /// <summary>The account in the parent state; without meaning unless <see cref="ParentExists"/>.</summary>
    internal Core.State.Account Parent;

    /// <summary>True when the parent state has the account.</summary>
    internal bool ParentExists;

    /// <summary>True when the parent's slots no longer count.</summary>
    internal bool IsStorageCleared;

    /// <summary>Cached slots, newest first, linked by <see cref="SlotEntry.NextOfAccount"/>.</summary>
    internal SlotEntry? FirstSlot;

    /// <summary>Transaction in which the account was made warm; <see cref="ulong.MaxValue"/> when always warm, as native contracts are.</summary>
    internal ulong WarmStamp;

    /// <summary>Transaction in which the account was touched (EIP-158).</summary>
    internal ulong TouchedStamp;

    /// <summary>Hash of the address.</summary>
    internal uint Hash;

    /// <summary>Index in the table's buckets.</summary>
    internal int Bucket;
}

/// <summary>A cached slot. Read its members; change it through <see cref="WorldState"/> only.</summary>
public sealed class SlotEntry
{
    /// <summary>Owner.</summary>
    public AccountEntry Account { get; internal set; } = null!;

    /// <summary>Key.</summary>
    public UInt256 Key { get; internal set; }

    /// <summary>Value now.</summary>
    public UInt256 Value { get; internal set; }

    /// <summary>Value at the start of the transaction.</summary>
    public UInt256 Original { get; internal set; }

    /// <summary>Value in the parent state, once <see cref="IsParentLoaded"/>.</summary>
    internal UInt256 ParentValue;

    /// <summary>False when the slot was first read after its account's storage had been cleared.</summary>
    internal bool IsParentLoaded;

    /// <summary>Transaction to which <see cref="Original"/> belongs.</summary>
    internal ulong OriginalStamp;

    /// <summary>Transaction in which the slot was made warm.</summary>
    internal ulong WarmStamp;

    /// <summary>The account's next cached slot.</summary>
    internal SlotEntry? NextOfAccount;

    /// <summary>Hash of account and key.</summary>
    internal uint Hash;

    /// <summary>Index in the table's buckets.</summary>
    internal int Bucket;
}
