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
        json.WriteEndObject();
    }
}
