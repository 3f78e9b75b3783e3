using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Storage.Blocks;

/// <summary>Blocks, receipts, senders and indexes. Readers are concurrent; writing goes through <see cref="ChainDatabase"/>. Returned objects are shared: do not change them.</summary>
public sealed class BlockStore
{
    /// <summary>Header by block hash; null when unknown.</summary>
    public BlockHeader? GetHeader(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Header of the canonical block; null above the head.</summary>
    public BlockHeader? GetHeader(ulong number) => throw new NotImplementedException();

    /// <summary>Block by hash; null when unknown.</summary>
    public Block? GetBlock(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Canonical block; null above the head.</summary>
    public Block? GetBlock(ulong number) => throw new NotImplementedException();

    /// <summary>Receipts by block hash; null when unknown.</summary>
    public IReadOnlyList<Receipt>? GetReceipts(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Senders of the block's transactions in order; null when unknown.</summary>
    public IReadOnlyList<Address>? GetSenders(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>True when the block is stored, on any branch.</summary>
    public bool Contains(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Number of a stored block, on any branch.</summary>
    public bool TryGetNumber(in Hash256 hash, out ulong number) => throw new NotImplementedException();

    /// <summary>Hash of the canonical block with this number.</summary>
    public bool TryGetCanonicalHash(ulong number, out Hash256 hash) => throw new NotImplementedException();

    /// <summary>True when the block is on the canonical chain.</summary>
    public bool IsCanonical(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>Where a transaction is in the canonical chain.</summary>
    public bool TryGetTransactionLocation(in Hash256 transactionHash, out TransactionLocation location) => throw new NotImplementedException();

    /// <summary>Sum of the difficulties up to and including the block.</summary>
    public bool TryGetTotalDifficulty(in Hash256 hash, out UInt256 totalDifficulty) => throw new NotImplementedException();

    /// <summary>The header's RLP; null when unknown.</summary>
    public byte[]? GetRawHeader(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>The block's RLP; null when unknown.</summary>
    public byte[]? GetRawBlock(in Hash256 hash) => throw new NotImplementedException();

    /// <summary>The receipts in their consensus encoding (type byte and RLP), one by one; null when unknown.</summary>
    public IReadOnlyList<byte[]>? GetRawReceipts(in Hash256 hash) => throw new NotImplementedException();
}

/// <summary>Place of a transaction in the canonical chain.</summary>
/// <param name="BlockNumber">Block.</param>
/// <param name="BlockHash">Block.</param>
/// <param name="Index">Index in the block.</param>
public readonly record struct TransactionLocation(ulong BlockNumber, Hash256 BlockHash, int Index);
