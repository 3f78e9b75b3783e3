using System.Collections.Concurrent;
using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>
/// Builds the witness of a block: executes it again and notes what it reads of the state, proves that by the parent's trie, and applies its changes to that trie, noting the
/// nodes which that needs besides (the sibling that takes a branch's place when a key is deleted).
/// </summary>
internal static class WitnessBuilder
{
    /// <summary>BLOCKHASH reaches this many blocks back.</summary>
    private const ulong HeadersMax = 256;

    public static RpcResult<IJsonWritable> Build(RpcChain chain, ExecutedBlock block, CancellationToken cancellation)
    {
        if (block.Block.Header.Number == 0) return RpcError.Server("the genesis block is not executed: it has no witness");
        StateLookup lookup = chain.Manager.Database.States.TryGetStateAt(block.Block.Header.ParentHash);
        if (!lookup.TryGet(out IStateView? parent))
            return RpcError.Server($"state of block {block.Block.Header.Number - 1} is not available: the oldest block with state is {lookup.OldestNumber}");
        RecordingState reads = new(parent);
        if (!BlockReplay.TryOpen(chain.Simulator, block.Block, block.Senders, out BlockReplay replay, out string problem, _ => reads)) return RpcError.Server(problem);
        StateDelta delta;
        using (replay)
        {
            while (replay.Next < block.Block.Transactions.Count)
            {
                cancellation.ThrowIfCancellationRequested();
                if (replay.Execute(null, cancellation) is { Error: not TransactionError.None } failed)
                    return RpcError.Server($"a transaction of block {block.Block.Header.Number} cannot be executed again: {ErrorNames.ToFixtureName(failed.Error)}");
            }
            delta = replay.FinishState(cancellation);
        }
        RecordingNodes nodes = new(parent);
        foreach ((Address address, HashSet<UInt256> slots) in reads.Touched)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (UInt256[] part in slots.Order().Chunk(AccountProof.SlotsMax)) AccountProof.Build(nodes, parent.Root, address, part);
            if (slots.Count == 0) AccountProof.Build(nodes, parent.Root, address, []);
        }
        Hash256 root = StateTrie.Apply(parent.Root, nodes, parent, delta, new MemoryTrieNodes(), new Dictionary<Address, Hash256>());
        if (root != block.Block.Header.StateRoot)
            return RpcError.Server($"block {block.Block.Header.Number} executed again has state root {root} in place of {block.Block.Header.StateRoot}: its state was edited outside of a transaction, and the edits are no longer known");
        return new WitnessJson(nodes.Nodes, [.. reads.Codes.OrderBy(code => code.Key).Select(code => code.Value)], Headers(chain, block.Block.Header));
    }

    private static List<byte[]> Headers(RpcChain chain, BlockHeader header)
    {
        List<byte[]> headers = [];
        Hash256 hash = header.ParentHash;
        for (ulong i = 0; i < HeadersMax && chain.Blocks.GetRawHeader(hash) is { } raw; i++)
        {
            headers.Add(raw);
            hash = chain.Blocks.GetHeader(hash)!.ParentHash;
        }
        headers.Reverse();
        return headers;
    }

    private sealed class RecordingState(IStateView state) : IStateReader
    {
        public SortedDictionary<Address, HashSet<UInt256>> Touched { get; } = [];

        public Dictionary<Hash256, ReadOnlyMemory<byte>> Codes { get; } = [];

        public bool TryGetAccount(in Address address, out Account account)
        {
            Slots(address);
            bool exists = state.TryGetAccount(address, out account);
            // The machine may have the code from an earlier block and not ask for it again.
            if (exists && account.HasCode) GetCode(account.CodeHash);
            return exists;
        }

        public UInt256 GetStorage(in Address address, in UInt256 slot)
        {
            Slots(address).Add(slot);
            return state.GetStorage(address, slot);
        }

        public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash)
        {
            ReadOnlyMemory<byte> code = state.GetCode(codeHash);
            if (!code.IsEmpty) Codes[codeHash] = code;
            return code;
        }

        private HashSet<UInt256> Slots(in Address address)
        {
            if (!Touched.TryGetValue(address, out HashSet<UInt256>? slots)) Touched.Add(address, slots = []);
            return slots;
        }
    }

    /// <summary>Concurrent, because storage tries may be updated in parallel.</summary>
    private sealed class RecordingNodes(ITrieNodeReader reader) : ITrieNodeReader
    {
        private readonly ConcurrentDictionary<Hash256, ReadOnlyMemory<byte>> _nodes = [];

        public IReadOnlyList<ReadOnlyMemory<byte>> Nodes => [.. _nodes.OrderBy(node => node.Key).Select(node => node.Value)];

        public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
        {
            bool found = reader.TryReadNode(owner, nibblePath, out rlp);
            if (found) _nodes.TryAdd(Core.Crypto.Keccak256.Hash(rlp.Span), rlp);
            return found;
        }
    }

    private sealed record WitnessJson(IReadOnlyList<ReadOnlyMemory<byte>> Nodes, IReadOnlyList<ReadOnlyMemory<byte>> Codes, IReadOnlyList<byte[]> Headers) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("state"u8);
            foreach (ReadOnlyMemory<byte> node in Nodes) writer.WriteDataValue(node.Span);
            writer.WriteEndArray();
            writer.WriteStartArray("codes"u8);
            foreach (ReadOnlyMemory<byte> code in Codes) writer.WriteDataValue(code.Span);
            writer.WriteEndArray();
            writer.WriteStartArray("keys"u8);
            writer.WriteEndArray();
            writer.WriteStartArray("headers"u8);
            foreach (byte[] header in Headers) writer.WriteDataValue(header);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
