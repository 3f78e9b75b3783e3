namespace Chain.Stress.Soak;

/// <summary>Times of the calls of one method. Thread-safe.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private readonly List<float> _milliseconds = [];

    public int Count
    {
        get
        {
            lock (_lock) return _milliseconds.Count;
        }
    }

    public void Add(TimeSpan elapsed)
    {
        lock (_lock) _milliseconds.Add((float)elapsed.TotalMilliseconds);
    }

    /// <summary>The times at these shares of the sorted calls, milliseconds.</summary>
    public float[] Percentiles(params double[] shares)
    {
        lock (_lock)
        {
            if (_milliseconds.Count == 0) return new float[shares.Length];
            float[] sorted = [.. _milliseconds.Order()];
            return [.. shares.Select(share => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))])];
        }
    }
}
