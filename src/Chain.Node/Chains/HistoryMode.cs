using System.Globalization;
using Chain.Storage;

namespace Chain.Node.Chains;

/// <summary>The values of <c>--history</c>: <c>archive</c> keeps the states of all blocks, <c>full</c> those of the newest 90,000, a number those of so many.</summary>
public static class HistoryMode
{
    /// <summary>Blocks kept by <c>full</c>.</summary>
    public static readonly ulong FullBlocks = new StorageOptions().HistoryBlocks;

    /// <summary>Reads a value.</summary>
    /// <exception cref="UserException">It is none.</exception>
    public static ulong Parse(string text) => text switch
    {
        "archive" => StorageOptions.KeepAllHistory,
        "full" => FullBlocks,
        _ => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong blocks)
            ? blocks
            : throw new UserException($"--history {text} is none of full, archive and a number of blocks."),
    };

    /// <summary>Writes a value as <see cref="Parse"/> reads it.</summary>
    public static string Format(ulong blocks) =>
        blocks == StorageOptions.KeepAllHistory ? "archive" : blocks == FullBlocks ? "full" : blocks.ToString(CultureInfo.InvariantCulture);
}
