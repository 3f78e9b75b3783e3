using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Consensus.Simulation;

/// <summary>Applies overrides to a state and a block context.</summary>
internal static class Overrides
{
    /// <summary>Changes the state; returns the precompiles that remain, moved ones at their new places.</summary>
    public static PrecompileSet Apply(IReadOnlyDictionary<Address, StateOverride>? overrides, WorldState state, PrecompileSet precompiles, ForkRules rules)
    {
        if (overrides is null || overrides.Count == 0) return precompiles;
        Dictionary<Address, Address?> moved = [];
        state.BeginTransaction();
        foreach ((Address address, StateOverride change) in overrides)
        {
            AccountEntry account = state.GetAccount(address);
            if (precompiles.TryGet(address, out _)) moved[address] = change.MovePrecompileTo;
            if (change.Balance is { } balance) state.SetBalance(account, balance);
            if (change.Nonce is { } nonce) state.SetNonce(account, nonce);
            if (change.Code is { } code) state.SetCode(account, code);
            if (change.State is { } whole)
            {
                state.ClearStorage(account);
                foreach ((UInt256 key, UInt256 value) in whole) state.SetStorage(state.GetSlot(account, key), value);
            }
            foreach ((UInt256 key, UInt256 value) in change.StateDiff ?? new Dictionary<UInt256, UInt256>()) state.SetStorage(state.GetSlot(account, key), value);
        }
        state.EndTransaction(rules);
        return moved.Count == 0 ? precompiles : precompiles.Relocate(moved);
    }

    /// <summary>Why precompiles cannot be moved as asked; none when they can.</summary>
    public static (SimulationFault Fault, string Message) CheckMoves(IReadOnlyDictionary<Address, StateOverride>? overrides, PrecompileSet precompiles)
    {
        foreach ((Address address, StateOverride change) in overrides ?? new Dictionary<Address, StateOverride>())
        {
            if (change.MovePrecompileTo is not { } target) continue;
            if (!precompiles.TryGet(address, out _)) return (SimulationFault.Other, $"account {address} is not a precompile");
            if (target == address) return (SimulationFault.MovesToItself, $"precompile {address} cannot be moved to its own address");
            if (overrides!.ContainsKey(target)) return (SimulationFault.Other, $"account {target} is already overridden");
        }
        return (SimulationFault.None, "");
    }

    /// <summary>The context with the block's fields overridden.</summary>
    public static BlockContext Apply(BlockOverride? change, BlockContext block, PrecompileSet precompiles) =>
        change is null && ReferenceEquals(precompiles, block.Precompiles) ? block : new BlockContext
        {
            Rules = block.Rules,
            ChainId = block.ChainId,
            Number = change?.Number ?? block.Number,
            Timestamp = change?.Timestamp ?? block.Timestamp,
            GasLimit = change?.GasLimit ?? block.GasLimit,
            Coinbase = change?.Coinbase ?? block.Coinbase,
            Difficulty = change?.Difficulty ?? block.Difficulty,
            PrevRandao = change?.PrevRandao ?? block.PrevRandao,
            BaseFee = change?.BaseFee ?? block.BaseFee,
            BlobBaseFee = change?.BlobBaseFee ?? block.BlobBaseFee,
            BlockHashes = block.BlockHashes,
            Precompiles = precompiles,
            Policy = block.Policy,
            DecisionLog = block.DecisionLog,
        };
}
