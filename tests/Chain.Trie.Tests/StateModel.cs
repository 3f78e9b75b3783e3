using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Trie.Tests;

/// <summary>A whole state in dictionaries.</summary>
internal sealed class StateModel : IStateReader
{
    internal sealed record Entry(ulong Nonce, UInt256 Balance, Hash256 CodeHash, Dictionary<UInt256, UInt256> Storage);

    internal Dictionary<Address, Entry> Accounts { get; init; } = [];

    internal Dictionary<Address, Hash256> StorageRoots { get; set; } = [];

    public bool TryGetAccount(in Address address, out Account account)
    {
        bool ok = Accounts.TryGetValue(address, out Entry? entry);
        account = ok ? new Account(entry!.Nonce, entry.Balance, entry.CodeHash, StorageRoots[address]) : default;
        return ok;
    }

    public UInt256 GetStorage(in Address address, in UInt256 slot) => Accounts.TryGetValue(address, out Entry? entry) ? entry.Storage.GetValueOrDefault(slot) : default;

    public ReadOnlyMemory<byte> GetCode(in Hash256 codeHash) => default;

    internal static StateModel Parse(JsonElement alloc)
    {
        StateModel model = new();
        foreach (JsonProperty account in alloc.EnumerateObject())
        {
            Dictionary<UInt256, UInt256> storage = [];
            foreach (JsonProperty slot in account.Value.GetProperty("storage").EnumerateObject()) storage[Number(slot.Name)] = Number(slot.Value.GetString()!);
            model.Accounts[Address.Parse(account.Name)] = new Entry(
                (ulong)Convert.ToInt64(account.Value.GetProperty("nonce").GetString(), 16),
                Number(account.Value.GetProperty("balance").GetString()!),
                Keccak256.Hash(Hex.Decode(account.Value.GetProperty("code").GetString())),
                storage);
        }
        return model;
    }

    internal StateDelta AsDelta() => new StateModel().DeltaTo(this);

    internal StateDelta DeltaTo(StateModel after)
    {
        StateDelta delta = new();
        foreach (Address gone in Accounts.Keys.Where(a => !after.Accounts.ContainsKey(a))) delta.Accounts[gone] = new AccountDelta();
        foreach ((Address address, Entry entry) in after.Accounts)
        {
            AccountDelta change = new() { Exists = true, Nonce = entry.Nonce, Balance = entry.Balance, CodeHash = entry.CodeHash };
            Dictionary<UInt256, UInt256> old = Accounts.TryGetValue(address, out Entry? before) ? before.Storage : [];
            foreach (UInt256 slot in old.Keys.Where(s => !entry.Storage.ContainsKey(s))) change.Storage[slot] = UInt256.Zero;
            foreach ((UInt256 slot, UInt256 value) in entry.Storage)
                if (old.GetValueOrDefault(slot) != value) change.Storage[slot] = value;
            delta.Accounts[address] = change;
        }
        return delta;
    }

    private static UInt256 Number(string hex)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        bytes.Clear();
        string digits = hex[2..];
        if ((digits.Length & 1) != 0) digits = "0" + digits;
        Convert.FromHexString(digits).CopyTo(bytes[(UInt256.SizeBytes - (digits.Length / 2))..]);
        return UInt256.FromBigEndian(bytes);
    }
}
