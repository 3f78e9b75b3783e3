namespace Chain.Core.Forks;

/// <summary>Keys of the forks in a genesis file and what order their starts must have.</summary>
public static class ForkOrder
{
    /// <summary>Forks with their keys in the order of activation; an optional one may be left out between others.</summary>
    internal static readonly (Fork Fork, string Key, bool IsOptional)[] Keys =
    [
        (Fork.Homestead, "homesteadBlock", false),
        (Fork.Dao, "daoForkBlock", true),
        (Fork.TangerineWhistle, "eip150Block", false),
        (Fork.SpuriousDragon, "eip158Block", false),
        (Fork.Byzantium, "byzantiumBlock", false),
        (Fork.Constantinople, "constantinopleBlock", false),
        (Fork.Petersburg, "petersburgBlock", false),
        (Fork.Istanbul, "istanbulBlock", false),
        (Fork.MuirGlacier, "muirGlacierBlock", true),
        (Fork.Berlin, "berlinBlock", false),
        (Fork.London, "londonBlock", false),
        (Fork.ArrowGlacier, "arrowGlacierBlock", true),
        (Fork.GrayGlacier, "grayGlacierBlock", true),
        (Fork.Shanghai, "shanghaiTime", false),
        (Fork.Cancun, "cancunTime", false),
        (Fork.Prague, "pragueTime", false),
        (Fork.Osaka, "osakaTime", false),
        (Fork.Bpo1, "bpo1Time", true),
        (Fork.Bpo2, "bpo2Time", true),
        (Fork.Bpo3, "bpo3Time", true),
        (Fork.Bpo4, "bpo4Time", true),
        (Fork.Bpo5, "bpo5Time", true),
    ];

    /// <summary>Checks that every fork has its predecessors, and none starts before them.</summary>
    /// <returns>Null, or a sentence that names the keys and the remedy.</returns>
    public static string? Check(IReadOnlyDictionary<Fork, ulong> activations)
    {
        (string Key, Fork Fork, ulong At)? last = null;
        string? missing = null;
        foreach ((Fork fork, string key, bool isOptional) in Keys)
        {
            if (!activations.TryGetValue(fork, out ulong at))
            {
                if (!isOptional) missing ??= key;
                continue;
            }
            if (missing is not null) return $"config.{key} is set but config.{missing} is not: add \"{missing}\" with a value up to that of \"{key}\".";
            if (last is { } before && before.Fork > Fork.Paris == fork > Fork.Paris && before.At > at)
            {
                return $"config.{key} = {at} is before config.{before.Key} = {before.At}: forks start in their order, give \"{key}\" at least {before.At}.";
            }
            last = (key, fork, at);
        }
        return null;
    }

    /// <summary>The configuration keys of the forks up to one, in order: what a chain sets to 0 that runs that fork from genesis on.</summary>
    public static IEnumerable<string> ConfigKeysUpTo(Fork fork) => Keys.Where(k => k.Fork <= fork && IsScheduled(k.Fork, fork)).Select(k => k.Key);

    /// <summary>True when a chain made for the target fork starts this one: Frontier and Paris have no start, the DAO fork is its own target.</summary>
    internal static bool IsScheduled(Fork fork, Fork target) =>
        fork is not (Fork.Frontier or Fork.Paris) && (fork != Fork.Dao || target == Fork.Dao);
}
