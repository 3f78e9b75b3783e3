using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Arithmetic.Bn254;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x07: a multiple of a point of BN254 (EIP-196; priced anew by EIP-1108).</summary>
public sealed class Bn254Mul : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x07);

    /// <inheritdoc/>
    public string Name => "BN254_MUL";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => rules.Fork >= Fork.Istanbul ? 6_000ul : 40_000;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        Span<byte> padded = stackalloc byte[G1.SizeBytes + UInt256.SizeBytes];
        PrecompileInput.CopyPadded(input, 0, padded);
        if (!G1.TryRead(padded, out G1 point)) return false;
        G1.Multiply(point, UInt256.FromBigEndian(padded[G1.SizeBytes..])).Write(output.Resize(G1.SizeBytes));
        return true;
    }
}
