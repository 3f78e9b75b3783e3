using System.Text.Json;
using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Tracers;

namespace Chain.Rpc.Methods;

/// <summary>A search for the transactions that touched an account, block by block, and its page of results. A block's transactions are never split over pages.</summary>
internal sealed class OtterscanSearch(RpcChain chain, Address address, bool isBackwards) : IJsonWritable
{
    /// <summary>Most transactions asked for in one page.</summary>
    public const ulong PageSizeMax = 1_000;

    private readonly List<(ExecutedBlock Block, int Index)> _found = [];
    private bool _isFirstPage;
    private bool _isLastPage;

    /// <summary>Searches from next to a block number until the page is full or the chain ends.</summary>
    public RpcError? Run(ulong boundary, int pageSize, CancellationToken cancellation)
    {
        ulong head = chain.HeadNumber;
        ulong number = isBackwards ? (boundary == 0 ? head : Math.Min(boundary - 1, head)) : boundary + 1;
        bool hasReachedEnd = false;
        while (_found.Count < pageSize)
        {
            cancellation.ThrowIfCancellationRequested();
            hasReachedEnd = isBackwards ? number == 0 : number > head || boundary == ulong.MaxValue;
            if (hasReachedEnd) break;
            if (chain.Blocks.TryGetCanonicalHash(number, out Hash256 hash) && Search(chain.Manager.Load(hash), cancellation) is { } error) return error;
            if (isBackwards) number--;
            else number++;
        }
        bool hasReachedHead = isBackwards ? boundary == 0 : hasReachedEnd || number > head;
        bool hasReachedGenesis = isBackwards ? hasReachedEnd || number == 0 : boundary == 0;
        _isFirstPage = hasReachedHead;
        _isLastPage = hasReachedGenesis;
        // The newest first, whichever way the search went.
        _found.Sort((a, b) => a.Block.Block.Header.Number != b.Block.Block.Header.Number
            ? b.Block.Block.Header.Number.CompareTo(a.Block.Block.Header.Number)
            : b.Index.CompareTo(a.Index));
        return null;
    }

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("txs"u8);
        foreach ((ExecutedBlock block, int index) in _found)
        {
            Transaction transaction = block.Block.Transactions[index];
            new TransactionJson(transaction, transaction.Hash, block.Senders[index], RpcChain.PlaceOf(block, index)).WriteTo(writer);
        }
        writer.WriteEndArray();
        writer.WriteStartArray("receipts"u8);
        foreach ((ExecutedBlock block, int index) in _found) (chain.ReceiptsOf(block)[index] with { Timestamp = block.Block.Header.Timestamp }).WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteBoolean("firstPage"u8, _isFirstPage);
        writer.WriteBoolean("lastPage"u8, _isLastPage);
        writer.WriteEndObject();
    }

    private RpcError? Search(ExecutedBlock block, CancellationToken cancellation) => FrameTraces.Visit(chain, block, null, (index, root, _) =>
    {
        if (Touches(root)) _found.Add((block, index));
        return true;
    }, cancellation);

    private bool Touches(CallFrame frame) => frame.From == address || frame.To == address || frame.Calls.Exists(Touches);
}
