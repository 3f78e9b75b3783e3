using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: transactions, mined and pending, and their receipts.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthTransactionMethods(RpcChain chain)
{
    /// <summary>A transaction, mined or pending; null when unknown.</summary>
    [RpcMethod("eth_getTransactionByHash", Example = """["{tx}"]""")]
    public TransactionJson? GetTransactionByHash([RpcParameter("Transaction hash")] Hash256 hash)
    {
        if (chain.TryLocate(hash, out ExecutedBlock block, out int index)) return InBlock(block, index);
        return chain.Pool.TryGet(hash, out PooledTransaction pooled) ? RpcChain.ToJson(pooled) : null;
    }

    /// <summary>A transaction by its place.</summary>
    [RpcMethod("eth_getTransactionByBlockHashAndIndex", Example = """["{block}","0x0"]""")]
    public TransactionJson? GetTransactionByBlockHash([RpcParameter("Block hash")] Hash256 hash, [RpcParameter("Transaction index")] ulong index) => GetTransactionByBlockNumber(new BlockParameter(BlockTag.Hash, 0, hash), index);

    /// <summary>A transaction by its place.</summary>
    [RpcMethod("eth_getTransactionByBlockNumberAndIndex", Example = """["latest","0x0"]""")]
    public TransactionJson? GetTransactionByBlockNumber(BlockParameter block, [RpcParameter("Transaction index")] ulong index) =>
        Load(block) is { } found && index < (ulong)found.Block.Transactions.Count ? InBlock(found, (int)index) : null;

    /// <summary>The bytes of a transaction; <c>0x</c> when unknown (geth).</summary>
    [RpcMethod("eth_getRawTransactionByHash", Example = """["{tx}"]""")]
    public ReadOnlyMemory<byte> GetRawTransactionByHash([RpcParameter("Transaction hash")] Hash256 hash)
    {
        if (chain.TryLocate(hash, out ExecutedBlock block, out int index)) return TransactionCodec.Encode(block.Block.Transactions[index]);
        return chain.Pool.TryGet(hash, out PooledTransaction pooled) ? TransactionCodec.Encode(pooled.Transaction) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>The bytes of a transaction by its place; <c>0x</c> when there is none (geth).</summary>
    [RpcMethod("eth_getRawTransactionByBlockHashAndIndex", Example = """["{block}","0x0"]""")]
    public ReadOnlyMemory<byte> GetRawTransactionByBlockHash([RpcParameter("Block hash")] Hash256 hash, [RpcParameter("Transaction index")] ulong index) => GetRawTransactionByBlockNumber(new BlockParameter(BlockTag.Hash, 0, hash), index);

    /// <summary>The bytes of a transaction by its place; <c>0x</c> when there is none (geth).</summary>
    [RpcMethod("eth_getRawTransactionByBlockNumberAndIndex", Example = """["latest","0x0"]""")]
    public ReadOnlyMemory<byte> GetRawTransactionByBlockNumber(BlockParameter block, [RpcParameter("Transaction index")] ulong index) =>
        Load(block) is { } found && index < (ulong)found.Block.Transactions.Count ? TransactionCodec.Encode(found.Block.Transactions[(int)index]) : ReadOnlyMemory<byte>.Empty;

    /// <summary>The receipt of a mined transaction; null when it is not mined.</summary>
    [RpcMethod("eth_getTransactionReceipt", Example = """["{tx}"]""")]
    public ReceiptJson? GetTransactionReceipt([RpcParameter("Transaction hash")] Hash256 hash) =>
        chain.TryLocate(hash, out ExecutedBlock block, out int index) ? chain.ReceiptsOf(block)[index] : null;

    /// <summary>Takes a signed transaction into the pool; returns its hash.</summary>
    [RpcMethod("eth_sendRawTransaction", Example = """["{raw}"]""", Faults = RpcFaults.Pool, Mutating = true)]
    public RpcResult<Hash256> SendRawTransaction([RpcParameter("Transaction")] ReadOnlyMemory<byte> encoded)
    {
        if (!TransactionCodec.TryDecodeNetwork(encoded.Span, out Transaction? transaction, out BlobSidecar? sidecar, out TransactionError error))
        {
            return RpcError.Server(error switch
            {
                TransactionError.TypeNotSupported => $"transaction type not supported: type {encoded.Span[0]}",
                TransactionError.InvalidSignatureVrs => "invalid sender: invalid transaction v, r, s values",
                _ => $"the {encoded.Length} bytes are not a signed transaction: {ErrorNames.ToFixtureName(error)}",
            });
        }
        PoolAddResult result = chain.Pool.Add(transaction, isLocal: true, sidecar);
        return ExecutionErrors.OfPool(result, chain.ReasonName) is { } refused ? refused : result.Hash;
    }

    private ExecutedBlock? Load(BlockParameter block) => chain.TryFind(block, out NamedBlock found) is null ? chain.TryLoad(found) : null;

    private static TransactionJson InBlock(ExecutedBlock block, int index)
    {
        Transaction transaction = block.Block.Transactions[index];
        return new TransactionJson(transaction, transaction.Hash, block.Senders[index], RpcChain.PlaceOf(block, index));
    }
}
