using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: accounts, storage, code and their proofs.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthStateMethods(RpcChain chain)
{
    /// <summary>Balance of an account, wei.</summary>
    [RpcMethod("eth_getBalance")]
    public RpcResult<UInt256> GetBalance(Address address, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) ? account.Balance : UInt256.Zero;
    }

    /// <summary>Nonce of an account; for the pending block with the transactions that wait in the pool.</summary>
    [RpcMethod("eth_getTransactionCount")]
    public RpcResult<ulong> GetTransactionCount(Address address, BlockParameter block = default)
    {
        if (block.Tag == BlockTag.Pending) return chain.Pool.NextNonce(address);
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) ? account.Nonce : 0;
    }

    /// <summary>Code of an account.</summary>
    [RpcMethod("eth_getCode")]
    public RpcResult<ReadOnlyMemory<byte>> GetCode(Address address, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) && account.HasCode ? state.GetCode(account.CodeHash) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>A storage slot, as 32 bytes.</summary>
    [RpcMethod("eth_getStorageAt")]
    public RpcResult<ReadOnlyMemory<byte>> GetStorageAt(Address address, StorageKey key, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return new ReadOnlyMemory<byte>(state.GetStorage(address, key.Slot).ToBigEndian());
    }

    /// <summary>Storage slots of several accounts, each as 32 bytes.</summary>
    [RpcMethod("eth_getStorageValues", Work = RpcWork.Call)]
    public RpcResult<IJsonWritable> GetStorageValues(IReadOnlyDictionary<Address, StorageKey[]> slots, BlockParameter block = default)
    {
        int count = slots.Sum(pair => pair.Value.Length);
        if (count == 0) return RpcError.InvalidParams("empty request");
        if (count > chain.Limits.ProofKeysMax) return RpcError.InvalidParams($"too many slots: {count}, at most {chain.Limits.ProofKeysMax} (--rpc.proof-keys)");
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return new StorageValuesJson([.. slots.Select(pair => (pair.Key, pair.Value.Select(key => state.GetStorage(pair.Key, key.Slot)).ToArray()))]);
    }

    /// <summary>An account, some of its slots, and the trie nodes that prove them (EIP-1186).</summary>
    [RpcMethod("eth_getProof", Work = RpcWork.Call)]
    public RpcResult<ProofJson> GetProof(Address address, StorageKey[] keys, BlockParameter block = default)
    {
        if (keys.Length > chain.Limits.ProofKeysMax) return RpcError.InvalidParams($"too many keys: {keys.Length}, at most {chain.Limits.ProofKeysMax} (--rpc.proof-keys)");
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return new ProofJson(address, keys, AccountProof.Build(state, state.Root, address, [.. keys.Select(key => key.Slot)]));
    }
}

/// <summary>The answer of eth_getStorageValues.</summary>
/// <param name="Accounts">Values by account, in the order asked for.</param>
public sealed record StorageValuesJson(IReadOnlyList<(Address Address, UInt256[] Values)> Accounts) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach ((Address address, UInt256[] values) in Accounts)
        {
            writer.WriteStartArray(address.ToString());
            foreach (UInt256 value in values) writer.WriteWordValue(value);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}

/// <summary>The answer of eth_getProof (execution-apis, AccountProof).</summary>
/// <param name="Address">Account.</param>
/// <param name="Keys">Slots as they were asked for.</param>
/// <param name="Proof">The proof.</param>
public sealed record ProofJson(Address Address, IReadOnlyList<StorageKey> Keys, AccountProof Proof) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        Account account = Proof.Account ?? Account.Empty;
        writer.WriteStartObject();
        writer.WriteAddress("address"u8, Address);
        WriteNodes(writer, "accountProof"u8, Proof.Nodes);
        writer.WriteQuantity("balance"u8, account.Balance);
        writer.WriteHash("codeHash"u8, account.CodeHash);
        writer.WriteQuantity("nonce"u8, account.Nonce);
        writer.WriteHash("storageHash"u8, account.StorageRoot);
        writer.WriteStartArray("storageProof"u8);
        for (int i = 0; i < Keys.Count; i++)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("key"u8);
            if (Keys[i].IsQuantity) writer.WriteQuantityValue(Keys[i].Slot);
            else writer.WriteWordValue(Keys[i].Slot);
            writer.WriteQuantity("value"u8, Proof.Slots[i].Value);
            WriteNodes(writer, "proof"u8, Proof.Slots[i].Nodes);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNodes(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<ReadOnlyMemory<byte>> nodes)
    {
        writer.WriteStartArray(name);
        foreach (ReadOnlyMemory<byte> node in nodes) writer.WriteDataValue(node.Span);
        writer.WriteEndArray();
    }
}
