using System.Buffers.Binary;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Compliance.Oracle;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Evm.Tracing;
using Chain.Precompiles;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>A call of a module.</summary>
internal sealed record ModuleOperation(Address Module, Address Caller, byte[] Input, string Name)
{
    public CallKind Kind { get; init; } = CallKind.Call;

    public UInt256 Value { get; init; }

    public Address? Origin { get; init; }

    /// <summary>False to go on in the transaction of the call before, whose slots are warm.</summary>
    public bool BeginsTransaction { get; init; } = true;

    /// <summary>True to try the call first with one gas too little.</summary>
    public bool ProbesGas { get; init; }

    public override string ToString() => $"{Name} by {Caller} {Kind}{(BeginsTransaction ? "" : " (same transaction)")}{(Value.IsZero ? "" : $" value {Value}")} {Convert.ToHexString(Input)}";
}

/// <summary>
/// Two chains in the same state: on one the native modules answer, on the other the Solidity mirrors at the same addresses. Each call is made on both, and everything that can be seen
/// of it must be equal: status, return data, logs, slots, refund, and the gas of section 1.2 of the compliance specification.
/// </summary>
internal sealed class MirrorPair : IDisposable
{
    private const ulong MirrorGas = 4_000_000_000;
    private const ulong NativeGas = 60_000_000;
    private const ulong DeploymentGas = 32_000 + (200 * FeedFacade.CodeSizeBytes);
    private const ulong JournalGas = 1_500;
    private static readonly Hash256 AnswerUpdated = OracleEvents.AnswerUpdated.Log(default, default, default, default).Topics[0];
    private static readonly Address[] WarmAccounts =
        [.. MirrorCode.Contracts.Keys, .. EthereumPrecompiles.For(Fork.Osaka).Addresses];

    private readonly World _native;
    private readonly VirtualMachine _machine = new(DispatcherKind.Loop);
    private readonly MemoryState _parent;
    private readonly bool _hasJournal;
    private WorldState _state;
    private GasModel _gas = new(WarmAccounts);

    public MirrorPair(World native, bool hasJournal)
    {
        _native = native;
        _hasJournal = hasJournal;
        native.NextBlock();
        _parent = new MemoryState(native.Parent);
        foreach ((Address module, string contract) in MirrorCode.Contracts)
        {
            if (!native.Parent.Accounts.TryGetValue(module, out MemoryAccount? account)) continue;
            KeyValuePair<UInt256, UInt256>[] slots = [.. account.Storage];
            _parent.SetAccount(module, 1, 0, MirrorCode.Of(contract));
            foreach ((UInt256 key, UInt256 value) in slots) _parent.SetStorage(module, key, value);
        }
        _state = new WorldState(_parent);
    }

    public World Native => _native;

    /// <summary>Calls made.</summary>
    public int Operations { get; private set; }

    /// <summary>Of them refused.</summary>
    public int Refusals { get; private set; }

    /// <summary>Functions that accepted a call.</summary>
    public HashSet<string> Accepted { get; } = [];

    /// <summary>Functions that refused one with an error of theirs.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Return data of the last call; null unless it succeeded.</summary>
    public byte[]? LastOutput { get; private set; }

    public void Dispose() => _machine.Dispose();

    /// <summary>The next block; the states of both chains must be equal.</summary>
    public void NextBlock(ulong seconds)
    {
        CompareStates();
        _parent.Apply(_state.ToDelta());
        _state = new WorldState(_parent);
        _native.NextBlock(seconds);
        _gas = new GasModel(WarmAccounts);
    }

    /// <summary>Puts code into an account of both chains.</summary>
    public void SetCode(in Address account, byte[] code)
    {
        foreach (WorldState state in new[] { _native.State, _state }) state.SetCode(state.GetAccount(account), code);
    }

