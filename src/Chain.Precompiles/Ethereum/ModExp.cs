using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Arithmetic;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x05: base ^ exponent mod modulus of numbers of any length (EIP-198; priced anew by EIP-2565 and EIP-7883, lengths limited by EIP-7823).</summary>
public sealed class ModExp : IPrecompile
{
    private const int HeaderBytes = 96;

    /// <summary>Longest operand in bytes from Osaka on (EIP-7823).</summary>
    private const ulong OperandBytesMax = 1024;

    /// <summary>Longest operand in bytes before: no block's gas pays for a longer one, and arrays end here.</summary>
    private const ulong OperandBytesMaxUnlimited = 1 << 30;

    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x05);

    /// <inheritdoc/>
    public string Name => "MODEXP";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules)
    {
        ReadLengths(input, out UInt256 baseLength, out UInt256 exponentLength, out UInt256 modulusLength);
        UInt128 complexity = Complexity(baseLength > modulusLength ? baseLength : modulusLength, rules.Fork);
        UInt128 iterations = Iterations(input, baseLength, exponentLength, rules.Fork);
        (uint divisor, ulong minimum) = rules.Fork switch
        {
            >= Fork.Osaka => (1u, 500ul),
            >= Fork.Berlin => (3u, 200ul),
            _ => (20u, 0ul),
        };
        // Past 2^128 the quotient is past 2^64 too.
        if (complexity != 0 && iterations > UInt128.MaxValue / complexity) return ulong.MaxValue;
        UInt128 gas = complexity * iterations / divisor;
        return gas > ulong.MaxValue ? ulong.MaxValue : Math.Max(minimum, (ulong)gas);
    }

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        ReadLengths(input, out UInt256 baseLength, out UInt256 exponentLength, out UInt256 modulusLength);
        ulong max = rules.Fork >= Fork.Osaka ? OperandBytesMax : OperandBytesMaxUnlimited;
        output.Clear();
        if (rules.Fork >= Fork.Osaka && exponentLength > max) return false;
        if (baseLength > max || modulusLength > max) return false;
        // Before Osaka an exponent of any length is free when there is no modulus.
        if (modulusLength.IsZero) return true;
        if (exponentLength > max) return false;
        int b = (int)baseLength.U0, e = (int)exponentLength.U0, m = (int)modulusLength.U0;
        long exponentAt = HeaderBytes + (long)b, modulusAt = exponentAt + e;
        ModularPower.Compute(
            new PaddedNumber(PrecompileInput.Present(input, HeaderBytes, b), b),
            new PaddedNumber(PrecompileInput.Present(input, exponentAt, e), e),
            new PaddedNumber(PrecompileInput.Present(input, modulusAt, m), m),
            output.Resize(m));
        return true;
    }

    private static void ReadLengths(ReadOnlySpan<byte> input, out UInt256 baseLength, out UInt256 exponentLength, out UInt256 modulusLength)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        PrecompileInput.CopyPadded(input, 0, header);
        baseLength = UInt256.FromBigEndian(header[..32]);
        exponentLength = UInt256.FromBigEndian(header.Slice(32, 32));
        modulusLength = UInt256.FromBigEndian(header[64..]);
    }

    // Cost of one multiplication; saturated for a length that no memory holds.
    private static UInt128 Complexity(in UInt256 length, Fork fork)
    {
        if (!length.FitsUInt64) return UInt128.MaxValue;
        UInt128 x = length.U0;
        UInt128 words = (x + 7) / 8;
        if (fork >= Fork.Osaka) return x > 32 ? 2 * words * words : 16;
        if (fork >= Fork.Berlin) return words * words;
        if (x <= 64) return x * x;
        if (x <= 1024) return x * x / 4 + 96 * x - 3_072;
        // Both terms stay in 128 bits: a square of 2^128 at most, over 16, and 2^73.
        return x * x / 16 + 480 * x - 199_680;
    }

    // Number of squarings, from the exponent's length and its first 32 bytes.
    private static UInt128 Iterations(ReadOnlySpan<byte> input, in UInt256 baseLength, in UInt256 exponentLength, Fork fork)
    {
        int headLength = exponentLength > 32 ? 32 : (int)exponentLength.U0;
        Span<byte> head = stackalloc byte[headLength];
        head.Clear();
        if (baseLength.FitsUInt64 && baseLength.U0 < int.MaxValue) PrecompileInput.Present(input, HeaderBytes + (long)baseLength.U0, headLength).CopyTo(head);
        int headBits = UInt256.FromBigEndian(head).BitLength;
        UInt128 iterations = headBits > 0 ? (UInt128)(headBits - 1) : 0;
        if (exponentLength > 32)
        {
            if (exponentLength.BitLength > 120) return UInt128.MaxValue;
            UInt128 tail = new UInt128(exponentLength.U1, exponentLength.U0) - 32;
            iterations += tail * (fork >= Fork.Osaka ? 16u : 8u);
        }
        return iterations == 0 ? 1 : iterations;
    }
}
