using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: blocks. An unknown block is null, as the specification has it.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthBlockMethods(RpcChain chain)
{
    /// <summary>A block by number or tag. Hash and nonce of the pending block are null.</summary>
    [RpcMethod("eth_getBlockByNumber", Example = """["latest",false]""")]
    public BlockJson? GetBlockByNumber(BlockParameter block, [RpcParameter("Hydrated transactions", Required = true)] bool fullTransactions = false) => Find(block, fullTransactions);

    /// <summary>A block by hash.</summary>
    [RpcMethod("eth_getBlockByHash", Example = """["{block}",true]""")]
    public BlockJson? GetBlockByHash([RpcParameter("Block hash")] Hash256 hash, [RpcParameter("Hydrated transactions", Required = true)] bool fullTransactions = false) => Find(ByHash(hash), fullTransactions);

    /// <summary>A header by number or tag.</summary>
    [RpcMethod("eth_getHeaderByNumber", Example = """["latest"]""")]
    public HeaderJson? GetHeaderByNumber(BlockParameter block) => chain.TryFind(block, out NamedBlock found) is null && found.Hash is { } hash ? new HeaderJson(found.Header, hash) : null;

    /// <summary>A header by hash.</summary>
    [RpcMethod("eth_getHeaderByHash", Example = """["{block}"]""")]
    public HeaderJson? GetHeaderByHash([RpcParameter("Block hash")] Hash256 hash) => GetHeaderByNumber(ByHash(hash));

    /// <summary>Number of transactions of a block.</summary>
    [RpcMethod("eth_getBlockTransactionCountByNumber", Example = """["latest"]""")]
    public ulong? GetTransactionCountByNumber(BlockParameter block) => (ulong?)Load(block)?.Block.Transactions.Count;

    /// <summary>Number of transactions of a block.</summary>
    [RpcMethod("eth_getBlockTransactionCountByHash", Example = """["{block}"]""")]
    public ulong? GetTransactionCountByHash([RpcParameter("Block hash")] Hash256 hash) => GetTransactionCountByNumber(ByHash(hash));

    /// <summary>Receipts of a block.</summary>
    [RpcMethod("eth_getBlockReceipts", Example = """["latest"]""", Result = "Receipt[]?")]
    public IReadOnlyList<IJsonWritable>? GetBlockReceipts(BlockParameter block) => Load(block) is { } found ? chain.ReceiptsOf(found) : null;

    /// <summary>Number of ommers of a block.</summary>
    [RpcMethod("eth_getUncleCountByBlockNumber", Example = """["latest"]""")]
    public ulong? GetUncleCountByNumber(BlockParameter block) => (ulong?)Load(block)?.Block.Ommers.Count;

    /// <summary>Number of ommers of a block.</summary>
    [RpcMethod("eth_getUncleCountByBlockHash", Example = """["{block}"]""")]
    public ulong? GetUncleCountByHash([RpcParameter("Block hash")] Hash256 hash) => GetUncleCountByNumber(ByHash(hash));

    /// <summary>An ommer, as a block without transactions.</summary>
    [RpcMethod("eth_getUncleByBlockNumberAndIndex", Example = """["latest","0x0"]""")]
    public BlockJson? GetUncleByNumber(BlockParameter block, [RpcParameter("Uncle index")] ulong index)
    {
        if (Load(block) is not { } found || index >= (ulong)found.Block.Ommers.Count) return null;
        Core.Types.Block ommer = new() { Header = found.Block.Ommers[(int)index] };
        return new BlockJson(ommer, ommer.Header.Hash, (ulong)ommer.EncodedSizeBytes, new BlockTransactions([], null), []);
    }

    /// <summary>An ommer, as a block without transactions.</summary>
    [RpcMethod("eth_getUncleByBlockHashAndIndex", Example = """["{block}","0x0"]""")]
    public BlockJson? GetUncleByHash([RpcParameter("Block hash")] Hash256 hash, [RpcParameter("Uncle index")] ulong index) => GetUncleByNumber(ByHash(hash), index);

    private static BlockParameter ByHash(in Hash256 hash) => new(BlockTag.Hash, 0, hash);

    private BlockJson? Find(BlockParameter block, bool full) =>
        chain.TryFind(block, out NamedBlock found) is null && chain.TryLoad(found) is { } loaded ? RpcChain.ToJson(loaded, found.Pending is not null, full) : null;

    private ExecutedBlock? Load(BlockParameter block) => chain.TryFind(block, out NamedBlock found) is null ? chain.TryLoad(found) : null;
}
