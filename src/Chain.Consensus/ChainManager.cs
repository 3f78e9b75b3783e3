using System.Diagnostics;
using Chain.Consensus.Building;
using Chain.Consensus.Engines;
using Chain.Consensus.Execution;
using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Storage;
using Chain.Storage.State;

namespace Chain.Consensus;

/// <summary>
/// The chain of this node: takes blocks in, moves the head, keeps the pool in step and tells listeners. All changes go through one lock; reads go to the database directly.
/// </summary>
public sealed partial class ChainManager : IDisposable
{
    private const int BadBlocksMax = 16;

    /// <summary>Blocks whose edits are remembered, so that they can be executed again.</summary>
    private const int EditsRememberedMax = 4_096;

    private readonly YieldingLock _lock = new();

    // Held from before a head moves until all listeners know, so that events come in order. Always taken before _lock.
    private readonly YieldingLock _publishing = new();
    private BlockHeader? _published;
    private readonly VirtualMachine _machine;
    private readonly bool _ownsMachine;
    private readonly Func<ulong> _clockSeconds;
    private readonly Queue<Block> _badBlocks = [];
    private readonly Dictionary<Hash256, StateEdits> _editsBefore = [];
    private readonly BlockValidator _validator;
    private readonly BlockBuilder _builder;

    /// <summary>A manager over an open database.</summary>
    /// <param name="spec">The chain.</param>
    /// <param name="database">Its blocks and states; not owned.</param>
    /// <param name="modules">Its native modules.</param>
    /// <param name="dispatcher">Which dispatcher executes blocks.</param>
    /// <param name="poolOptions">Limits of the pool.</param>
    /// <param name="journal">Journal of local transactions; null for none.</param>
    public ChainManager(ChainSpec spec, ChainDatabase database, INativeModules modules, DispatcherKind dispatcher, PoolOptions poolOptions, PoolJournal? journal = null)
        : this(spec, database, modules, new VirtualMachine(dispatcher), poolOptions, journal)
    {
        _ownsMachine = true;
    }

    /// <summary>A manager that executes on a machine of its caller, who disposes it; for many short chains, one after the other.</summary>
    public ChainManager(ChainSpec spec, ChainDatabase database, INativeModules modules, VirtualMachine machine, PoolOptions poolOptions, PoolJournal? journal = null)
    {
        Spec = spec;
        Database = database;
        Contexts = new BlockContexts(spec, modules);
        _machine = machine;
        TransactionProcessor processor = new(_machine);
        _validator = new BlockValidator(spec, database, Contexts, processor);
        _builder = new BlockBuilder(spec, database, Contexts, processor);
        _clockSeconds = poolOptions.ClockSeconds;
        Pool = new TransactionPool(poolOptions, MakePoolHead(null), journal);
    }

    /// <summary>Raised after the head moved, in order. A listener must not wait for another move of the head.</summary>
    public event Action<HeadChange>? HeadChanged;

    /// <summary>The blocks last refused as invalid, newest first.</summary>
    public IReadOnlyList<Block> BadBlocks
    {
        get
        {
            lock (_badBlocks) return [.. _badBlocks.Reverse()];
        }
    }

    /// <summary>The chain's configuration.</summary>
    public ChainSpec Spec { get; }

    /// <summary>Blocks and states.</summary>
    public ChainDatabase Database { get; }

    /// <summary>Makes execution contexts.</summary>
    public BlockContexts Contexts { get; }

    /// <summary>Transactions waiting.</summary>
    public TransactionPool Pool { get; }

    /// <summary>How long the newest blocks took.</summary>
    public BlockTimings Timings { get; } = new();

    /// <summary>Where the time of imports goes.</summary>
    public StageTimes ImportTimes => _validator.Times;

    /// <summary>Header of the head block.</summary>
    public BlockHeader Head => Database.Blocks.GetHeader(Database.Head.Hash)!;

