using Chain.Storage;
using Chain.Storage.RocksDb;

namespace Chain.Node.Chains;

/// <summary>How a command keeps its chain.</summary>
public sealed record StorageSettings
{
    /// <summary>Blocks whose states are kept; null for what was chosen before, or the command's default.</summary>
    public ulong? HistoryBlocks { get; init; }

    /// <summary>Caches and durability; its <see cref="StorageOptions.HistoryBlocks"/> is not looked at.</summary>
    public StorageOptions Options { get; init; } = new();

    /// <summary>The engine's caches and buffers.</summary>
    public RocksDbOptions RocksDb { get; init; } = new();

    /// <summary>The options with the history that counts: the one given, else the one remembered, else the default; remembered in the folder when it is another than before.</summary>
    /// <param name="folder">Data folder; null when nothing is kept on disk.</param>
    /// <param name="defaultBlocks">History when nothing was ever chosen.</param>
    internal StorageOptions Choose(ChainFolder? folder, ulong defaultBlocks) => Options with { HistoryBlocks = HistoryBlocks ?? folder?.ReadHistoryBlocks() ?? defaultBlocks };

    /// <summary>Remembers what was chosen; call it when the database is open.</summary>
    internal static void Remember(ChainFolder folder, StorageOptions chosen)
    {
        if (folder.ReadHistoryBlocks() != chosen.HistoryBlocks) folder.WriteHistoryBlocks(chosen.HistoryBlocks);
    }
}
