using System.Text;
using Chain.Consensus.Engines;
using Chain.Consensus.Rules;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>miner</c>, where a consensus client makes the blocks: what the pool takes.</summary>
/// <param name="chain">The chain.</param>
public sealed class MinerFeeMethods(RpcChain chain)
{
    /// <summary>Sets the smallest priority fee that the pool takes from now on, wei per gas.</summary>
    [RpcMethod("miner_setGasPrice", "miner_setMinGasPrice", "miner_setMinPriorityFee", Example = """["0x0"]""", Mutating = true)]
    public bool SetMinGasPrice(UInt256 priorityFee)
    {
        chain.Pool.PriorityFeeMin = priorityFee;
        return true;
    }

    /// <summary>The smallest priority fee that the pool takes, wei per gas.</summary>
    [RpcMethod("miner_getMinGasPrice", "miner_getMinPriorityFee")]
    public UInt256 GetMinGasPrice() => chain.Pool.PriorityFeeMin;
}

/// <summary>The namespace <c>miner</c>, where this node makes the blocks.</summary>
/// <param name="dev">The engine that makes them.</param>
public sealed class MinerMethods(DevEngine dev)
{
    /// <summary>Makes blocks as soon as a transaction waits. The number of threads, which proof of work had, is read and means nothing.</summary>
    [RpcMethod("miner_start", Mutating = true)]
    public bool Start(LooseNumber? threads = null)
    {
        _ = threads;
        dev.SetMode(MiningMode.Instant);
        return true;
    }

    /// <summary>Makes blocks only when asked.</summary>
    [RpcMethod("miner_stop", Mutating = true)]
    public bool Stop()
    {
        dev.SetMode(MiningMode.Manual);
        return true;
    }

    /// <summary>Sets the fee recipient of the next blocks.</summary>
    [RpcMethod("miner_setEtherbase", Example = """["{account}"]""", Mutating = true)]
    public bool SetEtherbase(Address address)
    {
        dev.SetCoinbase(address);
        return true;
    }

    /// <summary>Sets the extra data of the next blocks: hex data, or a text.</summary>
    [RpcMethod("miner_setExtra", Example = """["0x"]""", Mutating = true)]
    public RpcResult<bool> SetExtra(string extraData)
    {
        if (!Hex.TryDecode(extraData, out byte[] bytes) || !extraData.StartsWith("0x", StringComparison.Ordinal)) bytes = Encoding.UTF8.GetBytes(extraData);
        if (bytes.Length > HeaderRules.ExtraDataSizeBytesMax)
            return RpcError.InvalidArgument(0, $"{bytes.Length} bytes of extra data: at most {HeaderRules.ExtraDataSizeBytesMax}");
        dev.SetExtraData(bytes);
        return true;
    }

    /// <summary>Sets the gas limit of the next blocks.</summary>
    [RpcMethod("miner_setGasLimit", "miner_changeTargetGasLimit", "evm_setBlockGasLimit", "anvil_setBlockGasLimit", "hardhat_setBlockGasLimit", Example = """["0x1c9c380"]""", Mutating = true)]
    public RpcResult<bool> SetGasLimit(LooseNumber gasLimit)
    {
        if (gasLimit.Value is < FeeMarket.GasLimitMin or > FeeMarket.GasLimitMax)
            return RpcError.InvalidArgument(0, $"gas limit {gasLimit.Value}: {FeeMarket.GasLimitMin} to {FeeMarket.GasLimitMax} is expected");
        dev.SetGasLimit(gasLimit.Value);
        return true;
    }
}
