using System.Text.Json;
using Chain.Consensus;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Tracers;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>The namespaces <c>ots</c> and <c>erigon</c>: what the explorer Otterscan asks of a node (its documentation, "Otterscan JSON-RPC API extensions").</summary>
/// <param name="chain">The chain.</param>
public sealed class OtterscanMethods(RpcChain chain)
{
    /// <summary>Level of the interface that is served here.</summary>
    private const long ApiLevel = 8;

    /// <summary>Level of the interface.</summary>
    [RpcMethod("ots_getApiLevel")]
    public static long GetApiLevel() => ApiLevel;

    /// <summary>A header by number or tag.</summary>
    [RpcMethod("erigon_getHeaderByNumber", Example = """["latest"]""")]
    public HeaderJson? GetHeaderByNumber(BlockParameter block) =>
        chain.TryFind(block, out NamedBlock found) is null && found.Hash is { } hash ? new HeaderJson(found.Header, hash) : null;

    /// <summary>True when an account had code after a block.</summary>
    [RpcMethod("ots_hasCode", Example = """["{contract}","latest"]""", Faults = RpcFaults.State)]
    public RpcResult<bool> HasCode(Address address, BlockParameter block)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) && account.HasCode;
    }

    /// <summary>Moves of ether inside a transaction, below its outermost frame: transfers (0), self-destructs (1), creations (2) and CREATE2 (3).</summary>
    [RpcMethod("ots_getInternalOperations", Heavy = true, Example = """["{tx}"]""", Faults = RpcFaults.Trace, Result = "InternalOperation[]")]
    public RpcResult<IJsonWritable[]> GetInternalOperations(Hash256 transactionHash, CancellationToken cancellation = default)
    {
        List<IJsonWritable> operations = [];
        RpcError? error = Trace(transactionHash, (root, _) => Collect(root, operations), out bool isKnown, cancellation);
        if (error is not null) return error;
        return isKnown ? operations.ToArray() : RpcError.Server("transaction not found");
    }

    /// <summary>The frames of a transaction in order, each with its depth.</summary>
    [RpcMethod("ots_traceTransaction", Heavy = true, Example = """["{tx}"]""", Faults = RpcFaults.Trace, Result = "DepthFrame[]")]
    public RpcError? TraceTransaction(Utf8JsonWriter writer, Hash256 transactionHash, CancellationToken cancellation = default)
    {
        writer.WriteStartArray();
        RpcError? error = Trace(transactionHash, (root, _) => WriteFrames(writer, root, 0), out bool isKnown, cancellation);
        writer.WriteEndArray();
        return error ?? (isKnown ? null : RpcError.Server("transaction not found"));
    }

    /// <summary>The bytes with which a transaction reverted; <c>0x</c> when it did not.</summary>
    [RpcMethod("ots_getTransactionError", Heavy = true, Example = """["{tx}"]""", Faults = RpcFaults.Trace)]
    public RpcResult<ReadOnlyMemory<byte>> GetTransactionError(Hash256 transactionHash, CancellationToken cancellation = default)
    {
        ReadOnlyMemory<byte> output = default;
        RpcError? error = Trace(transactionHash, (_, result) => output = result.Status == FrameStatus.Revert ? result.Output : default, out bool isKnown, cancellation);
        if (error is not null) return error;
        return isKnown ? output : RpcError.Server("transaction not found");
    }

    /// <summary>A block without its transactions, with its rewards and fees; null when there is none.</summary>
    [RpcMethod("ots_getBlockDetails", Example = """["latest"]""", Result = "BlockDetails?")]
    public IJsonWritable? GetBlockDetails(BlockParameter block) => Load(block) is { } loaded ? new BlockDetailsJson(loaded, RewardOf(loaded), FeesOf(loaded)) : null;

    /// <summary>A block without its transactions, with its rewards and fees; null when there is none.</summary>
    [RpcMethod("ots_getBlockDetailsByHash", Example = """["{block}"]""", Result = "BlockDetails?")]
    public IJsonWritable? GetBlockDetailsByHash(Hash256 blockHash) => GetBlockDetails(new BlockParameter(BlockTag.Hash, 0, blockHash));

    /// <summary>A page of a block's transactions with their receipts, the last page first; of the input only the selector, of the receipts no logs.</summary>
    [RpcMethod("ots_getBlockTransactions", Example = """["latest",0,25]""", Result = "BlockPage?")]
    public RpcResult<IJsonWritable?> GetBlockTransactions(BlockParameter block, LooseNumber pageNumber, LooseNumber pageSize)
    {
        if (Load(block) is not { } loaded) return (BlockPageJson?)null;
        if (pageSize.Value is 0 or > OtterscanSearch.PageSizeMax) return RpcError.InvalidArgument(2, $"page size {pageSize.Value}: 1 to {OtterscanSearch.PageSizeMax} is expected");
        int count = loaded.Block.Transactions.Count;
        int end = (int)Math.Max(0, count - (long)Math.Min(pageNumber.Value * pageSize.Value, int.MaxValue));
        int start = Math.Max(0, end - (int)pageSize.Value);
        return new BlockPageJson(loaded, chain.ReceiptsOf(loaded), start, end);
    }

    /// <summary>A page of transactions that touched an account, below a block number, the newest first; 0 begins at the head. Blocks are searched by executing them, so that inner calls count.</summary>
    [RpcMethod("ots_searchTransactionsBefore", Heavy = true, Example = """["{contract}",0,25]""", Faults = RpcFaults.Trace, Result = "SearchPage")]
    public RpcResult<IJsonWritable> SearchBefore(Address address, LooseNumber blockNumber, LooseNumber pageSize, CancellationToken cancellation = default) =>
        Search(new OtterscanSearch(chain, address, isBackwards: true), blockNumber, pageSize, cancellation);

    /// <summary>A page of transactions that touched an account, above a block number, the newest first; 0 begins at the genesis.</summary>
    [RpcMethod("ots_searchTransactionsAfter", Heavy = true, Example = """["{contract}",0,25]""", Faults = RpcFaults.Trace, Result = "SearchPage")]
    public RpcResult<IJsonWritable> SearchAfter(Address address, LooseNumber blockNumber, LooseNumber pageSize, CancellationToken cancellation = default) =>
        Search(new OtterscanSearch(chain, address, isBackwards: false), blockNumber, pageSize, cancellation);

    /// <summary>Hash of the mined transaction of a sender with a nonce; null when there is none.</summary>
    [RpcMethod("ots_getTransactionBySenderAndNonce", Heavy = true, Example = """["{account}",0]""", Faults = RpcFaults.State)]
    public RpcResult<Hash256?> GetTransactionBySenderAndNonce(Address sender, LooseNumber nonce)
    {
        (ExecutedBlock Block, int Index)? found = SenderIndex.FindMined(chain, sender, nonce.Value, out RpcError? error);
        if (error is not null) return error;
        return found is { } place ? place.Block.Block.Transactions[place.Index].Hash : (Hash256?)null;
    }

    /// <summary>The transaction that created a contract, and who made it; null for an account that has no code, or had it from the genesis on.</summary>
    [RpcMethod("ots_getContractCreator", Heavy = true, Example = """["{contract}"]""", Faults = RpcFaults.Trace, Result = "Creator?")]
    public RpcResult<IJsonWritable?> GetContractCreator(Address address, CancellationToken cancellation = default)
    {
        if (!chain.Manager.HeadState.TryGetAccount(address, out Account now) || !now.HasCode) return (CreatorJson?)null;
        if (!SenderIndex.TryFirst(chain, state => state.TryGetAccount(address, out Account account) && account.HasCode, out ulong number, out RpcError? missing)) return missing!;
        if (!chain.Blocks.TryGetCanonicalHash(number, out Hash256 hash)) return (CreatorJson?)null;
        ExecutedBlock block = chain.Manager.Load(hash);
        CreatorJson? creator = null;
        RpcError? error = FrameTraces.Visit(chain, block, null, (index, root, _) =>
        {
            if (FindCreation(root, address) is { } frame) creator = new CreatorJson(block.Block.Transactions[index].Hash, frame.From);
            return creator is null;
        }, cancellation);
        return error is not null ? error : creator;
    }

    private static RpcResult<IJsonWritable> Search(OtterscanSearch search, LooseNumber blockNumber, LooseNumber pageSize, CancellationToken cancellation)
    {
        if (pageSize.Value is 0 or > OtterscanSearch.PageSizeMax) return RpcError.InvalidArgument(2, $"page size {pageSize.Value}: 1 to {OtterscanSearch.PageSizeMax} is expected");
        return search.Run(blockNumber.Value, (int)pageSize.Value, cancellation) is { } error ? error : search;
    }

    private RpcError? Trace(in Hash256 hash, Action<CallFrame, TransactionResult> use, out bool isKnown, CancellationToken cancellation)
    {
        isKnown = chain.TryLocate(hash, out ExecutedBlock block, out int index);
        if (!isKnown) return null;
        return FrameTraces.Visit(chain, block, index, (_, root, result) =>
        {
            use(root, result);
            return false;
        }, cancellation);
    }

    private static void Collect(CallFrame frame, List<IJsonWritable> operations)
    {
        foreach (CallFrame call in frame.Calls)
        {
            if (call.Status != FrameStatus.Success) continue;
            int? kind = call.Type switch
            {
                "SELFDESTRUCT" => 1,
                "CREATE" => 2,
                "CREATE2" => 3,
                "CALL" when !call.Value.IsZero => 0,
                _ => null,
            };
            if (kind is { } type) operations.Add(new OperationJson(type, call.From, call.To, call.Value));
            Collect(call, operations);
        }
    }

    /// <summary>Frames nest at most 1,025 deep, and each level costs a small stack frame here.</summary>
    private static void WriteFrames(Utf8JsonWriter writer, CallFrame frame, int depth)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, frame.Type);
        writer.WriteNumber("depth"u8, depth);
        writer.WriteAddress("from"u8, frame.From);
        writer.WriteAddress("to"u8, frame.To);
        if (frame.Type is "DELEGATECALL" or "STATICCALL") writer.WriteNull("value"u8);
        else writer.WriteQuantity("value"u8, frame.Value);
        writer.WriteData("input"u8, frame.Input);
        writer.WriteData("output"u8, frame.Output);
        writer.WriteEndObject();
        foreach (CallFrame call in frame.Calls) WriteFrames(writer, call, depth + 1);
    }

    private static CallFrame? FindCreation(CallFrame frame, in Address address)
    {
        if (frame.Status != FrameStatus.Success) return null;
        if (frame.IsCreation && frame.To == address) return frame;
        foreach (CallFrame call in frame.Calls)
        {
            if (FindCreation(call, address) is { } found) return found;
        }
        return null;
    }

    private ExecutedBlock? Load(BlockParameter block) => chain.TryFind(block, out NamedBlock found) is null ? chain.TryLoad(found) : null;

    private UInt256 RewardOf(ExecutedBlock block) => block.Block.Header.Number == 0 ? UInt256.Zero : chain.Manager.Contexts.RulesOf(block.Block.Header).BlockReward;

    private static UInt256 FeesOf(ExecutedBlock block)
    {
        UInt256 fees = UInt256.Zero;
        ulong before = 0;
        for (int i = 0; i < block.Receipts.Count; i++)
        {
            fees += TransactionJson.EffectiveGasPrice(block.Block.Transactions[i], block.Block.Header.BaseFeePerGas) * (block.Receipts[i].CumulativeGasUsed - before);
            before = block.Receipts[i].CumulativeGasUsed;
        }
        return fees;
    }

    private sealed record OperationJson(int Type, Address From, Address To, UInt256 Value) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteNumber("type"u8, Type);
            writer.WriteAddress("from"u8, From);
            writer.WriteAddress("to"u8, To);
            writer.WriteQuantity("value"u8, Value);
            writer.WriteEndObject();
        }
    }

    private sealed record CreatorJson(Hash256 Hash, Address Creator) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteHash("hash"u8, Hash);
            writer.WriteAddress("creator"u8, Creator);
            writer.WriteEndObject();
        }
    }

    private static void WriteBlockMembers(Utf8JsonWriter writer, ExecutedBlock block)
    {
        HeaderJson.WriteMembers(writer, block.Block.Header, block.Hash);
        writer.WriteQuantity("size"u8, (ulong)block.Block.EncodedSizeBytes);
        writer.WriteNumber("transactionCount"u8, block.Block.Transactions.Count);
        writer.WriteStartArray("uncles"u8);
        foreach (BlockHeader ommer in block.Block.Ommers) writer.WriteDataValue(ommer.Hash.Bytes);
        writer.WriteEndArray();
        if (block.Block.Withdrawals is not { } withdrawals) return;
        writer.WriteStartArray("withdrawals"u8);
        foreach (Withdrawal withdrawal in withdrawals) BlockJson.WriteWithdrawal(writer, withdrawal);
        writer.WriteEndArray();
    }

    private sealed record BlockDetailsJson(ExecutedBlock Block, UInt256 Reward, UInt256 Fees) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            UInt256 ommerReward = UInt256.Zero;
            foreach (BlockHeader ommer in Block.Block.Ommers) ommerReward += (Reward * (8 + ommer.Number - Block.Block.Header.Number) / 8) + (Reward / 32);
            writer.WriteStartObject();
            writer.WriteStartObject("block"u8);
            WriteBlockMembers(writer, Block);
            writer.WriteEndObject();
            writer.WriteStartObject("issuance"u8);
            writer.WriteQuantity("blockReward"u8, Reward);
            writer.WriteQuantity("uncleReward"u8, ommerReward);
            writer.WriteQuantity("issuance"u8, Reward + ommerReward);
            writer.WriteEndObject();
            writer.WriteQuantity("totalFees"u8, Fees);
            writer.WriteEndObject();
        }
    }

    private sealed record BlockPageJson(ExecutedBlock Block, IReadOnlyList<ReceiptJson> Receipts, int Start, int End) : IJsonWritable
    {
        private const int SelectorBytes = 4;

        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("fullblock"u8);
            WriteBlockMembers(writer, Block);
            writer.WriteStartArray("transactions"u8);
            for (int i = Start; i < End; i++)
            {
                Transaction transaction = Block.Block.Transactions[i];
                new TransactionJson(transaction, transaction.Hash, Block.Senders[i], RpcChain.PlaceOf(Block, i)) { InputBytesShown = SelectorBytes }.WriteTo(writer);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteStartArray("receipts"u8);
            for (int i = Start; i < End; i++) (Receipts[i] with { WithLogs = false }).WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
