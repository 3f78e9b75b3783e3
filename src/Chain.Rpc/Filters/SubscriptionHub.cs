using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;
using Chain.Rpc.Server;

namespace Chain.Rpc.Filters;

/// <summary>What can be subscribed to.</summary>
public enum SubscriptionKind : byte
{
    /// <summary>Headers of new head blocks.</summary>
    NewHeads,

    /// <summary>Logs of blocks that become or stop being canonical.</summary>
    Logs,

    /// <summary>Hashes of transactions that enter the pool.</summary>
    NewPendingTransactions,

    /// <summary>Transactions that enter the pool.</summary>
    NewPendingTransactionBodies,
}

/// <summary>
/// Pushes heads, logs and transactions to subscribers. One task writes each object once, off the thread that made the block; the order is
/// that of the chain.
/// </summary>
public sealed class SubscriptionHub : IAsyncDisposable
{
    private const int PendingEventsMax = 262_144;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly RpcChain _chain;
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly Task _pump;
    private int _waiting;

    /// <summary>A hub that listens to a chain.</summary>
    public SubscriptionHub(RpcChain chain)
    {
        _chain = chain;
        chain.Manager.HeadChanged += OnHeadChanged;
        chain.Pool.Added += OnAdded;
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Open subscriptions.</summary>
    public int Count => _subscriptions.Count;

    /// <summary>Opens a subscription; nothing is pushed before <see cref="Activate"/>.</summary>
    public string Open(IRpcSession session, SubscriptionKind kind, LogFilter? logs)
    {
        string id = $"0x{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        session.Subscriptions[id] = new Subscription(this, id, session, kind, logs);
        return id;
    }

    /// <summary>Begins to push to a subscription that was opened.</summary>
    public void Activate(IRpcSession session, string id)
    {
        if (!session.Subscriptions.TryGetValue(id, out IDisposable? found) || found is not Subscription subscription) return;
        _subscriptions[id] = subscription;
        // The connection may have closed between: what it does not know any more is not kept here either.
        if (!session.Subscriptions.ContainsKey(id)) subscription.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _chain.Manager.HeadChanged -= OnHeadChanged;
        _chain.Pool.Added -= OnAdded;
        _events.Writer.TryComplete();
        await _pump;
    }

    private void OnHeadChanged(HeadChange change)
    {
        if (_subscriptions.IsEmpty) return;
        Interlocked.Increment(ref _waiting);
        _events.Writer.TryWrite(change);
    }

    private void OnAdded(PooledTransaction pooled)
    {
        // A head is never dropped; a flood of transactions beyond the bound is, as it would be late anyway.
        if (_subscriptions.IsEmpty || Volatile.Read(ref _waiting) > PendingEventsMax) return;
        Interlocked.Increment(ref _waiting);
        _events.Writer.TryWrite(pooled);
    }

    private async Task PumpAsync()
    {
        ArrayBufferWriter<byte> buffer = new();
        await foreach (object item in _events.Reader.ReadAllAsync())
        {
            Interlocked.Decrement(ref _waiting);
            if (item is PooledTransaction pooled)
            {
                Push(SubscriptionKind.NewPendingTransactions, new HexDataItem(pooled.Transaction.Hash), buffer);
                Push(SubscriptionKind.NewPendingTransactionBodies, RpcChain.ToJson(pooled), buffer);
                continue;
            }
            HeadChange change = (HeadChange)item;
            foreach (ExecutedBlock block in change.Removed) PushLogs(block, removed: true, buffer);
            foreach (ExecutedBlock block in change.Added)
            {
                Push(SubscriptionKind.NewHeads, new HeaderJson(block.Block.Header, block.Hash), buffer);
                PushLogs(block, removed: false, buffer);
            }
        }
    }

    private void Push(SubscriptionKind kind, IJsonWritable item, ArrayBufferWriter<byte> buffer)
    {
        bool written = false;
        foreach (Subscription subscription in _subscriptions.Values)
        {
            if (subscription.Kind != kind) continue;
            if (!written) Write(item, buffer);
            written = true;
            subscription.Push(buffer.WrittenSpan);
        }
    }

    private void PushLogs(ExecutedBlock block, bool removed, ArrayBufferWriter<byte> buffer)
    {
        foreach (Subscription subscription in _subscriptions.Values)
        {
            if (subscription.Kind != SubscriptionKind.Logs || !subscription.Logs!.MayMatch(block.Block.Header.LogsBloom)) continue;
            List<LogJson> logs = [];
            RpcChain.TryCollectLogs(block, subscription.Logs, removed, logs, int.MaxValue);
            foreach (LogJson log in logs)
            {
                Write(log, buffer);
                subscription.Push(buffer.WrittenSpan);
            }
        }
    }

    private static void Write(IJsonWritable item, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using Utf8JsonWriter writer = new(buffer, WriterOptions);
        item.WriteTo(writer);
    }

    private sealed class Subscription(SubscriptionHub hub, string id, IRpcSession session, SubscriptionKind kind, LogFilter? logs) : IDisposable
    {
        private readonly byte[] _prefix = Encoding.ASCII.GetBytes($$"""{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"{{id}}","result":""");

        public SubscriptionKind Kind => kind;

        public LogFilter? Logs => logs;

        public void Push(ReadOnlySpan<byte> result)
        {
            byte[] message = new byte[_prefix.Length + result.Length + 2];
            _prefix.CopyTo(message, 0);
            result.CopyTo(message.AsSpan(_prefix.Length));
            "}}"u8.CopyTo(message.AsSpan(message.Length - 2));
            if (!session.TryPush(message)) Dispose();
        }

        public void Dispose() => hub._subscriptions.TryRemove(id, out _);
    }
}
