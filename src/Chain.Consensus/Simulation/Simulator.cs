using System.Collections.Concurrent;
using Chain.Consensus.Execution;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Consensus.Simulation;

/// <summary>Runs calls on the state of any kept block without changing it. Safe for concurrent use: machines are pooled, one per running call.</summary>
public sealed class Simulator : IDisposable
{
    private readonly ChainManager _chain;
    private readonly DispatcherKind _dispatcher;
    private readonly ConcurrentBag<VirtualMachine> _machines = [];

    /// <summary>A simulator on a chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="dispatcher">Which dispatcher runs untraced calls.</param>
    /// <param name="gasCap">Most gas of one call (in place of the cap of EIP-7825).</param>
    public Simulator(ChainManager chain, DispatcherKind dispatcher, ulong gasCap)
    {
        _chain = chain;
        _dispatcher = dispatcher;
        GasCap = gasCap;
    }

    /// <summary>Most gas of one call.</summary>
    public ulong GasCap { get; }

    /// <summary>The chain.</summary>
    public ChainManager Chain => _chain;

    /// <summary>Why overrides cannot be applied to a block's state; null when they can.</summary>
    public string? ProblemOf(SimulationTarget target, IReadOnlyDictionary<Address, StateOverride>? stateOverrides)
    {
        PrecompileSet precompiles = _chain.Contexts.Modules.PrecompilesAt(_chain.Contexts.RulesOf(target.Header), target.Header.Timestamp);
        (SimulationFault fault, string message) = Overrides.CheckMoves(stateOverrides, precompiles);
        return fault == SimulationFault.None ? null : message;
    }

    /// <summary>Prepares a session: state with overrides applied, and the block context.</summary>
    public SimulationSession Open(SimulationTarget target, IReadOnlyDictionary<Address, StateOverride>? stateOverrides = null, BlockOverride? blockOverride = null)
    {
        WorldState state = new(target.State);
        ForkRules rules = _chain.Contexts.RulesOf(target.Header);
        PrecompileSet precompiles = Overrides.Apply(stateOverrides, state, _chain.Contexts.Modules.PrecompilesAt(rules, target.Header.Timestamp), rules);
        BlockContext context = _chain.Contexts.Of(
            target.Header,
            rules,
            new AncestorHashes(_chain.Database.Blocks, target.ParentHash, target.Header.Number - Math.Min(target.Header.Number, 1)),
            _chain.Contexts.Modules.PolicyAt(state, blockOverride?.Timestamp ?? target.Header.Timestamp));
        return new SimulationSession(target, stateOverrides, state, Overrides.Apply(blockOverride, context, precompiles));
    }

    /// <summary>Prepares a session in the middle of a block: on the state before the replay's next transaction, with overrides applied. It cannot be reset, and ends with the replay.</summary>
    public static SimulationSession OpenBefore(BlockReplay replay, IReadOnlyDictionary<Address, StateOverride>? stateOverrides = null, BlockOverride? blockOverride = null)
    {
        PrecompileSet precompiles = Overrides.Apply(stateOverrides, replay.State, replay.Context.Precompiles, replay.Context.Rules);
        return new SimulationSession(null, stateOverrides, replay.State, Overrides.Apply(blockOverride, replay.Context, precompiles));
    }

    /// <summary>Runs one call; what it changes stays in the session's state, so that several can follow one another.</summary>
    /// <exception cref="OperationCanceledException">The token stopped it; the session is void.</exception>
    public TransactionResult Call(SimulationSession session, CallRequest request, CallOptions options = default, ITracer? tracer = null, CancellationToken cancellation = default)
    {
        ulong gas = Math.Min(request.Gas ?? Math.Max(session.Block.GasLimit, GasCap), GasCap);
        return Run(session, request, gas, options, tracer, cancellation);
    }

