using System.IO.Compression;
using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;

namespace Chain.Rpc.Methods;

/// <summary>
/// The namespaces <c>anvil</c> and <c>hardhat</c>: the state of a development chain as one piece of data, in the form that anvil writes (gzip of JSON, the accounts under
/// <c>accounts</c>), so that either program reads what the other wrote. Blocks are not part of it.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="dev">The development engine.</param>
/// <param name="ports">What the program lends.</param>
public sealed class DevStateMethods(RpcChain chain, DevEngine dev, NodePorts ports)
{
    private const int JsonBytesMax = 256 << 20;

    /// <summary>The whole state at the head.</summary>
    [RpcMethod("anvil_dumpState", "hardhat_dumpState", Heavy = true, Volatile = true, Faults = RpcFaults.State | RpcFaults.Absent)]
    public RpcResult<ReadOnlyMemory<byte>> DumpState(bool preserveHistoricalStates = false, CancellationToken cancellation = default)
    {
        _ = preserveHistoricalStates;
        if (ports.GenesisAllocation is not { } genesis) return RpcError.Server("the accounts of the genesis block are not known here");
        if (new StateDumper(chain.Simulator, genesis).Gather(out string problem, cancellation) is not { } state) return RpcError.Server($"the state cannot be dumped: {problem}");
        using MemoryStream bytes = new();
        using (GZipStream zip = new(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (Utf8JsonWriter writer = new(zip))
        {
            Write(writer, state, chain.HeadNumber);
        }
        return new ReadOnlyMemory<byte>(bytes.ToArray());
    }

    /// <summary>Puts the accounts of a dump into the state of the head, in place of those that are there.</summary>
    [RpcMethod("anvil_loadState", "hardhat_loadState", Heavy = true, Example = """["{dump}"]""", Mutating = true)]
    public RpcResult<bool> LoadState(ReadOnlyMemory<byte> dump)
    {
        if (!TryUnpack(dump, out byte[] json)) return RpcError.InvalidArgument(0, $"the {dump.Length} bytes are not a dump of a state, or hold more than {JsonBytesMax} bytes unpacked");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (Read(document.RootElement, out List<LoadedAccount> accounts) is { } wrong) return RpcError.InvalidArgument(0, wrong);
            dev.EditState(state => Put(state, accounts));
            return true;
        }
        catch (JsonException)
        {
            return RpcError.InvalidArgument(0, "the dump does not hold JSON");
        }
    }

    private static void Write(Utf8JsonWriter writer, MemoryState state, ulong headNumber)
    {
        writer.WriteStartObject();
        writer.WriteNull("block"u8);
        writer.WriteStartObject("accounts"u8);
        foreach ((Address address, MemoryAccount account) in state.Accounts.OrderBy(pair => pair.Key))
        {
            writer.WriteStartObject(address.ToString());
            writer.WriteNumber("nonce"u8, account.Nonce);
            writer.WriteQuantity("balance"u8, account.Balance);
            writer.WriteData("code"u8, state.GetCode(account.CodeHash).Span);
            writer.WriteStartObject("storage"u8);
            foreach ((UInt256 slot, UInt256 value) in account.Storage.OrderBy(pair => pair.Key)) writer.WriteWord(slot, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteNumber("best_block_number"u8, headNumber);
        writer.WriteStartArray("blocks"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("transactions"u8);
        writer.WriteEndArray();
        writer.WriteNull("historical_states"u8);
        writer.WriteEndObject();
    }

    private static bool TryUnpack(ReadOnlyMemory<byte> dump, out byte[] json)
    {
        json = dump.ToArray();
        if (dump.Span is not [0x1f, 0x8b, ..]) return dump.Length <= JsonBytesMax;
        try
        {
            using GZipStream zip = new(new MemoryStream(json), CompressionMode.Decompress);
            using MemoryStream unpacked = new();
            byte[] buffer = new byte[1 << 16];
            int count;
            while ((count = zip.Read(buffer)) > 0)
            {
                if (unpacked.Length + count > JsonBytesMax) return false;
                unpacked.Write(buffer, 0, count);
            }
            json = unpacked.ToArray();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string? Read(JsonElement root, out List<LoadedAccount> accounts)
    {
        accounts = [];
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("accounts"u8, out JsonElement list) || list.ValueKind != JsonValueKind.Object)
            return "the dump has no object \"accounts\"";
        foreach (JsonProperty property in list.EnumerateObject())
        {
            if (!Address.TryParse(property.Name, out Address address)) return $"\"{property.Name}\" is not an address";
            ObjectReader reader = new(property.Value, "account");
            LooseNumber? nonce = reader.Value<LooseNumber>("nonce"u8);
            StorageKey? balance = reader.Value<StorageKey>("balance"u8);
            ReadOnlyMemory<byte>? code = reader.Value<ReadOnlyMemory<byte>>("code"u8);
            Dictionary<UInt256, UInt256>? storage = reader.Storage("storage"u8);
            if (reader.Error is { } wrong) return $"account {address}: {wrong}";
            accounts.Add(new LoadedAccount(address, nonce?.Value ?? 0, balance?.Slot ?? UInt256.Zero, code ?? default, storage ?? []));
        }
        return null;
    }

    private static void Put(WorldState state, List<LoadedAccount> accounts)
    {
        foreach (LoadedAccount loaded in accounts)
        {
            AccountEntry account = state.GetAccount(loaded.Address);
            state.SetBalance(account, loaded.Balance);
            state.SetNonce(account, loaded.Nonce);
            state.SetCode(account, loaded.Code);
            state.ClearStorage(account);
            foreach ((UInt256 slot, UInt256 value) in loaded.Storage) state.SetStorage(state.GetSlot(account, slot), value);
        }
    }

    private sealed record LoadedAccount(Address Address, ulong Nonce, UInt256 Balance, ReadOnlyMemory<byte> Code, Dictionary<UInt256, UInt256> Storage);
}
