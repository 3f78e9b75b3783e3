using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Storage;
using Chain.Storage.State;

namespace Chain.Node;

/// <summary>Makes block 0 of a chain: allocation, then the activation of native modules, then the root and the header.</summary>
public static class GenesisBuilder
{
    /// <summary>Contracts without which no block from Prague on is valid (EIP-7002, EIP-7251).</summary>
    private static readonly Address[] RequiredFromPrague = [Consensus.Execution.SystemContracts.WithdrawalRequests, Consensus.Execution.SystemContracts.ConsolidationRequests];

    /// <summary>Builds the genesis block.</summary>
    /// <exception cref="UserException">The module sections cannot act on the allocation, or leave a chain that nobody can use.</exception>
    public static GenesisBlock Build(ChainSpec spec, Genesis genesis, ChainModules modules)
    {
        WorldState state = Allocate(genesis, modules);
        if (modules.GenesisProblem(state) is { } problem) throw new UserException($"In the genesis: {problem}");

        StateDelta delta = state.ToDelta();
        Block block = genesis.ToBlock(StateStore.ComputeGenesisRoot(delta), spec.GenesisRules(genesis));
        return new GenesisBlock(spec.ChainId, block, block.Header.Hash, delta);
    }

    /// <summary>The state of block 0: allocation, then the activation of native modules.</summary>
    /// <exception cref="UserException">The module sections cannot act on the allocation.</exception>
    public static WorldState Allocate(Genesis genesis, ChainModules modules)
    {
        WorldState state = new(new MemoryState());
        state.BeginTransaction();
        foreach ((Address address, GenesisAccount allocated) in genesis.Alloc)
        {
            AccountEntry account = state.GetAccount(address);
            state.SetBalance(account, allocated.Balance);
            state.SetNonce(account, allocated.Nonce);
            if (!allocated.Code.IsEmpty) state.SetCode(account, allocated.Code);
            foreach ((UInt256 key, UInt256 value) in allocated.Storage) state.SetStorage(state.GetSlot(account, key), value);
        }
        // Frontier rules: an empty account of the allocation stays in the state, as its file says.
        state.EndTransaction(ForkTable.Rules(Fork.Frontier));
        try
        {
            modules.Activate(state, parentTimestamp: null, genesis.Timestamp);
        }
        catch (InvalidDataException e)
        {
            throw new UserException($"In the genesis: {e.Message}");
        }
        return state;
    }

    /// <summary>Names what a genesis lacks for blocks to be possible; null when nothing.</summary>
    public static string? MissingForBlocks(ChainSpec spec, Genesis genesis)
    {
        if (!spec.Activations.ContainsKey(Fork.Prague)) return null;
        Address[] missing = [.. RequiredFromPrague.Where(a => !genesis.Alloc.TryGetValue(a, out GenesisAccount? account) || account.Code.IsEmpty)];
        return missing.Length == 0
            ? null
            : $"The genesis has no code at {string.Join(" and ", missing)}: from Prague on every block calls these system contracts. Add them to \"alloc\" (see genesis/system-contracts.json), or leave out \"pragueTime\" and later forks.";
    }
}
