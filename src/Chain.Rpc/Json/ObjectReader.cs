using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Rpc.Json;

/// <summary>Reads the members of an argument object; the first bad one is kept as <see cref="Error"/>. Unknown members are let pass, as geth does.</summary>
internal ref struct ObjectReader(JsonElement element, string name)
{
    public string? Error { get; private set; } = element.ValueKind == JsonValueKind.Object ? null : HexReader.WrongKind(element, $"{name} object");

    public bool Has(ReadOnlySpan<byte> member) => Find(member, out _);

    public T? Value<T>(ReadOnlySpan<byte> member)
        where T : struct
    {
        if (!Find(member, out JsonElement found)) return null;
        return Note(ArgumentReaders.For<T>()(found, out T value), member) ? value : null;
    }

    public IReadOnlyList<Hash256>? Hashes(ReadOnlySpan<byte> member) => List<Hash256>(member, HexReader.ReadHash);

    public IReadOnlyList<AccessListEntry>? AccessList(ReadOnlySpan<byte> member) => List<AccessListEntry>(member, ReadAccessListEntry);

    public IReadOnlyList<Authorization>? Authorizations(ReadOnlySpan<byte> member) => List<Authorization>(member, ReadAuthorization);

    public string? Text(ReadOnlySpan<byte> member) => Object(member, ArgumentReaders.For<string>());

    public JsonElement Any(ReadOnlySpan<byte> member) => Find(member, out JsonElement found) ? found : default;

    public IReadOnlyList<Withdrawal>? Withdrawals(ReadOnlySpan<byte> member) => List<Withdrawal>(member, ReadWithdrawal);

    public T? Object<T>(ReadOnlySpan<byte> member, ArgumentReader<T> reader)
        where T : class
    {
        if (!Find(member, out JsonElement found)) return null;
        return Note(reader(found, out T value), member) ? value : null;
    }

    public Dictionary<UInt256, UInt256>? Storage(ReadOnlySpan<byte> member)
    {
        if (!Find(member, out JsonElement found)) return null;
        if (found.ValueKind != JsonValueKind.Object)
        {
            Note(HexReader.WrongKind(found, "storage object"), member);
            return null;
        }
        Dictionary<UInt256, UInt256> slots = [];
        foreach (JsonProperty slot in found.EnumerateObject())
        {
            ReadOnlySpan<byte> key = System.Text.Encoding.UTF8.GetBytes(slot.Name);
            UInt256 keyWord = default;
            if (HexReader.Prefix(ref key) is { } reason || !HexReader.TryParseWord(key, out keyWord))
            {
                Note($"storage slot \"{slot.Name}\" is not hex of at most 32 bytes", member);
                return null;
            }
            if (!Note(StorageKey.Read(slot.Value, out StorageKey value), member)) return null;
            slots[keyWord] = value.Slot;
        }
        return slots;
    }

    public bool Note(string? error, ReadOnlySpan<byte> member)
    {
        if (error is null) return true;
        Error ??= $"{error} (field {System.Text.Encoding.UTF8.GetString(member)})";
        return false;
    }

    public List<T>? List<T>(ReadOnlySpan<byte> member, ArgumentReader<T> reader)
    {
        if (!Find(member, out JsonElement found)) return null;
        if (found.ValueKind != JsonValueKind.Array)
        {
            Note(HexReader.WrongKind(found, "an array"), member);
            return null;
        }
        List<T> items = new(found.GetArrayLength());
        foreach (JsonElement item in found.EnumerateArray())
        {
            if (!Note(reader(item, out T value), member)) return null;
            items.Add(value);
        }
        return items;
    }

    private bool Find(ReadOnlySpan<byte> member, out JsonElement found)
    {
        found = default;
        return Error is null && element.TryGetProperty(member, out found) && found.ValueKind != JsonValueKind.Null;
    }

    private static string? ReadAccessListEntry(JsonElement element, out AccessListEntry value)
    {
        ObjectReader reader = new(element, "access list");
        Address? address = reader.Value<Address>("address"u8);
        IReadOnlyList<Hash256>? keys = reader.Hashes("storageKeys"u8);
        value = new AccessListEntry(address ?? default, keys is null ? [] : [.. keys.Select(key => UInt256.FromBigEndian(key.Bytes))]);
        return reader.Error ?? (address is null ? "an access list entry needs \"address\"" : null);
    }

    private static string? ReadWithdrawal(JsonElement element, out Withdrawal value)
    {
        ObjectReader reader = new(element, "withdrawal");
        ulong index = reader.Value<ulong>("index"u8) ?? 0;
        ulong validator = reader.Value<ulong>("validatorIndex"u8) ?? 0;
        Address? address = reader.Value<Address>("address"u8);
        value = new Withdrawal(index, validator, address ?? default, reader.Value<ulong>("amount"u8) ?? 0);
        return reader.Error ?? (address is null ? "a withdrawal needs \"address\"" : null);
    }

    private static string? ReadAuthorization(JsonElement element, out Authorization value)
    {
        ObjectReader reader = new(element, "authorization");
        UInt256 chainId = reader.Value<UInt256>("chainId"u8) ?? default;
        Address? address = reader.Value<Address>("address"u8);
        ulong nonce = reader.Value<ulong>("nonce"u8) ?? 0;
        ulong yParity = reader.Value<ulong>("yParity"u8) ?? reader.Value<ulong>("v"u8) ?? 0;
        UInt256 r = reader.Value<UInt256>("r"u8) ?? default;
        UInt256 s = reader.Value<UInt256>("s"u8) ?? default;
        value = new Authorization(chainId, address ?? default, nonce, (byte)Math.Min(yParity, byte.MaxValue), r, s);
        return reader.Error ?? (address is null ? "an authorization needs \"address\"" : null);
    }
}