    /// <summary>Writes the audit log's root at the end of a block, on both chains; null, or the slot that differs.</summary>
    public string? AppendAudit(ulong number, IReadOnlyList<PlacedDecision> decisions)
    {
        Operations++;
        AuditLog.Instance.Append(_native.State, number, decisions);
        byte[][] entries = [.. decisions.Select(d => AuditEntry.Encode(number, d))];
        ModuleOperation append = new(ModuleAddresses.Audit, TransactionProcessor.SystemCaller, World.Encode("append(uint64,bytes[])", number, entries), "append");
        _state.BeginTransaction();
        ExecutionResult result = Execute(_machine, _state, MirrorBlock, append, MirrorGas, null);
        if (result.Status != FrameStatus.Success) return $"the mirror ended in {result.Status}";
        for (ulong i = 0; i < 2 + AuditTree.Depth; i++)
        {
            ModuleSlot slot = new(ModuleAddresses.Audit, AuditLayout.State + i);
            if (Slot(_native.State, slot) != Slot(_state, slot)) return $"slot S+{i}: {Slot(_native.State, slot)}, mirror {Slot(_state, slot)}";
        }
        return null;
    }

    /// <summary>Makes a call on both; null, or what differs.</summary>
    public string? Run(ModuleOperation operation)
    {
        Operations++;
        if (operation.BeginsTransaction) _gas = new GasModel(WarmAccounts);
        return operation.Kind is CallKind.DelegateCall or CallKind.CallCode ? RunForeign(operation) : RunCall(operation);
    }

    private string? RunCall(ModuleOperation operation)
    {
        _state.UsePrecompiles(MirrorBlock.Precompiles);
        if (operation.BeginsTransaction) _state.BeginTransaction();
        if (operation.BeginsTransaction) BeginNative();
        int logsBefore = _state.Logs.Count;
        MirrorTrace trace = new(_state);
        ExecutionResult mirror = Execute(_machine, _state, MirrorBlock, operation, MirrorGas, trace);
        byte[] output = Normal(mirror);
        bool isSuccess = mirror.Status == FrameStatus.Success;
        LastOutput = isSuccess ? output : null;
        if (!isSuccess) Refusals++;
        if (isSuccess || output.Length > 0) (isSuccess ? Accepted : Refused).Add(operation.Name);
        bool creates = isSuccess && operation.Module == ModuleAddresses.Oracle && Selector(operation.Input) == 0xa0229a88;
        if (creates) Deploy(output);
        LogEntry[] logs = [.. WithFacades([.. _state.Logs.Skip(logsBefore)])];
        ulong extra = (creates ? DeploymentGas : 0) + (IsJournalled(operation, isSuccess, output) ? JournalGas : 0);
        ExpectedGas expected = isSuccess
            ? _gas.Success(trace, _state, operation.Input.Length, output.Length, logs, extra)
            : _gas.Refusal(trace, operation.Input.Length, output.Length, extra);
        // A call through a facade pays for the facade's code too.
        bool hasGas = MirrorCode.Contracts.ContainsKey(operation.Module);
        bool isHalt = mirror.Status is not (FrameStatus.Success or FrameStatus.Revert);

        ulong gas = NativeGas;
        if (operation.ProbesGas && hasGas && !isHalt)
        {
            ExecutionResult starved = CallNative(operation, expected.LeastGas - 1);
            if (starved.Status != FrameStatus.OutOfGas) return $"gas {expected.LeastGas - 1} must be too little, the module ended in {starved.Status}";
            gas = expected.LeastGas;
        }
        int nativeLogsBefore = _native.State.Logs.Count;
        long refundBefore = _native.State.Refund;
        ExecutionResult native = CallNative(operation, gas);
        if (isHalt) return native.Status == FrameStatus.WriteProtection && native.GasLeft == 0 ? null : $"status {native.Status}, mirror {mirror.Status}";
        if (native.Status != mirror.Status || !native.Output.Span.SequenceEqual(output))
        {
            return $"{native.Status} {Convert.ToHexString(native.Output.Span)}, mirror {mirror.Status} {Convert.ToHexString(output)}";
        }
        LogEntry[] nativeLogs = [.. _native.State.Logs.Skip(nativeLogsBefore)];
        if (!nativeLogs.Select(Text).SequenceEqual(logs.Select(Text)))
        {
            return $"logs\n  {string.Join("\n  ", nativeLogs.Select(Text))}\nmirror\n  {string.Join("\n  ", logs.Select(Text))}";
        }
        foreach (ModuleSlot slot in trace.Before.Keys)
        {
            UInt256 value = Slot(_native.State, slot);
            if (value != Slot(_state, slot)) return $"slot {slot.Key} of {slot.Module}: {value}, mirror {Slot(_state, slot)}";
        }
        ulong used = gas - native.GasLeft;
        if (hasGas && used != expected.Gas) return $"gas {used}, expected {expected.Gas}: {trace.Before.Count} slots, {trace.Tested.Count} of them tested, hashes {trace.HashGas}/{trace.TestedHashGas}";
        long refund = _native.State.Refund - refundBefore;
        return refund == expected.Refund ? null : $"refund {refund}, expected {expected.Refund}";
    }

