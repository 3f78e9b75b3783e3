using System.Text.Json.Nodes;

namespace Chain.Rpc.Docs;

/// <summary>
/// The notation in which wire types are written down: names, <c>X[]</c> for lists, <c>X?</c> for "or null", <c>A|B</c> for alternatives, <c>{a: X, b?: Y}</c> for objects with members
/// that may be absent, <c>{...X, a: Y}</c> for the members of another object and more, <c>{*: X}</c> for objects with any keys, <c>"x"</c> for a fixed text. Read into JSON Schema.
/// </summary>
public static class TypeNotation
{
    private const string ReferencePrefix = "#/components/schemas/";

    /// <summary>The JSON Schema of a type; named types become references.</summary>
    /// <exception cref="FormatException">The text is not in this notation.</exception>
    public static JsonObject ToSchema(string text)
    {
        Reader reader = new(text);
        JsonObject schema = reader.ReadType();
        reader.End();
        return schema;
    }

    /// <summary>Name of the type that a schema refers to; null when it refers to none.</summary>
    public static string? ReferenceOf(JsonNode? schema) =>
        schema is JsonObject rules && rules["$ref"] is { } reference ? reference.GetValue<string>()[ReferencePrefix.Length..] : null;

    private ref struct Reader(string text)
    {
        private int _at;

        public JsonObject ReadType()
        {
            JsonArray alternatives = [ReadPostfix()];
            while (TryTake('|')) alternatives.Add((JsonNode)ReadPostfix());
            return alternatives.Count == 1 ? (JsonObject)alternatives[0]!.DeepClone() : new JsonObject { ["anyOf"] = alternatives };
        }

        public void End()
        {
            SkipSpace();
            if (_at < text.Length) throw Wrong("the end");
        }

        private JsonObject ReadPostfix()
        {
            JsonObject type = ReadPrimary();
            while (true)
            {
                if (TryTake('?')) type = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "null" }, type) };
                else if (TryTake('['))
                {
                    Take(']');
                    type = new JsonObject { ["type"] = "array", ["items"] = type };
                }
                else return type;
            }
        }

        private JsonObject ReadPrimary()
        {
            if (TryTake('('))
            {
                JsonObject inner = ReadType();
                Take(')');
                return inner;
            }
            if (TryTake('"'))
            {
                int end = text.IndexOf('"', _at);
                string literal = text[_at..end];
                _at = end + 1;
                return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(literal) };
            }
            return TryTake('{') ? ReadObject() : OfName(ReadName());
        }

        private JsonObject ReadObject()
        {
            JsonArray required = [];
            JsonObject properties = [];
            JsonObject schema = new() { ["type"] = "object" };
            JsonNode? others = null;
            while (!TryTake('}'))
            {
                if (TryTake('.'))
                {
                    Take('.');
                    Take('.');
                    JsonObject other = ToSchema(WireTypes.Of(ReadName()));
                    foreach (JsonNode? name in other["required"]?.AsArray() ?? []) required.Add(name!.DeepClone());
                    foreach ((string name, JsonNode? member) in other["properties"]!.AsObject()) properties[name] = member!.DeepClone();
                }
                else if (TryTake('*'))
                {
                    Take(':');
                    others = ReadType();
                }
                else
                {
                    string name = ReadName();
                    if (!TryTake('?')) required.Add((JsonNode)name);
                    Take(':');
                    properties[name] = ReadType();
                }
                TryTake(',');
            }
            if (required.Count > 0) schema["required"] = required;
            if (properties.Count > 0) schema["properties"] = properties;
            schema["additionalProperties"] = others ?? (properties.Count == 0 ? null : JsonValue.Create(false));
            if (schema["additionalProperties"] is null) schema.Remove("additionalProperties");
            return schema;
        }

        private string ReadName()
        {
            SkipSpace();
            int start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-')) _at++;
            return _at > start ? text[start.._at] : throw Wrong("a name");
        }

        private void Take(char wanted)
        {
            if (!TryTake(wanted)) throw Wrong($"'{wanted}'");
        }

        private bool TryTake(char wanted)
        {
            SkipSpace();
            if (_at >= text.Length || text[_at] != wanted) return false;
            _at++;
            return true;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        }

        private readonly FormatException Wrong(string expected) => new($"At character {_at} of the type '{text}' {expected} is expected.");

        private static JsonObject OfName(string name) => name switch
        {
            "Quantity" => Text("^0x(0|[1-9a-f][0-9a-f]*)$"),
            "Data" => Text("^0x([0-9a-f]{2})*$"),
            "Hash" or "Word" => Text("^0x[0-9a-f]{64}$"),
            "Address" => Text("^0x[0-9a-f]{40}$"),
            "Bloom" => Text("^0x[0-9a-f]{512}$"),
            "Bytes48" => Text("^0x[0-9a-f]{96}$"),
            "Signature" => Text("^0x[0-9a-f]{130}$"),
            "Bytes8" => Text("^0x[0-9a-f]{16}$"),
            "String" => new JsonObject { ["type"] = "string" },
            "Number" => new JsonObject { ["type"] = "number" },
            "Integer" => new JsonObject { ["type"] = "integer" },
            "Bool" => new JsonObject { ["type"] = "boolean" },
            "Null" => new JsonObject { ["type"] = "null" },
            "Any" => [],
            _ => new JsonObject { ["$ref"] = ReferencePrefix + name },
        };

        private static JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };
    }
}
