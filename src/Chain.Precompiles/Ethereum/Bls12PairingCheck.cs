using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Native;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x0f: 1 in 32 bytes when the product of pairings of points of BLS12-381 is 1, else 0 (EIP-2537).</summary>
public sealed class Bls12PairingCheck : IPrecompile
{
    private const int PairBytes = Bls12.G1Bytes + Bls12.G2Bytes;

    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x0f);

    /// <inheritdoc/>
    public string Name => "BLS12_PAIRING_CHECK";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => 37_700 + 32_600 * (ulong)(input.Length / PairBytes);

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length == 0 || input.Length % PairBytes != 0 || !Bls12.TryPair(input, out bool isOne)) return false;
        Span<byte> result = output.Resize(32);
        result.Clear();
        if (isOne) result[31] = 1;
        return true;
    }
}
