using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x10: maps an element of BLS12-381's base field to a point of G1 (EIP-2537, RFC 9380).</summary>
// Unsafe: the pointers go to locals.
public sealed unsafe class Bls12MapFpToG1 : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x10);

    /// <inheritdoc/>
    public string Name => "BLS12_MAP_FP_TO_G1";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 5_500;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length != Bls12.FpBytes || !Bls12.TryReadFp(input, out Blst.Fp element)) return false;
        Blst.P1 point;
        Blst.MapToG1(&point, &element, null);
        Bls12.Write(&point, output.Resize(Bls12.G1Bytes));
        return true;
    }
}
