using Chain.Core.Forks;

namespace Chain.Node.Chains;

/// <summary>A genesis file that was read and understood.</summary>
/// <param name="Json">Its bytes.</param>
/// <param name="Spec">The chain.</param>
/// <param name="Genesis">Its first block.</param>
public sealed record GenesisSource(byte[] Json, ChainSpec Spec, Genesis Genesis)
{
    /// <summary>Largest genesis file read, bytes.</summary>
    public const long SizeBytesMax = 1L << 30;

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">It cannot be read or is no genesis.</exception>
    public static GenesisSource FromFile(string path) => Parse(ReadFile(path), $"the genesis file '{path}'");

    /// <summary>Understands the bytes of a file.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="source">What they are, for the message: <c>the genesis file 'x'</c>.</param>
    /// <exception cref="UserException">They are no genesis.</exception>
    public static GenesisSource Parse(byte[] json, string source) =>
        GenesisFile.TryParse(json, out ChainSpec? spec, out Genesis? genesis, out string? error)
            ? new GenesisSource(json, spec, genesis)
            : throw new UserException($"In {source}: {error}");

    /// <summary>The genesis of a command: the file given, which has to be the folder's if that holds one, else the folder's.</summary>
    /// <exception cref="UserException">Neither is there, or they differ.</exception>
    public static GenesisSource Choose(string? file, ChainFolder folder)
    {
        byte[]? stored = folder.ReadGenesis();
        if (file is null)
        {
            return stored is null
                ? throw new UserException($"There is no chain in '{folder.Location}' yet: name a genesis file with --genesis FILE.")
                : Parse(stored, $"the stored genesis of '{folder.Location}'");
        }
        GenesisSource given = FromFile(file);
        if (stored is null || stored.AsSpan().SequenceEqual(given.Json)) return given;
        // The text may differ, by spaces or order, where the chain does not.
        GenesisSource present = Parse(stored, $"the stored genesis of '{folder.Location}'");
        return present.HashOf() == given.HashOf() && present.Spec.ChainId == given.Spec.ChainId
            ? given
            : throw new UserException($"'{folder.Location}' holds the chain with id {present.Spec.ChainId} and genesis {present.HashOf()}, and '{file}' makes id {given.Spec.ChainId} and genesis {given.HashOf()}: use that chain's genesis file, or another --datadir.");
    }

    /// <summary>Block 0 with its state.</summary>
    public Storage.GenesisBlock Build() => GenesisBuilder.Build(Spec, Genesis, ChainModules.For(Spec, Genesis));

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="UserException">It cannot be read.</exception>
    public static byte[] ReadFile(string path)
    {
        try
        {
            return new FileInfo(path).Length > SizeBytesMax
                ? throw new UserException($"The genesis file '{path}' is larger than {SizeBytesMax} bytes.")
                : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The genesis file '{path}' cannot be read: {e.Message}");
        }
    }

    private Core.Primitives.Hash256 HashOf() => Build().Hash;
}
