using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x0c: the sum of multiples of points of BLS12-381's G1 (EIP-2537).</summary>
public sealed class Bls12G1Msm : IPrecompile
{
    private const int PairBytes = Bls12.G1Bytes + Bls12.ScalarBytes;

    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x0c);

    /// <inheritdoc/>
    public string Name => "BLS12_G1MSM";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => Bls12Gas.ForPairs(input.Length, PairBytes, 12_000, Bls12Gas.G1Discounts);

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length == 0 || input.Length % PairBytes != 0) return false;
        return Bls12.TryMultiplyG1(input, output.Resize(Bls12.G1Bytes));
    }
}
