using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Chain.Node.Operators;

/// <summary>JSON of requests and of --json output.</summary>
[JsonSerializable(typeof(JsonNode))]
[JsonSourceGenerationOptions(WriteIndented = false)]
internal sealed partial class NodeJson : JsonSerializerContext;
