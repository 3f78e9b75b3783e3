using System.Security.Cryptography;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Arithmetic;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x100: verifies an ECDSA signature over secp256r1; 1 in 32 bytes when valid, otherwise empty output (EIP-7951).</summary>
public sealed class P256Verify : IPrecompile
{
    private const int InputBytes = 160;

    private static readonly UInt256 Prime = Word("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly UInt256 Order = Word("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    private static readonly Montgomery256 Field = new(Prime);
    private static readonly UInt256 B = Field.ToForm(Word("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"));

    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x100);

    /// <inheritdoc/>
    public string Name => "P256VERIFY";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 6_900;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        output.Clear();
        if (input.Length != InputBytes || !IsValid(input)) return true;
        Span<byte> result = output.Resize(32);
        result.Clear();
        result[31] = 1;
        return true;
    }

    private static bool IsValid(ReadOnlySpan<byte> input)
    {
        UInt256 r = UInt256.FromBigEndian(input.Slice(32, 32)), s = UInt256.FromBigEndian(input.Slice(64, 32));
        if (r.IsZero || r >= Order || s.IsZero || s >= Order) return false;
        // The point at infinity, written (0, 0), is not on the curve either.
        if (!IsOnCurve(UInt256.FromBigEndian(input.Slice(96, 32)), UInt256.FromBigEndian(input.Slice(128, 32)))) return false;
        ECParameters parameters = new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = input.Slice(96, 32).ToArray(), Y = input.Slice(128, 32).ToArray() },
        };
        using ECDsa key = ECDsa.Create(parameters);
        return key.VerifyHash(input[..32], input.Slice(32, 64), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // y^2 = x^3 - 3x + b, with both coordinates in the field.
    private static bool IsOnCurve(in UInt256 qx, in UInt256 qy)
    {
        if (qx >= Prime || qy >= Prime) return false;
        UInt256 x = Field.ToForm(qx), y = Field.ToForm(qy);
        UInt256 right = Field.Multiply(Field.Multiply(x, x), x);
        right = Field.Add(Field.Subtract(right, Field.Add(x, Field.Add(x, x))), B);
        return Field.Multiply(y, y) == right;
    }

    private static UInt256 Word(string hex) => UInt256.FromBigEndian(Convert.FromHexString(hex));
}
