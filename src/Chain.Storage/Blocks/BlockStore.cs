using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Storage.Caching;
using Chain.Storage.Engines;

namespace Chain.Storage.Blocks;

/// <summary>
/// Blocks, receipts, senders and indexes. Readers are concurrent; writing goes through <see cref="ChainDatabase"/>. Returned objects are shared: do not change them.
/// Members throw <see cref="StorageException"/> when a stored record cannot be decoded.
/// </summary>
public sealed class BlockStore
{
    // Rough sizes of decoded objects in memory, for the cache's limit.
    private const int HeaderSizeBytes = 1200;
    private const int TransactionSizeBytes = 500;
    private const int ReceiptSizeBytes = 200;
    private const int LogSizeBytes = 250;
    private const int CanonicalEntrySizeBytes = 120;
    private const int TransactionEntrySizeBytes = 8 + sizeof(uint);

    private readonly IKeyValueStore _store;
    private readonly ByteLruCache<Hash256, BlockHeader> _headers;
    private readonly ByteLruCache<Hash256, Block> _blocks;
    private readonly ByteLruCache<Hash256, IReadOnlyList<Receipt>> _receipts;
    private readonly ByteLruCache<Hash256, IReadOnlyList<Address>> _senders;
    private readonly ByteLruCache<ulong, Hash256> _canonical;

    internal BlockStore(IKeyValueStore store, long cacheBytes)
    {
        _store = store;
        _headers = new ByteLruCache<Hash256, BlockHeader>(cacheBytes / 8);
        _blocks = new ByteLruCache<Hash256, Block>(cacheBytes * 3 / 8);
        _receipts = new ByteLruCache<Hash256, IReadOnlyList<Receipt>>(cacheBytes * 3 / 8);
        _senders = new ByteLruCache<Hash256, IReadOnlyList<Address>>(cacheBytes / 16);
        _canonical = new ByteLruCache<ulong, Hash256>(cacheBytes / 16);
    }

    /// <summary>Header by block hash; null when unknown.</summary>
    public BlockHeader? GetHeader(in Hash256 hash)
    {
        if (_headers.TryGet(hash, out BlockHeader cached)) return cached;
        if (GetRawHeader(hash) is not { } stored) return null;
        RlpReader rlp = new(stored);
        BlockHeader header = BlockHeader.Decode(ref rlp);
        if (!rlp.Complete() || header.Hash != hash) throw Damaged("header", hash);
        _headers.Set(hash, header, HeaderSizeBytes);
        return header;
    }

    /// <summary>Header of the canonical block; null above the head.</summary>
    public BlockHeader? GetHeader(ulong number) => TryGetCanonicalHash(number, out Hash256 hash) ? GetHeader(hash) : null;

    /// <summary>Block by hash; null when unknown.</summary>
    public Block? GetBlock(in Hash256 hash)
    {
        if (_blocks.TryGet(hash, out Block cached)) return cached;
        if (GetRawBlock(hash) is not { } stored) return null;
        if (!Block.TryDecode(stored, out Block? block, out _, out _) || block.Header.Hash != hash) throw Damaged("body", hash);
        Remember(block, hash);
        return block;
    }

    /// <summary>Canonical block; null above the head.</summary>
    public Block? GetBlock(ulong number) => TryGetCanonicalHash(number, out Hash256 hash) ? GetBlock(hash) : null;

    /// <summary>Receipts by block hash; null when unknown.</summary>
    public IReadOnlyList<Receipt>? GetReceipts(in Hash256 hash)
    {
        if (_receipts.TryGet(hash, out IReadOnlyList<Receipt> cached)) return cached;
        if (GetRawReceipts(hash) is not { } stored) return null;
        Receipt[] receipts = new Receipt[stored.Count];
        for (int i = 0; i < receipts.Length; i++)
            receipts[i] = Receipt.TryDecode(stored[i], out Receipt? receipt, out _) ? receipt : throw Damaged("receipts", hash);
        _receipts.Set(hash, receipts, SizeOf(receipts));
        return receipts;
    }

