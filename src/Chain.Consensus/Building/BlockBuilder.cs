using Chain.Consensus.Engines;
using Chain.Consensus.Execution;
using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Storage;
using Chain.Storage.State;

namespace Chain.Consensus.Building;

/// <summary>A built block, executed and ready to be committed.</summary>
/// <param name="Executed">Block, hash, receipts and senders.</param>
/// <param name="State">State after it.</param>
/// <param name="Invalid">Pooled transactions that turned out invalid while building.</param>
public sealed record BuiltBlock(ExecutedBlock Executed, PendingState State, IReadOnlyList<(Hash256 Hash, TransactionError Error)> Invalid)
{
    /// <summary>Execution requests, each with its type byte (EIP-7685); null before Prague.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Requests { get; init; }

    /// <summary>Sidecars of the blob transactions that came from the pool, in their order.</summary>
    public IReadOnlyList<BlobSidecar> Sidecars { get; init; } = [];

    /// <summary>What the fee recipient earns by the transactions, wei.</summary>
    public UInt256 Value
    {
        get
        {
            UInt256 value = UInt256.Zero;
            ulong before = 0;
            for (int i = 0; i < Executed.Receipts.Count; i++)
            {
                ulong gasUsed = Executed.Receipts[i].CumulativeGasUsed - before;
                UInt256 baseFee = Executed.Block.Header.BaseFeePerGas ?? UInt256.Zero;
                value += (FeeMarket.EffectiveGasPrice(Executed.Block.Transactions[i], baseFee) - baseFee) * gasUsed;
                before += gasUsed;
            }
            return value;
        }
    }
}

/// <summary>Builds blocks from the pool on top of any stored block, by the same execution that validates them. Not thread safe.</summary>
public sealed class BlockBuilder
{
    private readonly ChainSpec _spec;
    private readonly ChainDatabase _database;
    private readonly BlockContexts _contexts;
    private readonly TransactionProcessor _processor;

    /// <summary>A builder over a chain's database.</summary>
    public BlockBuilder(ChainSpec spec, ChainDatabase database, BlockContexts contexts, TransactionProcessor processor)
    {
        _spec = spec;
        _database = database;
        _contexts = contexts;
        _processor = processor;
    }

    /// <summary>The header of the block to build with the fields that do not depend on its transactions.</summary>
    public BlockHeader Prepare(BuildRequest request, BlockHeader parent, out ForkRules rules)
    {
        ulong number = parent.Number + 1;
        bool isPostMerge = _spec.IsPostMergeChild(parent, _database.Blocks.TryGetTotalDifficulty(request.ParentHash, out UInt256 total) ? total : UInt256.Zero);
        rules = _spec.RulesAt(number, request.Timestamp, isPostMerge);
        return new BlockHeader
        {
            ParentHash = request.ParentHash,
            OmmersHash = BlockHeader.EmptyOmmersHash,
            Beneficiary = request.Coinbase,
            Difficulty = isPostMerge ? UInt256.Zero : Difficulty.Next(rules, number, request.Timestamp, parent.Timestamp, parent.Difficulty, parent.OmmersHash != BlockHeader.EmptyOmmersHash),
            Number = number,
            GasLimit = request.GasLimit,
            Timestamp = request.Timestamp,
            ExtraData = request.ExtraData,
            MixHash = request.PrevRandao,
            BaseFeePerGas = rules.Fork >= Fork.London ? request.BaseFeeOverride ?? FeeMarket.NextBaseFee(parent, rules) : null,
            ExcessBlobGas = rules.Fork >= Fork.Cancun ? FeeMarket.NextExcessBlobGas(parent, rules) : null,
            ParentBeaconBlockRoot = rules.Fork >= Fork.Cancun ? request.ParentBeaconBlockRoot : null,
        };
    }

    /// <summary>Builds a block with as many of these transactions as fit.</summary>
    /// <exception cref="InvalidOperationException">The parent or its state is not stored, or a system contract fails: the chain cannot go on.</exception>
    public BuiltBlock Build(BuildRequest request, BuildOrder transactions, StateEdits edits, CancellationToken cancellation = default) =>
        Build(request, edits, (execution, context, contents) =>
        {
            Fill(execution, transactions, context, contents, cancellation);
            return true;
        })!;

    /// <summary>Builds a block of exactly these transactions, in this order.</summary>
    /// <param name="request">The block.</param>
    /// <param name="transactions">Signed transactions.</param>
    /// <param name="edits">Edits of the parent's state.</param>
    /// <param name="failed">Index of the first transaction that is not valid there, and why; -1 for none.</param>
    /// <returns>The block, or null when a transaction is not valid.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="Build(BuildRequest, BuildOrder, StateEdits, CancellationToken)"/>.</exception>
    public BuiltBlock? BuildExactly(BuildRequest request, IReadOnlyList<Transaction> transactions, StateEdits edits, out (int Index, TransactionError Error) failed)
    {
        (int Index, TransactionError Error) failure = (-1, TransactionError.None);
        BuiltBlock? built = Build(request, edits, (execution, _, contents) =>
        {
            for (int i = 0; i < transactions.Count; i++)
            {
                TransactionError error = transactions[i].TryRecoverSender(out Address sender)
                    ? execution.Execute(transactions[i], sender).Error
                    : TransactionError.InvalidSignatureVrs;
                if (error != TransactionError.None)
                {
                    failure = (i, error);
                    return false;
                }
                contents.Transactions.Add(transactions[i]);
                contents.Senders.Add(sender);
            }
            return true;
        });
        failed = failure;
        return built;
    }

