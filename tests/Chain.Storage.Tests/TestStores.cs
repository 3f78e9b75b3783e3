using Chain.Storage.Engines;
using Chain.Storage.RocksDb;

namespace Chain.Storage.Tests;

public enum Engine
{
    Memory,
    RocksDb,
}

/// <summary>Makes stores of one engine that can be reopened over the same data, and removes their folders.</summary>
internal sealed class TestStores(Engine engine) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "chain-storage-tests", Guid.NewGuid().ToString("N"));
    private readonly MemoryStore _memory = new();

    public string Folder => _folder;

    public IKeyValueStore Open() => engine == Engine.Memory
        ? _memory
        : RocksDbStore.Open(_folder, new RocksDbOptions { BlockCacheBytes = 8 << 20, WriteBufferBytes = 16 << 20, WriteAheadLogBytes = 16 << 20 });

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