    /// <summary>Edits of the head's state that the next block begins with (development chains).</summary>
    public StateEdits Edits { get; private set; } = StateEdits.None;

    /// <summary>Gas limit of the next block where a development engine fixes it; null follows the head.</summary>
    public ulong? GasLimitOverride { get; set; }

    /// <summary>Base fee of the next block where a development engine fixes it, wei.</summary>
    public UInt256? BaseFeeOverride { get; set; }

    /// <summary>Validates a block and stores it. It becomes the head when it extends the head, or by total difficulty before the merge.</summary>
    public ImportResult Import(Block block) => Move<ImportResult>(() =>
    {
        long arrived = Stopwatch.GetTimestamp();
        Hash256 hash = block.Header.Hash;
        if (Database.Blocks.Contains(hash)) return (new ImportResult(ImportStatus.AlreadyKnown, hash), null);
        ImportResult result = _validator.Validate(block, out ValidBlock? valid);
        if (valid is null)
        {
            if (result.Status == ImportStatus.Invalid) RememberBad(block);
            return (result, null);
        }
        BlockId oldHead = Database.Head;
        bool makeHead = IsBetter(block.Header, oldHead);
        long since = Stopwatch.GetTimestamp();
        Database.CommitBlock(block, hash, valid.Executed.Receipts, valid.Executed.Senders, valid.State, makeHead, valid.Executed.AuditRecord.Span);
        ImportTimes.End(Stage.Commit, ref since);
        Timings.Record(block, hash, BlockSource.Imported, arrived);
        if (!makeHead) return (new ImportResult(ImportStatus.SideChain, hash), null);
        HeadChange change = DescribeMove(oldHead, valid.Executed);
        RefreshPool(change);
        ImportTimes.End(Stage.Head, ref since);
        return (new ImportResult(ImportStatus.BecameHead, hash), change);
    });

    /// <summary>Builds a block from the pool without storing it.</summary>
    public BuiltBlock Build(BuildRequest request, bool withTransactions = true, CancellationToken cancellation = default)
    {
        using (_lock.EnterScope())
        {
            BlockHeader parent = Database.Blocks.GetHeader(request.ParentHash) ?? throw new InvalidOperationException($"Parent {request.ParentHash} is not stored.");
            BlockHeader draft = _builder.Prepare(request, parent, out _);
            BuildOrder order = withTransactions ? Pool.BestTransactions(draft.BaseFeePerGas ?? UInt256.Zero) : BuildOrder.Empty;
            return _builder.Build(request, order, EditsOn(request.ParentHash), cancellation);
        }
    }

    /// <summary>Builds a block of exactly these transactions without storing it; null when one of them is not valid there.</summary>
    public BuiltBlock? BuildExactly(BuildRequest request, IReadOnlyList<Transaction> transactions, out (int Index, Core.Results.TransactionError Error) failed)
    {
        using (_lock.EnterScope()) return _builder.BuildExactly(request, transactions, EditsOn(request.ParentHash), out failed);
    }

    /// <summary>Validates a block and stores it without moving the head: the consensus client says where the head is.</summary>
    public ImportResult Insert(Block block)
    {
        using (_lock.EnterScope())
        {
            long arrived = Stopwatch.GetTimestamp();
            Hash256 hash = block.Header.Hash;
            if (Database.Blocks.Contains(hash)) return new ImportResult(ImportStatus.AlreadyKnown, hash);
            ImportResult result = _validator.Validate(block, out ValidBlock? valid);
            if (valid is null)
            {
                if (result.Status == ImportStatus.Invalid) RememberBad(block);
                return result;
            }
            Database.CommitBlock(block, hash, valid.Executed.Receipts, valid.Executed.Senders, valid.State, makeHead: false, valid.Executed.AuditRecord.Span);
            Timings.Record(block, hash, BlockSource.Imported, arrived);
            return new ImportResult(ImportStatus.SideChain, hash);
        }
    }

