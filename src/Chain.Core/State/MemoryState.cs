using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.State;

/// <summary>
/// A whole state in dictionaries: a genesis, a fixture, a test. Safe for concurrent readers while nobody changes it.
/// It computes no roots: the storage root of an account with storage reads as the zero hash.
/// </summary>
public sealed class MemoryState : IStateReader
{
    private readonly Dictionary<Address, MemoryAccount> _accounts = [];
    private readonly Dictionary<Hash256, ReadOnlyMemory<byte>> _code = [];

    /// <summary>An empty state.</summary>
    public MemoryState()
    {
    }

    /// <summary>An independent copy.</summary>
    public MemoryState(MemoryState other)
    {
        _code = new Dictionary<Hash256, ReadOnlyMemory<byte>>(other._code);
        foreach ((Address address, MemoryAccount account) in other._accounts) _accounts.Add(address, account.Copy());
    }

    /// <summary>All accounts, in no order.</summary>
    public IReadOnlyDictionary<Address, MemoryAccount> Accounts => _accounts;

    /// <summary>Adds or replaces an account; slots are set with <see cref="SetStorage"/>.</summary>
    public void SetAccount(in Address address, ulong nonce, in UInt256 balance, ReadOnlyMemory<byte> code)
    {
        Hash256 hash = Keccak256.EmptyHash;
        if (!code.IsEmpty)
        {
            hash = Keccak256.Hash(code.Span);
            _code[hash] = code;
        }
        _accounts[address] = new MemoryAccount { Nonce = nonce, Balance = balance, CodeHash = hash };
    }

    /// <summary>Sets a slot of an account that was added; zero removes it.</summary>
    public void SetStorage(in Address address, in UInt256 slot, in UInt256 value)
    {
        Dictionary<UInt256, UInt256> storage = _accounts[address].Slots;
        if (value.IsZero) storage.Remove(slot);
        else storage[slot] = value;
    }

    /// <summary>Applies the changes of a block or transaction.</summary>
    public void Apply(StateDelta delta)
    {
        foreach ((Hash256 hash, ReadOnlyMemory<byte> code) in delta.Code) _code[hash] = code;
        foreach ((Address address, AccountDelta change) in delta.Accounts)
        {
            if (!change.Exists)
            {
                _accounts.Remove(address);
                continue;
            }
            bool isKnown = _accounts.TryGetValue(address, out MemoryAccount? account);
            if (!isKnown) _accounts[address] = account = new MemoryAccount();
            account!.Nonce = change.Nonce;
            account.Balance = change.Balance;
            account.CodeHash = change.CodeHash;
            if (change.StorageCleared) account.Slots.Clear();
            foreach ((UInt256 slot, UInt256 value) in change.Storage) SetStorage(address, slot, value);
        }
    }

    /// <summary>The whole state as changes of an empty one: the form that storage and trie take.</summary>
    public StateDelta ToDelta()
    {
        StateDelta delta = new();
        foreach ((Hash256 hash, ReadOnlyMemory<byte> code) in _code) delta.Code.Add(hash, code);
        foreach ((Address address, MemoryAccount account) in _accounts)
        {
            AccountDelta change = new() { Exists = true, Nonce = account.Nonce, Balance = account.Balance, CodeHash = account.CodeHash };
            foreach ((UInt256 slot, UInt256 value) in account.Slots) change.Storage.Add(slot, value);
            delta.Accounts.Add(address, change);
        }
        return delta;
    }

    /// <inheritdoc/>
    public bool TryGetAccount(in Address address, out Account account)
    {
        bool exists = _accounts.TryGetValue(address, out MemoryAccount? found);
        account = exists
            ? new Account(found!.Nonce, found.Balance, found.CodeHash, found.Slots.Count == 0 ? Account.EmptyTrieRoot : Hash256.Zero)
            : default;
        return exists;
    }

    /// <inheritdoc/>
    public UInt256 GetStorage(in Address address, in UInt256 slot) =>
        _accounts.TryGetValue(address, out MemoryAccount? account) && account.Slots.TryGetValue(slot, out UInt256 value) ? value : default;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash) =>
        codeHash == Keccak256.EmptyHash ? default
        : _code.TryGetValue(codeHash, out ReadOnlyMemory<byte> code) ? code
        : throw new InvalidDataException($"Code {codeHash} is not stored.");
}

/// <summary>An account of a <see cref="MemoryState"/>.</summary>
public sealed class MemoryAccount
{
    internal Dictionary<UInt256, UInt256> Slots { get; private init; } = [];

    /// <summary>Nonce.</summary>
    public ulong Nonce { get; internal set; }

    /// <summary>Balance, wei.</summary>
    public UInt256 Balance { get; internal set; }

    /// <summary>Code hash.</summary>
    public Hash256 CodeHash { get; internal set; } = Keccak256.EmptyHash;

    /// <summary>Non-zero slots, in no order.</summary>
    public IReadOnlyDictionary<UInt256, UInt256> Storage => Slots;

    internal MemoryAccount Copy() =>
        new() { Nonce = Nonce, Balance = Balance, CodeHash = CodeHash, Slots = new Dictionary<UInt256, UInt256>(Slots) };
}
