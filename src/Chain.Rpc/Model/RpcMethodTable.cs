using System.Buffers;
using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Chain.Rpc.Docs;
using Chain.Rpc.Json;
using Chain.Rpc.Server;

namespace Chain.Rpc.Model;

/// <summary>Runs one method: reads its arguments from the call, writes its result, or returns an error.</summary>
internal delegate ValueTask<RpcError?> RpcHandler(RpcCall call, Utf8JsonWriter writer);

/// <summary>A method that is served.</summary>
/// <param name="Name">Name it is called by.</param>
/// <param name="Work">What it costs.</param>
/// <param name="Handler">Runs it.</param>
/// <param name="IsWriting">True when it writes its result while it works.</param>
/// <param name="Names">All its names, this one among them.</param>
internal sealed record RpcMethod(string Name, RpcWork Work, RpcHandler Handler, bool IsWriting, IReadOnlyList<string> Names);

/// <summary>The methods that are served, found once at start-up by their attributes and compiled to delegates.</summary>
public sealed class RpcMethodTable
{
    private const int NameCharsMax = 128;

    // A point is in "rpc.discover" alone, the name that the OpenRPC specification fixes.
    private static readonly SearchValues<char> NamespaceEnds = SearchValues.Create("_.");

    private FrozenDictionary<string, RpcMethod> _methods;
    private FrozenDictionary<string, RpcMethod>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    private readonly Lazy<IReadOnlyList<MethodDescription>> _descriptions;

