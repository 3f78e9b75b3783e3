using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: accounts, storage, code and their proofs.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthStateMethods(RpcChain chain)
{
    /// <summary>Balance of an account, wei.</summary>
    [RpcMethod("eth_getBalance", Example = """["{account}","latest"]""", Faults = RpcFaults.State)]
    public RpcResult<UInt256> GetBalance(Address address, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) ? account.Balance : UInt256.Zero;
    }

    /// <summary>Nonce of an account; for the pending block with the transactions that wait in the pool.</summary>
    [RpcMethod("eth_getTransactionCount", Example = """["{account}","pending"]""", Faults = RpcFaults.State)]
    public RpcResult<ulong> GetTransactionCount(Address address, BlockParameter block = default)
    {
        if (block.Tag == BlockTag.Pending) return chain.Pool.NextNonce(address);
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) ? account.Nonce : 0;
    }

    /// <summary>Code of an account.</summary>
    [RpcMethod("eth_getCode", Example = """["{contract}","latest"]""", Faults = RpcFaults.State)]
    public RpcResult<ReadOnlyMemory<byte>> GetCode(Address address, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) && account.HasCode ? state.GetCode(account.CodeHash) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>A storage slot, as 32 bytes.</summary>
    [RpcMethod("eth_getStorageAt", Example = """["{contract}","0x0","latest"]""", Faults = RpcFaults.State)]
    public RpcResult<ReadOnlyMemory<byte>> GetStorageAt(Address address, [RpcParameter("Storage slot")] StorageKey key, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return new ReadOnlyMemory<byte>(state.GetStorage(address, key.Slot).ToBigEndian());
    }

    /// <summary>Storage slots of several accounts, each as 32 bytes.</summary>
    [RpcMethod("eth_getStorageValues", Work = RpcWork.Call, Example = """[{"{contract}":["0x0"]},"latest"]""", Faults = RpcFaults.State, Result = "{*: Word[]}")]
    public RpcResult<IJsonWritable> GetStorageValues([RpcParameter("Requests")] IReadOnlyDictionary<Address, StorageKey[]> slots, BlockParameter block = default)
    {
        int count = slots.Sum(pair => pair.Value.Length);
        if (count == 0) return RpcError.InvalidParams("empty request");
        if (count > chain.Limits.ProofKeysMax) return RpcError.InvalidParams($"too many slots: {count}, at most {chain.Limits.ProofKeysMax} (--rpc.proof-keys)");
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return new StorageValuesJson([.. slots.Select(pair => (pair.Key, pair.Value.Select(key => state.GetStorage(pair.Key, key.Slot)).ToArray()))]);
    }

    /// <summary>An account as the state trie holds it; null when it does not exist.</summary>
    [RpcMethod("eth_getAccount", Example = """["{contract}","latest"]""", Faults = RpcFaults.State, Result = "Account?")]
    public RpcResult<AccountJson?> GetAccount(Address address, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        return state.TryGetAccount(address, out Account account) ? new AccountJson(account, null) : (AccountJson?)null;
    }

    /// <summary>Balance, nonce and code of an account.</summary>
    [RpcMethod("eth_getAccountInfo", Example = """["{contract}","latest"]""", Faults = RpcFaults.State, Result = "AccountInfo")]
    public RpcResult<AccountJson> GetAccountInfo(Address address, BlockParameter block = default)
    {
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        if (!state.TryGetAccount(address, out Account account)) account = Account.Empty;
        return new AccountJson(account, account.HasCode ? state.GetCode(account.CodeHash) : ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>An account, some of its slots, and the trie nodes that prove them (EIP-1186).</summary>
    [RpcMethod("eth_getProof", Work = RpcWork.Call, Example = """["{contract}",["0x0"],"latest"]""", Faults = RpcFaults.State)]
    public RpcResult<ProofJson> GetProof(RpcCall call, Address address, [RpcParameter("StorageKeys")] StorageKey[] keys, BlockParameter block = default)
    {
        if (keys.Length > chain.Limits.ProofKeysMax) return RpcError.InvalidParams($"too many keys: {keys.Length}, at most {chain.Limits.ProofKeysMax} (--rpc.proof-keys)");
        if (chain.TryFindState(block, out _, out IStateView state) is { } error) return error;
        // Below the merged state the block's tries are put together from all that changed since.
        if (!state.CanBuildOn && !call.IsHeavy) return RpcError.IsHeavy;
        return new ProofJson(address, keys, AccountProof.Build(state, state.Root, address, [.. keys.Select(key => key.Slot)]));
    }
}

/// <summary>An account: as the trie holds it, or with its code in place of the hashes.</summary>
/// <param name="Account">The account.</param>
/// <param name="Code">Its code, where that is wanted.</param>
public sealed record AccountJson(Account Account, ReadOnlyMemory<byte>? Code) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("balance"u8, Account.Balance);
        writer.WriteQuantity("nonce"u8, Account.Nonce);
        if (Code is { } code)
        {
            writer.WriteData("code"u8, code.Span);
        }
        else
        {
            writer.WriteHash("codeHash"u8, Account.CodeHash);
            writer.WriteHash("storageRoot"u8, Account.StorageRoot);
        }
        writer.WriteEndObject();
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
