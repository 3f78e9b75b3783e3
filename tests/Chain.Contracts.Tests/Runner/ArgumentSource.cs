using System.Globalization;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Contracts.Tests.Runner;

/// <summary>Random ABI arguments, half of them at the edges of their types; the same for the same seed.</summary>
internal sealed class ArgumentSource(int seed)
{
    private const int ItemsMax = 4;
    private const int BlobSizeBytesMax = 100;
    private const int WordBits = 256;

    private readonly Random _random = new(seed);

    /// <summary>A number from 0 to below the limit.</summary>
    public int Below(int limit) => _random.Next(limit);

    /// <summary>Arguments for parameters of these types.</summary>
    public AbiValue[] Arguments(IEnumerable<string> types) => [.. types.Select(Argument)];

    /// <summary>An address that nobody knows.</summary>
    public Address Address() => new(Bytes(Core.Primitives.Address.SizeBytes));

    private AbiValue Argument(string type)
    {
        if (type.EndsWith(']'))
        {
            int bracket = type.LastIndexOf('[');
            string item = type[..bracket];
            bool isFixed = int.TryParse(type.AsSpan(bracket + 1, type.Length - bracket - 2), NumberStyles.None, CultureInfo.InvariantCulture, out int count);
            IEnumerable<AbiValue> items = Enumerable.Range(0, isFixed ? count : Below(ItemsMax + 1)).Select(_ => Argument(item)).ToList();
            return isFixed ? AbiValue.Tuple(items) : AbiValue.List(items);
        }
        if (type == "bool") return AbiValue.Of((UInt256)(ulong)Below(2));
        if (type == "address") return AbiValue.Of(Below(4) == 0 ? Core.Primitives.Address.FromNumber((ulong)Below(32)) : Address());
        if (type == "bytes") return AbiValue.Of(Bytes(Below(BlobSizeBytesMax)));
        if (type == "string") return AbiValue.Of(Convert.ToHexString(Bytes(Below(BlobSizeBytesMax))));
        if (Bits(type, "uint") is { } width) return AbiValue.Of(Number(width));
        if (Bits(type, "int") is { } signedWidth)
        {
            UInt256.SignExtend(Number(signedWidth), (UInt256)(ulong)((signedWidth / 8) - 1), out UInt256 extended);
            return AbiValue.Of(extended);
        }
        if (Bits(type, "bytes") is { } size) return AbiValue.Of(Number(size * 8) << (WordBits - (size * 8)));
        throw new NotSupportedException($"Tests with parameters of type {type} are not run yet: teach {nameof(ArgumentSource)} the type.");
    }

    private UInt256 Number(int bits)
    {
        UInt256 max = bits == WordBits ? ~UInt256.Zero : (UInt256.One << bits) - UInt256.One;
        UInt256 number = Below(8) switch
        {
            0 => (UInt256)(ulong)Below(3),
            1 => max - (UInt256)(ulong)Below(3),
            2 => (UInt256.One << Below(bits)) + (UInt256)(ulong)Below(3) - UInt256.One,
            3 => UInt256.Exp(10, (UInt256)(ulong)Below(30)) * (UInt256)(ulong)(1 + Below(9)),
            // As many significant bits as comes: small numbers as often as large ones.
            4 or 5 => UInt256.FromBigEndian(Bytes(UInt256.SizeBytes)) >> Below(WordBits),
            _ => UInt256.FromBigEndian(Bytes(UInt256.SizeBytes)),
        };
        return number & max;
    }

    private static int? Bits(string type, string prefix) =>
        type.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(type.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int bits) ? bits : null;

    private byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        _random.NextBytes(bytes);
        return bytes;
    }
}