    private RpcMethodTable(Dictionary<string, RpcMethod> methods, Lazy<IReadOnlyList<MethodDescription>> descriptions)
    {
        _methods = methods.ToFrozenDictionary(StringComparer.Ordinal);
        _descriptions = descriptions;
        _bySpan = _methods.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The served methods as clients see them, by name.</summary>
    public IReadOnlyList<MethodDescription> Descriptions => [.. _descriptions.Value.Select(Served).OfType<MethodDescription>()];

    /// <summary>Takes methods out that nobody may call here; before the table is served.</summary>
    public void Restrict(MethodAccess access)
    {
        _methods = _methods.Where(entry => access.Allows(entry.Value)).ToFrozenDictionary(StringComparer.Ordinal);
        _bySpan = _methods.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Names of all served methods.</summary>
    public IEnumerable<string> Names => _methods.Keys;

    /// <summary>Namespaces of the served methods, sorted.</summary>
    public IEnumerable<string> Namespaces => _methods.Keys.Select(NamespaceOf).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Collects the attributed methods of the modules.</summary>
    /// <param name="modules">Objects with attributed public methods.</param>
    /// <param name="namespaces">Namespaces to serve; null serves all.</param>
    /// <exception cref="InvalidOperationException">Two methods have one name, or a parameter type has no reader.</exception>
    public static RpcMethodTable Build(IEnumerable<object> modules, IReadOnlyCollection<string>? namespaces = null)
    {
        Dictionary<string, RpcMethod> methods = new(StringComparer.Ordinal);
        List<(MethodInfo Info, RpcMethodAttribute Attribute)> found = [];
        foreach (object module in modules)
        {
            foreach (MethodInfo info in module.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            {
                if (info.GetCustomAttribute<RpcMethodAttribute>() is not { } attribute) continue;
                RpcHandler? handler = null;
                bool isWriting = Array.Exists(info.GetParameters(), parameter => parameter.ParameterType == typeof(Utf8JsonWriter));
                string[] names = [attribute.Name, .. attribute.Aliases];
                foreach (string name in names)
                {
                    if (namespaces is not null && !namespaces.Contains(NamespaceOf(name))) continue;
                    handler ??= Compile(module, info);
                    if (!methods.TryAdd(name, new RpcMethod(name, attribute.Work, handler, isWriting, names)))
                        throw new InvalidOperationException($"Two methods are named {name}.");
                }
                if (handler is not null) found.Add((info, attribute));
            }
        }
        return new RpcMethodTable(methods, new(() =>
        [.. found.Select(method => MethodDescription.Of(method.Info, method.Attribute)).OrderBy(description => description.Name, StringComparer.Ordinal)]));
    }

    internal bool TryGet(ReadOnlySpan<byte> nameUtf8, out RpcMethod method)
    {
        method = null!;
        if (nameUtf8.Length > NameCharsMax) return false;
        Span<char> name = stackalloc char[NameCharsMax];
        return System.Text.Ascii.ToUtf16(nameUtf8, name, out int written) == System.Buffers.OperationStatus.Done
            && _bySpan.TryGetValue(name[..written], out method!);
    }

    internal bool TryGet(string name, out RpcMethod method) => _methods.TryGetValue(name, out method!);

    private static string NamespaceOf(string method) => method[..Math.Max(method.IndexOfAny(NamespaceEnds), 0)];

    /// <summary>The description under the names that are served; null when none is.</summary>
    private MethodDescription? Served(MethodDescription description)
    {
        string[] names = [.. description.Aliases.Prepend(description.Name).Where(_methods.ContainsKey)];
        return names.Length == 0 ? null : description with { Name = names[0], Aliases = names[1..] };
    }

    private static RpcHandler Compile(object module, MethodInfo info)
    {
        ParameterExpression call = Expression.Parameter(typeof(RpcCall), "call");
        ParameterExpression writer = Expression.Parameter(typeof(Utf8JsonWriter), "writer");
        LabelTarget exit = Expression.Label(typeof(ValueTask<RpcError?>));
        MemberExpression argumentError = Expression.Property(call, nameof(RpcCall.ArgumentError));
        Expression Failed() => Expression.IfThen(
            Expression.NotEqual(argumentError, Expression.Constant(null, typeof(RpcError))),
            Expression.Return(exit, Expression.New(typeof(ValueTask<RpcError?>).GetConstructor([typeof(RpcError)])!, argumentError)));

        List<ParameterExpression> locals = [];
        List<Expression> body = [];
        List<Expression> arguments = [];
        int index = 0;
        foreach (ParameterInfo parameter in info.GetParameters())
        {
            if (parameter.ParameterType == typeof(RpcCall)) arguments.Add(call);
            else if (parameter.ParameterType == typeof(Utf8JsonWriter)) arguments.Add(writer);
            else if (parameter.ParameterType == typeof(CancellationToken)) arguments.Add(Expression.Property(call, nameof(RpcCall.Cancellation)));
            else
            {
                if (!ArgumentReaders.Exists(parameter.ParameterType))
                    throw new InvalidOperationException($"{info.DeclaringType!.Name}.{info.Name}: no reader for arguments of type {parameter.ParameterType}.");
                ParameterExpression local = Expression.Variable(parameter.ParameterType, parameter.Name);
                Expression position = Expression.Constant(index++);
                Expression read = parameter.HasDefaultValue
                    ? Expression.Call(call, nameof(RpcCall.Optional), [parameter.ParameterType], position, DefaultOf(parameter))
                    : Expression.Call(call, nameof(RpcCall.Required), [parameter.ParameterType], position);
                locals.Add(local);
                arguments.Add(local);
                body.Add(Expression.Assign(local, read));
            }
        }
        body.Add(Expression.Call(call, nameof(RpcCall.CheckCount), null, Expression.Constant(index)));
        body.Add(Failed());
        body.Add(Expression.Return(exit, Write(writer, Expression.Call(info.IsStatic ? null : Expression.Constant(module), info, arguments))));
        body.Add(Expression.Label(exit, Expression.Default(typeof(ValueTask<RpcError?>))));
        return Expression.Lambda<RpcHandler>(Expression.Block(locals, body), call, writer).Compile();
    }

    private static Expression DefaultOf(ParameterInfo parameter) =>
        parameter.DefaultValue is null
            ? Expression.Default(parameter.ParameterType)
            : Expression.Convert(Expression.Constant(parameter.DefaultValue), parameter.ParameterType);

    private static Expression Write(Expression writer, Expression invocation)
    {
        Type type = invocation.Type;
        if (type == typeof(void))
            return Expression.Block(invocation, Expression.Call(typeof(ResultWriters), nameof(ResultWriters.WriteNothing), null, writer));
        if (type == typeof(RpcError)) return Expression.New(typeof(ValueTask<RpcError?>).GetConstructor([typeof(RpcError)])!, invocation);
        Type? definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        Type[] inner = type.GetGenericArguments();
        if (definition == typeof(RpcResult<>))
            return Expression.Call(typeof(ResultWriters), nameof(ResultWriters.WriteResult), inner, writer, invocation);
        if (definition == typeof(ValueTask<>) && inner[0].IsGenericType && inner[0].GetGenericTypeDefinition() == typeof(RpcResult<>))
            return Expression.Call(typeof(ResultWriters), nameof(ResultWriters.WriteResultAsync), inner[0].GetGenericArguments(), writer, invocation);
        return Expression.Call(typeof(ResultWriters), nameof(ResultWriters.WriteValue), [type], writer, invocation);
    }
}