    /// <summary>DELEGATECALL and CALLCODE, through a contract that returns what they return.</summary>
    private string? RunForeign(ModuleOperation operation)
    {
        byte[] code =
        [
            0x36, 0x5f, 0x5f, 0x37, // CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
            0x5f, 0x5f, 0x36, 0x5f, // PUSH0 PUSH0 CALLDATASIZE PUSH0
            .. operation.Kind == CallKind.CallCode ? new byte[] { 0x5f } : [], // PUSH0: no value
            0x73, .. operation.Module.Bytes, 0x5a, operation.Kind == CallKind.CallCode ? (byte)0xf2 : (byte)0xf4,
            0x5f, 0x52, 0x3d, 0x5f, 0x60, 0x20, 0x3e, // success at 0, return data from 32
            0x3d, 0x60, 0x20, 0x01, 0x5f, 0xf3,
        ];
        Address relay = Address.FromNumber(0x4e1a9);
        SetCode(relay, code);
        ModuleOperation call = operation with { Module = relay, Kind = CallKind.Call };
        _state.UsePrecompiles(MirrorBlock.Precompiles);
        if (operation.BeginsTransaction) _state.BeginTransaction();
        if (operation.BeginsTransaction) BeginNative();
        ExecutionResult mirror = Execute(_machine, _state, MirrorBlock, call, MirrorGas, null);
        FrameGas gas = new(operation.Module);
        ExecutionResult native = Execute(_native.Machine, _native.State, _native.Block, call, NativeGas, gas);
        if (!native.Output.Span.SequenceEqual(mirror.Output.Span)) return $"{Convert.ToHexString(native.Output.Span)}, mirror {Convert.ToHexString(mirror.Output.Span)}";
        ulong expected = 200 + (3 * (((ulong)operation.Input.Length + 31) / 32)) + 3;
        return gas.Used == expected ? null : $"gas {gas.Used}, expected {expected}";
    }

    private void CompareStates()
    {
        StateDelta native = _native.State.ToDelta();
        StateDelta mirror = _state.ToDelta();
        foreach (Address module in MirrorCode.Contracts.Keys)
        {
            Dictionary<UInt256, UInt256> nativeSlots = SlotsOf(native, module);
            Dictionary<UInt256, UInt256> mirrorSlots = SlotsOf(mirror, module);
            foreach (UInt256 key in nativeSlots.Keys.Union(mirrorSlots.Keys))
            {
                UInt256 a = Slot(_native.State, new ModuleSlot(module, key));
                UInt256 b = Slot(_state, new ModuleSlot(module, key));
                Assert.That(a, Is.EqualTo(b), $"slot {key} of {module}");
            }
        }
    }

    private static Dictionary<UInt256, UInt256> SlotsOf(StateDelta delta, in Address module) =>
        delta.Accounts.TryGetValue(module, out AccountDelta? account) ? new(account.Storage) : [];

