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
    private PoolJournal? _journal;

    private OpenChain(GenesisSource genesis, ChainDatabase database)
    {
        Genesis = genesis;
        Database = database;
        _manager = new Lazy<ChainManager>(() =>
        {
            return new ChainManager(genesis.Spec, database, genesis.Modules, DispatcherKind.TailCalls, new PoolOptions { VerifySidecar = VerifySidecar }, _journal);
        });
    }

    /// <summary>Its genesis.</summary>
    public GenesisSource Genesis { get; }

    /// <summary>Its database.</summary>
    public ChainDatabase Database { get; }

    /// <summary>Takes blocks in.</summary>
    public ChainManager Manager => _manager.Value;

    /// <summary>Keeps local transactions in this file over a restart, and takes in those it holds. Before the first use of <see cref="Manager"/>.</summary>
    /// <param name="path">File.</param>
    /// <param name="warn">Receives one sentence when the file cannot be read or written.</param>
    public void KeepLocalTransactions(string path, Action<string> warn)
    {
        _journal = new PoolJournal(path, warn);
        Manager.Pool.RestoreJournal();
    }

    /// <summary>Makes the chain in the folder when it is new, and opens it.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="genesisFile">Genesis file; null for the stored one.</param>
    /// <param name="storage">How it is kept.</param>
    /// <param name="upgradeFile">Upgrade file; null for the one beside the genesis file, or the stored one.</param>
    /// <exception cref="UserException">The genesis does not work, is another chain's, or changes what has acted already.</exception>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    public static OpenChain Create(ChainFolder folder, string? genesisFile, StorageSettings storage, string? upgradeFile = null)
    {
        GenesisSource genesis = GenesisSource.Choose(genesisFile, folder, upgradeFile);
        StorageOptions options = storage.Choose(folder, HistoryMode.FullBlocks);
        OpenChain chain = Checked(folder, Over(RocksDbStore.Open(folder.DatabasePath, storage.RocksDb), genesis, options));
        // After the check against what has acted: a later start is held to what this one used.
        if (folder.ReadGenesis() is not { } stored || !stored.AsSpan().SequenceEqual(genesis.Json)) folder.WriteGenesis(genesis.Json);
        if (genesis.UpgradeJson is { } upgrade) folder.WriteUpgrade(upgrade);
        StorageSettings.Remember(folder, options);
        return chain;
    }

    /// <summary>Opens the chain of a folder that holds one.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static OpenChain Existing(ChainFolder folder, string? genesisFile, string? upgradeFile = null) => Checked(
        folder, Over(RocksDbStore.Open(folder.DatabasePath), GenesisSource.Choose(genesisFile, folder, upgradeFile), new StorageSettings().Choose(folder, HistoryMode.FullBlocks)));

    /// <summary>Refuses module entries that differ from those which have acted in the chain's blocks (compliance specification, section 7, rule 3).</summary>
    private static OpenChain Checked(ChainFolder folder, OpenChain chain)
    {
        ulong headTimestamp = chain.Database.Blocks.GetHeader(chain.Database.Head.Hash)!.Timestamp;
        if (GenesisSource.Stored(folder) is not { } stored || chain.Genesis.Modules.Config.DifferenceFrom(stored.Modules.Config, headTimestamp) is not { } difference) return chain;
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
        _journal?.Dispose();
        Database.Dispose();
    }
}
