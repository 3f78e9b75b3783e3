using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.RocksDb;
using Chain.Storage.State;

namespace Chain.Node.Conformance;

/// <summary>The chain of one blockchain or engine test: its real manager over its own database, from the fixture's genesis.</summary>
internal sealed class BlockchainTestChain : IDisposable
{
    private const int DifferencesMax = 6;

    // One test needs little; thousands are opened one after the other.
    private static readonly StorageOptions Storage = new() { BlockCacheBytes = 4 << 20, FlatCacheBytes = 256 << 10, CodeCacheBytes = 4 << 20 };

    private readonly string? _folder;

    private BlockchainTestChain(ChainManager manager, string? folder)
    {
        Manager = manager;
        _folder = folder;
    }

    /// <summary>The manager.</summary>
    public ChainManager Manager { get; }

    /// <summary>Opens the chain of a test.</summary>
    /// <param name="test">The fixture's test object.</param>
    /// <param name="machine">Executes; not owned.</param>
    /// <param name="rocksDbFolder">Where to put a database; null for memory.</param>
    /// <exception cref="FormatException">A network this build does not know, or a genesis that does not agree with itself.</exception>
    public static BlockchainTestChain Open(JsonElement test, VirtualMachine machine, string? rocksDbFolder)
    {
        ChainSpec spec = ReadSpec(test);
        GenesisBlock genesis = ReadGenesis(test, spec.ChainId);
        string? folder = rocksDbFolder is null ? null : Path.Combine(rocksDbFolder, Guid.NewGuid().ToString("N"));
        IKeyValueStore store = folder is null ? new MemoryStore() : RocksDbStore.Open(folder);
        ChainDatabase database = ChainDatabase.Open(store, genesis, Storage);
        return new BlockchainTestChain(new ChainManager(spec, database, BlockchainTestModules.Instance, machine, new PoolOptions()), folder);
    }

    /// <summary>Judges the head and every account of its state; null when they are as the test says.</summary>
    public string? JudgeEnd(JsonElement test)
    {
        Hash256 expectedHead = FixtureJson.Hash(test.GetProperty("lastblockhash"));
        BlockHeader head = Manager.Head;
        if (head.Hash != expectedHead) return $"expected head {expectedHead}, got {head.Hash} (block {head.Number})";
        if (test.TryMember("postStateHash", out JsonElement hash)) return head.StateRoot == FixtureJson.Hash(hash) ? null : $"expected state root {hash}, got {head.StateRoot}";
        if (!test.TryMember("postState", out JsonElement accounts)) return null;
        MemoryState expected = FixtureJson.State(accounts);
        Hash256 root = StateStore.ComputeGenesisRoot(expected.ToDelta());
        if (root != head.StateRoot) return $"expected state root {root}, got {head.StateRoot}";
        return Differences(expected, Manager.HeadState);
    }

    /// <summary>What a refused or accepted block was against what the test says of it; null when that agrees.</summary>
    /// <param name="expected">Names separated by <c>|</c>, any of which may be given; null when the block is valid.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="isUndecodable">True when the bytes were no block.</param>
    public static string? JudgeVerdict(string? expected, in ImportResult result, bool isUndecodable)
    {
        if (expected is null) return result.IsAccepted ? null : $"expected it to be valid, got {result.ErrorName} {result.Detail}";
        if (result.IsAccepted) return $"expected {expected}, but it was accepted";
        return RefusalNames.Agree(expected, result.ErrorName, isUndecodable) ? null : $"expected {expected}, got {result.ErrorName} {result.Detail}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Manager.Dispose();
        Manager.Database.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private static ChainSpec ReadSpec(JsonElement test)
    {
        string network = test.GetProperty("network").GetString()!;
        ulong chainId = 1;
        Dictionary<Fork, BlobSchedule>? blobs = null;
        if (test.TryMember("config", out JsonElement config))
        {
            if (config.TryMember("chainid", out JsonElement id)) chainId = FixtureJson.Long(id);
            if (config.TryMember("blobSchedule", out JsonElement schedule))
            {
                blobs = [];
                foreach (JsonProperty entry in schedule.EnumerateObject())
                {
                    if (!FixtureNetworks.TryParseFork(entry.Name, out Fork fork)) continue;
                    blobs[fork] = new BlobSchedule(
                        FixtureJson.Long(entry.Value.GetProperty("target")), FixtureJson.Long(entry.Value.GetProperty("max")), FixtureJson.Long(entry.Value.GetProperty("baseFeeUpdateFraction")));
                }
            }
        }
        return FixtureNetworks.TryGet(network, chainId, blobs, out ChainSpec? spec) ? spec : throw new FormatException($"Network '{network}' is not known.");
    }

    private static GenesisBlock ReadGenesis(JsonElement test, ulong chainId)
    {
        StateDelta allocation = FixtureJson.State(test.GetProperty("pre")).ToDelta();
        Hash256 named = FixtureJson.Hash(test.GetProperty("genesisBlockHeader").GetProperty("hash"));
        Block block;
        if (test.TryMember("genesisRLP", out JsonElement rlp))
        {
            byte[] bytes = FixtureJson.Bytes(rlp);
            if (!Block.TryDecode(bytes, out Block? decoded, out BlockError error, out _)) throw new FormatException($"The genesis cannot be decoded: {error}.");
            if (!decoded.Encode().AsSpan().SequenceEqual(bytes)) throw new FormatException("The genesis encodes to other bytes than genesisRLP.");
            block = decoded;
        }
        else
        {
            block = FixtureGenesis.Read(test.GetProperty("genesisBlockHeader"));
        }
        return block.Header.Hash == named ? new GenesisBlock(chainId, block, named, allocation) : throw new FormatException($"The genesis has hash {block.Header.Hash}, and the fixture names {named}.");
    }

    private static string? Differences(MemoryState expected, IStateView actual)
    {
        List<string> lines = [];
        foreach ((Address address, MemoryAccount want) in expected.Accounts)
        {
            if (!actual.TryGetAccount(address, out Account got))
            {
                lines.Add($"{address} is missing");
                continue;
            }
            if (want.Nonce != got.Nonce) lines.Add($"{address} nonce {want.Nonce}, got {got.Nonce}");
            if (want.Balance != got.Balance) lines.Add($"{address} balance {want.Balance.ToBigInteger()}, got {got.Balance.ToBigInteger()}");
            if (want.CodeHash != got.CodeHash) lines.Add($"{address} code hash {want.CodeHash}, got {got.CodeHash}");
            foreach ((UInt256 slot, UInt256 value) in want.Storage)
            {
                UInt256 gotValue = actual.GetStorage(address, slot);
                if (value != gotValue) lines.Add($"{address} slot {slot.ToBigInteger()} = {value.ToBigInteger()}, got {gotValue.ToBigInteger()}");
            }
        }
        return lines.Count == 0 ? null : $"the root is right, but reads give {string.Join("; ", lines.Take(DifferencesMax))}";
    }
}

/// <summary>Plain Ethereum: its precompiles and nothing else.</summary>
internal sealed class BlockchainTestModules : INativeModules
{
    public static readonly BlockchainTestModules Instance = new();

    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => EthereumPrecompiles.For(rules.Fork);

    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
    {
    }

    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => null;
}
