using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;

namespace Chain.Precompiles.Tests;

/// <summary>Calls a precompile by number, as the machine does: found in the fork's set, priced, run.</summary>
internal static class Call
{
    public static IPrecompile Find(ulong number, Fork fork = Fork.Osaka) =>
        EthereumPrecompiles.For(fork).TryGet(Address.FromNumber(number), out INativeContract contract)
            ? (IPrecompile)contract
            : throw new ArgumentException($"{fork} has no precompile {number}.");

    public static ulong Gas(ulong number, byte[] input, Fork fork = Fork.Osaka) => Find(number, fork).GasCost(input, ForkTable.Rules(fork));

    /// <summary>Output in lower-case hex; null for a failure.</summary>
    public static string? Run(ulong number, byte[] input, Fork fork = Fork.Osaka)
    {
        OutputBuffer output = new();
        return Find(number, fork).Run(input, ForkTable.Rules(fork), output) ? Convert.ToHexStringLower(output.Span) : null;
    }

    public static string? Run(ulong number, string hex, Fork fork = Fork.Osaka) => Run(number, Convert.FromHexString(hex), fork);

    public static string Word(ulong value) => value.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
}
