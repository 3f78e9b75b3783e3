using System.Globalization;

namespace Chain.Node.Operators;

/// <summary>Shows on standard error how far long work is: a bar on a terminal, a line now and then elsewhere.</summary>
/// <param name="what">What is counted.</param>
/// <param name="total">How many there are.</param>
internal sealed class ProgressBar(string what, int total)
{
    private const int Width = 32;
    private const int LineIntervalMs = 2_000;

    private long _nextLineAt;

    public void Show(int done)
    {
        bool isEnd = done >= total;
        string count = string.Create(CultureInfo.InvariantCulture, $"{done}/{total} {what}");
        if (!Console.IsErrorRedirected)
        {
            int filled = total == 0 ? Width : (int)((long)Width * done / total);
            Console.Error.Write($"\r[{new string('#', filled)}{new string('.', Width - filled)}] {count}{(isEnd ? "\n" : "")}");
            return;
        }
        if (!isEnd && Environment.TickCount64 < _nextLineAt) return;
        _nextLineAt = Environment.TickCount64 + LineIntervalMs;
        Console.Error.WriteLine(count);
    }
}
