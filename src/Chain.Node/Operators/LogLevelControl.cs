using Chain.Node.Logging;
using Chain.Rpc.Ports;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Operators;

/// <summary>Lends the level of the operator's log to the methods of operators. Names are those of Besu and log4j.</summary>
/// <param name="log">The log.</param>
public sealed class LogLevelControl(ConsoleLog log) : ILogLevelControl
{
    private static readonly (string Name, LogLevel Level)[] Table =
    [
        ("TRACE", LogLevel.Trace), ("DEBUG", LogLevel.Debug), ("INFO", LogLevel.Information), ("WARN", LogLevel.Warning), ("ERROR", LogLevel.Error), ("OFF", LogLevel.None),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Levels { get; } = [.. Table.Select(row => row.Name)];

    /// <inheritdoc/>
    public string Level => Table.Last(row => row.Level <= log.Minimum).Name;

    /// <inheritdoc/>
    public bool TrySet(string level)
    {
        foreach ((string name, LogLevel value) in Table)
        {
            if (!name.Equals(level, StringComparison.OrdinalIgnoreCase)) continue;
            log.Minimum = value;
            return true;
        }
        return false;
    }
}
