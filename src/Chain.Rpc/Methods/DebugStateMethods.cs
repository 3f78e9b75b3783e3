using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>debug</c>: the state as the tries hold it, of any block whose state is kept.</summary>
/// <param name="chain">The chain.</param>
public sealed class DebugStateMethods(RpcChain chain)
{
    private const ulong EntriesMax = 1_024;
    private const ulong AccountsMax = 256;
    private const ulong SlotsPerAccountMax = 4_096;

    /// <summary>
    /// Storage of an account before a transaction of a block, in the order of the hashed slots, from a hashed slot on. The slots themselves are not stored, so that <c>key</c> is null.
    /// </summary>
    [RpcMethod("debug_storageRangeAt", Heavy = true, Example = """["{block}",0,"{contract}","0x00",10]""", Faults = RpcFaults.State | RpcFaults.Trace, Result = "StorageRange")]
    public RpcResult<IJsonWritable> StorageRangeAt(
        BlockParameter block, LooseNumber transactionIndex, Address account, ReadOnlyMemory<byte> startKey, LooseNumber maxResults, CancellationToken cancellation = default)
    {
        if (startKey.Length > Hash256.SizeBytes) return RpcError.InvalidArgument(3, $"{startKey.Length} bytes: a hashed slot has at most {Hash256.SizeBytes}");
        if (chain.TryFind(block, out NamedBlock found) is { } error) return error;
        ExecutedBlock loaded = chain.TryLoad(found)!;
        int count = loaded.Block.Transactions.Count;
        if (transactionIndex.Value > (ulong)count) return RpcError.InvalidArgument(1, $"transaction index {transactionIndex.Value}: the block has {count} transactions");
        if (!BlockReplay.TryOpen(chain.Simulator, loaded.Block, loaded.Senders, out BlockReplay replay, out string problem)) return RpcError.Server(problem);
        using (replay)
        {
            replay.SkipTo((int)transactionIndex.Value, cancellation);
            if (!chain.Manager.Database.States.TryGetStateAt(loaded.Block.Header.ParentHash).TryGet(out IStateView? parent)) return RpcError.Server("the state before the block went away");
            OverlayNodes nodes = new(parent);
            Dictionary<Address, Hash256> roots = [];
            StateDelta delta = replay.State.ToDelta();
            StateTrie.Apply(parent.Root, parent, parent, delta, nodes, roots);
            bool exists = delta.Accounts.TryGetValue(account, out AccountDelta? change) ? change.Exists : parent.TryGetAccount(account, out _);
            if (!exists) return RpcError.Server($"account {account.ToChecksumText()} doesn't exist");
            if (!roots.TryGetValue(account, out Hash256 root)) root = parent.TryGetAccount(account, out Account entry) ? entry.StorageRoot : Account.EmptyTrieRoot;
            return new StorageRangeJson(TrieLeaves.Enumerate(nodes, StateEncoding.AccountKey(account), root, Padded(startKey)), (int)Math.Min(maxResults.Value, EntriesMax), cancellation).Read();
        }
    }

    /// <summary>
    /// Accounts after a block, in the order of their hashed addresses, from a hashed address on. The addresses themselves are not stored, so that accounts are named
    /// <c>pre(hash)</c>, as geth names those it has no address for.
    /// </summary>
    [RpcMethod("debug_accountRange", Heavy = true, Example = """["latest","0x00",2,true,true]""", Faults = RpcFaults.State, Result = "AccountRange")]
    public RpcResult<IJsonWritable> AccountRange(
        BlockParameter block, ReadOnlyMemory<byte> startKey, LooseNumber maxResults, bool noCode = false, bool noStorage = false, bool incompletes = true, CancellationToken cancellation = default)
    {
        _ = incompletes;
        if (startKey.Length > Hash256.SizeBytes) return RpcError.InvalidArgument(1, $"{startKey.Length} bytes: a hashed address has at most {Hash256.SizeBytes}");
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return new AccountRangeJson(state, (int)Math.Min(maxResults.Value, AccountsMax), Padded(startKey), !noCode, !noStorage, cancellation);
    }

