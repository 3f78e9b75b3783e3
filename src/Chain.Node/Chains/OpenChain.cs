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
            ChainModules modules = ChainModules.For(genesis.Spec, genesis.Genesis);
            return new ChainManager(genesis.Spec, database, modules, DispatcherKind.TailCalls, new PoolOptions { VerifySidecar = VerifySidecar }, _journal);
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
    /// <exception cref="UserException">The genesis does not work or is another chain's.</exception>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    public static OpenChain Create(ChainFolder folder, string? genesisFile, StorageSettings storage)
    {
        GenesisSource genesis = GenesisSource.Choose(genesisFile, folder);
        StorageOptions options = storage.Choose(folder, HistoryMode.FullBlocks);
        OpenChain chain = Over(RocksDbStore.Open(folder.DatabasePath, storage.RocksDb), genesis, options);
        if (folder.ReadGenesis() is null) folder.WriteGenesis(genesis.Json);
        StorageSettings.Remember(folder, options);
        return chain;
    }

    /// <summary>Opens the chain of a folder that holds one.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static OpenChain Existing(ChainFolder folder, string? genesisFile) =>
        Over(RocksDbStore.Open(folder.DatabasePath), GenesisSource.Choose(genesisFile, folder), new StorageSettings().Choose(folder, HistoryMode.FullBlocks));

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
