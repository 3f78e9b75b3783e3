using System.Globalization;
using Chain.Core.Forks;

namespace Chain.Contracts.Tests.Runner;

/// <summary>The settings of <c>contracts/foundry.toml</c> that say how tests run.</summary>
internal static class FoundrySettings
{
    private static readonly Dictionary<string, string> Values = Read();

    public static Fork Fork { get; } = Enum.Parse<Fork>(Values["profile.default.evm_version"], ignoreCase: true);

    /// <summary>Seconds since the Unix epoch.</summary>
    public static ulong BlockTimestamp { get; } = ulong.Parse(Values["profile.default.block_timestamp"], CultureInfo.InvariantCulture);

    /// <summary>Calls of a fuzz test.</summary>
    public static int FuzzRuns { get; } = Number("fuzz.runs");

    /// <summary>Sequences of an invariant test.</summary>
    public static int InvariantRuns { get; } = Number("invariant.runs");

    /// <summary>Calls of a sequence.</summary>
    public static int InvariantDepth { get; } = Number("invariant.depth");

    /// <summary>Seed of all random choices.</summary>
    public static int Seed { get; } = Convert.ToInt32(Values["fuzz.seed"][^8..], 16);

    private static int Number(string key) => int.Parse(Values[key], CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Read()
    {
        Dictionary<string, string> values = [];
        string section = "";
        foreach (string line in File.ReadLines(Path.Combine(Repository.Contracts, "foundry.toml")))
        {
            if (line.StartsWith('[')) section = line.Trim('[', ']');
            else if (line.Split(" = ", 2) is [string name, string value]) values[$"{section}.{name}"] = value.Trim('"');
        }
        return values;
    }
}
