using System.Security.Cryptography;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;

namespace Chain.Precompiles.Ethereum;

/// <summary>0x02: SHA-256 of the input (Yellow Paper, appendix E).</summary>
public sealed class Sha256 : IPrecompile
{
    /// <inheritdoc/>
    public Address Address { get; } = Address.FromNumber(0x02);

    /// <inheritdoc/>
    public string Name => "SHA256";

    /// <inheritdoc/>
    public ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules) => PrecompileInput.GasPerWord(input, 60, 12);

    /// <inheritdoc/>
    public bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output)
    {
        SHA256.HashData(input, output.Resize(SHA256.HashSizeInBytes));
        return true;
    }
}
