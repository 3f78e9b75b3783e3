using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x11: maps an element of BLS12-381's quadratic field to a point of G2 (EIP-2537, RFC 9380).</summary>
// Unsafe: the pointers go to locals.
public sealed unsafe class Bls12MapFp2ToG2 : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x11);

    /// <inheritdoc/>
    public string Name => "BLS12_MAP_FP2_TO_G2";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 23_800;

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length != Bls12.Fp2Bytes || !Bls12.TryReadFp2(input, out Blst.Fp2 element)) return false;
        Blst.P2 point;
        Blst.MapToG2(&point, &element, null);
        Bls12.Write(&point, output.Resize(Bls12.G2Bytes));
        return true;
    }
}
