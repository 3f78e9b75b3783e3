using Chain.Core.State;

namespace Chain.Rpc.Ports;

/// <summary>What the program around the methods lends to those of operators. A null member: that is not here, and the methods that need it say so.</summary>
public sealed record NodePorts
{
    /// <summary>Peers.</summary>
    public IPeerControl? Peers { get; init; }

    /// <summary>Files of blocks.</summary>
    public IChainFiles? Files { get; init; }

    /// <summary>Level of the log.</summary>
    public ILogLevelControl? Log { get; init; }

    /// <summary>Data folder; null for a chain in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Accounts of the genesis block, by address; needed to dump the state of a development chain, whose database knows addresses by their hashes only.</summary>
    public StateDelta? GenesisAllocation { get; init; }

    /// <summary>Receives one sentence for the operator's log.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}

/// <summary>The peers of the node.</summary>
public interface IPeerControl
{
    /// <summary>Number of connected peers.</summary>
    int ConnectedCount { get; }

    /// <summary>Addresses of the peers that the operator named, with whether they are connected.</summary>
    IReadOnlyList<(string Enode, bool IsConnected)> Named { get; }

    /// <summary>Adds a peer to keep connected.</summary>
    /// <param name="enode">Address, <c>enode://KEY@HOST:PORT</c>.</param>
    /// <returns>Why it was not added, one sentence; null when it was.</returns>
    string? Add(string enode);

    /// <summary>Removes a peer.</summary>
    /// <param name="enode">Address.</param>
    /// <param name="wasThere">False when the operator had not named it.</param>
    /// <returns>Why the address is not one; null when it is.</returns>
    string? Remove(string enode, out bool wasThere);
}

/// <summary>Writes and reads files of blocks (RLP items one after another, compressed when the name ends in <c>.gz</c>).</summary>
public interface IChainFiles
{
    /// <summary>Writes canonical blocks to a file that does not exist yet.</summary>
    /// <returns>Why it was not written, one sentence; null when it was.</returns>
    string? Export(string path, ulong first, ulong last, CancellationToken cancellation);

    /// <summary>Imports the blocks of a file up to the first that is refused.</summary>
    /// <returns>Why it ended before the end of the file; null when all are here.</returns>
    string? Import(string path, CancellationToken cancellation);
}

/// <summary>The level of the node's log, changeable while it runs.</summary>
public interface ILogLevelControl
{
    /// <summary>Names of the levels, the most talkative first.</summary>
    IReadOnlyList<string> Levels { get; }

    /// <summary>The present level.</summary>
    string Level { get; }

    /// <summary>Changes the level.</summary>
    /// <param name="level">Name, in any case.</param>
    /// <returns>False when there is no such level.</returns>
    bool TrySet(string level);
}