    /// <summary>Makes a stored block the head, on whatever branch it is.</summary>
    public MoveResult SetHead(Hash256 hash) => Move<MoveResult>(() =>
    {
        BlockId oldHead = Database.Head;
        if (oldHead.Hash == hash) return (MoveResult.Done, null);
        if (!Database.Blocks.Contains(hash)) return (MoveResult.UnknownBlock, null);
        HeadChange change = DescribeMove(oldHead, Load(hash));
        MoveResult result = Database.SetHead(hash);
        if (result != MoveResult.Done) return (result, null);
        Edits = StateEdits.None;
        RefreshPool(change);
        return (MoveResult.Done, change);
    });

    /// <summary>Moves head, safe and finalised block at once; the latter two are the head or its ancestors.</summary>
    public MoveResult SetForkchoice(Hash256 head, Hash256 safe, Hash256 finalized) => Move<MoveResult>(() =>
    {
        BlockId oldHead = Database.Head;
        HeadChange? change = oldHead.Hash == head || Database.States.TryGetStateAt(head).View is not { CanBuildOn: true } ? null : DescribeMove(oldHead, Load(head));
        MoveResult result = Database.SetForkchoice(head, safe, finalized);
        if (result != MoveResult.Done || change is null) return (result, null);
        Edits = StateEdits.None;
        RefreshPool(change);
        return (MoveResult.Done, change);
    });

    /// <summary>Builds a block on the head and makes it the head.</summary>
    public ExecutedBlock Produce(Func<BlockHeader, BuildRequest> request) => Move<ExecutedBlock>(() =>
    {
        long begun = Stopwatch.GetTimestamp();
        (ExecutedBlock made, HeadChange? change) = Adopt(Build(request(Head)), begun);
        return (made, change);
    });

    private (ExecutedBlock Made, HeadChange? Change) Adopt(BuiltBlock built, long begun)
    {
        Database.CommitBlock(built.Executed.Block, built.Executed.Hash, built.Executed.Receipts, built.Executed.Senders, built.State, makeHead: true, built.Executed.AuditRecord.Span);
        Timings.Record(built.Executed.Block, built.Executed.Hash, BlockSource.Produced, begun);
        RememberEdits(built.Executed.Hash);
        Edits = StateEdits.None;
        foreach ((Hash256 hash, _) in built.Invalid) Pool.Remove(hash, PoolDropReason.Invalid);
        HeadChange change = new([], [built.Executed], built.Executed.Block.Header);
        RefreshPool(change);
        return (built.Executed, change);
    }

    /// <summary>Builds a block of exactly these transactions on the head and makes it the head; null when one of them is not valid there.</summary>
    public ExecutedBlock? ProduceExactly(
        Func<BlockHeader, BuildRequest> request, IReadOnlyList<Transaction> transactions, out (int Index, Core.Results.TransactionError Error) failed)
    {
        (int, Core.Results.TransactionError) failure = (-1, Core.Results.TransactionError.None);
        ExecutedBlock? made = Move<ExecutedBlock?>(() =>
        {
            long begun = Stopwatch.GetTimestamp();
            return BuildExactly(request(Head), transactions, out failure) is { } built ? Adopt(built, begun) : (null, null);
        });
        failed = failure;
        return made;
    }

    /// <summary>Goes back to a canonical block and forgets those above it; their transactions return to the pool. For development chains.</summary>
    public MoveResult Rewind(ulong number) => Move<MoveResult>(() =>
    {
        List<ExecutedBlock> removed = [];
        for (ulong n = Database.Head.Number; n > number; n--)
        {
            if (Database.Blocks.TryGetCanonicalHash(n, out Hash256 hash)) removed.Add(Load(hash) with { AuditRecord = Database.Blocks.GetAuditRecord(hash) ?? [] });
        }
        MoveResult result = Database.DropBlocksAbove(number);
        if (result != MoveResult.Done) return (result, null);
        Edits = StateEdits.None;
        HeadChange change = new(removed, [], Head);
        RefreshPool(change);
        return (MoveResult.Done, change);
    });

