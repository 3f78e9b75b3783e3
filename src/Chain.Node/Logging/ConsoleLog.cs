using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Logging;

/// <summary>How lines of the log look.</summary>
public enum LogFormat
{
    /// <summary>For people: time, level, message.</summary>
    Human,

    /// <summary>For collectors: one JSON object a line with <c>time</c>, <c>level</c>, <c>message</c> and the fields of the event.</summary>
    Json,
}

/// <summary>The operator's log: one line an event, with UTC time and level, on standard output; warnings and errors on standard error. Safe for concurrent use.</summary>
public sealed class ConsoleLog : ILogger
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly LogFormat _format;

    /// <summary>A log from this level on.</summary>
    public ConsoleLog(LogLevel minimum, LogFormat format = LogFormat.Human)
    {
        Minimum = minimum;
        _format = format;
    }

    /// <summary>Level from which lines are written; may change while the node runs.</summary>
    public LogLevel Minimum { get; set; }

    /// <summary>Writes a line.</summary>
    public void Write(LogLevel level, string message) => Write(level, message, []);

    /// <summary>Writes a line about an event; in JSON with its fields.</summary>
    /// <param name="level">Level.</param>
    /// <param name="message">The line for people, which tells the fields too.</param>
    /// <param name="fields">Names and values: numbers, texts.</param>
    public void Write(LogLevel level, string message, ReadOnlySpan<(string Name, object Value)> fields)
    {
        if (!IsEnabled(level)) return;
        string line = _format == LogFormat.Json ? ToJson(level, message, fields) : ToText(level, message);
        TextWriter writer = level >= LogLevel.Warning ? Console.Error : Console.Out;
        lock (_lock) writer.WriteLine(line);
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

    private static string ToText(LogLevel level, string message) =>
        $"{DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)} {Label(level)} {message}";

    private static string ToJson(LogLevel level, string message, ReadOnlySpan<(string Name, object Value)> fields)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", Label(level).TrimEnd());
            json.WriteString("message", message);
            foreach ((string name, object value) in fields)
            {
                switch (value)
                {
                    case ulong number: json.WriteNumber(name, number); break;
                    case int number: json.WriteNumber(name, number); break;
                    case double number: json.WriteNumber(name, Math.Round(number, 3)); break;
                    default: json.WriteString(name, value.ToString()); break;
                }
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Label(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        _ => "ERROR",
    };
}
