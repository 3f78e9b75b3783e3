using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Chain.Node.Monitoring;

/// <summary>
/// The page of metrics in the text format of Prometheus (0.0.4): what the meters whose names begin with <c>Chain.</c> say. Names carry their unit (<c>_seconds</c>, <c>_bytes</c>), counters
/// end in <c>_total</c>. Counters and histograms count from the page's creation; gauges are asked when the page is.
/// </summary>
public sealed class PrometheusPage : IDisposable
{
    /// <summary>Type of the content.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Label sets of one metric; more are not counted, so that no input can grow the page.</summary>
    private const int SeriesMax = 2_000;

    /// <summary>Upper bounds of the buckets of durations, seconds.</summary>
    private static readonly double[] SecondsBuckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Family> _families = new();

    /// <summary>A page that listens from now on.</summary>
    public PrometheusPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith("Chain.", StringComparison.Ordinal)) return;
            Family family = new(instrument);
            _families[instrument] = family;
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.MeasurementsCompleted = (instrument, _) => _families.TryRemove(instrument, out Family? _);
        _listener.Start();
    }

    /// <summary>Writes the page.</summary>
    public string Write()
    {
        foreach (Family family in _families.Values) family.ForgetGauges();
        _listener.RecordObservableInstruments();
        StringBuilder page = new();
        // Two meters may give one name, with other labels (one per server): one heading for both.
        foreach (IGrouping<string, Family> group in _families.Values.GroupBy(family => family.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            group.First().WriteHeading(page);
            foreach (Family family in group) family.WriteSamples(page);
        }
        return page.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>One metric with its series.</summary>
    private sealed class Family
    {
        private readonly Instrument _instrument;
        private readonly string _kind;
        private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

        public Family(Instrument instrument)
        {
            _instrument = instrument;
            Type type = instrument.GetType().GetGenericTypeDefinition();
            bool isCounter = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
            _kind = type == typeof(Histogram<>) ? "histogram" : isCounter ? "counter" : "gauge";
            string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            Name = instrument.Name.Replace('.', '_') + unit + (isCounter ? "_total" : "");
        }

        public string Name { get; }

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string labels = LabelsOf(tags);
            if (!_series.TryGetValue(labels, out Series? series))
            {
                if (_series.Count >= SeriesMax) return;
                series = _series.GetOrAdd(labels, static (_, kind) => new Series(kind == "histogram"), _kind);
            }
            lock (series)
            {
                // An observable counter tells its whole count, a counter what was added.
                if (_kind == "gauge" || _instrument.IsObservable) series.Sum = value;
                else series.Sum += value;
                series.Count++;
                if (series.Buckets is not { } buckets) return;
                int bucket = Array.BinarySearch(SecondsBuckets, value);
                buckets[bucket < 0 ? ~bucket : bucket]++;
            }
        }

        public void ForgetGauges()
        {
            if (_instrument.IsObservable) _series.Clear();
        }

        public void WriteHeading(StringBuilder page)
        {
            page.Append("# HELP ").Append(Name).Append(' ').Append(Escape(_instrument.Description ?? Name, quotes: false)).Append('\n');
            page.Append("# TYPE ").Append(Name).Append(' ').Append(_kind).Append('\n');
        }

        public void WriteSamples(StringBuilder page)
        {
            foreach ((string labels, Series series) in _series.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                lock (series)
                {
                    if (series.Buckets is not { } buckets)
                    {
                        Sample(page, "", labels, series.Sum);
                        continue;
                    }
                    long below = 0;
                    for (int i = 0; i <= SecondsBuckets.Length; i++)
                    {
                        below += buckets[i];
                        string bound = i == SecondsBuckets.Length ? "+Inf" : SecondsBuckets[i].ToString(CultureInfo.InvariantCulture);
                        Sample(page, "_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", below);
                    }
                    Sample(page, "_sum", labels, series.Sum);
                    Sample(page, "_count", labels, series.Count);
                }
            }
        }

        private void Sample(StringBuilder page, string suffix, string labels, double value)
        {
            page.Append(Name).Append(suffix);
            if (labels.Length > 0) page.Append('{').Append(labels).Append('}');
            page.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }

        private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty) return "";
            StringBuilder labels = new();
            foreach ((string name, object? value) in tags)
            {
                if (labels.Length > 0) labels.Append(',');
                labels.Append(name.Replace('.', '_')).Append("=\"").Append(Escape(value?.ToString() ?? "", quotes: true)).Append('"');
            }
            return labels.ToString();
        }

        private static string Escape(string text, bool quotes)
        {
            text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
        }
    }

    private sealed class Series(bool isHistogram)
    {
        public double Sum { get; set; }

        public long Count { get; set; }

        public long[]? Buckets { get; } = isHistogram ? new long[SecondsBuckets.Length + 1] : null;
    }
}
