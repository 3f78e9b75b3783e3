using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Evm.Tracing;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Tracers;

/// <summary>
/// The log of opcodes (execution-apis, OpcodeTransactionTrace). Written while the transaction runs: only the storage seen per account is kept. Of a step that halts, the
/// cost is what was left for want of gas, else 0.
/// </summary>
internal sealed class StructLogTracer : ITransactionTracer
{
    private const int CancellationStepsMask = 0x3ff;

    private readonly TraceSubject _subject;
    private readonly TraceOptions _options;
    private readonly Utf8JsonWriter _writer;
    private readonly Dictionary<Address, SortedDictionary<UInt256, UInt256>> _storage = [];
    private ulong _steps;
    private bool _isOpen;
    private bool _isEnded;
    private string _name = "";
    private ulong _gas;
    private ulong _gasLeft;
    private FrameStatus _fault;
    private AccountEntry? _slotOwner;
    private UInt256 _slotKey;

    public StructLogTracer(TraceSubject subject)
    {
        _subject = subject;
        _options = subject.Options;
        _writer = subject.Writer;
        _writer.WriteStartObject();
        _writer.WriteStartArray("structLogs"u8);
    }

    public bool TracesOpcodes => true;

    public void OnOpcode(in OpcodeStep step)
    {
        Close(0);
        if ((++_steps & CancellationStepsMask) == 0) _subject.Cancellation.ThrowIfCancellationRequested();
        if (_options.Limit != 0 && _steps > _options.Limit) return;
        _isOpen = true;
        _isEnded = false;
        _name = step.Name;
        _gas = step.Gas;
        _slotOwner = null;
        _writer.WriteStartObject();
        _writer.WriteNumber("pc"u8, step.Pc);
        _writer.WriteString("op"u8, step.Name);
        _writer.WriteNumber("gas"u8, step.Gas);
        _writer.WriteNumber("depth"u8, step.Depth + 1);
        if (step.Refund != 0) _writer.WriteNumber("refund"u8, step.Refund);
        if (!_options.DisableStack) WriteStack(step.Stack);
        if (_options.EnableMemory && !step.Memory.IsEmpty) WriteMemory(step.Memory);
        if (_options.EnableReturnData && !step.ReturnData.IsEmpty) _writer.WriteData("returnData"u8, step.ReturnData);
        if (_options.DisableStorage || step.Stack.IsEmpty || step.Name is not ("SLOAD" or "SSTORE")) return;
        _slotOwner = step.Account;
        _slotKey = step.Stack[^1];
    }

    public void OnOpcodeEnd(ulong gasLeft, FrameStatus fault)
    {
        _isEnded = true;
        _gasLeft = gasLeft;
        _fault = fault;
        // The gas that a creation gives to its frame is not its own cost: it is known when the frame begins.
        if (_name is not ("CREATE" or "CREATE2")) Close(0);
    }

    public void OnFrameEnter(in FrameStart start) => Close(start.Kind is CallKind.Create or CallKind.Create2 ? start.Gas : 0);

    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output) => Close(0);

    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        Close(0);
        writer.WriteEndArray();
        writer.WriteNumber("gas"u8, result.GasUsed);
        writer.WriteBoolean("failed"u8, !result.Succeeded);
        writer.WriteData("returnValue"u8, result.Status is FrameStatus.Success or FrameStatus.Revert ? result.Output.Span : default);
        writer.WriteEndObject();
    }

    private void Close(ulong childGas)
    {
        if (!_isOpen) return;
        _isOpen = false;
        bool hasFault = _isEnded && _fault != FrameStatus.Success;
        ulong cost = !_isEnded || (hasFault && _fault != FrameStatus.OutOfGas) ? 0 : _gas - _gasLeft - childGas;
        _writer.WriteNumber("gasCost"u8, cost);
        if (hasFault) _writer.WriteString("error"u8, ExecutionErrors.Describe(_fault));
        else if (_slotOwner is { } owner) WriteStorage(owner);
        _writer.WriteEndObject();
    }

    private void WriteStack(ReadOnlySpan<UInt256> stack)
    {
        _writer.WriteStartArray("stack"u8);
        foreach (ref readonly UInt256 word in stack) _writer.WriteQuantityValue(word);
        _writer.WriteEndArray();
    }

    private void WriteMemory(ReadOnlySpan<byte> memory)
    {
        _writer.WriteStartArray("memory"u8);
        for (int at = 0; at < memory.Length; at += UInt256.SizeBytes) _writer.WriteDataValue(memory.Slice(at, UInt256.SizeBytes));
        _writer.WriteEndArray();
    }

    private void WriteStorage(AccountEntry owner)
    {
        if (!_storage.TryGetValue(owner.Address, out SortedDictionary<UInt256, UInt256>? slots)) _storage[owner.Address] = slots = [];
        slots[_slotKey] = _subject.State.GetSlot(owner, _slotKey).Value;
        _writer.WriteStartObject("storage"u8);
        foreach ((UInt256 key, UInt256 value) in slots) _writer.WriteWord(key, value);
        _writer.WriteEndObject();
    }
}
