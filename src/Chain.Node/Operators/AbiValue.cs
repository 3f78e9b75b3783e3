using System.Buffers.Binary;
using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Node.Operators;

/// <summary>An argument of a call, encoded as the Solidity ABI says.</summary>
internal abstract record AbiValue
{
    /// <summary>True when the value stands in the tail, and its offset in the head.</summary>
    public abstract bool IsDynamic { get; }

    /// <summary>The calldata of a function.</summary>
    /// <param name="signature">Canonical signature.</param>
    /// <param name="arguments">Its arguments.</param>
    public static byte[] Call(string signature, params AbiValue[] arguments)
    {
        byte[] selector = new byte[AbiWords.SelectorSizeBytes];
        BinaryPrimitives.WriteUInt32BigEndian(selector, AbiWords.Selector(signature));
        return [.. selector, .. Tuple(arguments).Encode()];
    }

    /// <summary>Any value of one word.</summary>
    public static AbiValue Word(UInt256 value) => new WordValue(value);

    /// <summary>An <c>address</c>.</summary>
    public static AbiValue Of(in Address value) => Word(AbiWords.ToWord(value));

    /// <summary>A <c>bytes32</c>.</summary>
    public static AbiValue Of(in Hash256 value) => Word(AbiWords.ToWord(value));

    /// <summary>A <c>bool</c>.</summary>
    public static AbiValue Of(bool value) => Word(AbiWords.ToWord(value));

    /// <summary>A <c>bytes</c>.</summary>
    public static AbiValue Bytes(byte[] value) => new BytesValue(value);

    /// <summary>A dynamic array.</summary>
    public static AbiValue List(IEnumerable<AbiValue> items) => new ListValue([.. items]);

    /// <summary>A struct.</summary>
    public static AbiValue Tuple(params AbiValue[] items) => new TupleValue(items);

    /// <summary>The encoding, without an offset to it.</summary>
    public abstract byte[] Encode();

    private sealed record WordValue(UInt256 Value) : AbiValue
    {
        public override bool IsDynamic => false;

        public override byte[] Encode() => Value.ToBigEndian();
    }

    private sealed record BytesValue(byte[] Value) : AbiValue
    {
        public override bool IsDynamic => true;

        public override byte[] Encode()
        {
            int words = (Value.Length + UInt256.SizeBytes - 1) / UInt256.SizeBytes;
            byte[] padded = new byte[words * UInt256.SizeBytes];
            Value.CopyTo(padded, 0);
            return [.. new UInt256((ulong)Value.Length).ToBigEndian(), .. padded];
        }
    }

    private sealed record ListValue(AbiValue[] Items) : AbiValue
    {
        public override bool IsDynamic => true;

        public override byte[] Encode() => [.. new UInt256((ulong)Items.Length).ToBigEndian(), .. new TupleValue(Items).Encode()];
    }

    private sealed record TupleValue(AbiValue[] Items) : AbiValue
    {
        public override bool IsDynamic => Items.Any(i => i.IsDynamic);

        public override byte[] Encode()
        {
            byte[][] encoded = [.. Items.Select(i => i.Encode())];
            ulong offset = 0;
            for (int i = 0; i < Items.Length; i++) offset += Items[i].IsDynamic ? UInt256.SizeBytes : (ulong)encoded[i].Length;
            List<byte> heads = [];
            List<byte> tails = [];
            for (int i = 0; i < Items.Length; i++)
            {
                if (Items[i].IsDynamic) heads.AddRange(new UInt256(offset + (ulong)tails.Count).ToBigEndian());
                (Items[i].IsDynamic ? tails : heads).AddRange(encoded[i]);
            }
            return [.. heads, .. tails];
        }
    }
}
