namespace Chain.Storage;

/// <summary>How the chain's database keeps its data. Sizes in bytes, depths in blocks.</summary>
public sealed record StorageOptions
{
    /// <summary>Keeps the reverse diffs of all blocks.</summary>
    public const ulong KeepAllHistory = ulong.MaxValue;

    /// <summary>
    /// Deepest reorganisation: blocks under the head kept as layers in memory while they are not final. Older ones merge into the base. Default 128.
    /// </summary>
    public int LayersMax { get; init; } = 128;

    /// <summary>
    /// Newest blocks kept as layers although they are final, so that proofs and reverts of very recent blocks are answered from memory. 1 or more, default 16, at most <see cref="LayersMax"/>.
    /// </summary>
    public int FinalLayersKept { get; init; } = 16;

    /// <summary>
    /// Memory for the changes of the newest blocks (the layers on the head's chain), bytes by an estimate. When they take more, the oldest merge early and the deepest reorganisation is
    /// that much shorter; a block beside the head is refused when the layers of all branches would take twice as much, unless it is
    /// the first on the head. Default 512 MiB, which holds 128 blocks of 4 MiB: one that
    /// changes some 2,000 slots takes so much.
    /// </summary>
    public long LayerBytesMax { get; init; } = 512L << 20;

    /// <summary>Blocks below the base whose state stays readable: 0 none, <see cref="KeepAllHistory"/> archive. Default 90,000.</summary>
    public ulong HistoryBlocks { get; init; } = 90_000;

    /// <summary>
    /// True: each committed block reaches the disk before the commit returns, so that it survives the loss of power. False: it survives the end of the process (and SIGKILL). Default false.
    /// </summary>
    public bool SyncEveryBlock { get; init; }

    /// <summary>Cache of decoded headers, blocks, receipts and senders, bytes. Default 64 MiB.</summary>
    public long BlockCacheBytes { get; init; } = 64L << 20;

    /// <summary>Cache of accounts and slots of the merged state, bytes. Default 64 MiB.</summary>
    public long FlatCacheBytes { get; init; } = 64L << 20;

    /// <summary>Cache of code by hash, bytes. Default 64 MiB.</summary>
    public long CodeCacheBytes { get; init; } = 64L << 20;

    /// <summary>Trie nodes of the newest state kept from one block to the next, bytes by an estimate. Default 64 MiB.</summary>
    public long TrieCacheBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Tries of blocks below the merged state that were asked for last, bytes; a single one that would take more is refused. Default 256 MiB.
    /// </summary>
    public long ProofCacheBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Entries (an item in a block) of the log index in memory, and in a batch, while a section of it is turned round: 8 bytes each in memory, and no more in the batch. A larger section
    /// takes several parts. 2 or more, default 4 Mi: 32 MiB.
    /// </summary>
    public int LogPartEntriesMax { get; init; } = 4 << 20;

    /// <summary>Layers (on all branches together) above which a commit is refused. Default 4,096.</summary>
    public int LayersTotalMax { get; init; } = 4096;
}
