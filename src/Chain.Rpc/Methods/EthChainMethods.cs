using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: the chain, its head and its fees.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthChainMethods(RpcChain chain)
{
    private readonly FeeOracle _fees = new(chain);

    /// <summary>Chain id (EIP-155).</summary>
    [RpcMethod("eth_chainId")]
    public ulong ChainId() => chain.Manager.Spec.ChainId;

    /// <summary>False: the node has no peers to be behind of.</summary>
    [RpcMethod("eth_syncing", Result = "Bool")]
    public static bool Syncing() => false;

    /// <summary>Number of the head block.</summary>
    [RpcMethod("eth_blockNumber")]
    public ulong BlockNumber() => chain.HeadNumber;

    /// <summary>Accounts whose keys are here.</summary>
    [RpcMethod("eth_accounts")]
    public IReadOnlyList<Address> Accounts() => chain.Accounts.Addresses;

    /// <summary>Fee recipient of the blocks made here.</summary>
    [RpcMethod("eth_coinbase")]
    public RpcResult<Address> Coinbase() => chain.Dev is { } dev ? dev.Options.Coinbase : RpcError.Server("etherbase must be explicitly specified");

    /// <summary>A price per gas that gets a legacy transaction into the next block, wei.</summary>
    [RpcMethod("eth_gasPrice")]
    public UInt256 GasPrice() => chain.Pool.Head.BaseFee + _fees.SuggestTip();

    /// <summary>A priority fee that gets a transaction into the next block, wei.</summary>
    [RpcMethod("eth_maxPriorityFeePerGas")]
    public UInt256 MaxPriorityFeePerGas() => _fees.SuggestTip();

    /// <summary>Base fee of the next block, wei.</summary>
    [RpcMethod("eth_baseFee")]
    public UInt256 BaseFee() => chain.Pool.Head.BaseFee;

    /// <summary>Blob base fee of the next block, wei.</summary>
    [RpcMethod("eth_blobBaseFee")]
    public UInt256 BlobBaseFee() => chain.Pool.Head.BlobBaseFee;

    /// <summary>Fees of a range of blocks (execution-apis, eth_feeHistory).</summary>
    [RpcMethod("eth_feeHistory", Work = RpcWork.Call, Example = """["0x2","latest",[25,75]]""", Faults = RpcFaults.Block)]
    public RpcResult<FeeHistoryJson> FeeHistory([RpcParameter("blockCount")] LooseNumber blockCount, [RpcParameter("newestBlock")] BlockParameter newestBlock, [RpcParameter("rewardPercentiles", Required = true)] double[]? rewardPercentiles = null)
    {
        double[] percentiles = rewardPercentiles ?? [];
        if (percentiles.Length > chain.Limits.FeeHistoryPercentilesMax) return RpcError.Server($"over the query limit {chain.Limits.FeeHistoryPercentilesMax}");
        for (int i = 0; i < percentiles.Length; i++)
        {
            if (!(percentiles[i] is >= 0 and <= 100)) return RpcError.Server(FormattableString.Invariant($"invalid reward percentile: {percentiles[i]}"));
            if (i > 0 && percentiles[i] <= percentiles[i - 1])
                return RpcError.Server(FormattableString.Invariant($"invalid reward percentile: #{i - 1}:{percentiles[i - 1]} >= #{i}:{percentiles[i]}"));
        }
        if (blockCount.Value == 0) return FeeHistoryJson.Empty;
        ulong head = chain.HeadNumber;
        if (newestBlock.Tag == BlockTag.Number && newestBlock.Number > head) return RpcError.Server($"request beyond head block: requested {newestBlock.Number}, head {head}");
        if (newestBlock.Tag == BlockTag.Pending) newestBlock = BlockParameter.Latest;
        if (chain.TryFind(newestBlock, out NamedBlock newest) is { } error) return error;
        ulong last = newest.Header.Number;
        ulong count = Math.Min(Math.Min(blockCount.Value, (ulong)chain.Limits.FeeHistoryBlocksMax), last + 1);
        return _fees.History(last + 1 - count, last, rewardPercentiles);
    }
}
