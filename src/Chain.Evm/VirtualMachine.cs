using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Code;
using Chain.Evm.Dispatch;
using Chain.Evm.Frames;
using Chain.Evm.Opcodes;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Evm;

/// <summary>How opcodes are dispatched. Both run the same bodies and give the same results.</summary>
public enum DispatcherKind
{
    /// <summary>The plain loop: the oracle.</summary>
    Loop,

    /// <summary>The chain of handlers that jump from one to the next: the fast one.</summary>
    TailCalls,
}

/// <summary>
/// Runs messages. Reusable: frames with their native buffers are kept by depth, so that after the first use of a depth a call allocates nothing.
/// One per thread at a time.
/// </summary>
public sealed unsafe class VirtualMachine : IDisposable
{
    private readonly Frame?[] _frames = new Frame?[CallOperations.DepthMax + 1];
    private readonly IDispatcher _plain;
    private readonly OutputBuffer _nativeOutput = new();
    private Decision? _decision;
    private IDispatcher? _traced;
    private byte* _input;
    private nuint _inputCapacity;
    private int _deepest;
    private StopSwitch? _stop;

    /// <summary>A machine.</summary>
    public VirtualMachine(DispatcherKind dispatcher = DispatcherKind.TailCalls)
        : this(dispatcher == DispatcherKind.Loop ? new LoopDispatcher<Off>() : new TailCallDispatcher())
    {
    }

    /// <summary>A machine with a dispatcher under measurement.</summary>
    internal VirtualMachine(IDispatcher dispatcher) => _plain = dispatcher;

    /// <summary>Frees the native buffers when <see cref="Dispose"/> was not called.</summary>
    ~VirtualMachine() => Free();

    internal WorldState State { get; private set; } = null!;

    internal BlockContext Block { get; private set; } = null!;

    internal TransactionContext Transaction { get; private set; } = null!;

    internal ForkRules Rules { get; private set; } = null!;

    internal ITracer? Tracer { get; private set; }

    /// <summary>Stands between the frames of all that this machine runs; null, as on every chain, for none.</summary>
    public ICallInterceptor? Interceptor { get; set; }

    internal int LogCountBefore { get; set; }

    /// <summary>Stops the run; null while nobody can.</summary>
    internal StopSwitch? Stop { get; private set; }

    /// <summary>Records a refusal of the policy, while decisions are kept.</summary>
    internal void RecordRefusal(DecisionKind kind, in Address from, in Address to, in UInt256 value, byte[] error)
    {
        if (Block.DecisionLog is not null) State.AddDecision(PolicyDecision(kind, from, to, value, error[^1]));
    }

    /// <summary>A decision of the policy; the code stands last in the error.</summary>
    internal static Decision PolicyDecision(DecisionKind kind, in Address from, in Address to, in UInt256 value, byte code) =>
        new() { Kind = kind, From = from, To = to, Amount = value, Code = code, IsEffective = true };

