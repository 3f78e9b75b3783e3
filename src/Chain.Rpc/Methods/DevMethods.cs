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
    [RpcMethod("evm_mine", Work = RpcWork.Call, Mutating = true)]
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
    [RpcMethod("anvil_mine", "hardhat_mine", Work = RpcWork.Call, Example = """["0x2","0xc"]""", Mutating = true)]
    public RpcResult<string?> MineMany(LooseNumber? count = null, LooseNumber? intervalSeconds = null)
    {
        ulong blocks = count?.Value ?? 1;
        if (blocks > DevEngine.MineCountMax) return RpcError.InvalidArgument(0, $"{blocks} blocks: at most {DevEngine.MineCountMax} are mined at once");
        dev.Mine((int)blocks, intervalSeconds?.Value);
        return (string?)null;
    }

    /// <summary>Remembers the present state; returns the snapshot's number.</summary>
    [RpcMethod("evm_snapshot", "anvil_snapshot", "hardhat_snapshot", Mutating = true)]
    public ulong Snapshot() => dev.TakeSnapshot();

    /// <summary>Goes back to a snapshot; false when there is none with this number.</summary>
    [RpcMethod("evm_revert", "anvil_revert", "hardhat_revert", Work = RpcWork.Call, Example = """["{snapshot}"]""", Mutating = true)]
    public bool Revert(LooseNumber id) => dev.RevertTo(id.Value);

    /// <summary>Moves the chain's clock forward; returns the whole offset, seconds.</summary>
    [RpcMethod("evm_increaseTime", "anvil_increaseTime", "hardhat_increaseTime", Example = """[60]""", Volatile = true, Mutating = true)]
    public RpcResult<long> IncreaseTime(LooseNumber seconds) =>
        seconds.Value > int.MaxValue ? RpcError.InvalidArgument(0, $"{seconds.Value} seconds: at most {int.MaxValue} at once") : dev.IncreaseTime((long)seconds.Value);

    /// <summary>Sets the timestamp of the next block, seconds.</summary>
    [RpcMethod("evm_setNextBlockTimestamp", "anvil_setNextBlockTimestamp", "hardhat_setNextBlockTimestamp", Example = """["0xf4865700"]""", Mutating = true)]
    public RpcResult<string?> SetNextBlockTimestamp(LooseNumber timestamp) =>
        dev.SetNextTimestamp(timestamp.Value) ? (string?)null : RpcError.InvalidParams($"timestamp {timestamp.Value} is not above the head block's, {chain.Manager.Head.Timestamp}");

    /// <summary>Sets the chain's clock; returns the offset from the real one, seconds.</summary>
    [RpcMethod("evm_setTime", "anvil_setTime", "hardhat_setTime", Example = """["0xf4865700"]""", Volatile = true, Mutating = true)]
    public long SetTime(LooseNumber timestamp)
    {
        dev.SetTime(timestamp.Value);
        return dev.TimeOffsetSeconds;
    }

    /// <summary>Fixes the seconds between blocks.</summary>
    [RpcMethod("anvil_setBlockTimestampInterval", "hardhat_setBlockTimestampInterval", "evm_setBlockTimestampInterval", Example = """[12]""", Mutating = true)]
    public void SetBlockTimestampInterval(LooseNumber seconds) => dev.SetTimestampInterval(seconds.Value);

    /// <summary>Lets timestamps follow the clock again; false when they did.</summary>
    [RpcMethod("anvil_removeBlockTimestampInterval", "hardhat_removeBlockTimestampInterval", "evm_removeBlockTimestampInterval", Mutating = true)]
    public bool RemoveBlockTimestampInterval()
    {
        dev.SetTimestampInterval(null);
        return true;
    }

    /// <summary>Makes a block as soon as a transaction waits, or only when asked.</summary>
    [RpcMethod("evm_setAutomine", "anvil_setAutomine", "hardhat_setAutomine", Example = """[false]""", Mutating = true)]
    public void SetAutomine(bool enabled) => dev.SetMode(enabled ? MiningMode.Instant : MiningMode.Manual);

    /// <summary>True when a block is made as soon as a transaction waits.</summary>
    [RpcMethod("anvil_getAutomine", "hardhat_getAutomine", "evm_getAutomine")]
    public bool GetAutomine() => dev.Options.Mode == MiningMode.Instant;

    /// <summary>Seconds between blocks that are made at intervals; null when they are not.</summary>
    [RpcMethod("anvil_getIntervalMining", "hardhat_getIntervalMining", "evm_getIntervalMining")]
    public long? GetIntervalMining() => dev.Options is { Mode: MiningMode.Interval } options ? options.BlockTimeMs / 1_000 : null;

    /// <summary>Makes blocks at intervals of seconds; 0 makes them only when asked.</summary>
    [RpcMethod("evm_setIntervalMining", "anvil_setIntervalMining", "hardhat_setIntervalMining", Example = """[0]""", Mutating = true)]
    public RpcResult<string?> SetIntervalMining(LooseNumber seconds)
    {
        const ulong SecondsMax = 86_400;
        if (seconds.Value > SecondsMax) return RpcError.InvalidArgument(0, $"{seconds.Value} seconds: at most {SecondsMax}");
        if (seconds.Value == 0) dev.SetMode(MiningMode.Manual);
        else dev.SetMode(MiningMode.Interval, (int)seconds.Value * 1_000);
        return (string?)null;
    }

    /// <summary>Sets a balance, wei.</summary>
    [RpcMethod("anvil_setBalance", "hardhat_setBalance", "evm_setAccountBalance", Example = """["{other}","0xde0b6b3a7640000"]""", Mutating = true)]
    public void SetBalance(Address address, StorageKey balance) => Edit(address, (state, account) => state.SetBalance(account, balance.Slot));

    /// <summary>Adds to a balance, wei.</summary>
    [RpcMethod("anvil_addBalance", "hardhat_addBalance", Example = """["{other}","0xde0b6b3a7640000"]""", Mutating = true)]
    public void AddBalance(Address address, StorageKey amount) => Edit(address, (state, account) => state.AddBalance(account, amount.Slot));

    /// <summary>Sets the code of an account.</summary>
    [RpcMethod("anvil_setCode", "hardhat_setCode", "evm_setAccountCode", Example = """["{other}","0x00"]""", Mutating = true)]
    public void SetCode(Address address, ReadOnlyMemory<byte> code) => Edit(address, (state, account) => state.SetCode(account, code));

    /// <summary>Sets the nonce of an account.</summary>
    [RpcMethod("anvil_setNonce", "hardhat_setNonce", "evm_setAccountNonce", Example = """["{other}","0x7"]""", Mutating = true)]
    public void SetNonce(Address address, LooseNumber nonce) => Edit(address, (state, account) => state.SetNonce(account, nonce.Value));

    /// <summary>Sets a storage slot.</summary>
    [RpcMethod("anvil_setStorageAt", "hardhat_setStorageAt", "evm_setAccountStorageAt", Example = """["{other}","0x0","0x0000000000000000000000000000000000000000000000000000000000000001"]""", Mutating = true)]
    public bool SetStorageAt(Address address, StorageKey slot, StorageKey value)
    {
        Edit(address, (state, account) => state.SetStorage(state.GetSlot(account, slot.Slot), value.Slot));
        return true;
    }

    /// <summary>Lets transactions be sent in the name of an account without its key.</summary>
    [RpcMethod("anvil_impersonateAccount", "hardhat_impersonateAccount", Example = """["{other}"]""", Mutating = true)]
    public void ImpersonateAccount(Address address) => dev.SetImpersonated(address, true);

    /// <summary>Ends an impersonation.</summary>
    [RpcMethod("anvil_stopImpersonatingAccount", "hardhat_stopImpersonatingAccount", Example = """["{other}"]""", Mutating = true)]
    public void StopImpersonatingAccount(Address address) => dev.SetImpersonated(address, false);

    /// <summary>Treats every sender as impersonated, or stops that.</summary>
    [RpcMethod("anvil_autoImpersonateAccount", "hardhat_autoImpersonateAccount", Example = """[false]""", Mutating = true)]
    public void AutoImpersonateAccount(bool enabled) => dev.AutoImpersonate = enabled;

    /// <summary>Sets the base fee of the next block, wei.</summary>
    [RpcMethod("anvil_setNextBlockBaseFeePerGas", "hardhat_setNextBlockBaseFeePerGas", Example = """["0x3b9aca00"]""", Mutating = true)]
    public void SetNextBlockBaseFeePerGas(StorageKey baseFee) => dev.SetNextBaseFee(baseFee.Slot);

    /// <summary>Sets the fee recipient of the next blocks.</summary>
    [RpcMethod("anvil_setCoinbase", "hardhat_setCoinbase", Example = """["{account}"]""", Mutating = true)]
    public void SetCoinbase(Address address) => dev.SetCoinbase(address);

    /// <summary>Sets PREVRANDAO of the next block.</summary>
    [RpcMethod("anvil_setPrevRandao", "hardhat_setPrevRandao", Example = """["{block}"]""", Mutating = true)]
    public void SetPrevRandao(Hash256 value) => dev.SetNextPrevRandao(value);

    /// <summary>Removes a transaction from the pool; its hash, or null when it is not there.</summary>
    [RpcMethod("anvil_dropTransaction", "hardhat_dropTransaction", Example = """["{pending}"]""", Mutating = true)]
    public Hash256? DropTransaction(Hash256 hash) => chain.Pool.Remove(hash, PoolDropReason.Removed) ? hash : null;

    /// <summary>Removes the transactions of one sender from the pool.</summary>
    [RpcMethod("anvil_removePoolTransactions", "hardhat_removePoolTransactions", Example = """["{other}"]""", Mutating = true)]
    public void RemovePoolTransactions(Address address)
    {
        foreach ((_, IReadOnlyList<PooledTransaction> executable, IReadOnlyList<PooledTransaction> queued) in chain.Pool.Content().Where(content => content.Sender == address))
        {
            foreach (PooledTransaction pooled in executable.Concat(queued)) chain.Pool.Remove(pooled.Transaction.Hash, PoolDropReason.Removed);
        }
    }

    /// <summary>Removes all transactions from the pool.</summary>
    [RpcMethod("anvil_dropAllTransactions", "hardhat_dropAllTransactions", Mutating = true)]
    public void DropAllTransactions() => chain.Pool.Clear();

    private void Edit(Address address, Action<WorldState, AccountEntry> edit) => dev.EditState(state => edit(state, state.GetAccount(address)));
}
