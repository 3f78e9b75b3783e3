using Chain.Consensus.Engines;
using Chain.Consensus.Execution;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Storage.State;

namespace Chain.Consensus.Simulation;

/// <summary>
/// Simulates a chain of blocks on top of any block whose state is kept (execution-apis, eth_simulateV1): each with changed state and block fields, executed as a
/// block is executed, so that roots, hashes and gas are those a real block would have. Changes nothing. Safe for concurrent use.
/// </summary>
/// <param name="simulator">Lends machines and says the most gas of all calls together.</param>
public sealed class BlockSimulator(Simulator simulator)
{
    /// <summary>Most blocks of one simulation, those between given numbers counted.</summary>
    public const int BlocksMax = 256;

    /// <summary>Seconds from one block to the next where no timestamp is given.</summary>
    public const ulong BlockTimeSeconds = 12;

    private readonly ChainManager _chain = simulator.Chain;

    /// <summary>Simulates blocks.</summary>
    /// <param name="parent">Header of the block to build on.</param>
    /// <param name="parentHash">Its hash.</param>
    /// <param name="state">State after it.</param>
    /// <param name="plans">The blocks.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the work between calls.</param>
    public BlockSimulation Simulate(
        BlockHeader parent, in Hash256 parentHash, IStateView state, IReadOnlyList<BlockPlan> plans, BlockSimulationOptions options, CancellationToken cancellation = default)
    {
        if (Arrange(parent, plans, out List<BlockPlan> arranged) is { } refused) return refused;
        // Edits of a development chain's head have no trie: the simulation begins with them, as the next block will.
        StateEdits edits = state.BlockHash == parentHash ? _chain.EditsAfter(parentHash) : StateEdits.None;
        if (!edits.IsEmpty && _chain.Database.States.TryGetStateAt(parentHash).TryGet(out IStateView? plain)) state = plain;
        VirtualMachine machine = simulator.Rent();
        try
        {
            Run run = new(_chain, new TransactionProcessor(machine), state, new SimulatedHashes(new AncestorHashes(_chain.Database.Blocks, parentHash, parent.Number), parent.Number), options, simulator.GasCap);
            run.Begin(edits, _chain.Contexts.RulesOf(parent));
            BlockHeader before = parent;
            Hash256 hash = parentHash;
            using StopScope scope = machine.StopOn(cancellation);
            foreach (BlockPlan plan in arranged)
            {
                BlockSimulation? failure = run.Add(plan, before, hash, cancellation);
                cancellation.ThrowIfCancellationRequested();
                if (failure is not null) return failure;
                SimulatedBlock added = run.Blocks[^1];
                before = added.Executed.Block.Header;
                hash = added.Executed.Hash;
            }
            return new BlockSimulation(run.Blocks);
        }
        finally
        {
            simulator.Return(machine);
        }
    }

    /// <summary>Gives every block its number and timestamp and fills the gaps between given numbers with empty blocks.</summary>
    private static BlockSimulation? Arrange(BlockHeader parent, IReadOnlyList<BlockPlan> plans, out List<BlockPlan> arranged)
    {
        arranged = [];
        if (plans.Count == 0) return BlockSimulation.Refused(SimulationFault.Empty, "empty input: blockStateCalls has no block");
        if (plans.Count > BlocksMax) return TooMany();
        ulong number = parent.Number;
        ulong timestamp = parent.Timestamp;
        foreach (BlockPlan plan in plans)
        {
            BlockOverride block = plan.Block ?? new BlockOverride();
            ulong wanted = block.Number ?? number + 1;
            if (wanted <= number) return BlockSimulation.Refused(SimulationFault.NumberOrder, $"block numbers must be in order: {wanted} <= {number}");
            if (wanted - parent.Number > BlocksMax) return TooMany();
            while (++number < wanted) arranged.Add(new BlockPlan(new BlockOverride { Number = number, Timestamp = timestamp += BlockTimeSeconds }, null, []));
            ulong time = block.Timestamp ?? timestamp + BlockTimeSeconds;
            if (time <= timestamp) return BlockSimulation.Refused(SimulationFault.TimestampOrder, $"block timestamps must be in order: {time} <= {timestamp}");
            timestamp = time;
            arranged.Add(plan with { Block = block with { Number = wanted, Timestamp = time } });
        }
        return null;
    }

