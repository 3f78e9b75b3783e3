using System.Numerics;

namespace Chain.Core.Numeric;

public readonly partial struct UInt256
{
    /// <summary>a + b modulo 2^256.</summary>
    public static UInt256 operator +(in UInt256 a, in UInt256 b)
    {
        AddOverflow(a, b, out UInt256 r);
        return r;
    }

    /// <summary>a - b modulo 2^256.</summary>
    public static UInt256 operator -(in UInt256 a, in UInt256 b)
    {
        SubtractUnderflow(a, b, out UInt256 r);
        return r;
    }

    /// <summary>a * b modulo 2^256.</summary>
    public static UInt256 operator *(in UInt256 a, in UInt256 b) => FromBigInteger(a.ToBigInteger() * b.ToBigInteger());

    /// <summary>a / b rounded down; 0 when b is 0 (EVM DIV).</summary>
    public static UInt256 operator /(in UInt256 a, in UInt256 b) => b.IsZero ? default : FromBigInteger(a.ToBigInteger() / b.ToBigInteger());

    /// <summary>a modulo b; 0 when b is 0 (EVM MOD).</summary>
    public static UInt256 operator %(in UInt256 a, in UInt256 b) => b.IsZero ? default : FromBigInteger(a.ToBigInteger() % b.ToBigInteger());

    /// <summary>Computes a + b modulo 2^256; true when the exact sum does not fit.</summary>
    public static bool AddOverflow(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        BigInteger sum = a.ToBigInteger() + b.ToBigInteger();
        result = FromBigInteger(sum);
        return sum >> 256 != 0;
    }

    /// <summary>Computes a - b modulo 2^256; true when b is larger than a.</summary>
    public static bool SubtractUnderflow(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        bool underflow = a < b;
        result = FromBigInteger((BigInteger.One << 256) + a.ToBigInteger() - b.ToBigInteger());
        return underflow;
    }

    /// <summary>Computes a * b modulo 2^256; true when the exact product does not fit.</summary>
    public static bool MultiplyOverflow(in UInt256 a, in UInt256 b, out UInt256 result)
    {
        BigInteger product = a.ToBigInteger() * b.ToBigInteger();
        result = FromBigInteger(product);
        return product >> 256 != 0;
    }

    /// <summary>True when a is below b.</summary>
    public static bool operator <(in UInt256 a, in UInt256 b) => a.CompareTo(b) < 0;

    /// <summary>True when a is above b.</summary>
    public static bool operator >(in UInt256 a, in UInt256 b) => a.CompareTo(b) > 0;

    /// <summary>True when a is at most b.</summary>
    public static bool operator <=(in UInt256 a, in UInt256 b) => a.CompareTo(b) <= 0;

    /// <summary>True when a is at least b.</summary>
    public static bool operator >=(in UInt256 a, in UInt256 b) => a.CompareTo(b) >= 0;

    /// <summary>True when equal.</summary>
    public static bool operator ==(in UInt256 a, in UInt256 b) => a.Equals(b);

    /// <summary>True when different.</summary>
    public static bool operator !=(in UInt256 a, in UInt256 b) => !a.Equals(b);
}
