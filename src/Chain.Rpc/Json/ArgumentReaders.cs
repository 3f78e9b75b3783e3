using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Rpc.Json;

/// <summary>Reads one argument; returns what is wrong with it, or null.</summary>
/// <typeparam name="T">Type of the argument.</typeparam>
public delegate string? ArgumentReader<T>(JsonElement element, out T value);

/// <summary>The one table of argument types. Strict as geth is: quantities without leading zeros, data of whole bytes.</summary>
public static class ArgumentReaders
{
    /// <summary>First character of an error that is the whole message, not to be prefixed with the argument's position.</summary>
    internal const char WholeMessage = '!';

    private static readonly Dictionary<Type, Delegate> Table = [];

    static ArgumentReaders()
    {
        Value<bool>(ReadBoolean);
        Value<ulong>(HexReader.ReadQuantity);
        Value<UInt256>(HexReader.ReadQuantity);
        Value<Address>(HexReader.ReadAddress);
        Value<Hash256>(HexReader.ReadHash);
        Value<ReadOnlyMemory<byte>>(HexReader.ReadData);
        Value<StorageKey>(StorageKey.Read);
        Value<LooseNumber>(LooseNumber.Read);
        Value<BlockParameter>(BlockParameter.Read);
        Value<JsonElement>(ReadAny);
        Reference<string>(ReadString);
        Reference<double[]>(ReadNumbers);
        Reference<StorageKey[]>(ReadStorageKeys);
        Reference<CallRequest>(SimulationReaders.ReadCall);
        Reference<TransactionRequest>(SimulationReaders.ReadTransaction);
        Reference<IReadOnlyDictionary<Address, StateOverride>>(SimulationReaders.ReadStateOverrides);
        Reference<Tracers.TraceKinds>(Tracers.TraceKinds.Read);
        Reference<Tracers.TraceFilter>(Tracers.TraceFilter.Read);
        Reference<Tracers.TraceOptions>(Tracers.TraceOptions.Read);
        Reference<IReadOnlyDictionary<Address, StorageKey[]>>(ReadSlotsByAccount);
        Reference<CallBundle[]>(CallBundle.ReadList);
        Reference<CallPlace>(CallPlace.Read);
        Reference<ReadOnlyMemory<byte>[]>(ReadDataList);
        Reference<Hash256[]>(ReadHashes);
        Reference<string[]>(ReadStrings);
        Reference<Engine.PayloadAttributes>(Engine.PayloadAttributes.Read);
        Reference<Engine.PayloadArgument>(Engine.PayloadArgument.Read);
        Reference<Engine.ForkchoiceState>(Engine.ForkchoiceState.Read);
        Reference<SimulateRequest>(SimulateRequest.Read);
        Reference<BlockOverride>(SimulationReaders.ReadBlockOverride);
        Reference<Filters.LogFilter>(LogFilterReader.Read);
        Reference<TransferQuery>(TransferQuery.Read);
        Reference<DecisionQuery>(DecisionQuery.Read);
        Reference<RejectionQuery>(RejectionQuery.Read);
    }

    /// <summary>True when arguments of the type can be read.</summary>
    public static bool Exists(Type type) => Table.ContainsKey(type);

    /// <summary>The reader of a type.</summary>
    public static ArgumentReader<T> For<T>() => Cache<T>.Reader;

    private static void Reference<T>(ArgumentReader<T> reader)
        where T : class => Table.Add(typeof(T), reader);

    private static void Value<T>(ArgumentReader<T> reader)
        where T : struct
    {
        Table.Add(typeof(T), reader);
        Table.Add(typeof(T?), new ArgumentReader<T?>((JsonElement element, out T? value) =>
        {
            string? error = reader(element, out T read);
            value = read;
            return error;
        }));
    }

    private static string? ReadBoolean(JsonElement element, out bool value)
    {
        value = element.ValueKind == JsonValueKind.True;
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : HexReader.WrongKind(element, "true or false");
    }

    private static string? ReadString(JsonElement element, out string value)
    {
        value = string.Empty;
        if (element.ValueKind != JsonValueKind.String) return HexReader.WrongKind(element, "a string");
        value = element.GetString()!;
        return null;
    }

    private static string? ReadAny(JsonElement element, out JsonElement value)
    {
        value = element;
        return null;
    }

    private static string? ReadNumbers(JsonElement element, out double[] value)
    {
        value = [];
        if (element.ValueKind != JsonValueKind.Array) return HexReader.WrongKind(element, "an array of numbers");
        double[] numbers = new double[element.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out numbers[i++])) return HexReader.WrongKind(item, "a number");
        }
        value = numbers;
        return null;
    }

    private static string? ReadStorageKeys(JsonElement element, out StorageKey[] value)
    {
        value = [];
        if (element.ValueKind != JsonValueKind.Array) return HexReader.WrongKind(element, "an array of storage keys");
        StorageKey[] keys = new StorageKey[element.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (StorageKey.Read(item, out keys[i++]) is { } error) return error;
        }
        value = keys;
        return null;
    }

    private static string? ReadSlotsByAccount(JsonElement element, out IReadOnlyDictionary<Address, StorageKey[]> value)
    {
        Dictionary<Address, StorageKey[]> slots = [];
        value = slots;
        if (element.ValueKind != JsonValueKind.Object) return HexReader.WrongKind(element, "object of storage keys by address");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!Address.TryParse(property.Name, out Address address)) return $"\"{property.Name}\" is not an address";
            if (ReadStorageKeys(property.Value, out StorageKey[] keys) is { } error) return error;
            slots[address] = keys;
        }
        return null;
    }

    private static string? ReadDataList(JsonElement element, out ReadOnlyMemory<byte>[] value) => ReadList(element, HexReader.ReadData, "an array of hex data", out value);

    private static string? ReadHashes(JsonElement element, out Hash256[] value) => ReadList(element, HexReader.ReadHash, "an array of hashes", out value);

    private static string? ReadStrings(JsonElement element, out string[] value) => ReadList(element, ReadString, "an array of strings", out value);

    private static string? ReadList<T>(JsonElement element, ArgumentReader<T> reader, string expected, out T[] value)
    {
        value = [];
        if (element.ValueKind != JsonValueKind.Array) return HexReader.WrongKind(element, expected);
        T[] items = new T[element.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (reader(item, out items[i++]) is { } error) return error;
        }
        value = items;
        return null;
    }

    private static class Cache<T>
    {
        public static readonly ArgumentReader<T> Reader = (ArgumentReader<T>)Table[typeof(T)];
    }
}
