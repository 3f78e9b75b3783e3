using Chain.Storage;

namespace Chain.Node.Logging;

/// <summary>Writes what goes wrong in the background of a database.</summary>
internal static class StorageLog
{
    /// <summary>Warns of each row of failures once.</summary>
    public static void Watch(ChainDatabase database, ConsoleLog log) =>
        database.LogMergeFailed += e => log.Warn($"The log index could not be brought up to date: {e.Message} eth_getLogs finds all logs meanwhile, more slowly; it is tried again every {ChainDatabase.LogRetryBlocks} blocks.");
}