    /// <summary>The trie nodes, codes and headers with which a block can be executed and its state root computed by someone who has nothing else.</summary>
    [RpcMethod("debug_executionWitness", Heavy = true, Example = """["{block}"]""", Faults = RpcFaults.State | RpcFaults.Trace, Result = "Witness")]
    public RpcResult<IJsonWritable> ExecutionWitness(BlockParameter block, CancellationToken cancellation = default)
    {
        if (chain.TryFind(block, out NamedBlock found) is { } error) return error;
        if (found.Hash is null) return RpcError.Server("the pending block has no witness");
        return WitnessBuilder.Build(chain, chain.TryLoad(found)!, cancellation);
    }

    private static ReadOnlyMemory<byte> Padded(ReadOnlyMemory<byte> key)
    {
        byte[] padded = new byte[Hash256.SizeBytes];
        key.CopyTo(padded);
        return padded;
    }

    private sealed class StorageRangeJson(IEnumerable<(byte[] Key, ReadOnlyMemory<byte> Value)> leaves, int max, CancellationToken cancellation) : IJsonWritable
    {
        private readonly List<(byte[] Key, UInt256 Value)> _slots = [];
        private byte[]? _next;

        /// <summary>Reads the range now, while the state is at hand.</summary>
        public StorageRangeJson Read()
        {
            foreach ((byte[] key, ReadOnlyMemory<byte> value) in leaves)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_slots.Count == max)
                {
                    _next = key;
                    break;
                }
                StateEncoding.TryDecodeSlot(value.Span, out UInt256 slot);
                _slots.Add((key, slot));
            }
            return this;
        }

        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("storage"u8);
            foreach ((byte[] key, UInt256 value) in _slots)
            {
                writer.WriteStartObject(Hex.Encode(key));
                writer.WriteNull("key"u8);
                writer.WritePropertyName("value"u8);
                writer.WriteWordValue(value);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WritePropertyName("nextKey"u8);
            if (_next is null) writer.WriteNullValue();
            else writer.WriteDataValue(_next);
            writer.WriteEndObject();
        }
    }

    private sealed record AccountRangeJson(IStateView State, int Max, ReadOnlyMemory<byte> Start, bool WithCode, bool WithStorage, CancellationToken Cancellation) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("root"u8, Convert.ToHexStringLower(State.Root.Bytes));
            writer.WriteStartObject("accounts"u8);
            int written = 0;
            byte[]? next = null;
            foreach ((byte[] key, ReadOnlyMemory<byte> value) in TrieLeaves.Enumerate(State, Hash256.Zero, State.Root, Start))
            {
                Cancellation.ThrowIfCancellationRequested();
                if (written++ == Max)
                {
                    next = key;
                    break;
                }
                StateEncoding.TryDecodeAccount(value.Span, out Account account);
                Write(writer, key, account);
            }
            writer.WriteEndObject();
            if (next is not null) writer.WriteBase64String("next"u8, next);
            writer.WriteEndObject();
        }

        private void Write(Utf8JsonWriter writer, byte[] key, in Account account)
        {
            writer.WriteStartObject($"pre({Hex.Encode(key)})");
            writer.WriteString("balance"u8, account.Balance.ToString());
            writer.WriteNumber("nonce"u8, account.Nonce);
            writer.WriteHash("root"u8, account.StorageRoot);
            writer.WriteHash("codeHash"u8, account.CodeHash);
            if (WithCode && account.HasCode) writer.WriteData("code"u8, State.GetCode(account.CodeHash).Span);
            if (WithStorage && account.HasStorage)
            {
                writer.WriteStartObject("storage"u8);
                ulong count = 0;
                foreach ((byte[] slot, ReadOnlyMemory<byte> value) in TrieLeaves.Enumerate(State, new Hash256(key), account.StorageRoot))
                {
                    if (++count > SlotsPerAccountMax) throw new Server.ResponseTooLargeException();
                    StateEncoding.TryDecodeSlot(value.Span, out UInt256 word);
                    writer.WriteString(Hex.Encode(slot), Convert.ToHexStringLower(word.ToBigEndian()));
                }
                writer.WriteEndObject();
            }
            writer.WriteData("key"u8, key);
            writer.WriteEndObject();
        }
    }
}
