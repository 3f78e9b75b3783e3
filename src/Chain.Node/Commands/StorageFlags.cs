using System.CommandLine;
using System.Globalization;
using Chain.Node.Chains;
using Chain.Storage;
using Chain.Storage.RocksDb;

namespace Chain.Node.Commands;

/// <summary>The flags of every command that runs or fills a chain: history, caches and durability. Sizes in MiB.</summary>
internal sealed class StorageFlags
{
    private const int MiBShift = 20;
    private const int SizeMiBMax = 1 << 20;

    private readonly Option<string?> _history;
    private readonly List<(Option<int> Option, int LeastMiB, Func<StorageSettings, long, StorageSettings> Apply)> _sizes = [];
    private readonly Option<bool> _sync = new("--db.sync") { Description = "Wait for the disk at each block, so that it survives the loss of power. Without it a block survives the death of the process." };

    public StorageFlags(string historyDefault = "full")
    {
        _history = new("--history")
        {
            Description = $"States kept, for queries, calls and proofs at old blocks: 'full' those of the newest 90,000 blocks, 'archive' all, or a number of blocks. Default: what was chosen before, else {historyDefault}.",
            HelpName = "full|archive|N",
        };
        StorageOptions storage = new();
        RocksDbOptions engine = new();
        Add("--cache.state", "Cache of accounts and slots", 1, storage.FlatCacheBytes, (s, bytes) => s with { Options = s.Options with { FlatCacheBytes = bytes } });
        Add("--cache.tries", "Trie nodes of the newest state", 1, storage.TrieCacheBytes, (s, bytes) => s with { Options = s.Options with { TrieCacheBytes = bytes } });
        Add("--cache.code", "Cache of code", 1, storage.CodeCacheBytes, (s, bytes) => s with { Options = s.Options with { CodeCacheBytes = bytes } });
        Add("--cache.blocks", "Cache of headers, blocks, receipts and senders", 1, storage.BlockCacheBytes, (s, bytes) => s with { Options = s.Options with { BlockCacheBytes = bytes } });
        Add("--cache.changes", "Changes of the newest blocks; above it the oldest of the 128 are merged early, and a reorganisation cannot reach below them", 16, storage.LayerBytesMax, (s, bytes) => s with { Options = s.Options with { LayerBytesMax = bytes } });
        Add("--cache.proofs", "Memory for the tries of old blocks that proofs were asked of", 1, storage.ProofCacheBytes, (s, bytes) => s with { Options = s.Options with { ProofCacheBytes = bytes } });
        Add("--db.cache", "Cache of the database's tables", 1, engine.BlockCacheBytes, (s, bytes) => s with { RocksDb = s.RocksDb with { BlockCacheBytes = bytes } });
        Add("--db.write-buffer", "Write buffers of the database; twice as much stays free on the disk", 4, engine.WriteBufferBytes, (s, bytes) => s with { RocksDb = s.RocksDb with { WriteBufferBytes = bytes } });
        Add("--db.log", "Write-ahead log on disk; bounds the time of opening after a crash", 4, engine.WriteAheadLogBytes, (s, bytes) => s with { RocksDb = s.RocksDb with { WriteAheadLogBytes = bytes } });
    }

    public void AddTo(Command command)
    {
        command.Add(_history);
        foreach ((Option<int> option, _, _) in _sizes) command.Add(option);
        command.Add(_sync);
    }

    /// <summary>Reads the flags.</summary>
    /// <exception cref="UserException">One is out of its range.</exception>
    public StorageSettings Read(ParseResult result)
    {
        StorageSettings settings = new()
        {
            HistoryBlocks = result.GetValue(_history) is { } text ? HistoryMode.Parse(text) : null,
            Options = new StorageOptions { SyncEveryBlock = result.GetValue(_sync) },
        };
        foreach ((Option<int> option, int least, Func<StorageSettings, long, StorageSettings> apply) in _sizes)
        {
            int value = result.GetValue(option);
            if (value < least || value > SizeMiBMax) throw new UserException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} {value} is out of range: {least} to {SizeMiBMax} MiB."));
            settings = apply(settings, (long)value << MiBShift);
        }
        return settings;
    }

    private void Add(string name, string what, int leastMiB, long defaultBytes, Func<StorageSettings, long, StorageSettings> apply) => _sizes.Add((
        new Option<int>(name) { Description = $"{what}, MiB.", DefaultValueFactory = _ => (int)(defaultBytes >> MiBShift), HelpName = "MIB" }, leastMiB, apply));
}