    /// <summary>Finds a gas limit with which the call succeeds, as geth searches it: within 1.5 % of the least.</summary>
    /// <exception cref="OperationCanceledException">The token stopped it.</exception>
    public EstimateResult Estimate(SimulationSession session, CallRequest request, CancellationToken cancellation = default)
    {
        CallOptions options = new() { ChecksPolicySender = request.From is not null };
        ulong high = request.Gas is { } asked && asked >= session.Block.Rules.TransactionGas ? asked : session.Block.GasLimit;
        UInt256 feeCap = request.FeeCap;
        AccountEntry sender = session.State.GetAccount(request.From ?? default);
        if (!feeCap.IsZero)
        {
            if (request.Value > sender.Balance) return EstimateResult.Refused(TransactionResult.Refused(TransactionError.InsufficientAccountFunds));
            UInt256 affordable = (sender.Balance - request.Value) / feeCap;
            if (affordable.FitsUInt64 && affordable.U0 < high) high = affordable.U0;
        }
        // A limit above that of any transaction could not be sent (EIP-7825).
        high = Math.Min(Math.Min(high, GasCap), session.Block.Rules.TransactionGasLimitMax);

        bool isPlainTransfer = request.Data.IsEmpty && request.To is { } to && !session.State.GetAccount(to).HasCode && request.AuthorizationList is null;
        if (isPlainTransfer && high >= session.Block.Rules.TransactionGas)
        {
            ulong transferGas = session.Block.Rules.TransactionGas;
            if (RunFresh(session, request, transferGas, options, cancellation).Succeeded) return new EstimateResult(transferGas, null);
        }

        TransactionResult first = RunFresh(session, request, high, options, cancellation);
        if (!first.Succeeded) return new EstimateResult(0, first) { Allowance = high };
        ulong low = first.GasUsed - 1;
        const ulong CallStipend = 2_300;
        ulong optimistic = (first.GasUsedBeforeRefund + CallStipend) * 64 / 63;
        if (optimistic < high)
        {
            if (RunFresh(session, request, optimistic, options, cancellation).Succeeded) high = optimistic;
            else low = optimistic;
        }
        while (low + 1 < high && (high - low) * 1_000 >= high * 15)
        {
            ulong middle = Math.Min((high + low) / 2, low * 2);
            if (RunFresh(session, request, middle, options, cancellation).Succeeded) high = middle;
            else low = middle;
        }
        return new EstimateResult(high, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_machines.TryTake(out VirtualMachine? machine)) machine.Dispose();
    }

    private TransactionResult RunFresh(SimulationSession session, CallRequest request, ulong gas, CallOptions options, CancellationToken cancellation)
    {
        session.Reset();
        return Run(session, request, gas, options, null, cancellation);
    }

    private TransactionResult Run(SimulationSession session, CallRequest request, ulong gas, CallOptions options, ITracer? tracer, CancellationToken cancellation)
    {
        Address from = request.From ?? default;
        ulong nonce = request.Nonce ?? session.State.GetAccount(from).Nonce;
        Transaction transaction = request.ToTransaction(gas, nonce, session.Block.ChainId);
        // A call without a price runs as if the base fee were zero: that is what BASEFEE tells it (geth, eth_call).
        BlockContext block = request.FeeCap.IsZero && !options.ChecksZeroFee && !session.Block.BaseFee.IsZero
            ? Overrides.Apply(new BlockOverride { BaseFee = UInt256.Zero }, session.Block, session.Block.Precompiles)
            : session.Block;
        VirtualMachine machine = Rent();
        try
        {
            using StopScope scope = machine.StopOn(cancellation);
            TransactionResult result = new TransactionProcessor(machine).Call(session.State, block, transaction, from, options, tracer);
            cancellation.ThrowIfCancellationRequested();
            return result;
        }
        finally
        {
            Return(machine);
        }
    }

    /// <summary>Takes a machine out of the pool.</summary>
    internal VirtualMachine Rent() => _machines.TryTake(out VirtualMachine? machine) ? machine : new VirtualMachine(_dispatcher);

    /// <summary>Puts a machine back.</summary>
    internal void Return(VirtualMachine machine)
    {
        machine.Forget();
        _machines.Add(machine);
    }
}

/// <summary>A state and a block context to simulate in. Not thread safe.</summary>
public sealed class SimulationSession
{
    private readonly SimulationTarget? _target;
    private readonly IReadOnlyDictionary<Address, StateOverride>? _overrides;

    internal SimulationSession(SimulationTarget? target, IReadOnlyDictionary<Address, StateOverride>? overrides, WorldState state, BlockContext block)
    {
        _target = target;
        _overrides = overrides;
        State = state;
        Block = block;
    }

    /// <summary>State with overrides, and with what calls of the session changed.</summary>
    public WorldState State { get; }

    /// <summary>Block context with overrides.</summary>
    public BlockContext Block { get; }

    /// <summary>Other fields of the block from now on; the state stays.</summary>
    public SimulationSession With(BlockOverride? change) => new(_target, _overrides, State, Overrides.Apply(change, Block, Block.Precompiles));

    /// <summary>Puts the state back to the block's, with overrides.</summary>
    /// <exception cref="InvalidOperationException">The session was opened in the middle of a block.</exception>
    public void Reset()
    {
        State.Reset((_target ?? throw new InvalidOperationException("A session in the middle of a block cannot be reset.")).State);
        Overrides.Apply(_overrides, State, Block.Precompiles, Block.Rules);
    }
}

/// <summary>Outcome of a gas estimate.</summary>
/// <param name="Gas">The estimate.</param>
/// <param name="Failure">The failed run at the highest limit; null when there is an estimate.</param>
public sealed record EstimateResult(ulong Gas, TransactionResult? Failure)
{
    /// <summary>The highest limit tried, for the error text.</summary>
    public ulong Allowance { get; init; }

    internal static EstimateResult Refused(TransactionResult result) => new(0, result);
}
