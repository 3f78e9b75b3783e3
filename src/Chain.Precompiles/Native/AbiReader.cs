using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Native;

/// <summary>
/// Decodes call arguments eagerly with the checks of solc's ABI coder v2: padding of values, offsets and lengths inside the calldata; bytes after the arguments are ignored.
/// What is read may not total more than the calldata, so that overlapping offsets cannot make decoding quadratic. The first failure stays: later reads answer empty.
/// </summary>
/// <param name="arguments">Calldata without the selector.</param>
public ref struct AbiReader(ReadOnlySpan<byte> arguments)
{
    private readonly ReadOnlySpan<byte> _data = arguments;
    private int _budget = arguments.Length;
    private int _base;
    private int _next;

    /// <summary>True once something did not decode.</summary>
    public bool Failed { get; private set; }

    /// <summary>A <c>bytes32</c>.</summary>
    public Hash256 Bytes32() => AbiWords.ToHash(Word());

    /// <summary>A <c>uint256</c>.</summary>
    public UInt256 UInt256() => Word();

    /// <summary>An <c>address</c>.</summary>
    public Address Address()
    {
        UInt256 word = Word();
        Require(word.BitLength <= 160);
        return AbiWords.ToAddress(word);
    }

    /// <summary>A <c>uint8</c>.</summary>
    public byte UInt8() => (byte)Number(byte.MaxValue);

    /// <summary>A <c>uint16</c>.</summary>
    public ushort UInt16() => (ushort)Number(ushort.MaxValue);

    /// <summary>A <c>uint32</c>.</summary>
    public uint UInt32() => (uint)Number(uint.MaxValue);

    /// <summary>A <c>uint64</c>.</summary>
    public ulong UInt64() => Number(ulong.MaxValue);

    /// <summary>A <c>uint80</c>.</summary>
    public UInt256 UInt80()
    {
        UInt256 word = Word();
        Require(word.BitLength <= 80);
        return word;
    }

    /// <summary>An <c>int128</c>.</summary>
    public Int128 Int128()
    {
        UInt256 word = Word();
        Int128 value = (Int128)(UInt128)word;
        Require(Signed.ToWord(value) == word);
        return value;
    }

    /// <summary>The last 32 bytes of the calldata, which may not be read otherwise too.</summary>
    public UInt256 LastWord()
    {
        bool fits = _budget >= Core.Numeric.UInt256.SizeBytes;
        Require(fits);
        if (!fits) return default;
        _budget -= Core.Numeric.UInt256.SizeBytes;
        return Core.Numeric.UInt256.FromBigEndian(_data[^Core.Numeric.UInt256.SizeBytes..]);
    }

    /// <summary>A <c>bool</c>.</summary>
    public bool Boolean() => Number(1) != 0;

    /// <summary>A <c>bytes</c>; the padding after it may be anything.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        (int Base, int Next) outer = EnterTail();
        int length = Length(1);
        ReadOnlySpan<byte> bytes = Take(length);
        Leave(outer);
        return bytes;
    }

    /// <summary>An <c>address[]</c>.</summary>
    public Address[] Addresses()
    {
        int length = EnterArray(out (int, int) outer);
        Address[] items = new Address[length];
        for (int i = 0; i < length && !Failed; i++) items[i] = Address();
        Leave(outer);
        return items;
    }

    /// <summary>A <c>uint16[]</c>.</summary>
    public ushort[] UInt16s()
    {
        int length = EnterArray(out (int, int) outer);
        ushort[] items = new ushort[length];
        for (int i = 0; i < length && !Failed; i++) items[i] = UInt16();
        Leave(outer);
        return items;
    }

    /// <summary>
    /// Goes to the tail of a dynamic array whose elements have one word each in its head, and reads its length. The elements are read next; then <see cref="Leave"/>.
    /// </summary>
    /// <param name="outer">Where to return to.</param>
    /// <param name="elementWords">Words of an element in the head.</param>
    public int EnterArray(out (int Base, int Next) outer, int elementWords = 1)
    {
        outer = EnterTail();
        int length = Length(elementWords * Core.Numeric.UInt256.SizeBytes);
        _base = _next;
        return length;
    }

    /// <summary>Goes to the tail of a struct of dynamic type. Its members are read next; then <see cref="Leave"/>.</summary>
    /// <param name="outer">Where to return to.</param>
    public void EnterStruct(out (int Base, int Next) outer)
    {
        outer = EnterTail();
        _base = _next;
    }

    /// <summary>Returns from a tail.</summary>
    public void Leave((int Base, int Next) outer) => (_base, _next) = outer;

    private (int Base, int Next) EnterTail()
    {
        UInt256 offset = Word();
        (int, int) outer = (_base, _next);
        bool isInside = offset.FitsUInt64 && offset.U0 <= (ulong)(_data.Length - _base);
        Require(isInside);
        if (isInside) _next = _base + (int)offset.U0;
        return outer;
    }

    /// <summary>A length whose elements fit into the rest of the calldata and of the budget.</summary>
    private int Length(int elementSizeBytes)
    {
        UInt256 length = Word();
        long room = Math.Min(_data.Length - _next, _budget);
        bool fits = !Failed && length.FitsUInt64 && length.U0 <= (ulong)(room / elementSizeBytes);
        Require(fits);
        return fits ? (int)length.U0 : 0;
    }

    private ulong Number(ulong max)
    {
        UInt256 word = Word();
        Require(word <= max);
        return Failed ? 0 : word.U0;
    }

    private UInt256 Word()
    {
        ReadOnlySpan<byte> bytes = Take(Core.Numeric.UInt256.SizeBytes);
        return Failed ? default : Core.Numeric.UInt256.FromBigEndian(bytes);
    }

    private ReadOnlySpan<byte> Take(int sizeBytes)
    {
        Require(sizeBytes <= _data.Length - _next && sizeBytes <= _budget);
        if (Failed) return default;
        ReadOnlySpan<byte> bytes = _data.Slice(_next, sizeBytes);
        _next += sizeBytes;
        _budget -= sizeBytes;
        return bytes;
    }

    private void Require(bool condition) => Failed |= !condition;
}
