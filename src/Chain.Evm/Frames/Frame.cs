using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Code;
using Chain.Evm.Opcodes;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Evm.Frames;

/// <summary>Why a dispatcher returned.</summary>
internal enum FrameExit : byte
{
    /// <summary>The frame ended; see <see cref="Frame.Status"/>.</summary>
    Halted,

    /// <summary>The next frame of the pool is filled and shall run.</summary>
    Child,

    /// <summary>A call or creation failed before it began a frame: its result is on the stack, go on.</summary>
    Resume,
}

/// <summary>
/// One call frame: registers at rest, stack, memory and what the opcodes ask for. Pooled by depth and reused; its native buffers live until <see cref="Free"/>.
/// Safe as long as one machine uses it on one thread: the stack has 1,024 words and the dispatcher checks the limits, memory is addressed only below
/// <see cref="MemorySize"/>, input and return data point into a neighbour's buffers, which do not move while this frame runs.
/// </summary>
internal sealed unsafe class Frame(VirtualMachine machine, int depth)
{
    /// <summary>Words of the stack.</summary>
    public const int StackItemsMax = 1024;

    /// <summary>
    /// The stack begins at a multiple of this (twice its size): the low 16 bits of the stack pointer are its height in bytes, so that the limits are tested
    /// against constants without reading the frame.
    /// </summary>
    public const int StackAlignmentBytes = 64 * 1024;

    /// <summary>Largest memory in bytes; no block has gas for it (about 9 * 10^12), beyond is out of gas.</summary>
    public const ulong MemoryBytesMax = int.MaxValue & ~31;

    private const ulong MemoryInitialBytes = 4 * 1024;
    // Outer frames are entered again by every call; of deep ones there are a thousand a machine.
    private const ulong OuterMemoryKeptBytesMax = 1024 * 1024;
    private const ulong DeepMemoryKeptBytesMax = 16 * 1024;
    private const int OuterDepthMax = 8;

    /// <summary>The machine: state, block, transaction.</summary>
    public readonly VirtualMachine Machine = machine;

    /// <summary>Depth, 0 for the outermost.</summary>
    public readonly int Depth = depth;

    /// <summary>Lowest word of the stack.</summary>
    public readonly UInt256* Stack = (UInt256*)NativeMemory.AlignedAlloc(StackItemsMax * UInt256.SizeBytes, StackAlignmentBytes);

    /// <summary>First byte of the code, which padding follows.</summary>
    public byte* Code;

    /// <summary>Length of the code.</summary>
    public ulong CodeSize;

    /// <summary>Jump destinations, or null before the first jump.</summary>
    public ulong* JumpMap;

    /// <summary>First byte of memory.</summary>
    public byte* Memory;

    /// <summary>Active memory in bytes: a multiple of 32.</summary>
    public ulong MemorySize;

    /// <summary>Call data.</summary>
    public byte* Input;

    /// <summary>Length of <see cref="Input"/>.</summary>
    public ulong InputSize;

    /// <summary>Return data of the last child.</summary>
    public byte* ReturnData;

    /// <summary>Length of <see cref="ReturnData"/>.</summary>
    public ulong ReturnDataSize;

    /// <summary>Next opcode, while the frame is not running.</summary>
    public byte* Pc;

    /// <summary>First free stack word, while the frame is not running.</summary>
    public UInt256* Sp;

    /// <summary>Gas, while the frame is not running; of a new frame the gas given to it.</summary>
    public long Gas;

    /// <summary>What RETURN or REVERT gave.</summary>
    public byte* Output;

    /// <summary>Length of <see cref="Output"/>.</summary>
    public ulong OutputSize;

    /// <summary>Where the child's output goes in memory.</summary>
    public ulong ChildOutputOffset;

    /// <summary>Most bytes of the child's output that go to memory.</summary>
    public ulong ChildOutputSize;

    /// <summary>The executing account: ADDRESS, owner of the storage.</summary>
    public AccountEntry Account = null!;

    /// <summary>CALLER.</summary>
    public Address Caller;

    /// <summary>CALLVALUE.</summary>
    public UInt256 Value;

    /// <summary>How the frame was entered.</summary>
    public CallKind Kind;

    /// <summary>True when state must not change.</summary>
    public bool IsStatic;

    /// <summary>Why the dispatcher returned.</summary>
    public FrameExit Exit;

    /// <summary>How the frame ended.</summary>
    public FrameStatus Status;

    /// <summary>The code that runs; keeps it alive.</summary>
    public CodeInfo CodeInfo = CodeInfo.Empty;

    /// <summary>The native contract that runs instead of code.</summary>
    public INativeContract? Native;

    /// <summary>The account whose code runs (differs from <see cref="Account"/> in DELEGATECALL and CALLCODE).</summary>
    public Address CodeAddress;

    /// <summary>Mark in the journal at the frame's start.</summary>
    public int Snapshot;

    private ulong _memoryCapacity;
    private CodeInfo? _initCode;