    private static BlockSimulation TooMany() => BlockSimulation.Refused(SimulationFault.TooManyBlocks, $"too many blocks: at most {BlocksMax} are simulated, those between given numbers counted");

    /// <summary>One simulation in work.</summary>
    private sealed class Run(ChainManager chain, TransactionProcessor processor, IStateView parentState, SimulatedHashes hashes, BlockSimulationOptions options, ulong gasCap)
    {
        private readonly WorldState _state = new(parentState);
        private ulong _gasLeft = gasCap;
        private int _nextLogIndex;

        public List<SimulatedBlock> Blocks { get; } = [];

        public void Begin(StateEdits edits, ForkRules rules) => edits.ApplyTo(_state, rules);

        public BlockSimulation? Add(BlockPlan plan, BlockHeader parent, in Hash256 parentHash, CancellationToken cancellation)
        {
            BlockHeader draft = Prepare(plan.Block!, parent, parentHash, out ForkRules rules);
            PrecompileSet precompiles = chain.Contexts.Modules.PrecompilesAt(rules, draft.Timestamp);
            (SimulationFault fault, string message) = Overrides.CheckMoves(plan.State, precompiles);
            if (fault != SimulationFault.None) return BlockSimulation.Refused(fault, message);
            precompiles = Overrides.Apply(plan.State, _state, precompiles, rules);
            BlockContext context = chain.Contexts.Begin(draft, rules, parent.Timestamp, _state, hashes);
            context = Overrides.Apply(plan.Block!.BlobBaseFee is { } fee ? new BlockOverride { BlobBaseFee = fee } : null, context, precompiles);

            BlockExecution execution = new(_state, context, processor, chain.Spec.DepositContractAddress, delta => StateStore.ComputeRoot(parentState, delta));
            execution.Begin(parentHash, draft.ParentBeaconBlockRoot);
            List<Transaction> transactions = [];
            List<Address> senders = [];
            List<SimulatedCall> calls = [];
            _nextLogIndex = 0;
            foreach (CallRequest call in plan.Calls)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Execute(call, context, execution, transactions, senders, calls) is { } refused) return refused;
            }
            IReadOnlyList<Withdrawal>? withdrawals = rules.Fork >= Fork.Shanghai ? plan.Block.Withdrawals ?? [] : null;
            BlockError error = execution.End([], withdrawals);
            if (error != BlockError.None) return BlockSimulation.Refused(SimulationFault.Other, $"block {draft.Number} cannot be simulated: {ErrorNames.ToFixtureName(error)}");
            Seal(draft, rules, execution, transactions, senders, calls, withdrawals);
            return null;
        }

        private BlockHeader Prepare(BlockOverride block, BlockHeader parent, in Hash256 parentHash, out ForkRules rules)
        {
            bool isPostMerge = chain.Spec.IsPostMergeChild(parent, chain.Database.Blocks.TryGetTotalDifficulty(parentHash, out UInt256 total) ? total : UInt256.Zero);
            rules = chain.Spec.RulesAt(block.Number!.Value, block.Timestamp!.Value, isPostMerge);
            return new BlockHeader
            {
                ParentHash = parentHash,
                OmmersHash = BlockHeader.EmptyOmmersHash,
                Beneficiary = block.Coinbase ?? parent.Beneficiary,
                Difficulty = isPostMerge ? UInt256.Zero : block.Difficulty ?? parent.Difficulty,
                Number = block.Number.Value,
                GasLimit = block.GasLimit ?? parent.GasLimit,
                Timestamp = block.Timestamp.Value,
                MixHash = block.PrevRandao ?? default,
                BaseFeePerGas = rules.Fork < Fork.London ? null : block.BaseFee ?? (options.Validation ? FeeMarket.NextBaseFee(parent, rules) : UInt256.Zero),
                ExcessBlobGas = rules.Fork >= Fork.Cancun ? FeeMarket.NextExcessBlobGas(parent, rules) : null,
                ParentBeaconBlockRoot = rules.Fork >= Fork.Cancun ? block.BeaconRoot ?? default(Hash256) : null,
            };
        }

        private BlockSimulation? Execute(
            CallRequest call, BlockContext context, BlockExecution execution, List<Transaction> transactions, List<Address> senders, List<SimulatedCall> calls)
        {
            Address from = call.From ?? default;
            ulong nonce = call.Nonce ?? _state.GetAccount(from).Nonce;
            ulong gas = call.Gas ?? execution.GasLeft;
            if (gas > execution.GasLeft) return BlockSimulation.Refused(SimulationFault.BlockGasLimit, $"block gas limit reached: {execution.GasUsed} + {gas} > {context.GasLimit}");
            gas = Math.Min(gas, _gasLeft);
            Transaction transaction = call.ToTransaction(gas, nonce, call is { GasPrice: not null, AccessList: null } ? null : context.ChainId, TransactionType.DynamicFee);
            TransferTracer? tracer = options.TraceTransfers ? new TransferTracer(_nextLogIndex) : null;
            CallOptions rules = new() { ChecksNonce = options.Validation, ChecksZeroFee = options.Validation, ChecksPolicySender = options.Validation };
            TransactionResult result = execution.Call(transaction, from, rules, tracer);
            if (result.Error != TransactionError.None) return new BlockSimulation([], SimulationFault.Transaction, "", result.Error) { Sender = new SimulatedSender(from, gas) };
            _gasLeft -= result.GasUsed;
            transactions.Add(transaction);
            senders.Add(from);
            calls.Add(new SimulatedCall(result, tracer?.Logs ?? [.. result.Logs.Select((log, i) => new SimulatedLog(log, _nextLogIndex + i))]));
            _nextLogIndex = tracer?.NextIndex ?? _nextLogIndex + result.Logs.Count;
            return null;
        }

        private void Seal(
            BlockHeader draft, ForkRules rules, BlockExecution execution, List<Transaction> transactions, List<Address> senders, List<SimulatedCall> calls, IReadOnlyList<Withdrawal>? withdrawals)
        {
            BlockHeader header = draft with
            {
                StateRoot = StateStore.ComputeRoot(parentState, _state.ToDelta()),
                TransactionsRoot = Roots.Transactions(transactions),
                ReceiptsRoot = Roots.Receipts(execution.Receipts),
                LogsBloom = execution.LogsBloom,
                GasUsed = execution.GasUsed,
                WithdrawalsRoot = withdrawals is null ? null : Roots.Withdrawals(withdrawals),
                BlobGasUsed = rules.Fork >= Fork.Cancun ? execution.BlobGasUsed : null,
                RequestsHash = execution.Requests is { } requests ? ExecutionRequests.Hash(requests) : null,
            };
            Block block = new() { Header = header, Transactions = transactions, Withdrawals = withdrawals };
            hashes.Add(header.Hash);
            Blocks.Add(new SimulatedBlock(new ExecutedBlock(block, header.Hash, execution.Receipts, senders), calls));
        }
    }

    /// <summary>BLOCKHASH of simulated blocks, and of stored ones below them.</summary>
    private sealed class SimulatedHashes(AncestorHashes stored, ulong storedNumber) : IBlockHashes
    {
        private readonly List<Hash256> _simulated = [];

        public void Add(in Hash256 hash) => _simulated.Add(hash);

        public Hash256 GetBlockHash(ulong number)
        {
            if (number <= storedNumber) return stored.GetBlockHash(number);
            ulong index = number - storedNumber - 1;
            return index < (ulong)_simulated.Count ? _simulated[(int)index] : default;
        }
    }
}
