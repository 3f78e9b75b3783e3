using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;
using Chain.Rpc.Server;

namespace Chain.Rpc.Tracers;

/// <summary>A frame that was executed, or a self-destruct.</summary>
internal sealed class CallFrame
{
    /// <summary>Opcode that made it, as geth names it.</summary>
    public required string Type { get; init; }

    public required Address From { get; init; }

    /// <summary>Account called or created, or the beneficiary.</summary>
    public required Address To { get; init; }

    public required UInt256 Value { get; init; }

    /// <summary>Gas of the frame, without the transaction's intrinsic gas.</summary>
    public required ulong Gas { get; init; }

    public ulong GasUsed { get; set; }

    public byte[] Input { get; init; } = [];

    public byte[] Output { get; set; } = [];

    public FrameStatus Status { get; set; }

    public bool IsPrecompile { get; init; }

    public List<CallFrame> Calls { get; } = [];

    /// <summary>Its own logs: the log, its index in the transaction, the number of frames before it.</summary>
    public List<(LogEntry Log, int Index, int Position)> Logs { get; } = [];

    public bool IsCreation => Type is "CREATE" or "CREATE2";

    public bool IsSelfDestruct => Type == "SELFDESTRUCT";
}

/// <summary>Records the tree of frames of a transaction, up to a number of bytes.</summary>
internal sealed class CallRecorder(TraceSubject subject, bool withLogs = false, bool onlyTop = false) : ITracer
{
    private const int FrameBytes = 256;

    private readonly Stack<CallFrame> _open = [];
    private long _bytesLeft = subject.BytesMax;
    private int _depth;
    private int _logCount;

    /// <summary>The outermost frame; null when none ran.</summary>
    public CallFrame? Root { get; private set; }

    public void OnFrameEnter(in FrameStart start)
    {
        if (onlyTop && _depth++ > 0) return;
        subject.Cancellation.ThrowIfCancellationRequested();
        Charge(FrameBytes + start.Input.Length);
        Push(new CallFrame
        {
            Type = NameOf(start.Kind),
            From = start.Caller,
            To = start.CodeAddress,
            Value = start.Value,
            Gas = start.Gas,
            Input = start.Input.ToArray(),
            IsPrecompile = start.IsPrecompile,
        });
    }

    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
    {
        if (onlyTop && --_depth > 0) return;
        Charge(output.Length);
        CallFrame frame = _open.Pop();
        frame.Status = status;
        frame.GasUsed = frame.Gas - gasLeft;
        frame.Output = output.ToArray();
    }

    public void OnLog(LogEntry log)
    {
        if (!withLogs || (onlyTop && _depth > 1) || _open.Count == 0) return;
        Charge(FrameBytes + log.Data.Length);
        CallFrame frame = _open.Peek();
        frame.Logs.Add((log, _logCount++, frame.Calls.Count));
    }

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
        if (onlyTop || _open.Count == 0) return;
        Charge(FrameBytes);
        _open.Peek().Calls.Add(new CallFrame { Type = "SELFDESTRUCT", From = account, To = beneficiary, Value = balance, Gas = 0 });
    }

    /// <summary>The outermost frame, made up from the result where a rule refused it before it began.</summary>
    public CallFrame Finish(TransactionResult result) => Root ??= new CallFrame
    {
        Type = subject.Transaction.IsContractCreation ? "CREATE" : "CALL",
        From = subject.Sender,
        To = subject.Transaction.To ?? result.ContractAddress ?? default,
        Value = subject.Transaction.Value,
        Gas = 0,
        Input = subject.Transaction.Data.ToArray(),
        Output = result.Output.ToArray(),
        Status = result.Status,
    };

    private void Push(CallFrame frame)
    {
        if (_open.TryPeek(out CallFrame? parent)) parent.Calls.Add(frame);
        else Root ??= frame;
        _open.Push(frame);
    }

    private void Charge(int bytes)
    {
        _bytesLeft -= bytes;
        if (_bytesLeft < 0) throw new ResponseTooLargeException();
    }

    private static string NameOf(CallKind kind) => kind switch
    {
        CallKind.CallCode => "CALLCODE",
        CallKind.DelegateCall => "DELEGATECALL",
        CallKind.StaticCall => "STATICCALL",
        CallKind.Create => "CREATE",
        CallKind.Create2 => "CREATE2",
        _ => "CALL",
    };
}
