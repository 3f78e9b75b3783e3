using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x0d: the sum of two points of the curve of BLS12-381's G2, in the group or not (EIP-2537).</summary>
// Unsafe: the pointers go to locals.
public sealed unsafe class Bls12G2Add : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x0d);

    /// <inheritdoc/>
    public string Name => "BLS12_G2ADD";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 600;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length != 2 * Bls12.G2Bytes) return false;
        if (!Bls12.TryReadG2(input, inGroup: false, out Blst.P2Affine a) || !Bls12.TryReadG2(input[Bls12.G2Bytes..], inGroup: false, out Blst.P2Affine b)) return false;
        Blst.P2 sum;
        Blst.P2FromAffine(&sum, &a);
        Blst.P2AddAffine(&sum, &sum, &b);
        Bls12.Write(&sum, output.Resize(Bls12.G2Bytes));
        return true;
    }
}
