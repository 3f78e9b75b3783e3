using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chain.Rpc.Tests;

/// <summary>The part of JSON Schema 2019-09 that the specification of the methods uses.</summary>
internal static class JsonSchema
{
    /// <summary>Where and why a value does not satisfy a schema; null when it does.</summary>
    /// <param name="value">Value.</param>
    /// <param name="schema">Schema.</param>
    /// <param name="path">Where the value is.</param>
    /// <param name="named">Schemas that references name.</param>
    public static string? Check(JsonNode? value, JsonNode schema, string path = "$", JsonObject? named = null)
    {
        if (schema is JsonObject { Count: > 0 } referring && referring["$ref"] is { } reference) return Check(value, named![reference.GetValue<string>().Split('/')[^1]]!, path, named);
        if (schema is not JsonObject rules) return null;
        if (rules["anyOf"] is JsonArray any && any.All(option => Check(value, option!, path, named) is not null)) return $"{path}: none of the alternatives";
        if (rules["oneOf"] is JsonArray one && one.Count(option => Check(value, option!, path, named) is null) != 1) return $"{path}: not exactly one of the alternatives";
        foreach (JsonNode? part in rules["allOf"] as JsonArray ?? [])
        {
            if (Check(value, part!, path, named) is { } wrong) return wrong;
        }
        if (rules["type"] is { } type && !HasType(value, type)) return $"{path}: {value?.ToJsonString() ?? "null"} is not of type {type.ToJsonString()}";
        if (rules["enum"] is JsonArray allowed && !allowed.Any(item => JsonNode.DeepEquals(item, value))) return $"{path}: not in {allowed.ToJsonString()}";
        if (rules["pattern"] is { } pattern && value is JsonValue text && !Regex.IsMatch(text.GetValue<string>(), pattern.GetValue<string>())) return $"{path}: {text} does not match {pattern}";
        if (rules["minimum"] is { } minimum && value is JsonValue number && number.GetValue<double>() < minimum.GetValue<double>()) return $"{path}: {number} is below {minimum}";
        if (value is JsonArray items && rules["items"] is { } itemRules)
        {
            for (int i = 0; i < items.Count; i++)
            {
                if (Check(items[i], itemRules, $"{path}[{i}]", named) is { } wrong) return wrong;
            }
        }
        return value is JsonObject members ? CheckMembers(members, rules, path, named) : null;
    }

    private static string? CheckMembers(JsonObject members, JsonObject rules, string path, JsonObject? named)
    {
        foreach (JsonNode? required in rules["required"] as JsonArray ?? [])
        {
            if (!members.ContainsKey(required!.GetValue<string>())) return $"{path}: {required} is missing";
        }
        JsonObject? known = rules["properties"] as JsonObject;
        JsonNode? others = rules["additionalProperties"];
        foreach ((string name, JsonNode? member) in members)
        {
            if (known?[name] is { } own)
            {
                if (Check(member, own, $"{path}.{name}", named) is { } wrong) return wrong;
            }
            else if (others is JsonValue flag && !flag.GetValue<bool>()) return $"{path}: {name} is not allowed";
            else if (others is JsonObject && Check(member, others, $"{path}.{name}", named) is { } wrong) return wrong;
        }
        return null;
    }

    private static bool HasType(JsonNode? value, JsonNode type) => type is JsonArray types
        ? types.Any(one => HasType(value, one!))
        : type.GetValue<string>() switch
        {
            "null" => value is null,
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "string" => value is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.String,
            "boolean" => value is JsonValue v && v.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            "integer" => value is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.Number && v.GetValue<double>() % 1 == 0,
            _ => value is JsonValue v && v.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        };
}
