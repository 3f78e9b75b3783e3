using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Arithmetic.Bn254;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x08: 1 in 32 bytes when the product of pairings of points of BN254 is 1, else 0 (EIP-197; priced anew by EIP-1108).</summary>
public sealed class Bn254Pairing : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x08);

    /// <inheritdoc/>
    public string Name => "BN254_PAIRING";

    private const int PairBytes = G1.SizeBytes + G2.SizeBytes;

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules)
    {
        ulong pairs = (ulong)(input.Length / PairBytes);
        return rules.Fork >= Fork.Istanbul ? 45_000 + 34_000 * pairs : 100_000 + 80_000 * pairs;
    }

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        if (input.Length % PairBytes != 0) return false;
        int pairs = input.Length / PairBytes, count = 0;
        G1[] p = new G1[pairs];
        G2[] q = new G2[pairs];
        for (; input.Length > 0; input = input[PairBytes..])
        {
            if (!G1.TryRead(input, out p[count]) || !G2.TryRead(input[G1.SizeBytes..], out q[count])) return false;
            if (!p[count].IsInfinity && !q[count].IsInfinity) count++;
        }
        Span<byte> result = output.Resize(32);
        result.Clear();
        if (Pairing.IsProductOne(p.AsSpan(0, count), q.AsSpan(0, count))) result[31] = 1;
        return true;
    }
}
