using Chain.Consensus.Building;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Storage;

namespace Chain.Consensus.Engines;

/// <summary>How a reorganisation on request ended.</summary>
/// <param name="Result">Whether the old blocks could be left.</param>
/// <param name="Block">Index of the new block that could not be made; -1 for none.</param>
/// <param name="Transaction">Index in that block of the transaction that is not valid there.</param>
/// <param name="Error">The rule it breaks.</param>
public readonly record struct ReorganiseResult(MoveResult Result, int Block = -1, int Transaction = -1, TransactionError Error = TransactionError.None);

public sealed partial class DevEngine
{
    /// <summary>Leaves the newest blocks; their transactions are dropped.</summary>
    /// <param name="depth">How many blocks, at most the head's number.</param>
    public MoveResult RollBack(ulong depth)
    {
        lock (_producing)
        {
            MoveResult result = Leave(depth, out _);
            if (result == MoveResult.Done) ForgetAbove(_chain.Database.Head.Number);
            return result;
        }
    }

    /// <summary>
    /// Leaves the newest blocks and makes as many others in their place, each of the transactions given for it and different from the block that was there. When a block cannot be
    /// made, the blocks before it stand.
    /// </summary>
    /// <param name="depth">How many blocks, at most the head's number.</param>
    /// <param name="transactions">Signed transactions by index of the new block.</param>
    public ReorganiseResult Reorganise(ulong depth, IReadOnlyDictionary<int, IReadOnlyList<Transaction>> transactions)
    {
        lock (_producing)
        {
            MoveResult result = Leave(depth, out List<Hash256> left);
            if (result != MoveResult.Done) return new ReorganiseResult(result);
            ForgetAbove(_chain.Database.Head.Number);
            for (int i = 0; i < left.Count; i++)
            {
                Hash256 old = left[i];
                // Another PREVRANDAO makes another hash, even where time and transactions are those of the old block.
                BuildRequest Request(BlockHeader head) => NextRequest(head) with { PrevRandao = Keccak256.Hash(old.Bytes) };
                ExecutedBlock? made = _chain.ProduceExactly(Request, transactions.GetValueOrDefault(i) ?? [], out (int Index, TransactionError Error) failed);
                if (made is null) return new ReorganiseResult(MoveResult.Done, i, failed.Index, failed.Error);
            }
            return new ReorganiseResult(MoveResult.Done);
        }
    }

    /// <summary>Goes back to the genesis block as it was made: no blocks, edits, snapshots, pooled transactions, impersonations or moved time.</summary>
    public MoveResult Reset()
    {
        lock (_producing)
        {
            MoveResult result = _chain.Rewind(0);
            if (result != MoveResult.Done) return result;
            lock (_lock)
            {
                _snapshots.Clear();
                _impersonated.Clear();
                _timeOffsetSeconds = 0;
                _nextTimestamp = null;
                _blockTimestampInterval = null;
                _nextBaseFee = null;
                _nextPrevRandao = null;
                AutoImpersonate = false;
            }
            _chain.BaseFeeOverride = Options.BaseFee;
            _chain.Pool.Clear();
            _chain.RefreshPool();
            return MoveResult.Done;
        }
    }

    /// <summary>Snapshots that can be gone back to: their numbers and blocks.</summary>
    public IReadOnlyList<(ulong Id, ulong BlockNumber)> Snapshots
    {
        get
        {
            lock (_lock) return [.. _snapshots.Select(snapshot => (snapshot.Id, snapshot.BlockNumber))];
        }
    }

    private MoveResult Leave(ulong depth, out List<Hash256> left)
    {
        left = [];
        ulong head = _chain.Database.Head.Number;
        if (depth > head) return MoveResult.UnknownBlock;
        HashSet<Hash256> dropped = [];
        for (ulong number = head - depth + 1; number <= head; number++)
        {
            if (!_chain.Database.Blocks.TryGetCanonicalHash(number, out Hash256 hash)) return MoveResult.UnknownBlock;
            left.Add(hash);
            foreach (Transaction transaction in _chain.Database.Blocks.GetBlock(hash)!.Transactions) dropped.Add(transaction.Hash);
        }
        MoveResult result = _chain.Rewind(head - depth);
        if (result != MoveResult.Done) return result;
        foreach (Hash256 hash in dropped) _chain.Pool.Remove(hash, Pool.PoolDropReason.Removed);
        return MoveResult.Done;
    }

    private void ForgetAbove(ulong number)
    {
        lock (_lock)
        {
            _snapshots.RemoveAll(snapshot => snapshot.BlockNumber > number);
            _nextTimestamp = null;
        }
    }
}
