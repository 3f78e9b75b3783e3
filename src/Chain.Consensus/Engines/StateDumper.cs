using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Storage.State;

namespace Chain.Consensus.Engines;

/// <summary>
/// Gathers the whole state of a development chain by address and slot. The database knows only their hashes, so that the blocks are executed again to see which accounts and slots
/// they changed; the root of what was gathered proves that nothing is missing.
/// </summary>
/// <param name="simulator">Lends machines.</param>
/// <param name="genesis">Accounts of the genesis block.</param>
public sealed class StateDumper(Simulator simulator, StateDelta genesis)
{
    /// <summary>Most slots, together with accounts, that are gathered.</summary>
    public const int EntriesMax = 2_000_000;

    private readonly SortedDictionary<Address, SortedSet<UInt256>> _known = [];
    private int _entries;

    /// <summary>The state after the head block with the edits that wait for the next; null with a reason when it cannot be gathered.</summary>
    public MemoryState? Gather(out string problem, CancellationToken cancellation = default)
    {
        ChainManager chain = simulator.Chain;
        Note(genesis);
        Storage.BlockId head = chain.Database.Head;
        for (ulong number = 1; number <= head.Number; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!chain.Database.Blocks.TryGetCanonicalHash(number, out Hash256 hash)) break;
            ExecutedBlock block = chain.Load(hash);
            if (!BlockReplay.TryOpen(simulator, block.Block, block.Senders, out BlockReplay replay, out problem)) return null;
            using (replay)
            {
                while (replay.Next < block.Block.Transactions.Count)
                {
                    if (replay.Execute(null, cancellation) is { Error: not TransactionError.None } failed)
                    {
                        problem = $"a transaction of block {number} cannot be executed again: {ErrorNames.ToFixtureName(failed.Error)}";
                        return null;
                    }
                }
                Note(replay.FinishState(cancellation));
            }
            if (_entries > EntriesMax)
            {
                problem = $"the state has more than {EntriesMax} accounts and slots: copy the data folder instead";
                return null;
            }
        }
        BlockHeader header = chain.Database.Blocks.GetHeader(head.Hash)!;
        if (!chain.Database.States.TryGetStateAt(head.Hash).TryGet(out IStateView? state) || StateStore.ComputeGenesisRoot(Read(state).ToDelta()) != header.StateRoot)
        {
            problem = "some accounts were edited before the node was started the last time, and their addresses are no longer known: copy the data folder instead";
            return null;
        }
        problem = "";
        StateEdits edits = chain.EditsAfter(head.Hash);
        Note(edits.Delta);
        return Read(edits.Over(state));
    }

    private void Note(StateDelta delta)
    {
        foreach ((Address address, AccountDelta change) in delta.Accounts)
        {
            if (!_known.TryGetValue(address, out SortedSet<UInt256>? slots))
            {
                _known.Add(address, slots = []);
                _entries++;
            }
            foreach (UInt256 slot in change.Storage.Keys)
            {
                if (slots.Add(slot)) _entries++;
            }
        }
    }

    private MemoryState Read(IStateView view)
    {
        MemoryState state = new();
        foreach ((Address address, SortedSet<UInt256> slots) in _known)
        {
            if (!view.TryGetAccount(address, out Account account)) continue;
            state.SetAccount(address, account.Nonce, account.Balance, account.HasCode ? view.GetCode(account.CodeHash) : default);
            foreach (UInt256 slot in slots) state.SetStorage(address, slot, view.GetStorage(address, slot));
        }
        return state;
    }
}