    /// <summary>Ends the frame with this status; returns the negative gas that dispatchers test for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Halt(FrameStatus status)
    {
        Status = status;
        Exit = FrameExit.Halted;
        return -1;
    }

    /// <summary>Puts the registers at the start of this code.</summary>
    public void Begin(CodeInfo code)
    {
        CodeInfo = code;
        Code = code.Bytes;
        CodeSize = (ulong)code.Size;
        JumpMap = code.JumpMapOrNull;
        Pc = Code;
        Sp = Stack;
        MemorySize = 0;
        ReturnDataSize = 0;
        OutputSize = 0;
    }

    /// <summary>Prepares initcode in this frame's own buffer.</summary>
    public CodeInfo LoadInitCode(ReadOnlySpan<byte> code)
    {
        _initCode ??= new CodeInfo(code);
        _initCode.Reload(code);
        return _initCode;
    }

    /// <summary>Charges for memory up to offset + size and makes it active; a size of zero needs none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Expand(long gas, in UInt256 offset, in UInt256 size)
    {
        if (size.IsZero) return gas;
        return offset.FitsUInt64 && size.FitsUInt64 ? Expand(gas, offset.U0, size.U0) : Halt(FrameStatus.OutOfGas);
    }

    /// <summary>Charges for memory up to offset + size (not zero) and makes it active.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Expand(long gas, ulong offset, ulong size)
    {
        // A size beyond MemorySize makes the right side huge only when it underflows, hence the first test.
        if (size <= MemorySize && offset <= MemorySize - size) return gas;
        return ExpandSlow(gas, offset, size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ExpandSlow(long gas, ulong offset, ulong size)
    {
        if (offset > MemoryBytesMax || size > MemoryBytesMax || offset + size > MemoryBytesMax) return Halt(FrameStatus.OutOfGas);
        ulong words = Words.Count(offset + size);
        gas -= (long)(MemoryGas(words) - MemoryGas(MemorySize >> 5));
        if (gas < 0) return Halt(FrameStatus.OutOfGas);
        ulong size32 = words << 5;
        Reserve(size32);
        NativeMemory.Clear(Memory + MemorySize, (nuint)(size32 - MemorySize));
        MemorySize = size32;
        return gas;
    }

    /// <summary>Makes these bytes the output, in the frame's memory: the frame is over.</summary>
    public void SetOutput(ReadOnlySpan<byte> bytes)
    {
        Reserve((ulong)bytes.Length);
        bytes.CopyTo(new Span<byte>(Memory, bytes.Length));
        Output = Memory;
        OutputSize = (ulong)bytes.Length;
    }

    /// <summary>What the policy's refusal of a child does, as if the child had reverted at once: its error is the return data and fills the output area.</summary>
    public void Refuse(Frame child, ReadOnlySpan<byte> error)
    {
        child.SetOutput(error);
        TakeOutput(child);
    }

    /// <summary>Makes a child's output this frame's return data and fills the output area.</summary>
    public void TakeOutput(Frame child)
    {
        ReturnData = child.Output;
        ReturnDataSize = child.OutputSize;
        ulong size = Math.Min(ChildOutputSize, ReturnDataSize);
        if (size != 0) Buffer.MemoryCopy(ReturnData, Memory + ChildOutputOffset, size, size);
    }

    /// <summary>Fills memory (already active) from a source that zeros follow.</summary>
    public void CopyToMemory(ulong destination, byte* source, ulong sourceSize, in UInt256 sourceOffset, ulong size)
    {
        ulong offset = sourceOffset.SaturateToUInt64();
        ulong available = offset < sourceSize ? Math.Min(size, sourceSize - offset) : 0;
        byte* target = Memory + destination;
        if (available != 0) Buffer.MemoryCopy(source + offset, target, size, available);
        NativeMemory.Clear(target + available, (nuint)(size - available));
    }

    /// <summary>Gives large memory back, so that one hungry transaction does not hold it for good, and lets go of the state.</summary>
    public void Trim()
    {
        Account = null!;
        if (_memoryCapacity <= (Depth < OuterDepthMax ? OuterMemoryKeptBytesMax : DeepMemoryKeptBytesMax)) return;
        NativeMemory.Free(Memory);
        Memory = null;
        _memoryCapacity = 0;
        MemorySize = 0;
    }

    /// <summary>Frees the native buffers; the frame must not be used afterwards.</summary>
    public void Free()
    {
        NativeMemory.AlignedFree(Stack);
        NativeMemory.Free(Memory);
        Memory = null;
    }

    private void Reserve(ulong size)
    {
        if (size <= _memoryCapacity) return;
        _memoryCapacity = Math.Max(Math.Max(size, MemoryInitialBytes), Math.Min(_memoryCapacity * 2, MemoryBytesMax));
        Memory = (byte*)NativeMemory.Realloc(Memory, (nuint)_memoryCapacity);
    }

    // At most 2^26 words: no overflow.
    private static ulong MemoryGas(ulong words) => (words * GasCosts.MemoryWord) + (words * words / GasCosts.MemoryQuadraticDivisor);
}