    /// <summary>
    /// Runs the outermost message of a transaction, a system call or a simulation: moves its value, runs code, precompile or initcode, deploys code,
    /// and undoes everything unless it succeeds. Warm sets, nonce of the sender, gas purchase and refunds are the caller's.
    /// </summary>
    public ExecutionResult Execute(WorldState state, BlockContext block, TransactionContext tx, in Message message, ITracer? tracer = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Gas, (ulong)long.MaxValue);
        State = state;
        Block = block;
        Transaction = tx;
        Rules = block.Rules;
        Tracer = tracer;
        state.UsePrecompiles(block.Precompiles);
        IDispatcher dispatcher = tracer is null ? _plain : _traced ??= new LoopDispatcher<On>();
        _deepest = 0;
        Frame root = FrameAt(0);
        if (Fill(root, message)) Run(root, dispatcher);
        ExecutionResult result = new(root.Status, (ulong)root.Gas, new ReadOnlySpan<byte>(root.Output, (int)root.OutputSize).ToArray());
        for (int depth = 0; depth <= _deepest; depth++) _frames[depth]!.Trim();
        return result;
    }

    /// <summary>
    /// Lets a token stop what the machine runs from now until <see cref="StopScope.Dispose"/>: every frame then ends with <see cref="FrameStatus.Stopped"/> at its next opcode
    /// (a native contract runs to its end). The results are void: the caller asks the token after each run.
    /// </summary>
    public StopScope StopOn(CancellationToken token)
    {
        if (!token.CanBeCanceled) return default;
        Stop = _stop ??= new StopSwitch();
        return new StopScope(this, token.UnsafeRegister(static state => ((StopSwitch)state!).Stop(), _stop));
    }

    /// <summary>What the rest of the run sees as its block, for an <see cref="Interceptor"/> that moves time or height. Rules and precompiles must be those the run began with.</summary>
    public void ReplaceBlock(BlockContext block) => Block = block;

    /// <summary>Lets go of the state, block and tracer of the last run, for a machine that is put away.</summary>
    public void Forget()
    {
        State = null!;
        Block = null!;
        Transaction = null!;
        Tracer = null;
    }

    internal void EndStop()
    {
        Stop = null;
        _stop!.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>The frame of a depth, at most <see cref="CallOperations.DepthMax"/>.</summary>
    internal Frame FrameAt(int depth)
    {
        _deepest = Math.Max(_deepest, depth);
        return _frames[depth] ??= new Frame(this, depth);
    }

    /// <summary>Prepared code of an account that has code.</summary>
    internal CodeInfo CodeOf(AccountEntry account)
    {
        if (account.CodeAnalysis is CodeInfo known) return known;
        Hash256 hash = account.CodeHash;
        if (!CodeCache.Shared.TryGet(hash, out CodeInfo code))
        {
            code = new CodeInfo(State.GetCode(account).Span);
            CodeCache.Shared.Add(hash, code);
        }
        account.CodeAnalysis = code;
        return code;
    }

    /// <summary>What a delegation to this account runs: nothing when it is a precompile (EIP-7702).</summary>
    internal CodeInfo DelegatedCodeOf(AccountEntry target) =>
        target.HasCode && target.NativeContract is null ? CodeOf(target) : CodeInfo.Empty;

    /// <summary>True when no contract can be created at an address (EIP-684, EIP-7610).</summary>
    internal static bool IsTaken(AccountEntry account) => account.Nonce != 0 || account.HasCode || account.HasStorage;

    /// <summary>Fills the outermost frame; false when it ended already.</summary>
    private bool Fill(Frame root, in Message message)
    {
        bool isCreate = message.Kind is CallKind.Create or CallKind.Create2;
        AccountEntry account = State.GetAccount(message.Recipient);
        ReadOnlySpan<byte> input = message.Input.Span;
        root.Kind = message.Kind;
        root.Account = account;
        root.CodeAddress = message.Recipient;
        root.Caller = message.Caller;
        root.Value = message.Value;
        root.IsStatic = message.Kind == CallKind.StaticCall;
        root.Gas = (long)message.Gas;
        root.Native = null;
        root.InputSize = 0;
        root.Input = null;
        if (isCreate)
        {
            root.Begin(root.LoadInitCode(input));
            if (!IsTaken(account)) return true;
            root.Status = FrameStatus.AddressCollision;
            root.Gas = 0;
            return false;
        }

        if (!input.IsEmpty)
        {
            if (_inputCapacity < (nuint)input.Length) _input = (byte*)NativeMemory.Realloc(_input, _inputCapacity = (nuint)input.Length);
            input.CopyTo(new Span<byte>(_input, input.Length));
            root.InputSize = (ulong)input.Length;
            root.Input = _input;
        }
        CodeInfo code = account.HasCode ? CodeOf(account) : CodeInfo.Empty;
        if (Rules.Fork >= Fork.Prague && code.DelegationTarget is { } target) code = DelegatedCodeOf(State.GetAccount(target));
        else root.Native = account.NativeContract;
        root.Begin(code);
        return true;
    }

    /// <summary>Runs a filled frame and all below it, without native recursion.</summary>
    private void Run(Frame root, IDispatcher dispatcher)
    {
        OpcodeSet opcodes = OpcodeSet.Of(Rules);
        Frame frame = root;
        bool runs = Start(frame);
        while (true)
        {
            if (runs)
            {
                dispatcher.Run(frame, opcodes);
                if (frame.Exit == FrameExit.Resume) continue;
                if (frame.Exit == FrameExit.Child)
                {
                    frame = _frames[frame.Depth + 1]!;
                    runs = Start(frame);
                    continue;
                }
            }
            Finish(frame);
            if (frame.Depth == 0) return;
            Frame parent = _frames[frame.Depth - 1]!;
            Deliver(parent, frame);
            frame = parent;
            runs = true;
        }
    }

    /// <summary>Takes the snapshot and moves the value. False when there is no code to run: a native contract ran, or the account is empty.</summary>
    private bool Start(Frame frame)
    {
        if (Tracer is { } tracer) TraceEnter(tracer, frame);
        frame.Snapshot = State.Snapshot();
        switch (frame.Kind)
        {
            case CallKind.Create or CallKind.Create2:
                State.CreateContract(frame.Account, Rules.ContractStartNonce);
                MoveValue(frame);
                break;
            case CallKind.Call:
                MoveValue(frame);
                break;
            case CallKind.StaticCall:
                // EIP-158 touches the callee of any call that could have moved value.
                State.Touch(frame.Account);
                break;
        }
        if (frame.Native is not null)
        {
            RunNative(frame);
            return false;
        }
        if (frame.CodeSize != 0) return true;
        frame.Status = FrameStatus.Success;
        return false;
    }

    private void MoveValue(Frame frame)
    {
        if (!frame.Value.IsZero) State.SubtractBalance(State.GetAccount(frame.Caller), frame.Value);
        State.AddBalance(frame.Account, frame.Value);
    }

    private void RunNative(Frame frame)
    {
        ReadOnlySpan<byte> input = new(frame.Input, (int)frame.InputSize);
        _nativeOutput.Clear();
        switch (frame.Native)
        {
            case IPrecompile pure:
                ulong cost = pure.GasCost(input, Rules);
                if (cost > (ulong)frame.Gas)
                {
                    frame.Status = FrameStatus.OutOfGas;
                    return;
                }
                frame.Gas -= (long)cost;
                frame.Status = pure.Run(input, Rules, _nativeOutput) ? FrameStatus.Success : FrameStatus.PrecompileFailure;
                break;
            case IStatefulPrecompile module:
                NativeCall call = new()
                {
                    State = State,
                    Block = Block,
                    Transaction = Transaction,
                    Caller = frame.Caller,
                    Kind = frame.Kind,
                    Value = frame.Value,
                    IsStatic = frame.IsStatic,
                    GasLeft = (ulong)frame.Gas,
                };
                int logCount = State.Logs.Count;
                frame.Status = module.Run(ref call, input, _nativeOutput);
                frame.Gas = (long)call.GasLeft;
                _decision = call.Decision;
                for (int i = logCount; Tracer is not null && frame.Status == FrameStatus.Success && i < State.Logs.Count; i++) Tracer.OnLog(State.Logs[i]);
                break;
            default:
                throw new UnreachableException($"{frame.Native!.Name} is neither a pure nor a stateful precompile.");
        }
        frame.SetOutput(_nativeOutput.Span);
    }

    /// <summary>Deploys the code of a creation, undoes a failure, settles gas and output.</summary>
    private void Finish(Frame frame)
    {
        bool isCreate = frame.Kind is CallKind.Create or CallKind.Create2;
        if (isCreate && frame.Status == FrameStatus.Success) Deploy(frame);
        if (isCreate && frame.Status == FrameStatus.Success) WorldState.EndCreation(frame.Account);
        long refund = State.Refund;
        if (frame.Status != FrameStatus.Success)
        {
            State.Revert(frame.Snapshot);
            if (frame.Status != FrameStatus.Revert)
            {
                frame.Gas = 0;
                frame.OutputSize = 0;
            }
        }
        if (_decision is { } decision)
        {
            // In the journal of the caller's frame: the revert of the module's own frame has happened above.
            bool isDirectRefusal = frame.Depth == 0 && frame.Status != FrameStatus.Success;
            State.AddDecision(decision with { IsEffective = !isDirectRefusal });
            _decision = null;
        }
        if (Interceptor is { } interceptor) Return(interceptor, frame, refund - State.Refund);
        Tracer?.OnFrameExit(frame.Status, (ulong)frame.Gas, new ReadOnlySpan<byte>(frame.Output, (int)frame.OutputSize));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Return(ICallInterceptor interceptor, Frame frame, long undoneRefund)
    {
        CallReturn result = new()
        {
            Depth = frame.Depth,
            Kind = frame.Kind,
            CodeAddress = frame.CodeAddress,
            IsStatic = frame.IsStatic,
            UndoneRefund = undoneRefund,
            Status = frame.Status,
            Output = new ReadOnlySpan<byte>(frame.Output, (int)frame.OutputSize),
        };
        interceptor.OnReturn(ref result);
        if (result.Replaced is not { } replaced) return;
        frame.Status = replaced.Status;
        frame.SetOutput(replaced.Output);
        if (frame.Kind is CallKind.Create or CallKind.Create2) frame.Account = State.GetAccount(replaced.Created);
    }

    /// <summary>Stores what initcode returned (Yellow Paper, section 7; EIP-2, EIP-170, EIP-3541).</summary>
    private void Deploy(Frame frame)
    {
        ReadOnlySpan<byte> code = new(frame.Output, (int)frame.OutputSize);
        long gas = frame.Gas - (code.Length * (long)GasCosts.CodeDepositByte);
        if (Rules.Fork >= Fork.London && code.Length > 0 && code[0] == 0xef) frame.Status = FrameStatus.InvalidCodePrefix;
        else if (code.Length > Rules.CodeSizeMax) frame.Status = FrameStatus.CodeSizeExceeded;
        else if (gas >= 0)
        {
            frame.Gas = gas;
            if (!code.IsEmpty) State.SetCode(frame.Account, code.ToArray());
        }
        else if (Rules.Fork >= Fork.Homestead) frame.Status = FrameStatus.OutOfGas;
        else frame.OutputSize = 0;
    }

    /// <summary>Gives a finished child's result to its parent.</summary>
    private static void Deliver(Frame parent, Frame child)
    {
        bool succeeded = child.Status == FrameStatus.Success;
        parent.Gas += child.Gas;
        if (child.Kind is CallKind.Create or CallKind.Create2)
        {
            parent.Sp[-1] = default;
            if (succeeded)
            {
                Words.Load(child.Account.Address, parent.Sp - 1);
                child.OutputSize = 0;
            }
        }
        else
        {
            parent.Sp[-1] = new UInt256(succeeded ? 1UL : 0);
        }
        parent.TakeOutput(child);
    }

    private static void TraceEnter(ITracer tracer, Frame frame)
    {
        bool isCreate = frame.Kind is CallKind.Create or CallKind.Create2;
        tracer.OnFrameEnter(new FrameStart
        {
            Depth = frame.Depth,
            Kind = frame.Kind,
            Caller = frame.Caller,
            Recipient = frame.Account.Address,
            CodeAddress = frame.CodeAddress,
            Value = frame.Value,
            Gas = (ulong)frame.Gas,
            Input = isCreate ? frame.CodeInfo.Span : new ReadOnlySpan<byte>(frame.Input, (int)frame.InputSize),
            IsPrecompile = frame.Native is not null,
        });
    }

    private void Free()
    {
        for (int i = 0; i < _frames.Length; i++)
        {
            _frames[i]?.Free();
            _frames[i] = null;
        }
        NativeMemory.Free(_input);
        _input = null;
        _inputCapacity = 0;
    }
}
