using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x04: returns its input (Yellow Paper, appendix E).</summary>
public sealed class Identity : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x04);

    /// <inheritdoc/>
    public string Name => "ID";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => PrecompileInput.GasPerWord(input, 15, 3);

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        output.Set(input);
        return true;
    }
}
