using System.Text;
using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Node.Predeploys;

/// <summary>A value in the Solidity ABI's encoding, for the arguments of constructors and initialisers.</summary>
public abstract record AbiValue
{
    private const int WordSizeBytes = 32;

    /// <summary>True when the encoding stands behind an offset.</summary>
    protected abstract bool IsDynamic { get; }

    /// <summary>An integer or boolean.</summary>
    public static AbiValue Of(in UInt256 value) => new Word(value);

    /// <summary>An address.</summary>
    public static AbiValue Of(in Address value) => new Word(AbiWords.ToWord(value));

    /// <summary>A 32-byte value.</summary>
    public static AbiValue Of(in Hash256 value) => new Word(AbiWords.ToWord(value));

    /// <summary>A text.</summary>
    public static AbiValue Of(string value) => new Blob(Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes of any length.</summary>
    public static AbiValue Of(byte[] value) => new Blob(value);

    /// <summary>A dynamic array.</summary>
    public static AbiValue List(params IEnumerable<AbiValue> items) => new Sequence([.. items], HasLength: true);

    /// <summary>A struct.</summary>
    public static AbiValue Tuple(params IEnumerable<AbiValue> members) => new Sequence([.. members], HasLength: false);

    /// <summary>Arguments as a constructor takes them.</summary>
    public static byte[] Encode(params IEnumerable<AbiValue> arguments) => Tuple(arguments).Encode();

    /// <summary>A call: selector, then arguments.</summary>
    /// <param name="signature">Name and types, as <c>transfer(address,uint256)</c>.</param>
    /// <param name="arguments">Arguments.</param>
    public static byte[] Call(string signature, params IEnumerable<AbiValue> arguments) =>
        [.. AbiWords.Topic(signature).Bytes[..AbiWords.SelectorSizeBytes], .. Encode(arguments)];

    /// <summary>The encoding.</summary>
    protected abstract byte[] Encode();

    private sealed record Word(UInt256 Value) : AbiValue
    {
        protected override bool IsDynamic => false;

        protected override byte[] Encode()
        {
            byte[] bytes = new byte[WordSizeBytes];
            Value.WriteBigEndian(bytes);
            return bytes;
        }
    }

    private sealed record Blob(byte[] Value) : AbiValue
    {
        protected override bool IsDynamic => true;

        protected override byte[] Encode()
        {
            byte[] padding = new byte[(WordSizeBytes - (Value.Length % WordSizeBytes)) % WordSizeBytes];
            return [.. new Word((UInt256)(ulong)Value.Length).Encode(), .. Value, .. padding];
        }
    }

    private sealed record Sequence(IReadOnlyList<AbiValue> Items, bool HasLength) : AbiValue
    {
        protected override bool IsDynamic => HasLength || Items.Any(i => i.IsDynamic);

        protected override byte[] Encode()
        {
            byte[][] encoded = [.. Items.Select(i => i.Encode())];
            int headSize = Items.Zip(encoded, (item, bytes) => item.IsDynamic ? WordSizeBytes : bytes.Length).Sum();
            List<byte> head = [];
            List<byte> tail = [];
            for (int i = 0; i < encoded.Length; i++)
            {
                if (Items[i].IsDynamic)
                {
                    head.AddRange(new Word((UInt256)(ulong)(headSize + tail.Count)).Encode());
                    tail.AddRange(encoded[i]);
                }
                else
                {
                    head.AddRange(encoded[i]);
                }
            }
            return HasLength ? [.. new Word((UInt256)(ulong)Items.Count).Encode(), .. head, .. tail] : [.. head, .. tail];
        }
    }
}
