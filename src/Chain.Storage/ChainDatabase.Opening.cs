using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Storage.Engines;
using Chain.Storage.State;

namespace Chain.Storage;

/// <summary>Creation and opening.</summary>
public sealed partial class ChainDatabase
{
    private static uint? ReadSchemaVersion(IKeyValueStore store)
    {
        Span<byte> value = stackalloc byte[sizeof(uint)];
        int size = store.Read(Column.Meta, Schema.MetaVersion, value);
        if (size < 0)
        {
            using IKeyValueIterator any = store.Iterate(Column.Meta);
            return any.MoveNext() ? throw StorageErrors.Damaged(store.Location, "the schema version is missing") : null;
        }
        uint version = size == value.Length ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;
        if (version == Schema.Version) return version;
        string remedy = version > Schema.Version ? "it was written by a newer version of the program: use that one, or another folder" : "import the chain again into another folder, or use the version of the program that wrote it";
        throw new StorageException(StorageError.WrongSchema, $"The database in '{store.Location}' has schema version {version}, and this program reads version {Schema.Version}: {remedy}.");
    }

    private static ChainDatabase Create(IKeyValueStore store, GenesisBlock? genesis, StorageOptions options)
    {
        if (genesis is null) throw new StorageException(StorageError.NotInitialised, $"There is no chain in '{store.Location}': initialise it with a genesis file first.");
        ChainDatabase database = new(store, options, genesis.ChainId, genesis.Hash);
        BlockId id = new(genesis.Block.Header.Number, genesis.Hash);
        using (IWriteBatch batch = store.CreateBatch())
        {
            PendingState state = database.States.WriteGenesis(batch, genesis);
            if (state.Root != genesis.Block.Header.StateRoot)
                throw new ArgumentException($"The genesis header has state root {genesis.Block.Header.StateRoot}, and the allocation has {state.Root}.", nameof(genesis));
            database.Blocks.WriteBlock(batch, genesis.Block, genesis.Hash, [], []);
            database.Blocks.WriteCanonical(batch, null, id, genesis.Block);
            Span<byte> version = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(version, Schema.Version);
            batch.Put(Column.Meta, Schema.MetaVersion, version);
            batch.Put(Column.Meta, Schema.MetaChainId, Schema.NumberKey(stackalloc byte[8], genesis.ChainId));
            batch.Put(Column.Meta, Schema.MetaGenesis, genesis.Hash.Bytes);
            WritePointer(batch, Schema.MetaHead, id);
            WritePointer(batch, Schema.MetaSafe, id);
            WritePointer(batch, Schema.MetaFinalized, id);
            batch.Commit(sync: true);
        }
        // A new object, whose caches have seen nothing of the empty store.
        return Load(store, genesis, options);
    }

    private static ChainDatabase Load(IKeyValueStore store, GenesisBlock? genesis, StorageOptions options)
    {
        Span<byte> chainIdBytes = stackalloc byte[8];
        Span<byte> hashBytes = stackalloc byte[Hash256.SizeBytes];
        if (store.Read(Column.Meta, Schema.MetaChainId, chainIdBytes) != chainIdBytes.Length || store.Read(Column.Meta, Schema.MetaGenesis, hashBytes) != hashBytes.Length)
            throw StorageErrors.Damaged(store.Location, "the record of its chain is missing");
        ulong chainId = BinaryPrimitives.ReadUInt64BigEndian(chainIdBytes);
        Hash256 genesisHash = new(hashBytes);
        if (genesis is not null && (genesis.ChainId != chainId || genesis.Hash != genesisHash))
        {
            throw new StorageException(StorageError.WrongChain,
                $"The database in '{store.Location}' holds the chain with id {chainId} and genesis {genesisHash}, and the genesis given has id {genesis.ChainId} and hash {genesis.Hash}: use the genesis of that chain, or another folder.");
        }
        ChainDatabase database = new(store, options, chainId, genesisHash);
        database.LoadState();
        return database;
    }

    private void LoadState()
    {
        _pointers = new Pointers(ReadPointer(Schema.MetaHead, "head"), ReadPointer(Schema.MetaSafe, "safe"), ReadPointer(Schema.MetaFinalized, "finalised"));
        States.Load();
        if (!States.TryGetLayer(Head.Hash, out StateLayer head)) throw StorageErrors.Damaged(_store.Location, $"the state of the head block {Head.Number} ({Head.Hash}) is missing");
        if (Blocks.GetHeader(Head.Hash) is not { } header) throw StorageErrors.Damaged(_store.Location, $"the header of the head block {Head.Number} ({Head.Hash}) is missing");
        if (header.StateRoot != head.Root) throw StorageErrors.Damaged(_store.Location, $"the head block {Head.Number} has state root {header.StateRoot}, and its state has {head.Root}");
        States.SetHead(head);
    }
}
