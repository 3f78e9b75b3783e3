using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespaces <c>evm</c>, <c>anvil</c> and <c>hardhat</c>: what developers do to a chain of their own. Served by development chains only.</summary>
/// <param name="chain">The chain.</param>
/// <param name="dev">The development engine.</param>
public sealed class DevMethods(RpcChain chain, DevEngine dev)
{
    /// <summary>Mines a block now: at a timestamp, or as an object with "timestamp" and "blocks".</summary>
    [RpcMethod("evm_mine", Work = RpcWork.Call)]
    public RpcResult<string> Mine(JsonElement? options = null)
    {
        LooseNumber timestamp = default;
        LooseNumber blocks = new(1);
        bool hasTimestamp = false;
        if (options is { ValueKind: JsonValueKind.Object } members)
        {
            hasTimestamp = members.TryGetProperty("timestamp"u8, out JsonElement time) && time.ValueKind != JsonValueKind.Null;
            if (hasTimestamp && LooseNumber.Read(time, out timestamp) is { } timeError) return RpcError.InvalidArgument(0, timeError);
            if (members.TryGetProperty("blocks"u8, out JsonElement count) && count.ValueKind != JsonValueKind.Null && LooseNumber.Read(count, out blocks) is { } countError)
                return RpcError.InvalidArgument(0, countError);
        }
        else if (options is { } value)
        {
            hasTimestamp = true;
            if (LooseNumber.Read(value, out timestamp) is { } error) return RpcError.InvalidArgument(0, error);
        }
        if (hasTimestamp && SetNextBlockTimestamp(timestamp).Error is { } refused) return refused;
        return MineMany(blocks).Error is { } tooMany ? tooMany : "0x0";
    }

    /// <summary>Mines a number of blocks now, with seconds between them.</summary>
    [RpcMethod("anvil_mine", "hardhat_mine", Work = RpcWork.Call)]
    public RpcResult<string?> MineMany(LooseNumber? count = null, LooseNumber? intervalSeconds = null)
    {
        ulong blocks = count?.Value ?? 1;
        if (blocks > DevEngine.MineCountMax) return RpcError.InvalidArgument(0, $"{blocks} blocks: at most {DevEngine.MineCountMax} are mined at once");
        dev.Mine((int)blocks, intervalSeconds?.Value);
        return (string?)null;
    }

    /// <summary>Remembers the present state; returns the snapshot's number.</summary>
    [RpcMethod("evm_snapshot", "anvil_snapshot")]
    public ulong Snapshot() => dev.TakeSnapshot();

    /// <summary>Goes back to a snapshot; false when there is none with this number.</summary>
    [RpcMethod("evm_revert", "anvil_revert", Work = RpcWork.Call)]
    public bool Revert(LooseNumber id) => dev.RevertTo(id.Value);

    /// <summary>Moves the chain's clock forward; returns the whole offset, seconds.</summary>
    [RpcMethod("evm_increaseTime", "anvil_increaseTime")]
    public RpcResult<long> IncreaseTime(LooseNumber seconds) =>
        seconds.Value > int.MaxValue ? RpcError.InvalidArgument(0, $"{seconds.Value} seconds: at most {int.MaxValue} at once") : dev.IncreaseTime((long)seconds.Value);

    /// <summary>Sets the timestamp of the next block, seconds.</summary>
    [RpcMethod("evm_setNextBlockTimestamp", "anvil_setNextBlockTimestamp")]
    public RpcResult<string?> SetNextBlockTimestamp(LooseNumber timestamp) =>
        dev.SetNextTimestamp(timestamp.Value) ? (string?)null : RpcError.InvalidParams($"timestamp {timestamp.Value} is not above the head block's, {chain.Manager.Head.Timestamp}");

    /// <summary>Sets the chain's clock; returns the offset from the real one, seconds.</summary>
    [RpcMethod("evm_setTime", "anvil_setTime")]
    public long SetTime(LooseNumber timestamp)
    {
        dev.SetTime(timestamp.Value);
        return dev.TimeOffsetSeconds;
    }

    /// <summary>Fixes the seconds between blocks.</summary>
    [RpcMethod("anvil_setBlockTimestampInterval")]
    public void SetBlockTimestampInterval(LooseNumber seconds) => dev.SetTimestampInterval(seconds.Value);

    /// <summary>Lets timestamps follow the clock again; false when they did.</summary>
    [RpcMethod("anvil_removeBlockTimestampInterval")]
    public bool RemoveBlockTimestampInterval()
    {
        dev.SetTimestampInterval(null);
        return true;
    }

    /// <summary>Makes a block as soon as a transaction waits, or only when asked.</summary>
    [RpcMethod("evm_setAutomine", "anvil_setAutomine")]
    public void SetAutomine(bool enabled) => dev.SetMode(enabled ? MiningMode.Instant : MiningMode.Manual);

