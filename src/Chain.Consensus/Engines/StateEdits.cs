using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;
using Chain.Storage.State;

namespace Chain.Consensus.Engines;

/// <summary>
/// Edits of a development chain's state outside any transaction. They are seen at the head at once, and the next block begins with them, so that every header's root stays true.
/// Immutable: an edit makes a new value.
/// </summary>
public sealed class StateEdits
{
    private readonly StateDelta _delta;

    /// <summary>The edits as final values.</summary>
    internal StateDelta Delta => _delta;

    private StateEdits(StateDelta delta) => _delta = delta;

    /// <summary>No edits.</summary>
    public static StateEdits None { get; } = new(new StateDelta());

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _delta.Accounts.Count == 0;

    /// <summary>These edits and one more.</summary>
    /// <param name="head">State of the head without edits.</param>
    /// <param name="rules">Rules of the head.</param>
    /// <param name="edit">Changes the state.</param>
    public StateEdits With(IStateView head, ForkRules rules, Action<WorldState> edit)
    {
        WorldState state = new(head);
        ApplyTo(state, rules);
        state.BeginTransaction();
        edit(state);
        state.EndTransaction(rules);
        return new StateEdits(state.ToDelta());
    }

    /// <summary>Makes the edits on a state that is the head's.</summary>
    public void ApplyTo(WorldState state, ForkRules rules)
    {
        if (IsEmpty) return;
        state.BeginTransaction();
        foreach ((Address address, AccountDelta change) in _delta.Accounts)
        {
            AccountEntry account = state.GetAccount(address);
            state.SetBalance(account, change.Exists ? change.Balance : UInt256.Zero);
            state.SetNonce(account, change.Exists ? change.Nonce : 0);
            ReadOnlyMemory<byte> code = default;
            if (change.Exists && change.CodeHash != account.CodeHash && !_delta.Code.TryGetValue(change.CodeHash, out code)) code = default;
            if (!change.Exists || change.CodeHash != account.CodeHash) state.SetCode(account, code);
            if (!change.Exists || change.StorageCleared) state.ClearStorage(account);
            foreach ((UInt256 key, UInt256 value) in change.Storage) state.SetStorage(state.GetSlot(account, key), value);
        }
        state.EndTransaction(rules);
    }

    /// <summary>The head's state as readers see it. Its root and trie stay those of the head: edits can be proved from the next block on.</summary>
    public IStateView Over(IStateView head) => IsEmpty ? head : new EditedView(head, _delta);

    private sealed class EditedView(IStateView head, StateDelta delta) : IStateView
    {
        public Hash256 Root => head.Root;

        public Hash256 BlockHash => head.BlockHash;

        public ulong Number => head.Number;

        public bool CanBuildOn => head.CanBuildOn;

        public bool TryGetAccount(in Address address, out Account account)
        {
            bool existed = head.TryGetAccount(address, out account);
            if (!delta.Accounts.TryGetValue(address, out AccountDelta? change)) return existed;
            Hash256 storageRoot = existed && !change.StorageCleared ? account.StorageRoot : Account.EmptyTrieRoot;
            account = change.Exists ? new Account(change.Nonce, change.Balance, change.CodeHash, storageRoot) : default;
            return change.Exists;
        }

        public UInt256 GetStorage(in Address address, in UInt256 slot)
        {
            if (!delta.Accounts.TryGetValue(address, out AccountDelta? change)) return head.GetStorage(address, slot);
            if (change.Storage.TryGetValue(slot, out UInt256 value)) return value;
            return change.StorageCleared || !change.Exists ? UInt256.Zero : head.GetStorage(address, slot);
        }

        public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash) => delta.Code.TryGetValue(codeHash, out ReadOnlyMemory<byte> code) ? code : head.GetCode(codeHash);

        public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp) => head.TryReadNode(owner, nibblePath, out rlp);
    }
}