    /// <summary>Returns when all listeners know of the present head: what a client saw in a block, its filters and subscriptions have seen too.</summary>
    public void WaitForListeners()
    {
        if (Volatile.Read(ref _published) is { } published && published.Hash == Database.Head.Hash) return;
        using (_publishing.EnterScope())
        {
            // The move that was under way has told its listeners.
        }
    }

    /// <summary>Edits with which a block began (development chains); none when they are no longer remembered.</summary>
    public StateEdits EditsBefore(BlockHeader header)
    {
        using (_lock.EnterScope()) return _editsBefore.TryGetValue(header.Hash, out StateEdits? edits) ? edits : StateEdits.None;
    }

    /// <summary>Edits that the next block on a block begins with.</summary>
    public StateEdits EditsAfter(in Hash256 blockHash)
    {
        using (_lock.EnterScope()) return EditsOn(blockHash);
    }

    private void RememberBad(Block block)
    {
        lock (_badBlocks)
        {
            if (_badBlocks.Count == BadBlocksMax) _badBlocks.Dequeue();
            _badBlocks.Enqueue(block);
        }
    }

    private void RememberEdits(in Hash256 blockHash)
    {
        if (Edits.IsEmpty) return;
        if (_editsBefore.Count >= EditsRememberedMax) _editsBefore.Clear();
        _editsBefore[blockHash] = Edits;
    }

    /// <summary>Looks at the pool again after something outside a block changed (state edits and fee overrides of development chains).</summary>
    public void RefreshPool()
    {
        using (_lock.EnterScope()) Pool.SetHead(MakePoolHead(null), []);
    }

    /// <summary>Edits the head's state outside any block (development chains).</summary>
    public void EditState(Action<WorldState> edit)
    {
        using (_lock.EnterScope())
        {
            Edits = Edits.With(Database.States.Head, Contexts.RulesOf(Head), edit);
            Pool.SetHead(MakePoolHead(null), []);
        }
    }

    /// <summary>Puts edits back that were taken off by a rewind.</summary>
    public void RestoreEdits(StateEdits edits)
    {
        using (_lock.EnterScope())
        {
            Edits = edits;
            Pool.SetHead(MakePoolHead(null), []);
        }
    }

    /// <summary>The state after the head block as users see it, edits included.</summary>
    public IStateView HeadState => Edits.Over(Database.States.Head);

    /// <summary>The state after a block; of the head, as users see it.</summary>
    public StateLookup StateAt(in Hash256 blockHash)
    {
        StateLookup lookup = Database.States.TryGetStateAt(blockHash);
        return lookup.View is { } view && blockHash == Database.Head.Hash ? lookup with { View = Edits.Over(view) } : lookup;
    }

