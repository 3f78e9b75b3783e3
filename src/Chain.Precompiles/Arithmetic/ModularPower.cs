using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Chain.Core.Numeric;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Arithmetic;

/// <summary>A big-endian number of which only a prefix of the bytes is at hand; the rest are zero.</summary>
/// <param name="present">First bytes.</param>
/// <param name="length">Length in all, bytes.</param>
internal readonly ref struct PaddedNumber(ReadOnlySpan<byte> present, int length)
{
    /// <summary>First bytes.</summary>
    public ReadOnlySpan<byte> Present { get; } = present;

    /// <summary>Length in all, bytes.</summary>
    public int Length { get; } = length;

    /// <summary>Byte by position from the most significant.</summary>
    public byte this[int index] => index < Present.Length ? Present[index] : (byte)0;

    /// <summary>The same value without leading zero bytes; length 0 for zero.</summary>
    public PaddedNumber Trimmed()
    {
        int start = Present.IndexOfAnyExcept((byte)0);
        return start < 0 ? default : new PaddedNumber(Present[start..], Length - start);
    }
}

/// <summary>base ^ exponent mod modulus for numbers of any size (EIP-198).</summary>
internal static class ModularPower
{
    /// <summary>Writes the result right-aligned over the whole destination, whose length is at least the modulus's. 0 for modulus 0; 0^0 is 1.</summary>
    public static void Compute(PaddedNumber @base, PaddedNumber exponent, PaddedNumber modulus, Span<byte> destination)
    {
        destination.Clear();
        modulus = modulus.Trimmed();
        exponent = exponent.Trimmed();
        if (modulus.Length == 0) return;
        bool odd = (modulus[modulus.Length - 1] & 1) != 0;
        if (odd && modulus.Length <= 8) Small(@base, exponent, modulus, destination);
        else if (odd && modulus.Length <= UInt256.SizeBytes) Word(@base, exponent, modulus, destination);
        else Large(@base.Trimmed(), exponent, modulus, destination);
    }

    private static UInt256 ToWord(PaddedNumber number)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        bytes.Clear();
        number.Present.CopyTo(bytes[(UInt256.SizeBytes - number.Length)..]);
        return UInt256.FromBigEndian(bytes);
    }

    private static void Small(PaddedNumber @base, PaddedNumber exponent, PaddedNumber modulus, Span<byte> destination)
    {
        ulong m = ToWord(modulus).U0;
        if (m == 1) return;
        ulong inverse = Montgomery256.NegativeInverse(m);
        ulong one = (0 - m) % m;
        ulong x = 0;
        foreach (byte b in @base.Present) x = (ulong)((((UInt128)x << 8) | b) % m);
        for (int i = @base.Present.Length; i < @base.Length && x != 0; i++) x = (ulong)(((UInt128)x << 8) % m);
        x = (ulong)(((UInt128)x << 64) % m);
        ulong result = one;
        for (int i = 0; i < exponent.Length; i++)
        {
            uint b = exponent[i];
            for (uint bit = 0x80; bit != 0; bit >>= 1)
            {
                result = Reduce(result, result, m, inverse);
                if ((b & bit) != 0) result = Reduce(result, x, m, inverse);
            }
        }
        WriteRight(new UInt256(Reduce(result, 1, m, inverse)), destination);
    }

    // a * b / 2^64 mod m, a and b below m.
    private static ulong Reduce(ulong a, ulong b, ulong m, ulong inverse)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        ulong correction = Math.BigMul(low * inverse, m, out _);
        // low plus the low half of the correction is 0 modulo 2^64: it carries unless low is 0.
        ulong sum = high + correction + (low != 0 ? 1ul : 0);
        return sum < high || sum >= m ? sum - m : sum;
    }

    private static void Word(PaddedNumber @base, PaddedNumber exponent, PaddedNumber modulus, Span<byte> destination)
    {
        Montgomery256 field = new(ToWord(modulus));
        // Horner over 256-bit digits; shifting by one digit is one more conversion into Montgomery form.
        UInt256 x = default;
        Span<byte> digit = stackalloc byte[UInt256.SizeBytes];
        int first = @base.Length % UInt256.SizeBytes;
        for (int at = first == 0 ? 0 : first - UInt256.SizeBytes; at < @base.Length; at += UInt256.SizeBytes)
        {
            for (int i = 0; i < UInt256.SizeBytes; i++) digit[i] = at + i < 0 ? (byte)0 : @base[at + i];
            x = field.Add(field.ToForm(x), field.ToForm(UInt256.FromBigEndian(digit)));
        }

        UInt256 result = field.One;
        if (exponent.Length <= 4)
        {
            for (int i = 0; i < exponent.Length; i++)
            {
                uint b = exponent[i];
                for (uint bit = i == 0 ? 1u << BitOperations.Log2(b) : 0x80; bit != 0; bit >>= 1)
                {
                    result = field.Multiply(result, result);
                    if ((b & bit) != 0) result = field.Multiply(result, x);
                }
            }
        }
        else
        {
            Span<UInt256> powers = stackalloc UInt256[16];
            powers[0] = field.One;
            for (int i = 1; i < 16; i++) powers[i] = field.Multiply(powers[i - 1], x);
            for (int i = 0; i < 2 * exponent.Length; i++)
            {
                int digitValue = (exponent[i / 2] >> ((i & 1) == 0 ? 4 : 0)) & 15;
                for (int j = 0; j < 4; j++) result = field.Multiply(result, result);
                if (digitValue != 0) result = field.Multiply(result, powers[digitValue]);
            }
        }
        WriteRight(field.FromForm(result), destination);
    }

    private static void WriteRight(in UInt256 value, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        value.WriteBigEndian(bytes);
        if (destination.Length >= bytes.Length) bytes.CopyTo(destination[^bytes.Length..]);
        else bytes[^destination.Length..].CopyTo(destination);
    }

    private static void Large(PaddedNumber @base, PaddedNumber exponent, PaddedNumber modulus, Span<byte> destination)
    {
        int baseLimbs = LimbsFor(@base), exponentLimbs = LimbsFor(exponent), modulusLimbs = LimbsFor(modulus);
        int total = baseLimbs + exponentLimbs + modulusLimbs;
        ulong[]? rented = null;
        Span<ulong> limbs = total <= 256 ? stackalloc ulong[256] : rented = ArrayPool<ulong>.Shared.Rent(total);
        Span<ulong> b = limbs[..baseLimbs], e = limbs.Slice(baseLimbs, exponentLimbs), m = limbs.Slice(baseLimbs + exponentLimbs, modulusLimbs);
        ReadLimbs(@base, b);
        ReadLimbs(exponent, e);
        ReadLimbs(modulus, m);
        Gmp.PowerModulo(b, e, m, destination);
        if (rented is not null) ArrayPool<ulong>.Shared.Return(rented);
    }

    private static int LimbsFor(PaddedNumber number) => (number.Length + 7) / 8;

    private static void ReadLimbs(PaddedNumber number, Span<ulong> limbs)
    {
        for (int i = 0; i < limbs.Length; i++)
        {
            int end = number.Length - 8 * i, start = end - 8;
            if (start >= 0 && end <= number.Present.Length)
            {
                limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(number.Present[start..]);
                continue;
            }
            ulong limb = 0;
            for (int at = Math.Max(start, 0); at < end; at++) limb = (limb << 8) | number[at];
            limbs[i] = limb;
        }
    }
}
