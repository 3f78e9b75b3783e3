using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Precompiles.Native;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.RocksDb;

namespace Chain.Node.Chains;

/// <summary>A chain of a data folder, opened for a command; closed by disposing it.</summary>
public sealed class OpenChain : IDisposable
{
    private readonly Lazy<ChainManager> _manager;

    private OpenChain(GenesisSource genesis, ChainDatabase database)
    {
        Genesis = genesis;
        Database = database;
        _manager = new Lazy<ChainManager>(() =>
        {
            return new ChainManager(genesis.Spec, database, genesis.Modules, DispatcherKind.TailCalls, new PoolOptions { VerifySidecar = VerifySidecar });
        });
    }

    /// <summary>Its genesis.</summary>
    public GenesisSource Genesis { get; }

    /// <summary>Its database.</summary>
    public ChainDatabase Database { get; }

    /// <summary>Takes blocks in.</summary>
    public ChainManager Manager => _manager.Value;

    /// <summary>Makes the chain in the folder when it is new, and opens it.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="genesisFile">Genesis file; null for the stored one.</param>
    /// <param name="historyBlocks">Blocks whose states are kept; null for what was chosen before, or the default.</param>
    /// <param name="upgradeFile">Upgrade file; null for the one beside the genesis file, or the stored one.</param>
    /// <exception cref="UserException">The genesis does not work, is another chain's, or changes what has acted already.</exception>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    public static OpenChain Create(ChainFolder folder, string? genesisFile, ulong? historyBlocks, string? upgradeFile = null)
    {
        GenesisSource genesis = GenesisSource.Choose(genesisFile, folder, upgradeFile);
        ulong? remembered = folder.ReadHistoryBlocks();
        ulong history = historyBlocks ?? remembered ?? HistoryMode.FullBlocks;
        OpenChain chain = OverFolder(folder, genesis, history);
        // After the check against what has acted: a later start is held to what this one used.
        if (folder.ReadGenesis() is not { } stored || !stored.AsSpan().SequenceEqual(genesis.Json)) folder.WriteGenesis(genesis.Json);
        if (genesis.UpgradeJson is { } upgrade) folder.WriteUpgrade(upgrade);
        if (remembered != history) folder.WriteHistoryBlocks(history);
        return chain;
    }

    /// <summary>Opens the chain of a folder that holds one.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static OpenChain Existing(ChainFolder folder, string? genesisFile, string? upgradeFile = null) =>
        OverFolder(folder, GenesisSource.Choose(genesisFile, folder, upgradeFile), folder.ReadHistoryBlocks() ?? HistoryMode.FullBlocks);

    /// <summary>Opens the database and refuses module entries that differ from those which have acted in its blocks (compliance specification, section 7, rule 3).</summary>
    private static OpenChain OverFolder(ChainFolder folder, GenesisSource genesis, ulong historyBlocks)
    {
        OpenChain chain = Over(RocksDbStore.Open(folder.DatabasePath), genesis, new StorageOptions { HistoryBlocks = historyBlocks });
        ulong headTimestamp = chain.Database.Blocks.GetHeader(chain.Database.Head.Hash)!.Timestamp;
        if (GenesisSource.Stored(folder) is not { } stored || genesis.Modules.Config.DifferenceFrom(stored.Modules.Config, headTimestamp) is not { } difference) return chain;
        chain.Dispose();
        throw new UserException($"'{folder.Location}' cannot be opened with these files: {difference}");
    }

    /// <summary>Opens a chain over a store, which it owns.</summary>
    public static OpenChain Over(IKeyValueStore store, GenesisSource genesis, StorageOptions options) =>
        new(genesis, ChainDatabase.Open(store, genesis.Build(), options));

    /// <summary>Checks the KZG proofs of a sidecar whose counts and hashes fit.</summary>
    public static bool VerifySidecar(BlobSidecar sidecar)
    {
        byte[] blobs = Join(sidecar.Blobs);
        byte[] commitments = Join(sidecar.Commitments);
        byte[] proofs = Join(sidecar.Proofs);
        return sidecar.Version == 0 ? Kzg.VerifyBlobProofs(blobs, commitments, proofs) : Kzg.VerifyBlobCellProofs(blobs, commitments, proofs);
    }

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        byte[] joined = new byte[parts.Sum(part => part.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            part.CopyTo(joined.AsMemory(at));
            at += part.Length;
        }
        return joined;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_manager.IsValueCreated) _manager.Value.Dispose();
        Database.Dispose();
    }
}
