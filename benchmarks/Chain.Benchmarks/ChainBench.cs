using Chain.Consensus;
using Chain.Consensus.Building;
using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.RocksDb;
using Chain.Trie;

namespace Chain.Benchmarks;

/// <summary>Which engine stores the chain.</summary>
public enum StoreKind
{
    /// <summary>Trees in memory.</summary>
    Memory,

    /// <summary>RocksDB in a temporary folder, flushed by the operating system.</summary>
    RocksDb,
}

/// <summary>A chain of plain Ethereum at the newest fork with 10,000 accounts, its manager and its store.</summary>
internal sealed class ChainBench : IDisposable, INativeModules
{
    public const ulong GasLimit = 60_000_000;

    private const int Accounts = 10_000;
    private const ulong SecondsPerBlock = 2;

    private readonly string? _folder;

    public ChainBench(StoreKind store, int senders)
    {
        Spec = ChainSpec.ForFork(Fork.Osaka, Samples.ChainId);
        MemoryState state = new();
        foreach ((Address address, byte[] code) in SystemCode.All) state.SetAccount(address, 1, default, code);
        for (int i = 0; i < senders; i++) state.SetAccount(Samples.Sender(i), 0, UInt256.One << 80, default);
        for (int i = 0; i < Accounts; i++) state.SetAccount(Samples.Recipient(i), 0, 1, default);
        StateDelta allocation = state.ToDelta();
        Genesis genesis = new() { GasLimit = GasLimit, Timestamp = 1_700_000_000 };
        Block block = genesis.ToBlock(StateTrie.ComputeRoot(allocation), Spec.GenesisRules(genesis));
        if (store == StoreKind.RocksDb) _folder = Directory.CreateTempSubdirectory("chain-benchmark").FullName;
        Database = ChainDatabase.Open(
            _folder is null ? new MemoryStore() : RocksDbStore.Open(_folder), new GenesisBlock(Samples.ChainId, block, block.Header.Hash, allocation));
        Manager = new ChainManager(Spec, Database, this, DispatcherKind.TailCalls, new PoolOptions());
    }

    public ChainSpec Spec { get; }

    public ChainDatabase Database { get; }

    public ChainManager Manager { get; }

    /// <summary>What an engine would ask of the block after this one.</summary>
    public static BuildRequest Request(BlockHeader parent) => new()
    {
        ParentHash = parent.Hash,
        Timestamp = parent.Timestamp + SecondsPerBlock,
        Coinbase = Samples.Recipient(7),
        GasLimit = GasLimit,
        ParentBeaconBlockRoot = parent.Hash,
    };

    public void AddTransfers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            PoolAddResult result = Manager.Pool.Add(Samples.Call(i, 0, Samples.Recipient(i), 12_345, [], 21_000), isLocal: true);
            if (!result.IsAccepted) throw new InvalidOperationException($"Transfer {i} was not pooled: {result.Message}");
        }
    }

    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => EthereumPrecompiles.For(rules.Fork);

    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
    {
    }

    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => null;

    public void Dispose()
    {
        Manager.Dispose();
        Database.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}
