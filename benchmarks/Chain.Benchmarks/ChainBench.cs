using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Registry;
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

/// <summary>A chain at the newest fork with 10,000 accounts, its manager and its store: plain Ethereum, or with an identity registry that knows every sender.</summary>
internal sealed class ChainBench : IDisposable, INativeModules
{
    public const ulong GasLimit = 60_000_000;

    private const int Accounts = 10_000;
    private const ulong SecondsPerBlock = 2;

    private readonly string? _folder;
    private readonly NativeModules? _modules;

    public ChainBench(StoreKind store, int senders, byte? complianceMode = null)
    {
        Spec = ChainSpec.ForFork(Fork.Osaka, Samples.ChainId);
        MemoryState state = new();
        foreach ((Address address, byte[] code) in SystemCode.All) state.SetAccount(address, 1, default, code);
        for (int i = 0; i < senders; i++) state.SetAccount(Samples.Sender(i), 0, UInt256.One << 80, default);
        for (int i = 0; i < Accounts; i++) state.SetAccount(Samples.Recipient(i), 0, 1, default);
        Genesis genesis = new() { GasLimit = GasLimit, Timestamp = 1_700_000_000 };
        if (complianceMode is { } mode)
        {
            _modules = new NativeModules(Registry(mode, senders, genesis.Timestamp));
            WorldState world = new(state);
            _modules.Activate(world, null, genesis.Timestamp);
            state.Apply(world.ToDelta());
        }
        StateDelta allocation = state.ToDelta();
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

    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => _modules?.PrecompilesAt(rules, timestamp) ?? EthereumPrecompiles.For(rules.Fork);

    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp) => _modules?.Activate(state, parentTimestamp, timestamp);

    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => _modules?.PolicyAt(state, timestamp);

    public void Dispose()
    {
        Manager.Dispose();
        Database.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private static ComplianceConfig Registry(byte mode, int senders, ulong now)
    {
        ModuleEntry kyc = new()
        {
            Module = ModuleAddresses.Kyc,
            Timestamp = 0,
            Admins = [Samples.Recipient(0)],
            Mode = mode,
            MinTier = 1,
            InitialIdentities = [.. Enumerable.Range(0, senders).Select(i => new InitialIdentity(
                new IdentityInput(AbiWords.ToHash((ulong)i + 1), 0, 2, 2, 276, 276, 0, now + (4 * 365 * 86_400ul), 3, default, default), [Samples.Sender(i)]))],
        };
        return ComplianceConfig.TryCreate([kyc], now, out ComplianceConfig config, out string error) ? config : throw new InvalidOperationException(error);
    }
}
