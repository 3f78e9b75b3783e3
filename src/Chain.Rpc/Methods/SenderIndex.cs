using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Rpc.Model;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>Finds blocks by what became true of the state in them, by halving the chain: no index is kept for it.</summary>
internal static class SenderIndex
{
    /// <summary>The mined transaction of a sender with a nonce; null when there is none, or with an error when the states that would tell are gone.</summary>
    public static (ExecutedBlock Block, int Index)? FindMined(RpcChain chain, Address sender, ulong nonce, out RpcError? error)
    {
        error = null;
        if (!chain.Manager.HeadState.TryGetAccount(sender, out Account now) || now.Nonce <= nonce) return null;
        if (!TryFirst(chain, state => state.TryGetAccount(sender, out Account account) && account.Nonce > nonce, out ulong number, out error)) return null;
        if (!chain.Blocks.TryGetCanonicalHash(number, out Hash256 hash)) return null;
        ExecutedBlock block = chain.Manager.Load(hash);
        for (int i = 0; i < block.Senders.Count; i++)
        {
            if (block.Senders[i] == sender && block.Block.Transactions[i].Nonce == nonce) return (block, i);
        }
        return null;
    }

    /// <summary>The first block after which something holds that, once it does, holds on to the head.</summary>
    /// <returns>False with an error when it held already in the oldest state that is kept, unless that is the genesis.</returns>
    public static bool TryFirst(RpcChain chain, Func<IStateView, bool> holds, out ulong number, out RpcError? error)
    {
        error = null;
        ulong oldest = chain.Manager.Database.States.OldestNumber;
        ulong low = oldest;
        ulong high = chain.HeadNumber;
        while (low < high)
        {
            ulong middle = low + ((high - low) / 2);
            if (Holds(middle)) high = middle;
            else low = middle + 1;
        }
        number = low;
        if (low != oldest || oldest == 0 || !Holds(low)) return true;
        error = RpcError.Server($"it lies at or before block {oldest}, the oldest block with state: ask a node that keeps more history (--history archive)");
        return false;

        bool Holds(ulong at) => chain.Blocks.TryGetCanonicalHash(at, out Hash256 hash) && chain.Manager.StateAt(hash).TryGet(out IStateView? state) && holds(state);
    }
}
