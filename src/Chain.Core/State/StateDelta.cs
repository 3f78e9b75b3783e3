using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.State;

/// <summary>What a block (or a transaction, or a genesis) changed: final values only. Made by execution, consumed by storage, which computes the roots.</summary>
public sealed class StateDelta
{
    /// <summary>Changed accounts. An account that ended as it began may be listed or not; the resulting root is the same.</summary>
    public Dictionary<Address, AccountDelta> Accounts { get; } = [];

    /// <summary>Code that was deployed, by hash.</summary>
    public Dictionary<Hash256, ReadOnlyMemory<byte>> Code { get; } = [];
}

/// <summary>The final values of one changed account.</summary>
public sealed class AccountDelta
{
    /// <summary>False when the account no longer exists; the other members are then without meaning, and its storage is gone.</summary>
    public bool Exists { get; set; }

    /// <summary>Nonce.</summary>
    public ulong Nonce { get; set; }

    /// <summary>Balance in wei.</summary>
    public UInt256 Balance { get; set; }

    /// <summary>Code hash.</summary>
    public Hash256 CodeHash { get; set; }

    /// <summary>True when all storage of before is to be dropped first (the account was destroyed, or destroyed and made again).</summary>
    public bool StorageCleared { get; set; }

    /// <summary>Changed slots with their final values; zero removes the slot.</summary>
    public Dictionary<UInt256, UInt256> Storage { get; } = [];
}
