using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Logging;

/// <summary>The operator's log: one line an event, with UTC time and level, on standard output; warnings and errors on standard error. Safe for concurrent use.</summary>
public sealed class ConsoleLog : ILogger
{
    private readonly Lock _lock = new();

    /// <summary>A log from this level on.</summary>
    public ConsoleLog(LogLevel minimum) => Minimum = minimum;

    /// <summary>Level from which lines are written; may change while the node runs.</summary>
    public LogLevel Minimum { get; set; }

    /// <summary>Writes a line.</summary>
    public void Write(LogLevel level, string message)
    {
        if (!IsEnabled(level)) return;
        string time = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        TextWriter writer = level >= LogLevel.Warning ? Console.Error : Console.Out;
        lock (_lock) writer.WriteLine($"{time} {Label(level)} {message}");
    }

    /// <summary>Writes a line of information.</summary>
    public void Info(string message) => Write(LogLevel.Information, message);

    /// <summary>Writes a warning.</summary>
    public void Warn(string message) => Write(LogLevel.Warning, message);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string message = formatter(state, exception);
        Write(logLevel, exception is null ? message : $"{message} {exception}");
    }

    private static string Label(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        _ => "ERROR",
    };
}
