using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Storage.Tests;

/// <summary>One account of the model.</summary>
internal sealed record ModelAccount(ulong Nonce, UInt256 Balance, Hash256 CodeHash, Dictionary<UInt256, UInt256> Slots);

/// <summary>One block of the model, with the whole state after it.</summary>
internal sealed record ModelBlock(Block Block, Hash256 Hash, ModelBlock? Parent, Dictionary<Address, ModelAccount> State, StateDelta Delta, Receipt[] Receipts, Address[] Senders)
{
    public ulong Number => Block.Header.Number;
}

/// <summary>Makes random blocks over a small set of accounts, keeps every state as a dictionary, and compares a database with it.</summary>
internal sealed class ChainModel
{
    public const ulong ChainId = 4242;
    private const int AccountCount = 24;
    private const int SlotCount = 12;

    private readonly Random _random;
    private ulong _serial;

    public ChainModel(int seed)
    {
        _random = new Random(seed);
        // Hashes are made of this, so that chains of different seeds share none.
        _serial = (ulong)seed << 32;
        Dictionary<Address, ModelAccount> state = [];
        StateDelta delta = RandomDelta(state, 12);
        Genesis = Make(null, delta, state, 0);
    }

    public ModelBlock Genesis { get; }

    public GenesisBlock GenesisBlock => new(ChainId, Genesis.Block, Genesis.Hash, Genesis.Delta);

    /// <summary>A random child of a block, not committed.</summary>
    public ModelBlock MakeChild(ModelBlock parent, int changes = 6, int transactions = 2)
    {
        Dictionary<Address, ModelAccount> state = parent.State.ToDictionary();
        StateDelta delta = RandomDelta(state, changes);
        return Make(parent, delta, state, transactions);
    }

    public static void Commit(ChainDatabase database, ModelBlock block, bool makeHead)
    {
        Assert.That(database.States.TryGetStateAt(block.Parent!.Hash).TryGet(out IStateView? parent), Is.True, $"the parent state of block {block.Number} is there");
        PendingState pending = database.States.Prepare(parent!, block.Delta);
        Assert.That(pending.Root, Is.EqualTo(block.Block.Header.StateRoot));
        database.CommitBlock(block.Block, block.Hash, block.Receipts, block.Senders, pending, makeHead);
    }

    /// <summary>Compares one view with the state of a block: every account, slot and code of the model's range, present or not.</summary>
    public static void AssertState(IStateView view, ModelBlock block)
    {
        Assert.That(view.Number, Is.EqualTo(block.Number));
        Assert.That(view.Root, Is.EqualTo(block.Block.Header.StateRoot));
        for (int i = 0; i < AccountCount; i++)
        {
            Address address = AddressOf(i);
            bool found = view.TryGetAccount(address, out Account account);
            bool expected = block.State.TryGetValue(address, out ModelAccount? model);
            if (found != expected || (found && (account.Nonce != model!.Nonce || account.Balance != model.Balance || account.CodeHash != model.CodeHash)))
                Assert.Fail($"block {block.Number}, account {i}: found {found} {account}, expected {model}");
            for (int slot = 0; slot < SlotCount; slot++)
            {
                UInt256 value = view.GetStorage(address, SlotOf(slot));
                if (value != (model?.Slots.GetValueOrDefault(SlotOf(slot)) ?? UInt256.Zero))
                    Assert.Fail($"block {block.Number}, account {i}, slot {slot}: found {value}");
            }
            if (found && Keccak256.Hash(view.GetCode(account.CodeHash).Span) != account.CodeHash) Assert.Fail($"block {block.Number}, account {i}: wrong code");
        }
    }

    /// <summary>Walks all tries of a view from its root; every node is checked by its hash, so the leaves are the state of the block, and here their numbers.</summary>
    public static void AssertTries(IStateView view, ModelBlock block)
    {
        int accounts = 0;
        foreach ((byte[] key, ReadOnlyMemory<byte> value) in TrieLeaves.Enumerate(view, Hash256.Zero, block.Block.Header.StateRoot))
        {
            accounts++;
            if (!StateEncoding.TryDecodeAccount(value.Span, out Account account)) Assert.Fail($"block {block.Number}: no account at {Convert.ToHexString(key)}");
            ModelAccount model = block.State.Single(a => StateEncoding.AccountKey(a.Key) == new Hash256(key)).Value;
            int slots = TrieLeaves.Enumerate(view, new Hash256(key), account.StorageRoot).Count();
            if (slots != model.Slots.Count || account.Balance != model.Balance) Assert.Fail($"block {block.Number}: {slots} slots in place of {model.Slots.Count}, or another balance");
        }
        if (accounts != block.State.Count) Assert.Fail($"block {block.Number}: {accounts} accounts in place of {block.State.Count}");
    }

    /// <summary>Compares the canonical chain: numbers, blocks, receipts, senders, transaction index, and nothing above.</summary>
    public static void AssertCanonical(ChainDatabase database, ModelBlock head)
    {
        Assert.That(database.Head, Is.EqualTo(new BlockId(head.Number, head.Hash)));
        Assert.That(database.Blocks.TryGetCanonicalHash(head.Number + 1, out _), Is.False);
        for (ModelBlock? block = head; block is not null; block = block.Parent)
        {
            if (!database.Blocks.TryGetCanonicalHash(block.Number, out Hash256 hash) || hash != block.Hash) Assert.Fail($"number {block.Number} is {hash}, not {block.Hash}");
            for (int i = 0; i < block.Block.Transactions.Count; i++)
            {
                if (!database.Blocks.TryGetTransactionLocation(block.Block.Transactions[i].Hash, out var location) || location != new Blocks.TransactionLocation(block.Number, block.Hash, i))
                    Assert.Fail($"transaction {i} of block {block.Number} is at {location}");
            }
        }
    }

