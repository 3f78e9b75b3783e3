using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;

namespace Chain.Consensus.Simulation;

/// <summary>A block to simulate.</summary>
/// <param name="Block">Fields that are not to follow from the parent.</param>
/// <param name="State">Changes to the state before its first call.</param>
/// <param name="Calls">Its calls.</param>
public sealed record BlockPlan(BlockOverride? Block, IReadOnlyDictionary<Address, StateOverride>? State, IReadOnlyList<CallRequest> Calls);

/// <summary>How blocks are simulated (execution-apis, eth_simulateV1).</summary>
public readonly record struct BlockSimulationOptions
{
    /// <summary>Calls obey the rules of transactions: nonce, base fee, blob fee; and base fees follow from the parent.</summary>
    public bool Validation { get; init; }

    /// <summary>Moves of ether are reported as logs of ERC-20 transfers.</summary>
    public bool TraceTransfers { get; init; }
}

/// <summary>A call of a simulated block.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Logs">Its logs, transfers of ether among them where asked for; none when it failed.</param>
public sealed record SimulatedCall(TransactionResult Result, IReadOnlyList<SimulatedLog> Logs);

/// <summary>A log of a simulated call.</summary>
/// <param name="Entry">The log.</param>
/// <param name="Index">Its index in the block.</param>
public readonly record struct SimulatedLog(LogEntry Entry, int Index);

/// <summary>A simulated block.</summary>
/// <param name="Executed">Block, hash, receipts and senders; the transactions are unsigned.</param>
/// <param name="Calls">Its calls in order.</param>
public sealed record SimulatedBlock(ExecutedBlock Executed, IReadOnlyList<SimulatedCall> Calls);

/// <summary>Why a simulation was refused as a whole.</summary>
public enum SimulationFault : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Nothing is to be simulated.</summary>
    Empty,

    /// <summary>More blocks than <see cref="BlockSimulator.BlocksMax"/>, those between given numbers counted.</summary>
    TooManyBlocks,

    /// <summary>A number is not above the block before.</summary>
    NumberOrder,

    /// <summary>A timestamp is not above the block before.</summary>
    TimestampOrder,

    /// <summary>A call asks for more gas than its block has left.</summary>
    BlockGasLimit,

    /// <summary>A precompile is to be moved to its own address.</summary>
    MovesToItself,

    /// <summary>A call breaks a rule of transactions.</summary>
    Transaction,

    /// <summary>Something else; the message says what.</summary>
    Other,
}

/// <summary>What came of a simulation: blocks, or why there are none.</summary>
/// <param name="Blocks">Simulated blocks, those between given numbers among them.</param>
/// <param name="Fault">Why there are none.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="Error">The rule that a call broke.</param>
public sealed record BlockSimulation(IReadOnlyList<SimulatedBlock> Blocks, SimulationFault Fault = SimulationFault.None, string Message = "", TransactionError Error = TransactionError.None)
{
    /// <summary>The call that broke a rule.</summary>
    public SimulatedSender? Sender { get; init; }

    internal static BlockSimulation Refused(SimulationFault fault, string message) => new([], fault, message);
}

/// <summary>Who sent a call, and what it lacked.</summary>
/// <param name="Address">Sender.</param>
/// <param name="Gas">Gas supplied.</param>
public sealed record SimulatedSender(Address Address, ulong Gas);
