using Chain.Compliance.Registry;
using Chain.Consensus;
using Chain.Consensus.Building;
using Chain.Consensus.Engines;
using Chain.Consensus.Pool;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;
using Chain.Storage.Blocks;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>A block that a request named.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Hash">Its hash; null for the pending block.</param>
/// <param name="Pending">The pending block when it is that.</param>
public readonly record struct NamedBlock(BlockHeader Header, Hash256? Hash, BuiltBlock? Pending);

/// <summary>The chain as the methods see it: finds the blocks and states that requests name, and makes wire objects of them.</summary>
public sealed class RpcChain
{
    /// <summary>A view of a chain.</summary>
    /// <param name="manager">The chain.</param>
    /// <param name="simulator">Runs calls.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="dev">The development engine; null elsewhere.</param>
    /// <param name="accounts">Accounts whose keys are here; null for none.</param>
    /// <param name="reasonName">Names of the compliance reason codes; null for the specification's.</param>
    public RpcChain(ChainManager manager, Simulator simulator, RpcLimits limits, DevEngine? dev = null, DevAccounts? accounts = null, Func<byte, string>? reasonName = null)
    {
        Manager = manager;
        Simulator = simulator;
        Limits = limits;
        Dev = dev;
        Accounts = accounts ?? DevAccounts.None;
        ReasonName = reasonName ?? ReasonCodes.NameOf;
    }

    /// <summary>The chain.</summary>
    public ChainManager Manager { get; }

    /// <summary>Runs calls.</summary>
    public Simulator Simulator { get; }

    /// <summary>Limits.</summary>
    public RpcLimits Limits { get; }

    /// <summary>The development engine; null elsewhere.</summary>
    public DevEngine? Dev { get; }

    /// <summary>Accounts whose keys are here.</summary>
    public DevAccounts Accounts { get; }

    /// <summary>Name of a compliance reason code (compliance specification, table 4.4).</summary>
    public Func<byte, string> ReasonName { get; }

    /// <summary>Stored blocks.</summary>
    public BlockStore Blocks => Manager.Database.Blocks;

    /// <summary>Transactions waiting.</summary>
    public TransactionPool Pool => Manager.Pool;

    /// <summary>Number of the head block.</summary>
    public ulong HeadNumber => Manager.Database.Head.Number;

    /// <summary>Finds a block; null with an error when there is none.</summary>
    public RpcError? TryFind(BlockParameter block, out NamedBlock found)
    {
        found = default;
        if (block.Tag == BlockTag.Pending && Dev is { } dev)
        {
            BuiltBlock built = Manager.Build(dev.NextRequest(Manager.Head));
            found = new NamedBlock(built.Executed.Block.Header, null, built);
            return null;
        }
        Hash256 hash = block.Hash;
        switch (block.Tag)
        {
            case BlockTag.Latest or BlockTag.Pending: hash = Manager.Database.Head.Hash; break;
            case BlockTag.Safe or BlockTag.Finalized: hash = Settled(block.Tag == BlockTag.Finalized); break;
            case BlockTag.Earliest: hash = Manager.Database.GenesisHash; break;
            case BlockTag.Number:
                if (!Blocks.TryGetCanonicalHash(block.Number, out hash)) return RpcError.Server("header not found");
                break;
            case BlockTag.Hash when block.RequireCanonical && Blocks.Contains(hash) && !Blocks.IsCanonical(hash):
                return RpcError.Server("hash is not currently canonical");
        }
        if (Blocks.GetHeader(hash) is not { } header) return RpcError.Server(block.Tag == BlockTag.Hash ? "header for hash not found" : "header not found");
        found = new NamedBlock(header, hash, null);
        return null;
    }

    /// <summary>
    /// The safe or the finalised block: what the consensus client said, and on a development chain, which has none, the block so many slots below the head as Ethereum's epochs make it.
    /// </summary>
    private Hash256 Settled(bool isFinalized)
    {
        if (Dev is null) return isFinalized ? Manager.Database.Finalized.Hash : Manager.Database.Safe.Hash;
        ulong head = HeadNumber;
        ulong depth = isFinalized ? 2 * DevOptions.SlotsPerEpoch : DevOptions.SlotsPerEpoch;
        return Blocks.TryGetCanonicalHash(head - Math.Min(head, depth), out Hash256 hash) ? hash : Manager.Database.GenesisHash;
    }

