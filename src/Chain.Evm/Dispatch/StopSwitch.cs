using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Dispatch;

/// <summary>
/// Stops a machine from another thread at its next opcode, at no cost to the opcodes: the machine runs with a table of handlers of its own, and stopping writes the
/// address of a handler that ends the frame over every entry. The pinned table outlives each run; an entry is one aligned word, so a running handler reads the old address or the new one.
/// </summary>
internal sealed unsafe class StopSwitch
{
    private readonly Lock _lock = new();
    private readonly nint[] _table = GC.AllocateUninitializedArray<nint>(256, pinned: true);
    private nint* _source;
    private volatile bool _isOn;

    /// <summary>True from the moment of stopping until <see cref="Reset"/>.</summary>
    public bool IsOn => _isOn;

    /// <summary>The table to run with in place of the given one, which lives as long as the program.</summary>
    public nint* Over(nint* handlers)
    {
        lock (_lock)
        {
            if (_source != handlers && !_isOn)
            {
                new ReadOnlySpan<nint>(handlers, _table.Length).CopyTo(_table);
                _source = handlers;
            }
            return (nint*)Unsafe.AsPointer(ref _table[0]);
        }
    }

    /// <summary>Stops the run; safe from any thread.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isOn = true;
            _source = null;
            nint ended = (nint)(delegate*<Frame, byte*, UInt256*, long, nint*, void>)&End;
            for (int i = 0; i < _table.Length; i++) Volatile.Write(ref _table[i], ended);
        }
    }

    /// <summary>Makes the machine usable again.</summary>
    public void Reset()
    {
        lock (_lock) _isOn = false;
    }

    private static void End(Frame frame, byte* pc, UInt256* sp, long gas, nint* handlers) => frame.Halt(FrameStatus.Stopped);
}