    private BlockContext MirrorBlock => new()
    {
        Rules = _native.Block.Rules,
        ChainId = _native.Block.ChainId,
        Number = _native.Block.Number,
        Timestamp = _native.Block.Timestamp,
        GasLimit = _native.Block.GasLimit,
        Coinbase = _native.Block.Coinbase,
        BaseFee = _native.Block.BaseFee,
        BlobBaseFee = _native.Block.BlobBaseFee,
        BlockHashes = _native.Block.BlockHashes,
        Precompiles = EthereumPrecompiles.For(Fork.Osaka),
    };

    private void BeginNative()
    {
        _native.State.UsePrecompiles(_native.Block.Precompiles);
        _native.State.BeginTransaction();
    }

    private ExecutionResult CallNative(ModuleOperation operation, ulong gas) => Execute(_native.Machine, _native.State, _native.Block, operation, gas, null);

    private static ExecutionResult Execute(VirtualMachine machine, WorldState state, BlockContext block, ModuleOperation operation, ulong gas, ITracer? tracer)
    {
        TransactionContext context = new() { Origin = operation.Origin ?? operation.Caller, GasPrice = block.BaseFee };
        return machine.Execute(state, block, context, new Message
        {
            Kind = operation.Kind,
            Caller = operation.Caller,
            Recipient = operation.Module,
            Input = operation.Input,
            Gas = gas,
            Value = operation.Value,
        }, tracer);
    }

    /// <summary>solc answers an array too long for its allocator with Panic(0x41) where the text has the empty revert.</summary>
    private static byte[] Normal(in ExecutionResult result)
    {
        byte[] output = result.Output.ToArray();
        return result.Status == FrameStatus.Revert && output is [0x4e, 0x48, 0x7b, 0x71, .., 0x41] ? [] : output;
    }

    /// <summary>The account of a facade, which Solidity cannot make.</summary>
    private void Deploy(byte[] output)
    {
        Address facade = new(output.AsSpan(12));
        AccountEntry account = _state.GetAccount(facade);
        UInt256 feed = Slot(_state, new ModuleSlot(ModuleAddresses.Oracle, Storage.Slots.Map(OracleLayout.Facades, AbiWords.ToWord(facade))));
        _state.SetNonce(account, 1);
        _state.SetCode(account, FeedFacade.CodeOf(feed));
    }

    /// <summary>The mirror of the oracle cannot log as the facade: its AnswerUpdated goes there, to the facade of the feed whose round the log before announces.</summary>
    private static IEnumerable<LogEntry> WithFacades(LogEntry[] logs)
    {
        for (int i = 0; i < logs.Length; i++)
        {
            bool isAnswer = logs[i].Address == ModuleAddresses.Oracle && logs[i].Topics[0] == AnswerUpdated;
            yield return isAnswer ? logs[i] with { Address = FeedFacade.AddressOf(AbiWords.ToWord(logs[i - 1].Topics[1])) } : logs[i];
        }
    }

    private bool IsJournalled(ModuleOperation operation, bool isSuccess, byte[] output)
    {
        if (!_hasJournal) return false;
        uint selector = Selector(operation.Input);
        if (!isSuccess) return output is [0x53, 0x79, 0x94, 0x93, ..] && operation.Module == ModuleAddresses.Engine;
        string? signature = MirrorSignatures.Writes.GetValueOrDefault((operation.Module, selector));
        return signature is not null && !signature.StartsWith("submit", StringComparison.Ordinal);
    }

    private static uint Selector(byte[] input) => input.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(input);

    private static UInt256 Slot(WorldState state, in ModuleSlot slot) => state.GetSlot(state.GetAccount(slot.Module), slot.Key).Value;

    private static string Text(LogEntry log) => $"{log.Address} [{string.Join(' ', log.Topics)}] {Convert.ToHexString(log.Data.Span)}";

    /// <summary>Gas of the frames of one module.</summary>
    private sealed class FrameGas(Address module) : ITracer
    {
        private readonly Stack<(bool IsModule, ulong Gas)> _frames = new();

        public ulong Used { get; private set; }

        public void OnFrameEnter(in FrameStart start) => _frames.Push((start.CodeAddress == module, start.Gas));

        public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
        {
            (bool isModule, ulong gas) = _frames.Pop();
            if (isModule) Used += gas - gasLeft;
        }
    }
}
