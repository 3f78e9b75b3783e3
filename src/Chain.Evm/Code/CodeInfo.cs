using System.Runtime.CompilerServices;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Evm.Code;

/// <summary>
/// Code ready to run: copied once to fixed memory behind which zero bytes (STOP) follow, so that neither the dispatcher nor PUSH tests for the end.
/// The map of jump destinations is built at the first jump. Immutable once shared; safe for concurrent readers.
/// </summary>
internal sealed unsafe class CodeInfo
{
    /// <summary>Zero bytes behind the code: the immediate of a PUSH32 in the last byte, one STOP, and room to read immediates 8 bytes at a time.</summary>
    public const int PaddingBytes = 48;

    private const byte JumpDest = 0x5b;
    private const byte Push1 = 0x60;
    private const byte Push32 = 0x7f;

    private byte[] _bytes;
    private ulong[]? _jumpMap;

    /// <summary>Copies the code.</summary>
    public CodeInfo(ReadOnlySpan<byte> code)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(code.Length + PaddingBytes, pinned: true);
        Fill(code);
    }

    /// <summary>No code.</summary>
    public static CodeInfo Empty { get; } = new([]);

    /// <summary>First byte of the code. The array is pinned: the pointer is good as long as this object is referenced and not reloaded.</summary>
    public byte* Bytes => (byte*)Unsafe.AsPointer(ref _bytes[0]);

    /// <summary>Length of the code without padding.</summary>
    public int Size { get; private set; }

    /// <summary>Target of the EIP-7702 delegation designator that the code is; null for other code.</summary>
    public Address? DelegationTarget { get; private set; }

    /// <summary>The code.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Size);

    /// <summary>Memory held, for the limit of the cache.</summary>
    public long MemoryBytes => _bytes.Length + (_bytes.Length / 8) + 128;

    /// <summary>Replaces the content, keeping the buffer when it is large enough. Only for initcode, which one frame owns.</summary>
    public void Reload(ReadOnlySpan<byte> code)
    {
        if (_bytes.Length < code.Length + PaddingBytes)
            _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(code.Length + PaddingBytes, _bytes.Length * 2), pinned: true);
        Fill(code);
    }

    /// <summary>The map of jump destinations when it was built already, else null. One bit per byte of code.</summary>
    public ulong* JumpMapOrNull
    {
        get
        {
            ulong[]? map = Volatile.Read(ref _jumpMap);
            return map is null ? null : (ulong*)Unsafe.AsPointer(ref map[0]);
        }
    }

    /// <summary>The map of jump destinations, built when needed. Two threads may both build it; the maps are equal and the first stays.</summary>
    public ulong* GetJumpMap()
    {
        if (Volatile.Read(ref _jumpMap) is null) Interlocked.CompareExchange(ref _jumpMap, BuildJumpMap(), null);
        return JumpMapOrNull;
    }

    private void Fill(ReadOnlySpan<byte> code)
    {
        code.CopyTo(_bytes);
        _bytes.AsSpan(code.Length, PaddingBytes).Clear();
        Size = code.Length;
        _jumpMap = null;
        DelegationTarget = Delegation.TryParse(code, out Address target) ? target : null;
    }

    private ulong[] BuildJumpMap()
    {
        ulong[] map = GC.AllocateArray<ulong>((Size >> 6) + 1, pinned: true);
        for (int i = 0; i < Size; i++)
        {
            byte op = _bytes[i];
            if (op == JumpDest) map[i >> 6] |= 1UL << (i & 63);
            else if (op is >= Push1 and <= Push32) i += op - Push1 + 1;
        }
        return map;
    }
}