    /// <summary>True when a block is made as soon as a transaction waits.</summary>
    [RpcMethod("anvil_getAutomine", "hardhat_getAutomine")]
    public bool GetAutomine() => dev.Options.Mode == MiningMode.Instant;

    /// <summary>Makes blocks at intervals of seconds; 0 makes them only when asked.</summary>
    [RpcMethod("evm_setIntervalMining", "anvil_setIntervalMining")]
    public RpcResult<string?> SetIntervalMining(LooseNumber seconds)
    {
        const ulong SecondsMax = 86_400;
        if (seconds.Value > SecondsMax) return RpcError.InvalidArgument(0, $"{seconds.Value} seconds: at most {SecondsMax}");
        if (seconds.Value == 0) dev.SetMode(MiningMode.Manual);
        else dev.SetMode(MiningMode.Interval, (int)seconds.Value * 1_000);
        return (string?)null;
    }

    /// <summary>Sets the gas limit of the next blocks.</summary>
    [RpcMethod("evm_setBlockGasLimit", "anvil_setBlockGasLimit")]
    public RpcResult<bool> SetBlockGasLimit(LooseNumber gasLimit)
    {
        if (gasLimit.Value is < Core.Forks.FeeMarket.GasLimitMin or > Core.Forks.FeeMarket.GasLimitMax)
            return RpcError.InvalidArgument(0, $"gas limit {gasLimit.Value}: {Core.Forks.FeeMarket.GasLimitMin} to {Core.Forks.FeeMarket.GasLimitMax} is expected");
        dev.SetGasLimit(gasLimit.Value);
        return true;
    }

    /// <summary>Sets a balance, wei.</summary>
    [RpcMethod("anvil_setBalance", "hardhat_setBalance")]
    public void SetBalance(Address address, StorageKey balance) => Edit(address, (state, account) => state.SetBalance(account, balance.Slot));

    /// <summary>Sets the code of an account.</summary>
    [RpcMethod("anvil_setCode", "hardhat_setCode")]
    public void SetCode(Address address, ReadOnlyMemory<byte> code) => Edit(address, (state, account) => state.SetCode(account, code));

    /// <summary>Sets the nonce of an account.</summary>
    [RpcMethod("anvil_setNonce", "hardhat_setNonce", "evm_setAccountNonce")]
    public void SetNonce(Address address, LooseNumber nonce) => Edit(address, (state, account) => state.SetNonce(account, nonce.Value));

    /// <summary>Sets a storage slot.</summary>
    [RpcMethod("anvil_setStorageAt", "hardhat_setStorageAt")]
    public bool SetStorageAt(Address address, StorageKey slot, StorageKey value)
    {
        Edit(address, (state, account) => state.SetStorage(state.GetSlot(account, slot.Slot), value.Slot));
        return true;
    }

    /// <summary>Lets transactions be sent in the name of an account without its key.</summary>
    [RpcMethod("anvil_impersonateAccount", "hardhat_impersonateAccount")]
    public void ImpersonateAccount(Address address) => dev.SetImpersonated(address, true);

    /// <summary>Ends an impersonation.</summary>
    [RpcMethod("anvil_stopImpersonatingAccount", "hardhat_stopImpersonatingAccount")]
    public void StopImpersonatingAccount(Address address) => dev.SetImpersonated(address, false);

    /// <summary>Treats every sender as impersonated, or stops that.</summary>
    [RpcMethod("anvil_autoImpersonateAccount", "hardhat_autoImpersonateAccount")]
    public void AutoImpersonateAccount(bool enabled) => dev.AutoImpersonate = enabled;

    /// <summary>Sets the base fee of the next block, wei.</summary>
    [RpcMethod("anvil_setNextBlockBaseFeePerGas", "hardhat_setNextBlockBaseFeePerGas")]
    public void SetNextBlockBaseFeePerGas(StorageKey baseFee) => dev.SetNextBaseFee(baseFee.Slot);

    /// <summary>Sets the fee recipient of the next blocks.</summary>
    [RpcMethod("anvil_setCoinbase", "hardhat_setCoinbase")]
    public void SetCoinbase(Address address) => dev.SetCoinbase(address);

    /// <summary>Sets PREVRANDAO of the next block.</summary>
    [RpcMethod("anvil_setPrevRandao", "hardhat_setPrevRandao")]
    public void SetPrevRandao(Hash256 value) => dev.SetNextPrevRandao(value);

    /// <summary>Removes a transaction from the pool; its hash, or null when it is not there.</summary>
    [RpcMethod("anvil_dropTransaction", "hardhat_dropTransaction")]
    public Hash256? DropTransaction(Hash256 hash) => chain.Pool.Remove(hash, PoolDropReason.Removed) ? hash : null;

    /// <summary>Removes all transactions from the pool.</summary>
    [RpcMethod("anvil_dropAllTransactions")]
    public void DropAllTransactions() => chain.Pool.Clear();

    private void Edit(Address address, Action<WorldState, AccountEntry> edit) => dev.EditState(state => edit(state, state.GetAccount(address)));
}
