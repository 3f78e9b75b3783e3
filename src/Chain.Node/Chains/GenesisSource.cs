using Chain.Core.Forks;

namespace Chain.Node.Chains;

/// <summary>A genesis file that was read and understood.</summary>
/// <param name="Json">Its bytes.</param>
/// <param name="Spec">The chain.</param>
/// <param name="Genesis">Its first block.</param>
public sealed record GenesisSource(byte[] Json, ChainSpec Spec, Genesis Genesis)
{
    /// <summary>Name of the upgrade file beside a genesis file.</summary>
    public const string UpgradeFileName = "upgrade.json";

    /// <summary>Bytes of the upgrade file: scheduled changes of the native modules; null for none.</summary>
    public byte[]? UpgradeJson { get; init; }

    /// <summary>The chain's native modules over time.</summary>
    /// <exception cref="UserException">A module section is wrong.</exception>
    public ChainModules Modules => ChainModules.For(Spec, Genesis, UpgradeJson);

    /// <summary>Largest genesis file read, bytes.</summary>
    public const long SizeBytesMax = 1L << 30;

    /// <summary>Reads a genesis file and the upgrade file named, or the one beside it.</summary>
    /// <exception cref="UserException">It cannot be read or is no genesis.</exception>
    public static GenesisSource FromFile(string path, string? upgradeFile = null)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, UpgradeFileName);
        string? upgrade = upgradeFile ?? (File.Exists(beside) ? beside : null);
        return Parse(ReadFile(path), $"the genesis file '{path}'") with { UpgradeJson = upgrade is null ? null : ReadFile(upgrade, "upgrade") };
    }

    /// <summary>Understands the bytes of a file.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="source">What they are, for the message: <c>the genesis file 'x'</c>.</param>
    /// <exception cref="UserException">They are no genesis.</exception>
    public static GenesisSource Parse(byte[] json, string source) =>
        GenesisFile.TryParse(json, out ChainSpec? spec, out Genesis? genesis, out string? error)
            ? new GenesisSource(json, spec, genesis)
            : throw new UserException($"In {source}: {error}");

    /// <summary>The genesis and upgrades of the chain in a folder, as they were last used; null for a new folder.</summary>
    public static GenesisSource? Stored(ChainFolder folder) =>
        folder.ReadGenesis() is { } stored ? Parse(stored, $"the stored genesis of '{folder.Location}'") with { UpgradeJson = folder.ReadUpgrade() } : null;

    /// <summary>
    /// The genesis of a command: the file given, which has to be the folder's if that holds one, else the folder's; with the upgrade file given, else that beside the genesis file, else the folder's.
    /// </summary>
    /// <exception cref="UserException">Neither is there, or they differ.</exception>
    public static GenesisSource Choose(string? file, ChainFolder folder, string? upgradeFile = null)
    {
        GenesisSource? present = Stored(folder);
        if (file is null)
        {
            if (present is null) throw new UserException($"There is no chain in '{folder.Location}' yet: name the folder of one with --datadir, or a genesis file to make it with --genesis.");
            return upgradeFile is null ? present : present with { UpgradeJson = ReadFile(upgradeFile, "upgrade") };
        }
        GenesisSource given = FromFile(file, upgradeFile);
        if (present is null) return given;
        given = given with { UpgradeJson = given.UpgradeJson ?? present.UpgradeJson };
        // The text may differ, by spaces or order, where the chain does not.
        if (present.Json.AsSpan().SequenceEqual(given.Json)) return given;
        return present.HashOf() == given.HashOf() && present.Spec.ChainId == given.Spec.ChainId
            ? given
            : throw new UserException($"'{folder.Location}' holds the chain with id {present.Spec.ChainId} and genesis {present.HashOf()}, and '{file}' makes id {given.Spec.ChainId} and genesis {given.HashOf()}: use that chain's genesis file, or another --datadir.");
    }

    /// <summary>Block 0 with its state.</summary>
    public Storage.GenesisBlock Build() => GenesisBuilder.Build(Spec, Genesis, Modules);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is, for messages.</param>
    /// <exception cref="UserException">It cannot be read.</exception>
    public static byte[] ReadFile(string path, string kind = "genesis")
    {
        try
        {
            return new FileInfo(path).Length > SizeBytesMax
                ? throw new UserException($"The {kind} file '{path}' is larger than {SizeBytesMax} bytes.")
                : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The {kind} file '{path}' cannot be read: {e.Message}");
        }
    }

    private Core.Primitives.Hash256 HashOf() => Build().Hash;
}