    public static void AssertStored(ChainDatabase database, ModelBlock block)
    {
        Block? stored = database.Blocks.GetBlock(block.Hash);
        Assert.That(stored, Is.Not.Null, $"block {block.Number} is stored");
        Assert.That(stored!.Header.StateRoot, Is.EqualTo(block.Block.Header.StateRoot));
        Assert.That(stored.Transactions.Select(t => t.Hash), Is.EqualTo(block.Block.Transactions.Select(t => t.Hash)));
        Assert.That(database.Blocks.GetSenders(block.Hash), Is.EqualTo(block.Senders));
        Assert.That(database.Blocks.GetReceipts(block.Hash)!.Select(r => r.CumulativeGasUsed), Is.EqualTo(block.Receipts.Select(r => r.CumulativeGasUsed)));
    }

    public static Address AddressOf(int i) => Address.FromNumber(0x1000 + (ulong)i);

    public static UInt256 SlotOf(int i) => new((ulong)i);

    private ModelBlock Make(ModelBlock? parent, StateDelta delta, Dictionary<Address, ModelAccount> state, int transactions)
    {
        Transaction[] list = [.. Enumerable.Range(0, transactions).Select(_ => new Transaction
        {
            Nonce = ++_serial,
            MaxFeePerGas = 7,
            GasLimit = 21_000,
            To = AddressOf(1),
            Signature = new TransactionSignature(1, 1, 1),
        })];
        Hash256 stateRoot = RootOf(state);
        Receipt[] receipts = [.. list.Select((t, i) => new Receipt
        {
            Type = (TransactionType)(i % 3),
            Succeeded = true,
            CumulativeGasUsed = 21_000UL * (ulong)(i + 1),
            Logs = [new LogEntry(AddressOf(i), [stateRoot, Account.EmptyTrieRoot], new byte[i])],
        })];
        Withdrawal[] withdrawals = [new Withdrawal(1, 2, AddressOf(2), 3)];
        BlockHeader header = new()
        {
            ParentHash = parent?.Hash ?? default,
            OmmersHash = BlockHeader.EmptyOmmersHash,
            StateRoot = stateRoot,
            TransactionsRoot = ListRoot.Compute(list, TransactionCodec.Encode),
            ReceiptsRoot = ListRoot.Compute(receipts, static (ref RlpWriter rlp, Receipt receipt) => receipt.Encode(ref rlp)),
            Number = parent is null ? 0 : parent.Number + 1,
            Difficulty = 3,
            Timestamp = ++_serial,
            BaseFeePerGas = 7,
            WithdrawalsRoot = ListRoot.Compute(withdrawals, static (ref RlpWriter rlp, Withdrawal withdrawal) => withdrawal.Encode(ref rlp)),
        };
        Block block = new() { Header = header, Transactions = list, Withdrawals = withdrawals };
        return new ModelBlock(block, header.Hash, parent, state, delta, receipts, [.. list.Select((_, i) => AddressOf(i))]);
    }

    private StateDelta RandomDelta(Dictionary<Address, ModelAccount> state, int changes)
    {
        StateDelta delta = new();
        for (int i = 0; i < changes; i++)
        {
            Address address = AddressOf(_random.Next(AccountCount));
            if (delta.Accounts.ContainsKey(address)) continue;
            ModelAccount? before = state.GetValueOrDefault(address);
            AccountDelta change = new();
            delta.Accounts[address] = change;
            if (before is not null && _random.Next(6) == 0)
            {
                state.Remove(address);
                continue;
            }
            change.Exists = true;
            change.StorageCleared = _random.Next(8) == 0;
            change.Nonce = (before?.Nonce ?? 0) + 1;
            change.Balance = RandomWord();
            change.CodeHash = before?.CodeHash ?? Keccak256.EmptyHash;
            if (_random.Next(5) == 0)
            {
                byte[] code = BitConverter.GetBytes(_random.Next(50));
                change.CodeHash = Keccak256.Hash(code);
                delta.Code[change.CodeHash] = code;
            }
            Dictionary<UInt256, UInt256> slots = before is null || change.StorageCleared ? [] : before.Slots.ToDictionary();
            for (int n = _random.Next(5); n > 0; n--)
            {
                UInt256 slot = SlotOf(_random.Next(SlotCount));
                UInt256 value = RandomWord();
                change.Storage[slot] = value;
                if (value.IsZero) slots.Remove(slot);
                else slots[slot] = value;
            }
            state[address] = new ModelAccount(change.Nonce, change.Balance, change.CodeHash, slots);
        }
        return delta;
    }

    /// <summary>A third are zero, the others of any length.</summary>
    private UInt256 RandomWord()
    {
        if (_random.Next(3) == 0) return UInt256.Zero;
        byte[] bytes = new byte[_random.Next(1, 33)];
        _random.NextBytes(bytes);
        return UInt256.FromBigEndian(bytes);
    }

    private static Hash256 RootOf(Dictionary<Address, ModelAccount> state)
    {
        StateDelta whole = new();
        foreach ((Address address, ModelAccount account) in state)
        {
            AccountDelta all = new() { Exists = true, Nonce = account.Nonce, Balance = account.Balance, CodeHash = account.CodeHash };
            foreach ((UInt256 slot, UInt256 value) in account.Slots) all.Storage[slot] = value;
            whole.Accounts[address] = all;
        }
        return StateStore.ComputeGenesisRoot(whole);
    }
}
