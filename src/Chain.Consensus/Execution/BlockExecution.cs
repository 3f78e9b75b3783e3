using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Consensus.Execution;

/// <summary>
/// The execution of one block, step by step: <see cref="Begin"/>, any number of <see cref="Execute"/>, <see cref="End"/>. Validation and building run this same code,
/// so that what a builder lets in, every validator lets in, and nothing else. Not thread safe.
/// </summary>
public sealed class BlockExecution
{
    private const ulong GweiWei = 1_000_000_000;

    private readonly WorldState _state;
    private readonly BlockContext _block;
    private readonly TransactionProcessor _processor;
    private readonly Address _depositContract;
    private readonly Func<StateDelta, Hash256>? _intermediateRoot;
    private readonly List<Receipt> _receipts = [];
    private readonly List<PlacedDecision> _decisions = [];
    private readonly List<byte> _deposits = [];
    private readonly BloomBuilder _bloom = new();
    private BlockError _deferredError;

    /// <summary>Prepares the execution of a block on the state after its parent.</summary>
    /// <param name="state">Journaled state.</param>
    /// <param name="block">The block's context.</param>
    /// <param name="processor">Executes transactions.</param>
    /// <param name="depositContract">Deposit contract of the chain (EIP-6110).</param>
    /// <param name="intermediateRoot">Computes the state root after a transaction; needed before Byzantium only.</param>
    public BlockExecution(WorldState state, BlockContext block, TransactionProcessor processor, in Address depositContract, Func<StateDelta, Hash256>? intermediateRoot = null)
    {
        _state = state;
        _block = block;
        _processor = processor;
        _depositContract = depositContract;
        _intermediateRoot = intermediateRoot;
    }

    /// <summary>Receipts so far.</summary>
    public IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>Decisions for the audit log so far, in order.</summary>
    public IReadOnlyList<PlacedDecision> Decisions => _decisions;

    /// <summary>What the node keeps of the decisions beside the state; empty without an audit log. Complete after <see cref="End"/>.</summary>
    public ReadOnlyMemory<byte> AuditRecord { get; private set; }

    /// <summary>Gas used so far.</summary>
    public ulong GasUsed { get; private set; }

    /// <summary>Blob gas used so far.</summary>
    public ulong BlobGasUsed { get; private set; }

    /// <summary>Bloom of all logs so far.</summary>
    public Bloom LogsBloom => _bloom.ToBloom();

    /// <summary>Execution requests, each with its type byte (EIP-7685); null before Prague. Complete after <see cref="End"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Requests { get; private set; }

    /// <summary>Gas left for transactions.</summary>
    public ulong GasLeft => _block.GasLimit - GasUsed;

    /// <summary>What the protocol does before the first transaction: beacon root (EIP-4788) and parent hash (EIP-2935).</summary>
    public void Begin(in Hash256 parentHash, Hash256? parentBeaconRoot)
    {
        if (_block.Number == 0) return;
        if (_block.Rules.Fork >= Fork.Cancun && parentBeaconRoot is { } beaconRoot) CallIfDeployed(SystemContracts.BeaconRoots, beaconRoot);
        if (_block.Rules.Fork >= Fork.Prague) CallIfDeployed(SystemContracts.BlockHashHistory, parentHash);
    }

    /// <summary>Executes one transaction and appends its receipt; on an error nothing has changed.</summary>
    public TransactionResult Execute(Transaction transaction, in Address sender, ITracer? tracer = null)
    {
        ulong blobGasMax = (_block.Rules.Blobs?.Max ?? 0) * FeeMarket.GasPerBlob;
        TransactionResult result = _processor.Execute(_state, _block, transaction, sender, new BlockGas(GasLeft, blobGasMax - BlobGasUsed), tracer);
        if (result.Error == TransactionError.None) Append(transaction, result);
        return result;
    }

    /// <summary>Executes a simulated call and appends its receipt; on an error nothing has changed. The caller sees to the block's gas.</summary>
    public TransactionResult Call(Transaction transaction, in Address sender, in CallOptions options, ITracer? tracer = null)
    {
        TransactionResult result = _processor.Call(_state, _block, transaction, sender, options, tracer);
        if (result.Error == TransactionError.None) Append(transaction, result);
        return result;
    }

