using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Arithmetic.Bn254;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x06: the sum of two points of BN254 (EIP-196; priced anew by EIP-1108).</summary>
public sealed class Bn254Add : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x06);

    /// <inheritdoc/>
    public string Name => "BN254_ADD";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => rules.Fork >= Fork.Istanbul ? 150ul : 500;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        Span<byte> padded = stackalloc byte[2 * G1.SizeBytes];
        PrecompileInput.CopyPadded(input, 0, padded);
        if (!G1.TryRead(padded, out G1 p) || !G1.TryRead(padded[G1.SizeBytes..], out G1 q)) return false;
        (p + q).Write(output.Resize(G1.SizeBytes));
        return true;
    }
}
