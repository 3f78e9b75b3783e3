using System.Text.Json;

namespace Chain.Node.Conformance;

/// <summary>One failed case.</summary>
/// <param name="Case">File, test, fork and index.</param>
/// <param name="Dispatcher">Dispatcher under which it failed; empty when it failed before running.</param>
/// <param name="Reason">What was expected and what came.</param>
public sealed record ConformanceFailure(string Case, string Dispatcher, string Reason)
{
    /// <summary>One line.</summary>
    public override string ToString() => Dispatcher.Length == 0 ? $"{Case}: {Reason}" : $"{Case} [{Dispatcher}]: {Reason}";
}

/// <summary>Outcome of a run over a folder.</summary>
public sealed class ConformanceReport
{
    /// <summary>Cases that passed under every dispatcher asked for.</summary>
    public required int Passed { get; init; }

    /// <summary>Cases that failed under at least one dispatcher, and files that could not be read.</summary>
    public required int Failed { get; init; }

    /// <summary>Failures in the order of their names.</summary>
    public required IReadOnlyList<ConformanceFailure> Failures { get; init; }

    /// <summary>Wall-clock time.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Speeds by dispatcher and case, where the run measures them.</summary>
    public IReadOnlyList<EngineTestTiming> Timings { get; private init; } = [];

    /// <summary>The same report with speeds.</summary>
    internal ConformanceReport With(IReadOnlyList<EngineTestTiming> timings) => new() { Passed = Passed, Failed = Failed, Failures = Failures, Elapsed = Elapsed, Timings = timings };

    /// <summary>Writes the report as JSON.</summary>
    public void WriteJson(string path)
    {
        using FileStream file = File.Create(path);
        using Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("passed", Passed);
        json.WriteNumber("failed", Failed);
        json.WriteNumber("elapsedMs", (long)Elapsed.TotalMilliseconds);
        json.WriteStartArray("failures");
        foreach (ConformanceFailure failure in Failures)
        {
            json.WriteStartObject();
            json.WriteString("case", failure.Case);
            json.WriteString("dispatcher", failure.Dispatcher);
            json.WriteString("reason", failure.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (Timings.Count > 0) WriteTimings(json);
        json.WriteEndObject();
    }

    private void WriteTimings(Utf8JsonWriter json)
    {
        json.WriteStartArray("timings");
        foreach (EngineTestTiming timing in Timings)
        {
            json.WriteStartObject();
            json.WriteString("case", timing.Case);
            json.WriteString("dispatcher", timing.Dispatcher.ToString());
            json.WriteNumber("gasUsed", timing.GasUsed);
            json.WriteNumber("elapsedMs", Math.Round(timing.Elapsed.TotalMilliseconds, 3));
            json.WriteNumber("mgasPerSecond", Math.Round(timing.MgasPerSecond, 1));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
