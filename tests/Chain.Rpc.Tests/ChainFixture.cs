using Chain.Consensus;
using Chain.Consensus.Engines;
using Chain.Consensus.Pool;
using Chain.Consensus.Simulation;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;
using Chain.Rpc.Filters;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;
using Chain.Rpc.Server;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.State;

namespace Chain.Rpc.Tests;

/// <summary>Plain Ethereum: its precompiles, no modules, no policy.</summary>
internal sealed class PlainModules : INativeModules
{
    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => EthereumPrecompiles.For(rules.Fork);

    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
    {
    }

    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => null;
}

/// <summary>A chain in memory with all methods on it.</summary>
internal sealed class ChainFixture : IAsyncDisposable
{
    public const ulong GenesisTimestamp = 1_700_000_000;

    private readonly ChainDatabase _database;
    private readonly Simulator _simulator;

    private ChainFixture(ChainSpec spec, Genesis genesis, DevOptions? dev, DevAccounts? accounts, RpcLimits limits, INativeModules? modules = null, DispatcherKind dispatcher = DispatcherKind.Loop, ulong gasCap = 50_000_000, NodePorts? ports = null, ulong? historyBlocks = null)
    {
        StateDelta allocation = AllocationOf(genesis);
        ForkRules rules = spec.GenesisRules(genesis);
        Block block = genesis.ToBlock(StateStore.ComputeGenesisRoot(allocation), rules);
        _database = ChainDatabase.Open(new MemoryStore(), new GenesisBlock(spec.ChainId, block, block.Header.Hash, allocation), historyBlocks is { } kept ? new StorageOptions { LayersMax = 4, FinalLayersKept = 4, HistoryBlocks = kept } : null);
        Manager = new ChainManager(spec, _database, modules ?? new PlainModules(), DispatcherKind.Loop, new PoolOptions());
        _simulator = new Simulator(Manager, dispatcher, gasCap);
        Dev = dev is null ? null : new DevEngine(Manager, dev, message => TestContext.Progress.WriteLine(message));
        Dev?.Start();
        Chain = new RpcChain(Manager, _simulator, limits, Dev, accounts);
        Filters = new FilterStore(Chain);
        Hub = new SubscriptionHub(Chain);
        Table = RpcModules.Build(Chain, Filters, Hub, "test/1", () => 0, ports: (ports ?? new NodePorts()) with { GenesisAllocation = allocation });
    }

    public ChainManager Manager { get; }

    public DevEngine? Dev { get; }

    public RpcChain Chain { get; }

    public FilterStore Filters { get; }

    public SubscriptionHub Hub { get; }

    public RpcMethodTable Table { get; }

    /// <summary>A chain as a genesis file describes it, without an engine.</summary>
    public static ChainFixture FromGenesisFile(string path)
    {
        if (!GenesisFile.TryParse(File.ReadAllBytes(path), out ChainSpec? spec, out Genesis? genesis, out string? error)) throw new InvalidDataException(error);
        return new ChainFixture(spec, genesis, null, null, new RpcLimits());
    }

    /// <summary>A development chain with three funded accounts.</summary>
    public static ChainFixture Development(MiningMode mode = MiningMode.Instant, RpcLimits? limits = null, Fork fork = Fork.Cancun, INativeModules? modules = null, DispatcherKind dispatcher = DispatcherKind.Loop, ulong gasCap = 50_000_000, NodePorts? ports = null, ulong? historyBlocks = null)
    {
        DevAccounts accounts = new(Enumerable.Range(1, 3).Select(i => Keccak256.Hash([(byte)i]).Bytes.ToArray()));
        UInt256 balance = UInt256.FromBigInteger(System.Numerics.BigInteger.Pow(10, 22));
        Genesis genesis = new()
        {
            GasLimit = 30_000_000,
            Timestamp = GenesisTimestamp,
            BaseFeePerGas = 1_000_000_000,
            Alloc = accounts.Addresses.ToDictionary(address => address, _ => new GenesisAccount(balance, 0, default, new Dictionary<UInt256, UInt256>())),
        };
        return new ChainFixture(ChainSpec.ForFork(fork, 31_337), genesis, new DevOptions { Mode = mode }, accounts, limits ?? new RpcLimits(), modules, dispatcher, gasCap, ports, historyBlocks);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Filters.Dispose();
        Dev?.Dispose();
        _simulator.Dispose();
        Manager.Dispose();
        _database.Dispose();
    }

    private static StateDelta AllocationOf(Genesis genesis)
    {
        StateDelta delta = new();
        foreach ((Address address, GenesisAccount account) in genesis.Alloc)
        {
            Hash256 codeHash = account.Code.IsEmpty ? Keccak256.EmptyHash : Keccak256.Hash(account.Code.Span);
            if (!account.Code.IsEmpty) delta.Code[codeHash] = account.Code;
            AccountDelta change = new() { Exists = true, Nonce = account.Nonce, Balance = account.Balance, CodeHash = codeHash };
            foreach ((UInt256 slot, UInt256 value) in account.Storage) change.Storage[slot] = value;
            delta.Accounts[address] = change;
        }
        return delta;
    }
}
