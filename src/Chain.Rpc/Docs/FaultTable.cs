using Chain.Rpc.Model;

namespace Chain.Rpc.Docs;

/// <summary>An error that a method may answer with.</summary>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Code">Code.</param>
/// <param name="Text">What the message begins with or contains.</param>
/// <param name="Meaning">When it comes.</param>
public sealed record FaultEntry(RpcFaults Fault, int Code, string Text, string Meaning);

/// <summary>The one table of errors as clients see them, by what goes wrong.</summary>
public static class FaultTable
{
    /// <summary>All entries.</summary>
    public static readonly IReadOnlyList<FaultEntry> Entries =
    [
        new(RpcFaults.Block, RpcErrorCodes.ServerError, "header not found", "There is no such block."),
        new(RpcFaults.State, RpcErrorCodes.ServerError, "header not found", "There is no such block."),
        new(RpcFaults.State, RpcErrorCodes.ServerError, "header for hash not found", "There is no block with this hash."),
        new(RpcFaults.State, RpcErrorCodes.ServerError, "hash is not currently canonical", "The block is on another branch and requireCanonical was set."),
        new(RpcFaults.State, RpcErrorCodes.ServerError, "state of block N is not available: the oldest block with state is M", "The state after the block is no longer kept."),
        new(RpcFaults.Revert, RpcErrorCodes.Reverted, "execution reverted", "The code reverted; data holds the bytes it gave, and the message its reason when it is Error(string) or Panic(uint256)."),
        new(RpcFaults.Execution, RpcErrorCodes.ServerError, "out of gas", "The execution halted: out of gas, invalid opcode, stack underflow, invalid jump destination and others."),
        new(RpcFaults.Execution, RpcErrorCodes.ServerError, "err: insufficient funds for gas * price + value", "The sender cannot pay for what was asked."),
        new(RpcFaults.Execution, RpcErrorCodes.ServerError, "gas required exceeds allowance", "No gas limit within the cap is enough."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "nonce too low", "The nonce was used."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "already known", "The transaction waits in the pool already."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "replacement transaction underpriced", "A transaction with this nonce waits; fees must rise by 10 % to replace it."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "transaction underpriced", "The priority fee is below the node's minimum."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "insufficient funds for gas * price + value", "The sender cannot pay for it."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "intrinsic gas too low", "The gas limit is below what any such transaction costs."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "exceeds block gas limit", "The gas limit is above that of a block."),
        new(RpcFaults.Pool, RpcErrorCodes.ServerError, "max priority fee per gas higher than max fee per gas", "The fees contradict one another."),
        new(RpcFaults.Pool, RpcErrorCodes.SenderNotAuthorized, "Sender account not authorized to send transactions", "The chain's compliance policy does not let the sender send; data names the rule and the reason."),
        new(RpcFaults.Pool, RpcErrorCodes.TransactionRejected, "transaction rejected", "The chain's compliance policy refuses the transaction; data names the rule and the reason."),
        new(RpcFaults.Trace, RpcErrorCodes.ServerError, "transaction not found", "No mined transaction has this hash."),
        new(RpcFaults.Trace, RpcErrorCodes.ServerError, "genesis is not traceable", "The genesis block is not executed."),
        new(RpcFaults.Trace, RpcErrorCodes.ServerError, "state of block N is not available: the oldest block with state is M", "The state before the block is no longer kept."),
        new(RpcFaults.Trace, RpcErrorCodes.ServerError, "tracer not found", "There is no tracer of this name; those that are there are named."),
        new(RpcFaults.Trace, RpcErrorCodes.ServerError, "execution aborted", "The time for the call is over."),
        new(RpcFaults.Limit, RpcErrorCodes.LimitExceeded, "query returned more than N results", "A limit was passed; the message names it and the flag that changes it."),
        new(RpcFaults.Filter, RpcErrorCodes.ServerError, "filter not found", "There is no such filter, or nobody asked it for some minutes."),
        new(RpcFaults.Account, RpcErrorCodes.ServerError, "unknown account", "The key of the account is not here."),
        new(RpcFaults.Push, RpcErrorCodes.NotificationsUnsupported, "notifications not supported", "The connection cannot be pushed to: use WebSocket or IPC."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationNonceTooLow, "nonce too low", "With validation: the nonce was used."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationNonceTooHigh, "nonce too high", "With validation: nonces before it are missing."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationBaseFeeTooLow, "max fee per gas less than block base fee", "The fee is below the base fee."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationIntrinsicGas, "intrinsic gas too low", "The gas limit is below what any such transaction costs."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationInsufficientFunds, "insufficient funds for gas * price + value", "The sender cannot pay."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationBlockGasLimit, "block gas limit reached", "The calls ask for more gas than the block has."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationNumberOrder, "block numbers must be in order", "A number is not above the block before."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationTimestampOrder, "block timestamps must be in order", "A time is not above the block before."),
        new(RpcFaults.Simulation, RpcErrorCodes.SimulationTooManyBlocks, "too many blocks", "More than 256 blocks, those between given numbers counted."),
        new(RpcFaults.Engine, RpcErrorCodes.EngineUnknownPayload, "Unknown payload", "No payload is built under this id."),
        new(RpcFaults.Engine, RpcErrorCodes.EngineInvalidForkchoice, "Invalid forkchoice state", "Safe or finalised block are not ancestors of the head."),
        new(RpcFaults.Engine, RpcErrorCodes.EngineInvalidAttributes, "Invalid payload attributes", "The attributes do not fit the head or the version of the method."),
        new(RpcFaults.Engine, RpcErrorCodes.EngineTooLarge, "Too large request", "More items than are served at once."),
        new(RpcFaults.Engine, RpcErrorCodes.EngineUnsupportedFork, "Unsupported fork", "The block's fork has another version of the method."),
        new(RpcFaults.Absent, RpcErrorCodes.ServerError, "start the node with", "The node was started without what the method needs; the message says with what."),
    ];

    /// <summary>Errors that any method may answer with.</summary>
    public static readonly IReadOnlyList<FaultEntry> Common =
    [
        new(RpcFaults.None, RpcErrorCodes.ParseError, "parse error", "The message is not JSON."),
        new(RpcFaults.None, RpcErrorCodes.InvalidRequest, "invalid request", "The message is not a JSON-RPC 2.0 request, or a batch is empty or too long."),
        new(RpcFaults.None, RpcErrorCodes.MethodNotFound, "the method X does not exist/is not available", "The method is not served on this port."),
        new(RpcFaults.None, RpcErrorCodes.InvalidParams, "invalid argument N", "An argument is missing, too many or wrong; the message says which, why, and shows it."),
        new(RpcFaults.None, RpcErrorCodes.InternalError, "internal error (reference X)", "A bug of the node; the log has its details under the reference."),
        new(RpcFaults.None, RpcErrorCodes.TransactionRejected, "response too large", "The answer passes a limit, which the message names with its flag; in a batch each item that does not fit. Traces over HTTP are sent while they are written: one that passes --rpc.stream-max-size after its beginning was sent breaks the connection off."),
        new(RpcFaults.None, RpcErrorCodes.LimitExceeded, "heavy calls wait already", "More calls wait than are let in; the message names the limit and its flag."),
    ];

    /// <summary>The entries of what a method may meet, in the table's order.</summary>
    public static IEnumerable<FaultEntry> Of(RpcFaults faults) => Entries.Where(entry => (faults & entry.Fault) != 0).DistinctBy(entry => (entry.Code, entry.Text));
}