    private void Append(Transaction transaction, TransactionResult result)
    {
        GasUsed += result.GasUsed;
        BlobGasUsed += (ulong)transaction.BlobVersionedHashes.Count * FeeMarket.GasPerBlob;
        Bloom bloom = Bloom.Empty;
        if (result.Logs.Count > 0)
        {
            BloomBuilder own = new();
            foreach (LogEntry log in result.Logs)
            {
                own.Add(log);
                CollectDeposit(log);
            }
            bloom = own.ToBloom();
            _bloom.Add(bloom);
        }
        for (int i = 0; i < result.Decisions.Count; i++) _decisions.Add(new PlacedDecision((uint)_receipts.Count, (uint)i, result.Decisions[i]));
        bool hasStatus = _block.Rules.Fork >= Fork.Byzantium;
        _receipts.Add(new Receipt
        {
            Type = transaction.Type,
            Succeeded = result.Status == FrameStatus.Success,
            PostStateRoot = hasStatus || _intermediateRoot is null ? null : _intermediateRoot(_state.ToDelta()),
            CumulativeGasUsed = GasUsed,
            Logs = result.Logs,
            LogsBloom = bloom,
        });
    }

    /// <summary>What the protocol does after the last transaction: audit root, withdrawals, rewards, requests.</summary>
    public BlockError End(IReadOnlyList<BlockHeader> ommers, IReadOnlyList<Withdrawal>? withdrawals)
    {
        AppendDecisions();
        foreach (Withdrawal withdrawal in withdrawals ?? []) Credit(withdrawal.Address, (UInt256)withdrawal.AmountGwei * GweiWei);
        PayRewards(ommers);
        if (_deferredError != BlockError.None) return _deferredError;
        return _block.Rules.Fork >= Fork.Prague ? CollectRequests() : BlockError.None;
    }

    private void AppendDecisions()
    {
        if (_block.DecisionLog is not { } log) return;
        _state.BeginTransaction();
        AuditRecord = log.Append(_state, _block.Number, _decisions);
        _state.EndTransaction(_block.Rules);
    }

    private void CollectDeposit(LogEntry log)
    {
        if (_block.Rules.Fork < Fork.Prague || !DepositLog.IsDeposit(log, _depositContract)) return;
        if (!DepositLog.TryAppend(log, _deposits)) _deferredError = BlockError.InvalidDepositEventLayout;
    }

    private BlockError CollectRequests()
    {
        List<ReadOnlyMemory<byte>> requests = [];
        if (_deposits.Count > 0) requests.Add(new byte[] { 0 }.Concat(_deposits).ToArray());
        BlockError error = AppendSystemRequests(SystemContracts.WithdrawalRequests, 1, requests);
        if (error == BlockError.None) error = AppendSystemRequests(SystemContracts.ConsolidationRequests, 2, requests);
        Requests = requests;
        return error;
    }

    private BlockError AppendSystemRequests(in Address contract, byte type, List<ReadOnlyMemory<byte>> requests)
    {
        if (!_state.GetAccount(contract).HasCode) return BlockError.SystemContractEmpty;
        ExecutionResult result = _processor.SystemCall(_state, _block, contract, default);
        if (result.Status != FrameStatus.Success) return BlockError.SystemContractCallFailed;
        if (!result.Output.IsEmpty) requests.Add(new byte[] { type }.Concat(result.Output.ToArray()).ToArray());
        return BlockError.None;
    }

    private void CallIfDeployed(in Address contract, in Hash256 argument)
    {
        if (_state.GetAccount(contract).HasCode) _processor.SystemCall(_state, _block, contract, argument.Bytes.ToArray());
    }

    private void PayRewards(IReadOnlyList<BlockHeader> ommers)
    {
        UInt256 reward = _block.Rules.BlockReward;
        if (reward.IsZero) return;
        UInt256 minerReward = reward;
        foreach (BlockHeader ommer in ommers)
        {
            Credit(ommer.Beneficiary, reward * (8 + ommer.Number - _block.Number) / 8);
            minerReward += reward / 32;
        }
        Credit(_block.Coinbase, minerReward);
    }

    /// <summary>A credit by the protocol follows the policy's redirection (compliance specification, section 3.6).</summary>
    private void Credit(in Address recipient, in UInt256 amount)
    {
        Address? target = _block.Policy is { } policy && !amount.IsZero ? policy.RedirectCredit(_state, recipient) : recipient;
        if (target is not { } account) return;
        _state.BeginTransaction();
        _state.AddBalance(_state.GetAccount(account), amount);
        _state.EndTransaction(_block.Rules);
    }
}