    /// <summary>Loads a stored block with receipts and senders.</summary>
    /// <exception cref="InvalidDataException">A part is missing: the database is damaged.</exception>
    public ExecutedBlock Load(in Hash256 hash)
    {
        Block? block = Database.Blocks.GetBlock(hash);
        IReadOnlyList<Receipt>? receipts = Database.Blocks.GetReceipts(hash);
        IReadOnlyList<Address>? senders = Database.Blocks.GetSenders(hash);
        return block is null || receipts is null || senders is null
            ? throw new InvalidDataException($"Block {hash} is not stored whole.")
            : new ExecutedBlock(block, hash, receipts, senders);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsMachine) _machine.Dispose();
    }

    private StateEdits EditsOn(in Hash256 parentHash) => parentHash == Database.Head.Hash ? Edits : StateEdits.None;

    private T Move<T>(Func<(T Result, HeadChange? Change)> move)
    {
        using (_publishing.EnterScope())
        {
            T result;
            HeadChange? change;
            using (_lock.EnterScope()) (result, change) = move();
            if (change is not null)
            {
                HeadChanged?.Invoke(change);
                Volatile.Write(ref _published, change.Head);
            }
            return result;
        }
    }

    private bool IsBetter(BlockHeader header, BlockId head)
    {
        if (header.ParentHash == head.Hash) return true;
        BlockHeader current = Head;
        if (Contexts.IsPostMerge(header)) return !Contexts.IsPostMerge(current) || header.Number > current.Number;
        if (Contexts.IsPostMerge(current)) return false;
        bool known = Database.Blocks.TryGetTotalDifficulty(header.ParentHash, out UInt256 parentTotal) & Database.Blocks.TryGetTotalDifficulty(head.Hash, out UInt256 headTotal);
        return known && parentTotal + header.Difficulty > headTotal;
    }

    private HeadChange DescribeMove(BlockId oldHead, ExecutedBlock newHead)
    {
        if (newHead.Block.Header.ParentHash == oldHead.Hash) return new HeadChange([], [newHead], newHead.Block.Header);
        List<ExecutedBlock> removed = [];
        List<ExecutedBlock> added = [newHead];
        ExecutedBlock oldWalk = Load(oldHead.Hash);
        ExecutedBlock newWalk = newHead;
        while (oldWalk.Hash != newWalk.Hash)
        {
            if (oldWalk.Block.Header.Number >= newWalk.Block.Header.Number)
            {
                removed.Add(oldWalk);
                oldWalk = Load(oldWalk.Block.Header.ParentHash);
                continue;
            }
            newWalk = Load(newWalk.Block.Header.ParentHash);
            if (newWalk.Hash != oldWalk.Hash) added.Add(newWalk);
        }
        // The head moved back to an ancestor, which was canonical before.
        if (oldWalk.Hash == newHead.Hash) added.Clear();
        added.Reverse();
        return new HeadChange(removed, added, newHead.Block.Header);
    }

    private void RefreshPool(HeadChange change)
    {
        List<Hash256> mined = [.. change.Added.SelectMany(block => block.Block.Transactions).Select(transaction => transaction.Hash)];
        bool isKnown = change.Removed.Count == 0 && change.Added.All(block => block.Changes is not null);
        Pool.SetHead(MakePoolHead(isKnown ? [.. change.Added.Select(block => block.Changes!)] : null), mined);
        // Lowest block first: a transaction must find those before it.
        foreach (ExecutedBlock block in change.Removed.Reverse())
        {
            foreach (Transaction transaction in block.Block.Transactions) Pool.Add(transaction, isLocal: false);
        }
    }

    private PoolHead MakePoolHead(IReadOnlyCollection<StateDelta>? changes)
    {
        BlockHeader head = Head;
        ulong timestamp = Math.Max(head.Timestamp + 1, _clockSeconds());
        ForkRules rules = Spec.RulesAt(head.Number + 1, timestamp, Spec.IsPostMergeChild(head, Database.Blocks.TryGetTotalDifficulty(head.Hash, out UInt256 total) ? total : UInt256.Zero));
        return new PoolHead
        {
            ChainId = Spec.ChainId,
            State = Edits.Over(Database.States.Head),
            Rules = rules,
            BaseFee = rules.Fork < Fork.London ? UInt256.Zero : BaseFeeOverride ?? FeeMarket.NextBaseFee(head, rules),
            BlobBaseFee = rules.Blobs is null ? UInt256.Zero : FeeMarket.BlobBaseFee(FeeMarket.NextExcessBlobGas(head, rules), rules),
            GasLimit = GasLimitOverride ?? head.GasLimit,
            Number = head.Number,
            TimestampMin = head.Timestamp + 1,
            Policy = Contexts.Modules.PolicyAt,
            Changes = changes,
        };
    }
}
