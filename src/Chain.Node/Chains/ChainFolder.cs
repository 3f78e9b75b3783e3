using System.Text.Json;
using System.Text.Json.Serialization;
using Chain.Storage;

namespace Chain.Node.Chains;

/// <summary>
/// The files of a chain's data folder, whichever command made it: <c>db/</c> the database, <c>genesis.json</c> the genesis file, <c>upgrade.json</c> the scheduled changes of modules, <c>chain.json</c> what was chosen at init,
/// <c>transactions.rlp</c> the journal of local transactions, and for a development chain <c>dev.json</c>.
/// </summary>
public sealed class ChainFolder
{
    private ChainFolder(string path) => Location = System.IO.Path.GetFullPath(path);

    /// <summary>The folder, absolute.</summary>
    public string Location { get; }

    /// <summary>Folder of the database.</summary>
    public string DatabasePath => Path("db");

    /// <summary>Journal of local transactions.</summary>
    public string JournalPath => Path("transactions.rlp");

    /// <summary>True when a chain was initialised here.</summary>
    public bool IsInitialised => File.Exists(GenesisPath) && Directory.Exists(DatabasePath);

    private string GenesisPath => Path("genesis.json");

    private string UpgradePath => Path(GenesisSource.UpgradeFileName);

    private string ChainPath => Path("chain.json");

    private string DevPath => Path("dev.json");

    /// <summary>Where a chain is kept when no folder is named.</summary>
    public static string DefaultPath(string chain) =>
        System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "defactor-chain", chain);

    /// <summary>A folder to write to; made when absent.</summary>
    /// <exception cref="UserException">The folder cannot be made or written.</exception>
    public static ChainFolder Create(string path)
    {
        ChainFolder folder = new(path);
        try
        {
            Directory.CreateDirectory(folder.Location);
            string probe = folder.Path(".write-test");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The data folder '{path}' cannot be written ({Reason(e)}): give another one with --datadir.");
        }
    }

    /// <summary>A folder that has to hold a chain.</summary>
    /// <exception cref="UserException">It holds none.</exception>
    public static ChainFolder Existing(string path)
    {
        ChainFolder folder = new(path);
        return folder.IsInitialised ? folder : throw new UserException($"There is no chain in '{path}': name its folder with --datadir, or make one with 'chain init --genesis FILE --datadir {path}'.");
    }

    /// <summary>The genesis file of the chain that is here; null for a new folder.</summary>
    public byte[]? ReadGenesis() => File.Exists(GenesisPath) ? File.ReadAllBytes(GenesisPath) : null;

    /// <summary>Remembers the genesis file.</summary>
    public void WriteGenesis(byte[] genesis) => WriteWhole(GenesisPath, genesis);

    /// <summary>The upgrade file last used; null for none.</summary>
    public byte[]? ReadUpgrade() => File.Exists(UpgradePath) ? File.ReadAllBytes(UpgradePath) : null;

    /// <summary>Remembers the upgrade file.</summary>
    public void WriteUpgrade(byte[] upgrade) => WriteWhole(UpgradePath, upgrade);

    /// <summary>Blocks whose states are kept, as chosen at init; all for a development chain; null for a new folder.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    public ulong? ReadHistoryBlocks()
    {
        if (File.Exists(ChainPath)) return Read(ChainPath, ChainFolderContext.Default.ChainChoices, "delete it and name --history again").HistoryBlocks;
        return File.Exists(DevPath) ? StorageOptions.KeepAllHistory : null;
    }

    /// <summary>Remembers how many blocks' states are kept.</summary>
    public void WriteHistoryBlocks(ulong blocks) => WriteWhole(ChainPath, JsonSerializer.SerializeToUtf8Bytes(new ChainChoices(blocks), ChainFolderContext.Default.ChainChoices));

    /// <summary>What a development chain remembers; null elsewhere.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    public DevMemory? ReadDev() => File.Exists(DevPath) ? Read(DevPath, ChainFolderContext.Default.DevMemory, "delete it to use the default accounts") : null;

    /// <summary>Remembers what a development chain goes on with.</summary>
    public void WriteDev(DevMemory memory) => WriteWhole(DevPath, JsonSerializer.SerializeToUtf8Bytes(memory, ChainFolderContext.Default.DevMemory));

    private static T Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string remedy)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new UserException($"'{path}' is damaged: {remedy}.");
        }
    }

    // A reader sees the old file or the new one: a rename is atomic.
    private static void WriteWhole(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string Reason(Exception e) => e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.');

    private string Path(string name) => System.IO.Path.Combine(Location, name);
}

/// <summary>What a development chain's data folder remembers beside the database, so that a restart without flags goes on with the same chain and accounts.</summary>
/// <param name="Mnemonic">Mnemonic of the accounts.</param>
/// <param name="Accounts">Number of accounts.</param>
public sealed record DevMemory(string Mnemonic, int Accounts);

/// <summary>What was chosen when the chain was initialised.</summary>
/// <param name="HistoryBlocks">Blocks whose states are kept.</param>
internal sealed record ChainChoices(ulong HistoryBlocks);

[JsonSerializable(typeof(DevMemory))]
[JsonSerializable(typeof(ChainChoices))]
[JsonSourceGenerationOptions(WriteIndented = true)]
internal sealed partial class ChainFolderContext : JsonSerializerContext;
