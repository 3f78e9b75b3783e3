using System.Reflection;
using System.Text.Json;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Rpc.Docs;

/// <summary>A parameter of a method as clients see it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type, in the notation of <see cref="TypeNotation"/>.</param>
/// <param name="IsRequired">True when clients must give it.</param>
public sealed record ParameterDescription(string Name, string Type, bool IsRequired);

/// <summary>A method as clients see it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Aliases">Further names.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Parameters">Parameters in order.</param>
/// <param name="Result">Type of the result.</param>
/// <param name="Faults">What can go wrong besides bad arguments.</param>
/// <param name="Example">Arguments of an example, with names in braces for things of the example chain.</param>
/// <param name="IsVolatile">True when the example's result differs from run to run.</param>
/// <param name="IsMutating">True when it changes the chain or the node.</param>
public sealed record MethodDescription(
    string Name, IReadOnlyList<string> Aliases, string Summary, IReadOnlyList<ParameterDescription> Parameters, string Result, RpcFaults Faults, string Example, bool IsVolatile, bool IsMutating)
{
    /// <summary>Describes a method from its signature, its attribute and its documentation.</summary>
    internal static MethodDescription Of(MethodInfo info, RpcMethodAttribute attribute)
    {
        List<ParameterDescription> parameters = [];
        foreach (ParameterInfo parameter in info.GetParameters())
        {
            Type type = parameter.ParameterType;
            if (type == typeof(RpcCall) || type == typeof(Utf8JsonWriter) || type == typeof(CancellationToken)) continue;
            RpcParameterAttribute? wire = parameter.GetCustomAttribute<RpcParameterAttribute>();
            parameters.Add(new ParameterDescription(wire?.Name ?? Humanize(parameter.Name!), WireTypes.Of(type), !parameter.HasDefaultValue || wire?.Required == true));
        }
        return new MethodDescription(
            attribute.Name, attribute.Aliases, DocumentationFile.SummaryOf(info), parameters, attribute.Result ?? ResultOf(info), attribute.Faults, attribute.Example, attribute.Volatile, attribute.Mutating);
    }

    /// <summary>"transactionHash" becomes "Transaction hash".</summary>
    private static string Humanize(string name)
    {
        System.Text.StringBuilder text = new();
        foreach (char c in name)
        {
            if (text.Length > 0 && char.IsUpper(c)) text.Append(' ').Append(char.ToLowerInvariant(c));
            else text.Append(text.Length == 0 ? char.ToUpperInvariant(c) : c);
        }
        return text.ToString();
    }

    private static string ResultOf(MethodInfo info)
    {
        Type type = info.ReturnType;
        if (type == typeof(void)) return "Null";
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)) type = type.GetGenericArguments()[0];
        bool isNullable = new NullabilityInfoContext().Create(info.ReturnParameter) is var nullability && IsNullable(nullability, type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RpcResult<>)) type = type.GetGenericArguments()[0];
        string notation = WireTypes.Of(type);
        return isNullable && notation != "Any" ? notation + "?" : notation;
    }

    private static bool IsNullable(NullabilityInfo info, Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RpcResult<>))
        {
            NullabilityInfo result = info.Type == type ? info : info.GenericTypeArguments[0];
            return IsNullable(result.GenericTypeArguments[0], type.GetGenericArguments()[0]);
        }
        return Nullable.GetUnderlyingType(type) is not null || (!type.IsValueType && info.ReadState == NullabilityState.Nullable);
    }
}
