using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Engines;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>txpool</c>: why a transaction is not mined.</summary>
public sealed class TxPoolExplainMethods
{
    /// <summary>Transactions whose departure from the pool is remembered.</summary>
    public const int DroppedMax = 10_000;

    private readonly RpcChain _chain;
    private readonly Lock _lock = new();
    private readonly Dictionary<Hash256, (PoolDropReason Reason, ulong HeadNumber)> _dropped = [];
    private readonly Queue<Hash256> _droppedOrder = [];

    /// <summary>Begins to remember what leaves the pool.</summary>
    public TxPoolExplainMethods(RpcChain chain)
    {
        _chain = chain;
        chain.Pool.Dropped += OnDropped;
    }

    /// <summary>Where a transaction is (mined, pending, queued, dropped or unknown) and, in a sentence, what it waits for or why it left the pool.</summary>
    [RpcMethod("txpool_explain", Example = """["{pending}"]""", Result = "Explanation")]
    public IJsonWritable Explain(Hash256 transactionHash)
    {
        if (_chain.TryLocate(transactionHash, out ExecutedBlock block, out int index))
            return new ExplanationJson("mined", $"It is transaction {index} of block {block.Block.Header.Number}.");
        if (_chain.Pool.Locate(transactionHash) is { } position) return new ExplanationJson(position.IsExecutable ? "pending" : "queued", ReasonOf(position));
        (PoolDropReason Reason, ulong HeadNumber) dropped;
        bool wasHere;
        lock (_lock) wasHere = _dropped.TryGetValue(transactionHash, out dropped);
        return wasHere
            ? new ExplanationJson("dropped", $"It left the pool at block {dropped.HeadNumber}: {Describe(dropped.Reason)}")
            : new ExplanationJson("unknown", "It is neither in a block nor in the pool, and was not among the last that left it: it was never sent here, or refused when it was. Send it again and read the error.");
    }

    private string ReasonOf(PoolPosition position)
    {
        Transaction transaction = position.Pooled.Transaction;
        PoolHead head = _chain.Pool.Head;
        if (!position.IsExecutable)
            return $"It has nonce {transaction.Nonce}, and the sender's transaction with nonce {position.NextNonce} is missing: send that first (the account's nonce is {position.AccountNonce}).";
        if (position.Refusal is { } refusal)
            return $"The chain's compliance policy refuses it now: {PoolMessages.Describe(refusal)} (account {refusal.Account}, {_chain.ReasonName(refusal.Code)}).";
        if (transaction.GasLimit > head.GasLimit) return $"Its gas limit {transaction.GasLimit} is above the block gas limit {head.GasLimit}: replace it by one with less gas.";
        if (transaction.MaxFeePerGas < head.BaseFee)
            return $"Its fee cap of {transaction.MaxFeePerGas} wei is below the next block's base fee of {head.BaseFee} wei: wait, or replace it by one with a fee at least 10 % higher.";
        if (transaction.Type == TransactionType.Blob && transaction.MaxFeePerBlobGas < head.BlobBaseFee)
            return $"Its blob fee cap of {transaction.MaxFeePerBlobGas} wei is below the blob base fee of {head.BlobBaseFee} wei: wait, or replace it by one with fees twice as high.";
        if (Core.Numeric.UInt256.AddOverflow(position.CostBefore, position.Pooled.CostMax, out Core.Numeric.UInt256 together) || together > position.Balance)
            return $"The sender's balance of {position.Balance} wei may not pay for it after the {transaction.Nonce - position.AccountNonce} transactions before it, which may cost {position.CostBefore} wei.";
        if (transaction.Nonce > position.AccountNonce)
            return $"It follows {transaction.Nonce - position.AccountNonce} transactions of its sender, beginning with nonce {position.AccountNonce}: what holds them up holds it up.";
        return _chain.Dev?.Options.Mode switch
        {
            MiningMode.Instant => "It can go into the next block, which is about to be made.",
            MiningMode.Interval => $"It can go into the next block; blocks are made every {_chain.Dev.Options.BlockTimeMs} ms, the best paying transactions first.",
            MiningMode.Manual => "It can go into the next block, but blocks are made only when asked: call evm_mine, or evm_setAutomine with true.",
            _ => "It can go into the next block. Blocks are made by the consensus client; the best paying transactions go first.",
        };
    }

    private static string Describe(PoolDropReason reason) => reason switch
    {
        PoolDropReason.Mined => "it was part of a block that is no longer in the chain.",
        PoolDropReason.Stale => "its nonce was used by another transaction of the sender.",
        PoolDropReason.Replaced => "another transaction of the sender with the same nonce and higher fees took its place.",
        PoolDropReason.Evicted => "room was needed for transactions that pay more.",
        PoolDropReason.Unfunded => "the sender's balance no longer pays for it.",
        PoolDropReason.NotAuthorized => "the sender lost the right to send transactions.",
        PoolDropReason.Invalid => "it turned out invalid when a block was built.",
        _ => "it was removed on request.",
    };

    private void OnDropped(PooledTransaction transaction, PoolDropReason reason)
    {
        Hash256 hash = transaction.Transaction.Hash;
        lock (_lock)
        {
            if (!_dropped.ContainsKey(hash)) _droppedOrder.Enqueue(hash);
            _dropped[hash] = (reason, _chain.HeadNumber);
            if (_droppedOrder.Count > DroppedMax) _dropped.Remove(_droppedOrder.Dequeue());
        }
    }

    private sealed record ExplanationJson(string Status, string Reason) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, Status);
            writer.WriteString("reason"u8, Reason);
            writer.WriteEndObject();
        }
    }
}