    /// <summary>Senders of the block's transactions in order; null when unknown.</summary>
    public IReadOnlyList<Address>? GetSenders(in Hash256 hash)
    {
        if (_senders.TryGet(hash, out IReadOnlyList<Address> cached)) return cached;
        if (Get(Column.Senders, hash) is not { } stored) return null;
        if (stored.Length % Address.SizeBytes != 0) throw Damaged("senders", hash);
        Address[] senders = MemoryMarshal.Cast<byte, Address>(stored).ToArray();
        _senders.Set(hash, senders, stored.Length);
        return senders;
    }

    /// <summary>What the audit log keeps of the block; null when nothing is stored.</summary>
    public byte[]? GetAuditRecord(in Hash256 hash) => Get(Column.AuditRecords, hash);

    /// <summary>True when the block is stored, on any branch.</summary>
    public bool Contains(in Hash256 hash) => TryGetNumber(hash, out _);

    /// <summary>Number of a stored block, on any branch.</summary>
    public bool TryGetNumber(in Hash256 hash, out ulong number)
    {
        if (_headers.TryGet(hash, out BlockHeader header))
        {
            number = header.Number;
            return true;
        }
        return TryReadNumber(hash, out number, out _);
    }

    /// <summary>Hash of the canonical block with this number.</summary>
    public bool TryGetCanonicalHash(ulong number, out Hash256 hash)
    {
        if (_canonical.TryGet(number, out hash)) return true;
        Span<byte> value = stackalloc byte[Hash256.SizeBytes];
        bool found = _store.Read(Column.Canonical, Schema.NumberKey(stackalloc byte[8], number), value) == value.Length;
        hash = found ? new Hash256(value) : default;
        return found;
    }

    /// <summary>True when the block is on the canonical chain.</summary>
    public bool IsCanonical(in Hash256 hash) => TryGetNumber(hash, out ulong number) && TryGetCanonicalHash(number, out Hash256 canonical) && canonical == hash;

    /// <summary>Where a transaction is in the canonical chain.</summary>
    public bool TryGetTransactionLocation(in Hash256 transactionHash, out TransactionLocation location)
    {
        location = default;
        Span<byte> value = stackalloc byte[TransactionEntrySizeBytes];
        if (_store.Read(Column.Transactions, transactionHash.Bytes, value) != value.Length) return false;
        ulong number = BinaryPrimitives.ReadUInt64BigEndian(value);
        if (!TryGetCanonicalHash(number, out Hash256 hash)) return false;
        location = new TransactionLocation(number, hash, (int)BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
        return true;
    }

    /// <summary>Sum of the difficulties up to and including the block.</summary>
    public bool TryGetTotalDifficulty(in Hash256 hash, out UInt256 totalDifficulty) => TryReadNumber(hash, out _, out totalDifficulty);

    /// <summary>The header's RLP; null when unknown.</summary>
    public byte[]? GetRawHeader(in Hash256 hash) => Get(Column.Headers, hash);

    /// <summary>The block's RLP; null when unknown.</summary>
    public byte[]? GetRawBlock(in Hash256 hash)
    {
        if (Get(Column.Headers, hash) is not { } header || Get(Column.Bodies, hash) is not { } body) return null;
        RlpWriter rlp = new(header.Length + body.Length + 16);
        int list = rlp.BeginList();
        rlp.WriteRaw(header);
        rlp.WriteRaw(body);
        rlp.EndList(list);
        byte[] block = rlp.ToArray();
        rlp.Dispose();
        return block;
    }

    /// <summary>The receipts in their consensus encoding (type byte and RLP), one by one; null when unknown.</summary>
    public IReadOnlyList<byte[]>? GetRawReceipts(in Hash256 hash)
    {
        if (Get(Column.Receipts, hash) is not { } stored) return null;
        RlpReader rlp = new(stored);
        List<byte[]> receipts = [];
        RlpScope list = rlp.EnterList();
        while (!rlp.AtEnd) receipts.Add((rlp.IsListNext ? rlp.ReadItem() : rlp.ReadBytes()).ToArray());
        rlp.LeaveList(list);
        return rlp.Complete() ? receipts : throw Damaged("receipts", hash);
    }

    internal void WriteBlock(IWriteBatch batch, Block block, in Hash256 hash, IReadOnlyList<Receipt> receipts, IReadOnlyList<Address> senders)
    {
        BlockHeader header = block.Header;
        UInt256 totalDifficulty = header.Difficulty;
        if (TryReadNumber(header.ParentHash, out _, out UInt256 parentDifficulty)) totalDifficulty += parentDifficulty;
        Span<byte> number = stackalloc byte[8 + UInt256.SizeBytes];
        Schema.NumberKey(number, header.Number);
        int size = 8 + State.FlatCodec.EncodeSlot(totalDifficulty, number[8..]).Length;
        batch.Put(Column.BlockNumbers, hash.Bytes, number[..size]);

        ReadOnlySpan<byte> key = Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], header.Number, hash);
        RlpWriter rlp = new(HeaderSizeBytes);
        block.Encode(ref rlp);
        RlpReader parts = new(rlp.Written);
        parts.EnterList();
        batch.Put(Column.Headers, key, parts.ReadItem());
        batch.Put(Column.Bodies, key, rlp.Written[parts.Position..]);
        rlp.Dispose();

