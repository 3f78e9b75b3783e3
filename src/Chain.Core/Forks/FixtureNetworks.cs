using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Chain.Core.Numeric;

namespace Chain.Core.Forks;

/// <summary>
/// Networks of the official test fixtures: a fork's name, or two with where the second starts: <c>XToYAtTime15k</c> (seconds),
/// <c>XToYAt5</c> (block), <c>XToYAtDiffC0000</c> (total difficulty, hexadecimal).
/// </summary>
public static class FixtureNetworks
{
    private static readonly Dictionary<string, Fork> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Frontier"] = Fork.Frontier,
        ["Homestead"] = Fork.Homestead,
        ["Dao"] = Fork.Dao,
        ["EIP150"] = Fork.TangerineWhistle,
        ["EIP158"] = Fork.SpuriousDragon,
        ["Byzantium"] = Fork.Byzantium,
        ["Constantinople"] = Fork.Constantinople,
        ["ConstantinopleFix"] = Fork.Petersburg,
        ["Istanbul"] = Fork.Istanbul,
        ["MuirGlacier"] = Fork.MuirGlacier,
        ["Berlin"] = Fork.Berlin,
        ["London"] = Fork.London,
        ["ArrowGlacier"] = Fork.ArrowGlacier,
        ["GrayGlacier"] = Fork.GrayGlacier,
        ["Paris"] = Fork.Paris,
        ["Merge"] = Fork.Paris,
        ["Shanghai"] = Fork.Shanghai,
        ["Cancun"] = Fork.Cancun,
        ["Prague"] = Fork.Prague,
        ["Osaka"] = Fork.Osaka,
        ["BPO1"] = Fork.Bpo1,
        ["BPO2"] = Fork.Bpo2,
        ["BPO3"] = Fork.Bpo3,
        ["BPO4"] = Fork.Bpo4,
        ["BPO5"] = Fork.Bpo5,
    };

    /// <summary>The fork of a fixture name such as <c>ConstantinopleFix</c> or <c>EIP158</c>, any case.</summary>
    public static bool TryParseFork(string name, out Fork fork) => Names.TryGetValue(name, out fork);

    /// <summary>The chain of a network name.</summary>
    /// <param name="network">The name.</param>
    /// <param name="chainId">Chain id.</param>
    /// <param name="blobSchedules">The fixture's blob parameters, if it gives any.</param>
    /// <param name="spec">The chain; null when the name is not known.</param>
    public static bool TryGet(
        string network, ulong chainId, IReadOnlyDictionary<Fork, BlobSchedule>? blobSchedules, [NotNullWhen(true)] out ChainSpec? spec)
    {
        spec = null;
        if (TryParseFork(network, out Fork single))
        {
            spec = ChainSpec.ForFork(single, chainId, blobSchedules);
            return true;
        }
        int to = network.IndexOf("To", StringComparison.Ordinal);
        int at = network.LastIndexOf("At", StringComparison.Ordinal);
        if (to <= 0 || at < to + 2 || !TryParseFork(network[..to], out Fork from) || !TryParseFork(network[(to + 2)..at], out Fork target)) return false;
        if (from >= target || (target > Fork.Paris && from < Fork.Paris)) return false;
        if (!TryParseStart(network.AsSpan(at + 2), target, out UInt256 start)) return false;

        Dictionary<Fork, ulong> activations = [];
        foreach (Fork fork in Enum.GetValues<Fork>())
        {
            if (fork > target || !ForkOrder.IsScheduled(fork, target)) continue;
            activations.Add(fork, fork <= from || target == Fork.Paris ? 0 : start.U0);
        }
        UInt256? ttd = target == Fork.Paris ? start : from >= Fork.Paris ? UInt256.Zero : null;
        spec = new ChainSpec(chainId, activations, ttd, blobSchedules) { DaoForkSupport = target == Fork.Dao };
        return true;
    }

    private static bool TryParseStart(ReadOnlySpan<char> text, Fork target, out UInt256 start)
    {
        start = default;
        ulong value;
        if (text.StartsWith("Diff"))
        {
            if (target != Fork.Paris || !ulong.TryParse(text[4..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)) return false;
        }
        else if (text.StartsWith("Time"))
        {
            bool isThousands = text.EndsWith("k");
            if (target <= Fork.Paris || !ulong.TryParse(text[4..(isThousands ? ^1 : ^0)], NumberStyles.None, CultureInfo.InvariantCulture, out value)) return false;
            if (isThousands) value *= 1_000;
        }
        else if (target >= Fork.Paris || !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }
        start = value;
        return true;
    }
}
