using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chain.Node.Dev;

/// <summary>What a development chain's data folder remembers beside the database, so that a restart without flags goes on with the same chain and accounts.</summary>
/// <param name="Mnemonic">Mnemonic of the accounts.</param>
/// <param name="Accounts">Number of accounts.</param>
public sealed record DevMemory(string Mnemonic, int Accounts);

[JsonSerializable(typeof(DevMemory))]
[JsonSourceGenerationOptions(WriteIndented = true)]
internal sealed partial class DevMemoryContext : JsonSerializerContext;

/// <summary>The files of a development chain's data folder.</summary>
public sealed class DevFolder
{
    private readonly string _path;

    /// <summary>A folder; made when absent.</summary>
    /// <exception cref="UserException">The folder cannot be made or written.</exception>
    public DevFolder(string path)
    {
        _path = path;
        try
        {
            Directory.CreateDirectory(path);
            string probe = Path.Combine(path, ".write-test");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The data folder '{path}' cannot be written ({Reason(e)}): give another one with --datadir, or run with --in-memory.");
        }
    }

    /// <summary>Folder of the database.</summary>
    public string DatabasePath => Path.Combine(_path, "db");

    /// <summary>Journal of local transactions.</summary>
    public string JournalPath => Path.Combine(_path, "transactions.rlp");

    private string GenesisPath => Path.Combine(_path, "genesis.json");

    private string MemoryPath => Path.Combine(_path, "dev.json");

    /// <summary>Where new chains are kept when no folder is named.</summary>
    public static string DefaultPath =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "defactor-chain", "dev");

    /// <summary>The genesis file of the chain that is here; null for a new folder.</summary>
    public byte[]? ReadGenesis() => File.Exists(GenesisPath) ? File.ReadAllBytes(GenesisPath) : null;

    /// <summary>What was remembered; null for a new folder.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    public DevMemory? ReadMemory()
    {
        if (!File.Exists(MemoryPath)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(MemoryPath), DevMemoryContext.Default.DevMemory);
        }
        catch (JsonException)
        {
            throw new UserException($"'{MemoryPath}' is damaged: delete it to use the default accounts.");
        }
    }

    /// <summary>Remembers a new chain.</summary>
    public void Write(byte[] genesis, DevMemory memory)
    {
        WriteWhole(MemoryPath, JsonSerializer.SerializeToUtf8Bytes(memory, DevMemoryContext.Default.DevMemory));
        WriteWhole(GenesisPath, genesis);
    }

    private static void WriteWhole(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string Reason(Exception e) => e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.');
}