    private delegate bool Filler(BlockExecution execution, BlockContext context, Contents contents);

    private BuiltBlock? Build(BuildRequest request, StateEdits edits, Filler fill)
    {
        BlockHeader parent = _database.Blocks.GetHeader(request.ParentHash) ?? throw new InvalidOperationException($"Parent {request.ParentHash} is not stored.");
        if (!_database.States.TryGetStateAt(request.ParentHash).TryGet(out IStateView? view) || !view.CanBuildOn)
            throw new InvalidOperationException($"The state after {request.ParentHash} is no longer kept: blocks can be built on recent blocks only.");
        BlockHeader draft = Prepare(request, parent, out ForkRules rules);
        WorldState state = new(view);
        edits.ApplyTo(state, rules);
        BlockContext context = _contexts.Begin(draft, rules, parent.Timestamp, state, new AncestorHashes(_database.Blocks, request.ParentHash, parent.Number));
        BlockExecution execution = new(state, context, _processor, _spec.DepositContractAddress, delta => StateStore.ComputeRoot(view, delta));
        execution.Begin(request.ParentHash, draft.ParentBeaconBlockRoot);

        Contents contents = new();
        if (!fill(execution, context, contents)) return null;

        IReadOnlyList<Withdrawal>? withdrawals = context.Rules.Fork >= Fork.Shanghai ? request.Withdrawals ?? [] : null;
        BlockError error = execution.End([], withdrawals);
        if (error != BlockError.None) throw new InvalidOperationException($"A block on {request.ParentHash} cannot be built: {ErrorNames.ToFixtureName(error)}.");

        StateDelta changes = state.ToDelta();
        PendingState pending = _database.States.Prepare(view, changes);
        BlockHeader header = Seal(draft, execution, contents.Transactions, withdrawals, pending.Root, context.Rules);
        Block block = new() { Header = header, Transactions = contents.Transactions, Withdrawals = withdrawals };
        ExecutedBlock executed = new(block, header.Hash, execution.Receipts, contents.Senders) { AuditRecord = execution.AuditRecord, Changes = changes };
        return new BuiltBlock(executed, pending, contents.Invalid) { Requests = execution.Requests, Sidecars = contents.Sidecars };
    }

    private static void Fill(BlockExecution execution, BuildOrder transactions, BlockContext context, Contents contents, CancellationToken cancellation)
    {
        // Header fields and list overhead besides the transactions (EIP-7934 counts the whole block).
        const int BlockOverheadBytes = 4_096;
        long sizeLeft = (long)context.Rules.BlockSizeBytesMax - BlockOverheadBytes;
        while (execution.GasLeft >= context.Rules.TransactionGas && !cancellation.IsCancellationRequested && transactions.TryPeek(out PooledTransaction pooled))
        {
            Transaction transaction = pooled.Transaction;
            if (transaction.GasLimit > execution.GasLeft || transaction.EncodedSizeBytes > sizeLeft)
            {
                transactions.SkipSender();
                continue;
            }
            // Proofs of an earlier fork's form came in before the fork and belong to no block after it (EIP-7594).
            if (pooled.Sidecar is { } wrapped && wrapped.Version != BlobSidecar.VersionAt(context.Rules.Fork))
            {
                transactions.SkipSender();
                continue;
            }
            TransactionResult result = execution.Execute(transaction, pooled.Sender);
            if (result.Error == TransactionError.None)
            {
                contents.Transactions.Add(transaction);
                contents.Senders.Add(pooled.Sender);
                if (pooled.Sidecar is { } sidecar) contents.Sidecars.Add(sidecar);
                sizeLeft -= transaction.EncodedSizeBytes;
                transactions.Advance();
                continue;
            }
            transactions.SkipSender();
            if (!MayBecomeValid(result.Error)) contents.Invalid.Add((transaction.Hash, result.Error));
        }
    }

    /// <summary>True when a later block may take the transaction: it waits for room, a lower fee, funds or a nonce.</summary>
    private static bool MayBecomeValid(TransactionError error) => error is
        TransactionError.GasAllowanceExceeded or TransactionError.Type3TxMaxBlobGasAllowanceExceeded or TransactionError.InsufficientMaxFeePerGas
        or TransactionError.InsufficientMaxFeePerBlobGas or TransactionError.NonceMismatchTooHigh or TransactionError.InsufficientAccountFunds or TransactionError.SenderNotAuthorized;

    private static BlockHeader Seal(
        BlockHeader draft, BlockExecution execution, List<Transaction> transactions, IReadOnlyList<Withdrawal>? withdrawals, in Hash256 stateRoot, ForkRules rules) =>
        draft with
        {
            StateRoot = stateRoot,
            TransactionsRoot = Roots.Transactions(transactions),
            ReceiptsRoot = Roots.Receipts(execution.Receipts),
            LogsBloom = execution.LogsBloom,
            GasUsed = execution.GasUsed,
            WithdrawalsRoot = withdrawals is null ? null : Roots.Withdrawals(withdrawals),
            BlobGasUsed = rules.Fork >= Fork.Cancun ? execution.BlobGasUsed : null,
            RequestsHash = execution.Requests is { } requests ? ExecutionRequests.Hash(requests) : null,
        };

    /// <summary>What goes into a block.</summary>
    private sealed class Contents
    {
        public List<Transaction> Transactions { get; } = [];

        public List<Address> Senders { get; } = [];

        public List<BlobSidecar> Sidecars { get; } = [];

        public List<(Hash256 Hash, TransactionError Error)> Invalid { get; } = [];
    }
}
