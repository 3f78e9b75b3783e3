using Chain.Consensus.Execution;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Evm.Tracing;
using Chain.Storage.State;

namespace Chain.Consensus.Simulation;

/// <summary>
/// Executes a stored block again, transaction by transaction, on the state after its parent, so that tracers can watch. Changes nothing. Not thread safe; dispose it to give
/// its machine back.
/// </summary>
public sealed class BlockReplay : IDisposable
{
    private readonly Simulator _simulator;
    private readonly BlockExecution _execution;
    private VirtualMachine? _machine;

    private BlockReplay(Simulator simulator, Block block, IReadOnlyList<Address> senders, VirtualMachine machine, WorldState state, BlockContext context, BlockExecution execution)
    {
        _simulator = simulator;
        _machine = machine;
        _execution = execution;
        Block = block;
        Senders = senders;
        State = state;
        Context = context;
    }

    /// <summary>The block.</summary>
    public Block Block { get; }

    /// <summary>Senders of its transactions.</summary>
    public IReadOnlyList<Address> Senders { get; }

    /// <summary>State before the next transaction.</summary>
    public WorldState State { get; }

    /// <summary>Context of the block.</summary>
    public BlockContext Context { get; }

    /// <summary>Index of the next transaction.</summary>
    public int Next { get; private set; }

    /// <summary>Reads the state after the parent through this when it is set, so that a caller sees what the block reads.</summary>
    /// <param name="view">The state after the parent.</param>
    public delegate IStateReader ReaderOver(IStateView view);

    /// <summary>Prepares a replay: what the protocol does before the first transaction is done.</summary>
    /// <param name="simulator">Lends the machine.</param>
    /// <param name="block">The block; need not be stored, its parent must be.</param>
    /// <param name="senders">Senders of its transactions.</param>
    /// <param name="replay">The replay.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="readerOver">Watches what is read of the state after the parent; null for nobody.</param>
    public static bool TryOpen(Simulator simulator, Block block, IReadOnlyList<Address> senders, out BlockReplay replay, out string problem, ReaderOver? readerOver = null)
    {
        replay = null!;
        problem = "";
        ChainManager chain = simulator.Chain;
        BlockHeader header = block.Header;
        if (header.Number == 0)
        {
            problem = "genesis is not traceable";
            return false;
        }
        if (chain.Database.Blocks.GetHeader(header.ParentHash) is not { } parent)
        {
            problem = $"parent {header.ParentHash} not found";
            return false;
        }
        StateLookup lookup = chain.Database.States.TryGetStateAt(header.ParentHash);
        if (!lookup.TryGet(out IStateView? view))
        {
            problem = $"state of block {parent.Number} is not available: the oldest block with state is {lookup.OldestNumber}";
            return false;
        }
        ForkRules rules = chain.Contexts.RulesOf(header);
        WorldState state = new(readerOver?.Invoke(view) ?? view);
        chain.EditsBefore(header).ApplyTo(state, rules);
        BlockContext context = chain.Contexts.Begin(header, rules, parent.Timestamp, state, new AncestorHashes(chain.Database.Blocks, header.ParentHash, parent.Number));
        VirtualMachine machine = simulator.Rent();
        BlockExecution execution = new(state, context, new TransactionProcessor(machine), chain.Spec.DepositContractAddress);
        execution.Begin(header.ParentHash, header.ParentBeaconBlockRoot);
        replay = new BlockReplay(simulator, block, senders, machine, state, context, execution);
        return true;
    }

    /// <summary>Executes the next transaction.</summary>
    /// <exception cref="OperationCanceledException">The token stopped it; the replay is void.</exception>
    public TransactionResult Execute(ITracer? tracer = null, CancellationToken cancellation = default)
    {
        int index = Next++;
        using StopScope scope = _machine!.StopOn(cancellation);
        TransactionResult result = _execution.Execute(Block.Transactions[index], Senders[index], tracer);
        cancellation.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>Executes transactions without a tracer until the next one has this index.</summary>
    public void SkipTo(int index, CancellationToken cancellation)
    {
        while (Next < index)
        {
            cancellation.ThrowIfCancellationRequested();
            Execute(null, cancellation);
        }
    }

    /// <summary>Executes what is left and what the protocol does after the last transaction; returns what the audit log keeps of the block.</summary>
    public ReadOnlyMemory<byte> Finish(CancellationToken cancellation)
    {
        SkipTo(Block.Transactions.Count, cancellation);
        _execution.End(Block.Ommers, Block.Withdrawals);
        return _execution.AuditRecord;
    }

    /// <summary>As <see cref="Finish"/>; returns what the whole block changed in the state after its parent.</summary>
    /// <exception cref="InvalidOperationException">The block breaks a rule now: it is not one of this chain.</exception>
    public StateDelta FinishState(CancellationToken cancellation)
    {
        SkipTo(Block.Transactions.Count, cancellation);
        BlockError error = _execution.End(Block.Ommers, Block.Withdrawals);
        if (error != BlockError.None) throw new InvalidOperationException($"Block {Block.Header.Number} cannot be executed again: {ErrorNames.ToFixtureName(error)}.");
        return State.ToDelta();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_machine is not null) _simulator.Return(_machine);
        _machine = null;
    }
}
