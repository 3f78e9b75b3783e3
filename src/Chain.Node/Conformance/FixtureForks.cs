using Chain.Core.Forks;

namespace Chain.Node.Conformance;

/// <summary>Fork names as the fixtures write them.</summary>
internal static class FixtureForks
{
    /// <summary>Parses a name; false for one that this build does not know.</summary>
    public static bool TryParse(string name, out Fork fork)
    {
        string own = name switch
        {
            "EIP150" => nameof(Fork.TangerineWhistle),
            "EIP158" => nameof(Fork.SpuriousDragon),
            "ConstantinopleFix" => nameof(Fork.Petersburg),
            "Merge" => nameof(Fork.Paris),
            _ => name,
        };
        // Numbers would parse too, but are no names.
        return Enum.TryParse(own, ignoreCase: true, out fork) && Enum.IsDefined(fork) && char.IsLetter(own[0]);
    }
}
