using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Storage.Engines;
using Chain.Trie;

namespace Chain.Storage.Maintenance;

/// <summary>Checks the canonical chain from the head down to the genesis: every hash, every root over what is stored, every index entry. Nothing is cached.</summary>
internal sealed class BlockVerifier(IKeyValueReader store, Action<Func<string>>? progress, CancellationToken cancellation)
{
    private const int TransactionEntrySizeBytes = 12;

    public long Count { get; private set; }

    /// <summary>The state recorded for a block has the root its header names.</summary>
    public void CheckStateRoot(ulong number, in Hash256 hash, in Hash256 root)
    {
        BlockHeader header = ReadHeader(number, hash);
        if (header.StateRoot != root) throw new DifferenceException($"block {number} ({hash}) names state root {header.StateRoot}, and the merged state has {root}");
    }

    public void Run()
    {
        Span<byte> head = stackalloc byte[Schema.BlockKeySizeBytes];
        if (store.Read(Column.Meta, Schema.MetaHead, head) != head.Length) throw new DifferenceException("the pointer to the head is missing");
        ulong number = BinaryPrimitives.ReadUInt64BigEndian(head);
        Hash256 hash = new(head[8..]);
        ulong top = number;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            BlockHeader header = Check(number, hash);
            Count++;
            ulong at = number;
            progress?.Invoke(() => $"blocks: {at} of {top} left");
            if (number == 0) break;
            hash = header.ParentHash;
            number--;
        }
        Span<byte> genesis = stackalloc byte[Hash256.SizeBytes];
        if (store.Read(Column.Meta, Schema.MetaGenesis, genesis) != genesis.Length || new Hash256(genesis) != hash) throw new DifferenceException($"the chain ends at {hash}, which is not the genesis recorded");
    }

    private BlockHeader Check(ulong number, in Hash256 hash)
    {
        BlockHeader header = ReadHeader(number, hash);
        Span<byte> canonical = stackalloc byte[Hash256.SizeBytes];
        if (store.Read(Column.Canonical, Schema.NumberKey(stackalloc byte[8], number), canonical) != canonical.Length || new Hash256(canonical) != hash)
            throw new DifferenceException($"the index of the canonical chain does not name {hash} at number {number}");
        Span<byte> numbers = stackalloc byte[8 + 32];
        if (store.Read(Column.BlockNumbers, hash.Bytes, numbers) < 8 || BinaryPrimitives.ReadUInt64BigEndian(numbers) != number)
            throw new DifferenceException($"the index of numbers does not have {number} for block {hash}");

        ReadOnlySpan<byte> key = Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], number, hash);
        Block block = ReadBlock(key, number, hash);
        Expect(number, hash, "transactions", ListRoot.Compute(block.Transactions, TransactionCodec.Encode), header.TransactionsRoot);
        Expect(number, hash, "ommers", BlockHeader.ComputeOmmersHash(block.Ommers), header.OmmersHash);
        if (header.WithdrawalsRoot is { } withdrawalsRoot)
            Expect(number, hash, "withdrawals", ListRoot.Compute(block.Withdrawals ?? [], static (ref RlpWriter rlp, Withdrawal withdrawal) => withdrawal.Encode(ref rlp)), withdrawalsRoot);
        Expect(number, hash, "receipts", ListRoot.Compute(ReadReceipts(key, number, hash), static (ref RlpWriter rlp, byte[] receipt) => rlp.WriteRaw(receipt)), header.ReceiptsRoot);
        if (!store.TryGet(Column.Senders, key, out byte[] senders) || senders.Length != block.Transactions.Count * Address.SizeBytes)
            throw new DifferenceException($"the senders of block {number} ({hash}) are missing or not {block.Transactions.Count}");
        CheckTransactions(block, number);
        return header;
    }

    private void CheckTransactions(Block block, ulong number)
    {
        Span<byte> entry = stackalloc byte[TransactionEntrySizeBytes];
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            Hash256 transaction = block.Transactions[i].Hash;
            if (store.Read(Column.Transactions, transaction.Bytes, entry) != entry.Length || BinaryPrimitives.ReadUInt64BigEndian(entry) != number || BinaryPrimitives.ReadUInt32BigEndian(entry[8..]) != i)
                throw new DifferenceException($"the index of transactions does not place {transaction} in block {number} at {i}");
        }
    }

    private BlockHeader ReadHeader(ulong number, in Hash256 hash)
    {
        if (!store.TryGet(Column.Headers, Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], number, hash), out byte[] stored)) throw new DifferenceException($"the header of block {number} ({hash}) is missing");
        RlpReader rlp = new(stored);
        BlockHeader header = BlockHeader.Decode(ref rlp);
        if (!rlp.Complete() || header.Hash != hash || header.Number != number) throw new DifferenceException($"the header stored for block {number} ({hash}) is another or cannot be decoded");
        return header;
    }

    private Block ReadBlock(ReadOnlySpan<byte> key, ulong number, in Hash256 hash)
    {
        if (!store.TryGet(Column.Headers, key, out byte[] header) || !store.TryGet(Column.Bodies, key, out byte[] body)) throw new DifferenceException($"the body of block {number} ({hash}) is missing");
        RlpWriter rlp = new(header.Length + body.Length + 16);
        int list = rlp.BeginList();
        rlp.WriteRaw(header);
        rlp.WriteRaw(body);
        rlp.EndList(list);
        bool isDecoded = Block.TryDecode(rlp.Written, out Block? block, out _, out _);
        rlp.Dispose();
        return isDecoded ? block! : throw new DifferenceException($"the body of block {number} ({hash}) cannot be decoded");
    }

    private List<byte[]> ReadReceipts(ReadOnlySpan<byte> key, ulong number, in Hash256 hash)
    {
        if (!store.TryGet(Column.Receipts, key, out byte[] stored)) throw new DifferenceException($"the receipts of block {number} ({hash}) are missing");
        RlpReader rlp = new(stored);
        List<byte[]> receipts = [];
        RlpScope list = rlp.EnterList();
        while (!rlp.AtEnd) receipts.Add((rlp.IsListNext ? rlp.ReadItem() : rlp.ReadBytes()).ToArray());
        rlp.LeaveList(list);
        return rlp.Complete() ? receipts : throw new DifferenceException($"the receipts of block {number} ({hash}) cannot be decoded");
    }

    private static void Expect(ulong number, in Hash256 hash, string what, in Hash256 found, in Hash256 expected)
    {
        if (found != expected) throw new DifferenceException($"the {what} of block {number} ({hash}) have root {found}, and its header says {expected}");
    }
}