        rlp = new RlpWriter(HeaderSizeBytes);
        RlpWriter envelope = new(HeaderSizeBytes);
        int list = rlp.BeginList();
        foreach (Receipt receipt in receipts)
        {
            if (receipt.Type == TransactionType.Legacy)
            {
                receipt.Encode(ref rlp);
                continue;
            }
            receipt.Encode(ref envelope);
            rlp.WriteBytes(envelope.Written);
            envelope.Dispose();
            envelope = new RlpWriter(HeaderSizeBytes);
        }
        rlp.EndList(list);
        batch.Put(Column.Receipts, key, rlp.Written);
        Logs.LogIndex.Write(batch, key, receipts);
        envelope.Dispose();
        rlp.Dispose();

        Address[] addresses = senders as Address[] ?? [.. senders];
        batch.Put(Column.Senders, key, MemoryMarshal.AsBytes<Address>(addresses));
    }

    internal static void WriteAuditRecord(IWriteBatch batch, BlockId id, ReadOnlySpan<byte> record) =>
        batch.Put(Column.AuditRecords, Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], id.Number, id.Hash), record);

    /// <summary>
    /// Moves the canonical index from one head to another: numbers and transactions of the old branch go, those of the new one come. Returns the numbers whose block changed.
    /// </summary>
    /// <param name="batch">Receives the changes.</param>
    /// <param name="from">Present head; null when the new head is the genesis.</param>
    /// <param name="to">New head.</param>
    /// <param name="toBlock">The new head's block when the caller has it, since it may be in no store yet.</param>
    internal List<ulong> WriteCanonical(IWriteBatch batch, BlockId? from, BlockId to, Block? toBlock)
    {
        // Walk the new branch down to a block that is canonical already.
        List<(BlockId Id, Block Block)> added = [];
        BlockId next = to;
        Block? block = toBlock;
        while (from is not { } head || next.Number > head.Number || !TryGetCanonicalHash(next.Number, out Hash256 canonical) || canonical != next.Hash)
        {
            block ??= GetBlock(next.Hash) ?? throw Damaged("block", next.Hash);
            added.Add((next, block));
            if (from is null) break;
            next = new BlockId(next.Number - 1, block.Header.ParentHash);
            block = null;
        }
        List<ulong> changed = [];
        Span<byte> key = stackalloc byte[8];
        for (ulong number = from?.Number ?? 0; from is not null && number > next.Number; number--)
        {
            if (!TryGetCanonicalHash(number, out Hash256 hash) || GetBlock(hash) is not { } old) throw Damaged("canonical block", from.Value.Hash);
            foreach (Transaction transaction in old.Transactions) batch.Delete(Column.Transactions, transaction.Hash.Bytes);
            batch.Delete(Column.Canonical, Schema.NumberKey(key, number));
            changed.Add(number);
        }
        Span<byte> entry = stackalloc byte[TransactionEntrySizeBytes];
        foreach ((BlockId id, Block addedBlock) in added)
        {
            batch.Put(Column.Canonical, Schema.NumberKey(key, id.Number), id.Hash.Bytes);
            changed.Add(id.Number);
            Schema.NumberKey(entry, id.Number);
            for (int i = 0; i < addedBlock.Transactions.Count; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)i);
                batch.Put(Column.Transactions, addedBlock.Transactions[i].Hash.Bytes, entry);
            }
        }
        return changed;
    }

    /// <summary>Deletes all blocks above a number, on all branches; returns their hashes.</summary>
    internal List<Hash256> DeleteAbove(IWriteBatch batch, ulong number)
    {
        List<Hash256> hashes = [];
        using IKeyValueIterator headers = _store.Iterate(Column.Headers, Schema.NumberKey(stackalloc byte[8], number + 1));
        while (headers.MoveNext())
        {
            ReadOnlySpan<byte> key = headers.Key;
            hashes.Add(new Hash256(key[8..]));
            batch.Delete(Column.BlockNumbers, key[8..]);
            batch.Delete(Column.Headers, key);
            batch.Delete(Column.Bodies, key);
            batch.Delete(Column.Receipts, key);
            batch.Delete(Column.LogItems, key);
            batch.Delete(Column.Senders, key);
            batch.Delete(Column.AuditRecords, key);
        }
        return hashes;
    }

    internal void Remember(Block block, in Hash256 hash, IReadOnlyList<Receipt> receipts, IReadOnlyList<Address> senders)
    {
        _headers.Set(hash, block.Header, HeaderSizeBytes);
        Remember(block, hash);
        _receipts.Set(hash, receipts, SizeOf(receipts));
        _senders.Set(hash, senders, (senders.Count + 1) * Address.SizeBytes);
    }

    internal void Forget(List<Hash256> hashes)
    {
        foreach (Hash256 hash in hashes)
        {
            _headers.Remove(hash);
            _blocks.Remove(hash);
            _receipts.Remove(hash);
            _senders.Remove(hash);
        }
    }

    internal void ForgetCanonical(List<ulong> numbers)
    {
        foreach (ulong number in numbers)
        {
            _canonical.Remove(number);
            if (TryGetCanonicalHash(number, out Hash256 hash)) _canonical.Set(number, hash, CanonicalEntrySizeBytes);
        }
    }

    private static long SizeOf(IReadOnlyList<Receipt> receipts)
    {
        long size = HeaderSizeBytes;
        foreach (Receipt receipt in receipts)
        {
            size += ReceiptSizeBytes + Bloom.SizeBytes;
            foreach (LogEntry log in receipt.Logs) size += LogSizeBytes + log.Data.Length;
        }
        return size;
    }

    private void Remember(Block block, in Hash256 hash)
    {
        long size = HeaderSizeBytes * (1L + block.Ommers.Count);
        foreach (Transaction transaction in block.Transactions) size += TransactionSizeBytes + transaction.Data.Length;
        _blocks.Set(hash, block, size);
    }

    private byte[]? Get(Column column, in Hash256 hash)
    {
        if (!TryGetNumber(hash, out ulong number)) return null;
        return _store.TryGet(column, Schema.BlockKey(stackalloc byte[Schema.BlockKeySizeBytes], number, hash), out byte[] value) ? value : null;
    }

    private bool TryReadNumber(in Hash256 hash, out ulong number, out UInt256 totalDifficulty)
    {
        Span<byte> value = stackalloc byte[8 + UInt256.SizeBytes];
        int size = _store.Read(Column.BlockNumbers, hash.Bytes, value);
        if (size > value.Length || size is >= 0 and < 8) throw Damaged("number", hash);
        number = size < 0 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(value);
        totalDifficulty = size < 0 ? UInt256.Zero : UInt256.FromBigEndian(value[8..size]);
        return size >= 0;
    }

    private StorageException Damaged(string what, in Hash256 hash) => StorageErrors.Damaged(_store.Location, $"the {what} of block {hash} is missing or cannot be decoded");
}

/// <summary>Place of a transaction in the canonical chain.</summary>
/// <param name="BlockNumber">Block.</param>
/// <param name="BlockHash">Block.</param>
/// <param name="Index">Index in the block.</param>
public readonly record struct TransactionLocation(ulong BlockNumber, Hash256 BlockHash, int Index);
