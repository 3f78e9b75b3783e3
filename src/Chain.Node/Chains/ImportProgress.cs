using System.Diagnostics;
using System.Globalization;
using Chain.Core.Types;

namespace Chain.Node.Chains;

/// <summary>The progress line of an import: overwritten in place on a terminal at most five times a second, else a line every five seconds.</summary>
public sealed class ImportProgress
{
    private const int TerminalIntervalMs = 200;
    private const int LogIntervalMs = 5_000;

    /// <summary>Weight of the newest rate in the rate shown, so that the estimate of the time left is steady: one part in so many.</summary>
    private const int Smoothing = 5;

    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastShown = Stopwatch.GetTimestamp();
    private long _blocks;
    private long _blocksShown;
    private ulong _gas;
    private ulong _gasShown;
    private double _blocksPerSecond;
    private double _gasPerSecond;
    private int _lineWidth;

    /// <summary>A progress line.</summary>
    /// <param name="output">Where it goes: standard error.</param>
    /// <param name="isTerminal">True when lines can be overwritten.</param>
    public ImportProgress(TextWriter output, bool isTerminal)
    {
        _output = output;
        _isTerminal = isTerminal;
    }

    /// <summary>A block was stored.</summary>
    /// <param name="block">The block.</param>
    /// <param name="positionBytes">How far the file is read.</param>
    /// <param name="lengthBytes">Its size.</param>
    public void Report(Block block, long positionBytes, long lengthBytes)
    {
        _blocks++;
        _gas += block.Header.GasUsed;
        double sinceMs = Stopwatch.GetElapsedTime(_lastShown).TotalMilliseconds;
        if (sinceMs < (_isTerminal ? TerminalIntervalMs : LogIntervalMs)) return;

        double seconds = sinceMs / 1_000;
        _blocksPerSecond = Smooth(_blocksPerSecond, (_blocks - _blocksShown) / seconds);
        _gasPerSecond = Smooth(_gasPerSecond, (_gas - _gasShown) / seconds);
        double done = lengthBytes > 0 ? (double)positionBytes / lengthBytes : 1;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
        TimeSpan left = done > 0 ? elapsed * ((1 - done) / done) : TimeSpan.Zero;
        string line = string.Create(CultureInfo.InvariantCulture,
            $"block {block.Header.Number}  {done * 100:0.0} %  {_blocksPerSecond:0.0} blocks/s  {_gasPerSecond / 1e6:0.0} Mgas/s  {left:d\\.hh\\:mm\\:ss} left");
        Show(line);
        _lastShown = Stopwatch.GetTimestamp();
        _blocksShown = _blocks;
        _gasShown = _gas;
    }

    /// <summary>Ends the line, so that what follows begins on its own.</summary>
    public void End()
    {
        if (_isTerminal && _lineWidth > 0) _output.WriteLine();
        _lineWidth = 0;
    }

    private static double Smooth(double shown, double newest) => shown == 0 ? newest : shown + ((newest - shown) / Smoothing);

    private void Show(string line)
    {
        if (!_isTerminal)
        {
            _output.WriteLine(line);
            return;
        }
        // Spaces wipe what a longer line left.
        _output.Write("\r" + line.PadRight(_lineWidth));
        _lineWidth = line.Length;
    }
}
