using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;

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
    [RpcMethod("eth_sendRawTransactionSync")]
    public async ValueTask<RpcResult<ReceiptJson>> SendRawTransactionSync(ReadOnlyMemory<byte> encoded, LooseNumber? timeoutMs = null, CancellationToken cancellation = default)
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
    [RpcMethod("eth_getTransactionBySenderAndNonce", Work = RpcWork.Call)]
    public RpcResult<TransactionJson?> GetTransactionBySenderAndNonce(Address sender, ulong nonce)
    {
        foreach ((_, IReadOnlyList<PooledTransaction> executable, IReadOnlyList<PooledTransaction> queued) in chain.Pool.Content().Where(content => content.Sender == sender))
        {
            if (executable.Concat(queued).FirstOrDefault(pooled => pooled.Transaction.Nonce == nonce) is { } waiting) return RpcChain.ToJson(waiting);
        }
        ulong high = chain.HeadNumber;
        if (NonceAfter(high, sender) is not { } now || now <= nonce) return (TransactionJson?)null;
        // The first block after which the account's nonce is above the one asked for has the transaction.
        ulong low = 0;
        while (low < high)
        {
            ulong middle = low + ((high - low) / 2);
            if (NonceAfter(middle, sender) is not { } nonceThere) low = middle + 1;
            else if (nonceThere > nonce) high = middle;
            else low = middle + 1;
        }
        if (!chain.Blocks.TryGetCanonicalHash(low, out Hash256 hash)) return (TransactionJson?)null;
        ExecutedBlock block = chain.Manager.Load(hash);
        for (int i = 0; i < block.Senders.Count; i++)
        {
            if (block.Senders[i] == sender && block.Block.Transactions[i].Nonce == nonce)
                return new TransactionJson(block.Block.Transactions[i], block.Block.Transactions[i].Hash, sender, RpcChain.PlaceOf(block, i));
        }
        return (TransactionJson?)null;
    }

    /// <summary>The transactions of the pool that wait for the next blocks.</summary>
    [RpcMethod("eth_pendingTransactions", Heavy = true)]
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

    private ulong? NonceAfter(ulong number, in Address sender)
    {
        if (!chain.Blocks.TryGetCanonicalHash(number, out Hash256 hash) || !chain.Manager.StateAt(hash).TryGet(out IStateView? state)) return null;
        return state.TryGetAccount(sender, out Account account) ? account.Nonce : 0;
    }
}
