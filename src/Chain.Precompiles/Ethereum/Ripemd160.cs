using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Precompiles.Arithmetic;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x03: RIPEMD-160 of the input, padded on the left to 32 bytes (Yellow Paper, appendix E).</summary>
public sealed class Ripemd160 : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x03);

    /// <inheritdoc/>
    public string Name => "RIPEMD160";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => PrecompileInput.GasPerWord(input, 600, 120);

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        Span<byte> word = output.Resize(32);
        word[..12].Clear();
        Ripemd160Hash.Hash(input, word[12..]);
        return true;
    }
}
