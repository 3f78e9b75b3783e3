using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: sending and waiting, and what became of what was sent.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthSubmissionMethods(RpcChain chain)
{
    private const ulong WaitDefaultMs = 20_000;
    private const ulong WaitMaxMs = 60_000;

    /// <summary>Code of a transaction that was sent but not mined in time (EIP-7966).</summary>
    private const int NotMinedInTime = 4;

    private readonly EthTransactionMethods _transactions = new(chain);

    /// <summary>Sends a signed transaction and waits for its receipt (EIP-7966).</summary>
    [RpcMethod("eth_sendRawTransactionSync", Example = """["{raw}",5000]""", Faults = RpcFaults.Pool, Mutating = true)]
    public async ValueTask<RpcResult<ReceiptJson>> SendRawTransactionSync([RpcParameter("Transaction")] ReadOnlyMemory<byte> encoded, [RpcParameter("Timeout")] LooseNumber? timeoutMs = null, CancellationToken cancellation = default)
    {
        ulong wait = timeoutMs?.Value ?? WaitDefaultMs;
        if (wait is 0 or > WaitMaxMs) return RpcError.InvalidArgument(1, $"timeout {wait} ms: 1 to {WaitMaxMs} is expected");
        SemaphoreSlim moved = new(0);
        void OnHead(HeadChange change) => moved.Release();
        chain.Manager.HeadChanged += OnHead;
        try
        {
            RpcResult<Hash256> sent = _transactions.SendRawTransaction(encoded);
            if (sent.Error is { } refused) return refused;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromMilliseconds(wait));
            while (true)
            {
                if (_transactions.GetTransactionReceipt(sent.Value) is { } receipt) return receipt;
                try
                {
                    await moved.WaitAsync(limit.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    return new RpcError(NotMinedInTime, $"the transaction was added to the mempool but was not mined in {wait} ms", new HexData(sent.Value.Bytes.ToArray()));
                }
            }
        }
        finally
        {
            chain.Manager.HeadChanged -= OnHead;
        }
    }

    /// <summary>The transaction of a sender with a nonce, mined or pending; null when there is none.</summary>
    [RpcMethod("eth_getTransactionBySenderAndNonce", Work = RpcWork.Call, Example = """["{account}","0x0"]""", Faults = RpcFaults.State)]
    public RpcResult<TransactionJson?> GetTransactionBySenderAndNonce(Address sender, ulong nonce)
    {
        foreach ((_, IReadOnlyList<PooledTransaction> executable, IReadOnlyList<PooledTransaction> queued) in chain.Pool.Content().Where(content => content.Sender == sender))
        {
            if (executable.Concat(queued).FirstOrDefault(pooled => pooled.Transaction.Nonce == nonce) is { } waiting) return RpcChain.ToJson(waiting);
        }
        if (SenderIndex.FindMined(chain, sender, nonce, out RpcError? error) is not { } found) return error is null ? (TransactionJson?)null : error;
        Transaction transaction = found.Block.Block.Transactions[found.Index];
        return new TransactionJson(transaction, transaction.Hash, sender, RpcChain.PlaceOf(found.Block, found.Index));
    }

    /// <summary>The transactions of the pool that wait for the next blocks.</summary>
    [RpcMethod("eth_pendingTransactions", Heavy = true, Result = "Transaction[]")]
    public IReadOnlyList<IJsonWritable> PendingTransactions() => [.. chain.Pool.Content().SelectMany(content => content.Executable).Select(RpcChain.ToJson)];

    /// <summary>False: no proof of work is done here.</summary>
    [RpcMethod("eth_mining")]
    public static bool Mining() => false;

    /// <summary>0: no proof of work is done here.</summary>
    [RpcMethod("eth_hashrate")]
    public static ulong Hashrate() => 0;

    /// <summary>Version of the wire protocol.</summary>
    [RpcMethod("eth_protocolVersion")]
    public static ulong ProtocolVersion() => 69;
}
