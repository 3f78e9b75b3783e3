using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Trie;

namespace Chain.Storage.State;

/// <summary>
/// The state after one block. Safe for concurrent readers and valid as long as it is held: when the base moves past its block, it goes on through history.
/// Members throw <see cref="StateUnavailableException"/> when the block was orphaned by a merge, or its history was pruned meanwhile.
/// </summary>
public interface IStateView : IStateReader, ITrieNodeReader
{
    /// <summary>State root.</summary>
    Hash256 Root { get; }

    /// <summary>Hash of the block; zero for a pending state, which has no block yet.</summary>
    Hash256 BlockHash { get; }

    /// <summary>Number of the block.</summary>
    ulong Number { get; }

    /// <summary>True when a block can be added on it: it is in a layer or is the base. False for history, whose tries can be read but cost time by the values changed since.</summary>
    bool CanBuildOn { get; }
}

/// <summary>Whether a state can be had.</summary>
public enum StateAvailability
{
    /// <summary>The view is there.</summary>
    Available,

    /// <summary>No such block is known (or, by number, no canonical one).</summary>
    UnknownBlock,

    /// <summary>The block is known, but its state is no longer kept; see <see cref="StateLookup.OldestNumber"/>.</summary>
    NotKept,
}

/// <summary>Answer to a request for a state.</summary>
/// <param name="Availability">Whether it can be had.</param>
/// <param name="View">The view when available.</param>
/// <param name="OldestNumber">Oldest block whose state and proofs can be read.</param>
/// <param name="BaseNumber">Oldest block on which one can be added.</param>
public readonly record struct StateLookup(StateAvailability Availability, IStateView? View, ulong OldestNumber, ulong BaseNumber)
{
    /// <summary>True with the view when the state is available.</summary>
    public bool TryGet([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IStateView? view)
    {
        view = View;
        return View is not null;
    }
}

/// <summary>A view was read whose state is gone: its block was orphaned, or its history pruned.</summary>
public sealed class StateUnavailableException : IOException
{
    /// <summary>States which block, and the oldest one that can be read.</summary>
    public StateUnavailableException(ulong number, in Hash256 blockHash, ulong oldestNumber)
        : this(number, oldestNumber, $"The state of block {number} ({blockHash}) is no longer kept; the oldest block with state is {oldestNumber}.")
    {
    }

    private StateUnavailableException(ulong number, ulong oldestNumber, string message) : base(message)
    {
        Number = number;
        OldestNumber = oldestNumber;
    }

    /// <summary>The proofs of an old block take more memory than they may.</summary>
    internal static StateUnavailableException OfProofs(ulong number, long sizeBytes, long bytesMax) => new(number, number,
        $"Proofs of block {number} take {sizeBytes} bytes or more, since so much changed after it, and {bytesMax} are the limit: ask for a later block, or start the node with a larger --cache.proofs.");

    /// <summary>Block asked for.</summary>
    public ulong Number { get; }

    /// <summary>Oldest block with state.</summary>
    public ulong OldestNumber { get; }
}
