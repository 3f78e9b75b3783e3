using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Opcodes;

namespace Chain.Evm.Tests;

/// <summary>Writes bytecode: opcodes by name, pushes by value.</summary>
internal sealed class Bytecode
{
    private static readonly Dictionary<string, byte> Codes = Enumerable.Range(0, 256)
        .Select(c => OpcodeTable.Find((byte)c)).OfType<Opcode>().ToDictionary(o => o.Name, o => o.Code);

    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] Bytes => [.. _bytes];

    /// <summary>Opcodes by name, separated by spaces.</summary>
    public Bytecode Op(string names)
    {
        foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries)) _bytes.Add(Codes[name]);
        return this;
    }

    public Bytecode Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>The shortest PUSH1 to PUSH32 of each value, the last value on top.</summary>
    public Bytecode Push(params UInt256[] values)
    {
        foreach (UInt256 value in values)
        {
            int bytes = Math.Max(1, (value.BitLength + 7) / 8);
            _bytes.Add((byte)(0x5f + bytes));
            _bytes.AddRange(value.ToBigEndian()[^bytes..]);
        }
        return this;
    }

    public Bytecode Push(Address address) => Push(UInt256.FromBigEndian(address.Bytes));

    /// <summary>Stores the top item at memory 0 and returns it.</summary>
    public Bytecode ReturnTop() => Push(0).Op("MSTORE").Push(32, 0).Op("RETURN");

    /// <summary>Writes these bytes to memory 0 on.</summary>
    public Bytecode Store(byte[] data)
    {
        for (int i = 0; i < data.Length; i += 32)
        {
            byte[] word = new byte[32];
            data.AsSpan(i, Math.Min(32, data.Length - i)).CopyTo(word);
            Push(UInt256.FromBigEndian(word)).Push((ulong)i).Op("MSTORE");
        }
        return this;
    }

    /// <summary>A call with all gas of this kind, no value, no input, no output area.</summary>
    public Bytecode Call(string name, Address target, ulong gas = 10_000_000, ulong value = 0)
    {
        Push(0, 0, 0, 0);
        if (name is "CALL" or "CALLCODE") Push(value);
        return Push(target).Push(gas).Op(name);
    }

    /// <summary>Initcode that deploys this code.</summary>
    public static byte[] Deploying(byte[] code) =>
        [.. new Bytecode().Push((ulong)code.Length).Raw(0x80, 0x60, 0x0b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3).Bytes, .. code];

    public static implicit operator byte[](Bytecode code) => code.Bytes;
}
