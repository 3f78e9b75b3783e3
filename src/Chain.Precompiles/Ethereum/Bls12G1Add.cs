using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x0b: the sum of two points of the curve of BLS12-381's G1, in the group or not (EIP-2537).</summary>
// Unsafe: the pointers go to locals.
public sealed unsafe class Bls12G1Add : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x0b);

    /// <inheritdoc/>
    public string Name => "BLS12_G1ADD";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 375;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length != 2 * Bls12.G1Bytes) return false;
        if (!Bls12.TryReadG1(input, inGroup: false, out Blst.P1Affine a) || !Bls12.TryReadG1(input[Bls12.G1Bytes..], inGroup: false, out Blst.P1Affine b)) return false;
        Blst.P1 sum;
        Blst.P1FromAffine(&sum, &a);
        Blst.P1AddAffine(&sum, &sum, &b);
        Bls12.Write(&sum, output.Resize(Bls12.G1Bytes));
        return true;
    }
}
