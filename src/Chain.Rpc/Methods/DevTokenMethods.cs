using Chain.Consensus.Engines;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Tracing;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespaces <c>anvil</c> and <c>hardhat</c>: balances and allowances of ERC-20 tokens, set by finding the slot that the token reads them from.</summary>
/// <param name="chain">The chain.</param>
/// <param name="dev">The development engine.</param>
public sealed class DevTokenMethods(RpcChain chain, DevEngine dev)
{
    private const int SlotsTriedMax = 64;

    // Selectors of balanceOf(address) and allowance(address,address) (ERC-20).
    private static readonly byte[] BalanceOf = [0x70, 0xa0, 0x82, 0x31];
    private static readonly byte[] Allowance = [0xdd, 0x62, 0xed, 0x3e];

    /// <summary>Gives an account a balance of a token.</summary>
    [RpcMethod("anvil_dealERC20", "hardhat_dealERC20", "anvil_setERC20Balance", "hardhat_setERC20Balance", Heavy = true, Example = """["{other}","{token}","0x64"]""", Faults = RpcFaults.Execution, Mutating = true)]
    public RpcResult<string?> DealErc20(Address address, Address token, StorageKey balance) => Set(token, [.. BalanceOf, .. Word(address)], balance.Slot, "balanceOf(address)");

    /// <summary>Gives a spender an allowance over an account's tokens.</summary>
    [RpcMethod("anvil_setERC20Allowance", "hardhat_setERC20Allowance", Heavy = true, Example = """["{account}","{other}","{token}","0x64"]""", Faults = RpcFaults.Execution, Mutating = true)]
    public RpcResult<string?> SetErc20Allowance(Address owner, Address spender, Address token, StorageKey amount) =>
        Set(token, [.. Allowance, .. Word(owner), .. Word(spender)], amount.Slot, "allowance(address,address)");

    private RpcResult<string?> Set(Address token, byte[] data, UInt256 wanted, string view)
    {
        CallRequest call = new() { To = token, Data = data };
        SlotTracer tracer = new();
        if (chain.TryFindTarget(BlockParameter.Latest, out SimulationTarget target) is { } error) return error;
        TransactionResult now = chain.Simulator.Call(chain.Simulator.Open(target), call, default, tracer);
        if (!now.Succeeded || now.Output.Length != UInt256.SizeBytes) return RpcError.Server($"{view} of {token} gave no number: it is not an ERC-20 token");
        if (UInt256.FromBigEndian(now.Output.Span) == wanted) return (string?)null;
        foreach ((Address account, UInt256 slot) in tracer.Read)
        {
            Dictionary<Address, StateOverride> change = new() { [account] = new StateOverride { StateDiff = new Dictionary<UInt256, UInt256> { [slot] = wanted } } };
            TransactionResult then = chain.Simulator.Call(chain.Simulator.Open(target, change), call);
            if (!then.Succeeded || then.Output.Length != UInt256.SizeBytes || UInt256.FromBigEndian(then.Output.Span) != wanted) continue;
            dev.EditState(state => state.SetStorage(state.GetSlot(state.GetAccount(account), slot), wanted));
            return (string?)null;
        }
        return RpcError.Server($"no slot was found that alone decides {view} of {token}: use anvil_setStorageAt");
    }

    private static byte[] Word(in Address address)
    {
        byte[] word = new byte[UInt256.SizeBytes];
        address.Bytes.CopyTo(word.AsSpan(UInt256.SizeBytes - Address.SizeBytes));
        return word;
    }

    private sealed class SlotTracer : ITracer
    {
        public List<(Address Account, UInt256 Slot)> Read { get; } = [];

        public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite)
        {
            if (!isWrite && Read.Count < SlotsTriedMax && !Read.Contains((account, key))) Read.Add((account, key));
        }
    }
}
