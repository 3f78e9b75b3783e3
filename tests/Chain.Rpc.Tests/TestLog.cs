using Microsoft.Extensions.Logging;

namespace Chain.Rpc.Tests;

/// <summary>Shows the node's log beside the test's own output: an unexpected failure is otherwise a reference only.</summary>
internal sealed class TestLog : ILogger
{
    public static readonly TestLog Instance = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        TestContext.Out.WriteLine($"{formatter(state, exception)}{Environment.NewLine}{exception}");
}