    /// <summary>Finds a block and the state after it.</summary>
    public RpcError? TryFindState(BlockParameter block, out NamedBlock found, out IStateView state)
    {
        state = null!;
        IStateView head = Manager.HeadState;
        if (block.Tag == BlockTag.Latest)
        {
            // Header and state of one block, even when the head moves meanwhile.
            state = head;
            found = new NamedBlock(Blocks.GetHeader(head.BlockHash)!, head.BlockHash, null);
            return null;
        }
        if (TryFind(block, out found) is { } error) return error;
        if (found.Pending is { } pending)
        {
            state = pending.State;
            return null;
        }
        if (found.Hash == head.BlockHash)
        {
            state = head;
            return null;
        }
        StateLookup lookup = Manager.StateAt(found.Hash!.Value);
        if (!lookup.TryGet(out IStateView? view))
            return RpcError.Server($"state of block {found.Header.Number} is not available: the oldest block with state is {lookup.OldestNumber}");
        state = view;
        return null;
    }

    /// <summary>Finds what calls are simulated on.</summary>
    public RpcError? TryFindTarget(BlockParameter block, out SimulationTarget target)
    {
        target = null!;
        if (TryFindState(block, out NamedBlock found, out IStateView state) is { } error) return error;
        target = new SimulationTarget(found.Header, state, found.Header.ParentHash);
        return null;
    }

    /// <summary>A stored block with receipts and senders; null when unknown.</summary>
    public ExecutedBlock? TryLoad(in NamedBlock block) =>
        block.Pending is { } pending ? pending.Executed : block.Hash is { } hash ? Manager.Load(hash) : null;

    /// <summary>Finds the block of a mined transaction, and its index there.</summary>
    public bool TryLocate(in Hash256 hash, out ExecutedBlock block, out int index)
    {
        bool found = Blocks.TryGetTransactionLocation(hash, out TransactionLocation location);
        block = found ? Manager.Load(location.BlockHash) : null!;
        index = location.Index;
        return found;
    }

    /// <summary>The place of a transaction in a block.</summary>
    public static TransactionPlace PlaceOf(ExecutedBlock block, int index) =>
        new(block.Hash, block.Block.Header.Number, block.Block.Header.Timestamp, block.Block.Header.BaseFeePerGas, index);

    /// <summary>The wire object of a block.</summary>
    public static BlockJson ToJson(ExecutedBlock block, bool isPending, bool full)
    {
        IReadOnlyList<Transaction> transactions = block.Block.Transactions;
        BlockTransactions list = full
            ? new(null, [.. transactions.Select((t, i) => new TransactionJson(t, t.Hash, block.Senders[i], PlaceOf(block, i)))])
            : new([.. transactions.Select(t => t.Hash)], null);
        return new BlockJson(block.Block, isPending ? null : block.Hash, (ulong)block.Block.EncodedSizeBytes, list, [.. block.Block.Ommers.Select(ommer => ommer.Hash)]);
    }

    /// <summary>The wire object of a pooled transaction.</summary>
    public static TransactionJson ToJson(PooledTransaction pooled) => new(pooled.Transaction, pooled.Transaction.Hash, pooled.Sender, null);

    /// <summary>The wire objects of a block's receipts.</summary>
    public IReadOnlyList<ReceiptJson> ReceiptsOf(ExecutedBlock block)
    {
        BlockHeader header = block.Block.Header;
        UInt256 blobPrice = header.ExcessBlobGas is { } excess && Manager.Contexts.RulesOf(header) is { Blobs: not null } rules
            ? Core.Forks.FeeMarket.BlobBaseFee(excess, rules)
            : UInt256.Zero;
        List<ReceiptJson> receipts = new(block.Receipts.Count);
        ulong gasBefore = 0;
        int logIndex = 0;
        for (int i = 0; i < block.Receipts.Count; i++)
        {
            Receipt receipt = block.Receipts[i];
            Transaction transaction = block.Block.Transactions[i];
            Address? created = transaction.IsContractCreation ? Evm.State.ContractAddress.OfCreate(block.Senders[i], transaction.Nonce) : null;
            receipts.Add(new ReceiptJson(receipt, transaction, transaction.Hash, block.Senders[i], PlaceOf(block, i), receipt.CumulativeGasUsed - gasBefore, logIndex, created, blobPrice));
            gasBefore = receipt.CumulativeGasUsed;
            logIndex += receipt.Logs.Count;
        }
        return receipts;
    }

    /// <summary>The wanted logs of a block, appended until the limit.</summary>
    /// <returns>False when the limit was passed.</returns>
    public static bool TryCollectLogs(ExecutedBlock block, Filters.LogFilter filter, bool removed, List<LogJson> logs, int max)
    {
        int logIndex = 0;
        for (int i = 0; i < block.Receipts.Count; i++)
        {
            foreach (LogEntry log in block.Receipts[i].Logs)
            {
                if (filter.Matches(log))
                {
                    if (logs.Count == max) return false;
                    logs.Add(new LogJson(log, PlaceOf(block, i), block.Block.Transactions[i].Hash, logIndex, removed));
                }
                logIndex++;
            }
        }
        return true;
    }
}
