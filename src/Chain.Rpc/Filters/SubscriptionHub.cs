using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Chain.Compliance.Audit;
using Chain.Consensus;
using Chain.Consensus.Audit;
using Chain.Consensus.Pool;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;
using Chain.Rpc.Server;
using Chain.Storage.State;

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

    /// <summary>Whether the node is behind its peers, which it has none of: told once.</summary>
    Syncing,

    /// <summary>Entries of the audit log of blocks that become or stop being canonical (<see cref="DecisionFilter"/>).</summary>
    Decisions,

    /// <summary>Changes of accounts' eligibility (<see cref="EligibilityFilter"/>).</summary>
    Eligibility,

    /// <summary>Updates of the oracle's feeds (<see cref="FeedFilter"/>).</summary>
    Feeds,
}

/// <summary>
/// Pushes heads, logs, transactions, decisions, eligibility and feed updates to subscribers. One task writes each object once, off the thread that made the block; the order is
/// that of the chain.
/// </summary>
public sealed class SubscriptionHub : IAsyncDisposable
{
    private const int PendingEventsMax = 262_144;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly RpcChain _chain;
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly AuditIndex _audit;
    private readonly Task _pump;
    private readonly Action<string> _warn;
    private int _waiting;

    /// <summary>A hub that listens to a chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="warn">Receives one sentence when something could not be told; null for nobody.</param>
    public SubscriptionHub(RpcChain chain, Action<string>? warn = null)
    {
        _chain = chain;
        _warn = warn ?? (static _ => { });
        _audit = new AuditIndex(chain.Simulator);
        chain.Manager.HeadChanged += OnHeadChanged;
        chain.Pool.Added += OnAdded;
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Open subscriptions.</summary>
    public int Count => _subscriptions.Count;

    /// <summary>Accounts whose eligibility is watched, over all subscriptions: each costs a look at every head.</summary>
    public int WatchedAccounts => _subscriptions.Values.Sum(s => s.Filter is EligibilityFilter watched ? watched.Accounts.Count : 0);

    /// <summary>Opens a subscription; nothing is pushed before <see cref="Activate"/>.</summary>
    /// <param name="session">Connection.</param>
    /// <param name="kind">What is subscribed to.</param>
    /// <param name="filter">Which of it, by a filter of the kind; null for kinds without one.</param>
    public string Open(IRpcSession session, SubscriptionKind kind, object? filter)
    {
        string id = $"0x{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        session.Subscriptions[id] = new Subscription(this, id, session, kind, filter);
        return id;
    }

    /// <summary>Begins to push to a subscription that was opened.</summary>
    public void Activate(IRpcSession session, string id)
    {
        if (!session.Subscriptions.TryGetValue(id, out IDisposable? found) || found is not Subscription subscription) return;
        if (subscription.Filter is EligibilityFilter watched) watched.Update(new WorldState(_chain.Manager.HeadState), _chain.Manager.Head);
        _subscriptions[id] = subscription;
        if (subscription.Kind == SubscriptionKind.Syncing) subscription.Push(EthChainMethods.Syncing() ? "true"u8 : "false"u8);
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
#pragma warning disable CA1031 // One event that cannot be told (its block is gone meanwhile) must not silence all that follow.
            try
            {
                Tell(item, buffer);
            }
            catch (Exception e)
#pragma warning restore CA1031
            {
                _warn($"A {(item is HeadChange ? "change of the head" : "pending transaction")} could not be told to all subscribers: {e.Message}");
            }
        }
    }

    private void Tell(object item, ArrayBufferWriter<byte> buffer)
    {
        if (item is PooledTransaction pooled)
        {
            Push(SubscriptionKind.NewPendingTransactions, new HexDataItem(pooled.Transaction.Hash), buffer);
            Push(SubscriptionKind.NewPendingTransactionBodies, RpcChain.ToJson(pooled), buffer);
            return;
        }
        HeadChange change = (HeadChange)item;
        foreach (ExecutedBlock block in change.Removed)
        {
            PushLogs(block, removed: true, buffer);
            PushCompliance(block, isRemoved: true, buffer);
        }
        foreach (ExecutedBlock block in change.Added)
        {
            Push(SubscriptionKind.NewHeads, new HeaderJson(block.Block.Header, block.Hash), buffer);
            PushLogs(block, removed: false, buffer);
            PushCompliance(block, isRemoved: false, buffer);
        }
        PushEligibility(change.Head, buffer);
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
            if (subscription.Kind != SubscriptionKind.Logs || !subscription.Logs.MayMatch(block.Block.Header.LogsBloom)) continue;
            List<LogJson> logs = [];
            RpcChain.TryCollectLogs(block, subscription.Logs, removed, logs, int.MaxValue);
            foreach (LogJson log in logs)
            {
                Write(log, buffer);
                subscription.Push(buffer.WrittenSpan);
            }
        }
    }

    private void PushCompliance(ExecutedBlock block, bool isRemoved, ArrayBufferWriter<byte> buffer)
    {
        AuditRecord? record = null;
        foreach (Subscription subscription in _subscriptions.Values)
        {
            if (subscription.Filter is FeedFilter feeds) PushAll(subscription, feeds.Of(block, isRemoved), buffer);
            if (subscription.Filter is not DecisionFilter decisions) continue;
            if (record is null && !AuditRecord.TryDecode(block.AuditRecord.Span, out record) && !_audit.TryGet(block.Block.Header, block.Hash, out record, out _)) continue;
            PushAll(subscription, EntriesOf(block, record, decisions, isRemoved), buffer);
        }
    }

    private static IEnumerable<PlacedEntry> EntriesOf(ExecutedBlock block, AuditRecord record, DecisionFilter filter, bool isRemoved) => record.Decisions
        .Where(placed => filter.Matches(placed.Decision, AuditEntry.SubjectOf(placed.Decision)))
        .Select(placed => new PlacedEntry(block.Block.Header.Number, block.Hash, block.Block.Transactions[(int)placed.TransactionIndex].Hash, placed, isRemoved));

    /// <summary>Asks about the watched accounts after each head: eligibility ends by time too, without any write.</summary>
    private void PushEligibility(BlockHeader head, ArrayBufferWriter<byte> buffer)
    {
        WorldState? state = null;
        foreach (Subscription subscription in _subscriptions.Values)
        {
            if (subscription.Filter is not EligibilityFilter watched) continue;
            // A head so old that its state is gone is not told of: the next one is.
            if (state is null)
            {
                if (!_chain.Manager.StateAt(head.Hash).TryGet(out IStateView? view)) return;
                state = new WorldState(view);
            }
            PushAll(subscription, watched.Update(state, head), buffer);
        }
    }

    private static void PushAll(Subscription subscription, IEnumerable<IJsonWritable> items, ArrayBufferWriter<byte> buffer)
    {
        foreach (IJsonWritable item in items)
        {
            Write(item, buffer);
            subscription.Push(buffer.WrittenSpan);
        }
    }

    private static void Write(IJsonWritable item, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using Utf8JsonWriter writer = new(buffer, WriterOptions);
        item.WriteTo(writer);
    }

    private sealed class Subscription(SubscriptionHub hub, string id, IRpcSession session, SubscriptionKind kind, object? filter) : IDisposable
    {
        private readonly byte[] _prefix = Encoding.ASCII.GetBytes($$"""{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"{{id}}","result":""");

        public SubscriptionKind Kind => kind;

        public object? Filter => filter;

        public LogFilter Logs => (LogFilter)filter!;

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
