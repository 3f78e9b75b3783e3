using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Model;

namespace Chain.Rpc.Json;

/// <summary>Writes results by type: numbers as quantities, hashes, addresses and bytes as data, objects by themselves.</summary>
public static class ResultWriters
{
    private static readonly ValueTask<RpcError?> Done = new((RpcError?)null);

    /// <summary>Writes null.</summary>
    public static ValueTask<RpcError?> WriteNothing(Utf8JsonWriter writer)
    {
        writer.WriteNullValue();
        return Done;
    }

    /// <summary>Writes a value.</summary>
    public static ValueTask<RpcError?> WriteValue<T>(Utf8JsonWriter writer, T value)
    {
        Write(writer, value);
        return Done;
    }

    /// <summary>Writes a value, or hands on the error.</summary>
    public static ValueTask<RpcError?> WriteResult<T>(Utf8JsonWriter writer, RpcResult<T> result)
    {
        if (result.Error is not null) return new(result.Error);
        Write(writer, result.Value);
        return Done;
    }

    /// <summary>Waits for a value and writes it, or hands on the error.</summary>
    public static async ValueTask<RpcError?> WriteResultAsync<T>(Utf8JsonWriter writer, ValueTask<RpcResult<T>> pending)
    {
        RpcResult<T> result = await pending;
        if (result.Error is not null) return result.Error;
        Write(writer, result.Value);
        return null;
    }

    /// <summary>Writes one value of a known type.</summary>
    /// <exception cref="NotSupportedException">The type has no wire form: a method was declared with a wrong type.</exception>
    public static void Write<T>(Utf8JsonWriter writer, T value)
    {
        // For value types the comparisons are constants to the compiler: one branch remains and nothing is boxed.
        if (typeof(T) == typeof(ulong)) writer.WriteQuantityValue((ulong)(object)value!);
        else if (typeof(T) == typeof(UInt256)) writer.WriteQuantityValue((UInt256)(object)value!);
        else if (typeof(T) == typeof(bool)) writer.WriteBooleanValue((bool)(object)value!);
        else if (typeof(T) == typeof(Hash256)) writer.WriteDataValue(((Hash256)(object)value!).Bytes);
        else if (typeof(T) == typeof(Address)) writer.WriteDataValue(((Address)(object)value!).Bytes);
        else if (typeof(T) == typeof(ReadOnlyMemory<byte>)) writer.WriteDataValue(((ReadOnlyMemory<byte>)(object)value!).Span);
        else WriteObject(writer, value);
    }

    private static void WriteObject(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case IJsonWritable writable: writable.WriteTo(writer); break;
            case string text: writer.WriteStringValue(text); break;
            case long number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteQuantityValue(number); break;
            case UInt256 number: writer.WriteQuantityValue(number); break;
            case Hash256 hash: writer.WriteDataValue(hash.Bytes); break;
            case Address address: writer.WriteDataValue(address.Bytes); break;
            case ReadOnlyMemory<byte> data: writer.WriteDataValue(data.Span); break;
            case IReadOnlyList<Address> addresses: WriteList(writer, addresses); break;
            case IReadOnlyList<Hash256> hashes: WriteList(writer, hashes); break;
            case IReadOnlyList<IJsonWritable> objects: WriteList(writer, objects); break;
            case IReadOnlyDictionary<string, string> map: WriteMap(writer, map); break;
            default: throw new NotSupportedException($"Results of type {value.GetType()} have no writer.");
        }
    }

    private static void WriteList<T>(Utf8JsonWriter writer, IReadOnlyList<T> items)
    {
        writer.WriteStartArray();
        for (int i = 0; i < items.Count; i++) Write(writer, items[i]);
        writer.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> map)
    {
        writer.WriteStartObject();
        foreach ((string key, string value) in map) writer.WriteString(key, value);
        writer.WriteEndObject();
    }
}
