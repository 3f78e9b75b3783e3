using System.Text.Json;

namespace Chain.Rpc.Json;

/// <summary>A result that writes itself.</summary>
public interface IJsonWritable
{
    /// <summary>Writes one JSON value.</summary>
    void WriteTo(Utf8JsonWriter writer);
}
