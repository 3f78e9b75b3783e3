using System.Diagnostics;
using Chain.Compliance.Registry;
using Chain.Consensus.Rules;
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

namespace Chain.Consensus.Execution;

/// <summary>A block found valid, with what its execution gave.</summary>
/// <param name="Executed">Block, hash, receipts and senders.</param>
/// <param name="State">State after it.</param>
public sealed record ValidBlock(ExecutedBlock Executed, PendingState State);

/// <summary>Decides whether a block is valid on its stored parent: header, body, execution, roots. Not thread safe; stores nothing.</summary>
public sealed class BlockValidator
{
    private readonly ChainSpec _spec;
    private readonly ChainDatabase _database;
    private readonly BlockContexts _contexts;
    private readonly TransactionProcessor _processor;

    /// <summary>A validator over a chain's database.</summary>
    public BlockValidator(ChainSpec spec, ChainDatabase database, BlockContexts contexts, TransactionProcessor processor)
    {
        _spec = spec;
        _database = database;
        _contexts = contexts;
        _processor = processor;
    }

    /// <summary>Where the time goes.</summary>
    public StageTimes Times { get; } = new();

    /// <summary>Checks and executes a block. The result is <see cref="ImportStatus.BecameHead"/>-neutral: a valid block gives no error and sets <paramref name="valid"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="valid">What its execution gave; null when it is not valid.</param>
    /// <param name="unstored">Its parent when that is found valid but not stored yet; possible after the merge only, since the rules before it read more of the chain than the parent.</param>
    public ImportResult Validate(Block block, out ValidBlock? valid, ValidBlock? unstored = null)
    {
        valid = null;
        long since = Stopwatch.GetTimestamp();
        BlockHeader header = block.Header;
        Hash256 hash = header.Hash;
        BlockHeader? parent = unstored?.Executed.Block.Header ?? _database.Blocks.GetHeader(header.ParentHash);
        if (parent is null)
        {
            BlockError unknown = header.ParentHash == Hash256.Zero ? BlockError.UnknownParentZero : BlockError.UnknownParent;
            return new ImportResult(ImportStatus.UnknownParent, hash, unknown, Detail: $"parent {header.ParentHash} is not known");
        }

        bool isPostMerge = _spec.IsPostMergeChild(parent, TotalDifficultyOf(header.ParentHash));
        ForkRules rules = _spec.RulesAt(header.Number, header.Timestamp, isPostMerge);
        BlockError error = HeaderRules.Check(header, parent, _spec, rules, isPostMerge, _contexts.IsPostMerge(parent));
        if (error == BlockError.None) error = BodyRules.Check(block, rules);
        if (error == BlockError.None) error = OmmerRules.Check(block, _spec, _database.Blocks);
        if (error != BlockError.None) return Invalid(hash, error);

        IStateView? view = unstored?.State;
        if (view is null)
        {
            StateLookup lookup = _database.States.TryGetStateAt(header.ParentHash);
            if (!lookup.TryGet(out view) || !view.CanBuildOn)
                return new ImportResult(ImportStatus.TooOld, hash, Detail: $"block {header.Number} is too old: blocks can be added on block {lookup.BaseNumber} and later ones");
        }

        Times.End(Stage.Rules, ref since);
        Address[] senders = new Address[block.Transactions.Count];
        int unsigned = SenderRecovery.RecoverAll(block.Transactions, senders);
        if (unsigned >= 0) return Invalid(hash, TransactionError.InvalidSignatureVrs, unsigned);

        Times.End(Stage.Recovery, ref since);
        WorldState state = new(view);
        BlockContext context = _contexts.Begin(header, rules, parent.Timestamp, state, new AncestorHashes(_database.Blocks, parent));
        BlockExecution execution = new(state, context, _processor, _spec.DepositContractAddress, delta => StateStore.ComputeRoot(view, delta));
        execution.Begin(header.ParentHash, header.ParentBeaconBlockRoot);
        for (int i = 0; i < senders.Length; i++)
        {
            TransactionResult result = execution.Execute(block.Transactions[i], senders[i]);
            if (result.Error != TransactionError.None) return Invalid(hash, result.Error, i, result.PolicyCode);
        }
        error = execution.End(block.Ommers, block.Withdrawals);
        if (error != BlockError.None) return Invalid(hash, error);

        Times.End(Stage.Execution, ref since);
        error = CheckOutcome(block, rules, execution, out string detail);
        if (error != BlockError.None) return Invalid(hash, error, detail);
        Times.End(Stage.Lists, ref since);
        StateDelta changes = state.ToDelta();
        PendingState pending = _database.States.Prepare(view, changes);
        Times.End(Stage.StateRoot, ref since);
        if (pending.Root != header.StateRoot) return Invalid(hash, BlockError.InvalidStateRoot, $"state root {pending.Root}, header says {header.StateRoot}");

        valid = new ValidBlock(new ExecutedBlock(block, hash, execution.Receipts, senders) { AuditRecord = execution.AuditRecord, Changes = changes }, pending);
        return new ImportResult(ImportStatus.SideChain, hash);
    }

    private static BlockError CheckOutcome(Block block, ForkRules rules, BlockExecution execution, out string detail)
    {
        BlockHeader header = block.Header;
        detail = "";
        if (Roots.Transactions(block.Transactions) != header.TransactionsRoot) return BlockError.InvalidTransactionsRoot;
        if (execution.GasUsed != header.GasUsed)
        {
            detail = $"gas used {execution.GasUsed}, header says {header.GasUsed}";
            return BlockError.InvalidGasUsed;
        }
        if (header.BlobGasUsed is { } blobGasUsed && blobGasUsed != execution.BlobGasUsed)
        {
            detail = $"blob gas used {execution.BlobGasUsed}, header says {blobGasUsed}";
            return blobGasUsed > rules.Blobs!.Max * FeeMarket.GasPerBlob ? BlockError.BlobGasUsedAboveLimit : BlockError.IncorrectBlobGasUsed;
        }
        if (!execution.LogsBloom.Equals(header.LogsBloom)) return BlockError.InvalidLogBloom;
        Hash256 receiptsRoot = Roots.Receipts(execution.Receipts);
        if (receiptsRoot != header.ReceiptsRoot)
        {
            detail = $"receipts root {receiptsRoot}, header says {header.ReceiptsRoot}";
            return BlockError.InvalidReceiptsRoot;
        }
        if (execution.Requests is { } requests && ExecutionRequests.Hash(requests) != header.RequestsHash) return BlockError.InvalidRequests;
        return BlockError.None;
    }

    private UInt256 TotalDifficultyOf(in Hash256 hash) => _database.Blocks.TryGetTotalDifficulty(hash, out UInt256 total) ? total : UInt256.Zero;

    private static ImportResult Invalid(in Hash256 hash, BlockError error, string detail = "") => new(ImportStatus.Invalid, hash, error, Detail: detail);

    private static ImportResult Invalid(in Hash256 hash, TransactionError error, int index, byte policyCode = 0) => new(
        ImportStatus.Invalid, hash, BlockError.None, error, index,
        error == TransactionError.SenderNotAuthorized ? $"kyc: sender not authorized (transaction {index}, code {policyCode} {ReasonCodes.NameOf(policyCode)})" : "");
}
