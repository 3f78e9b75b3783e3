using System.Text;
using Chain.Core.Numeric;

namespace Chain.Node.Operators;

/// <summary>Reads what views return.</summary>
internal static class ReturnedWords
{
    /// <summary>Whole words of return data.</summary>
    public static UInt256[] Split(byte[] data) => [.. data.Chunk(UInt256.SizeBytes).Where(w => w.Length == UInt256.SizeBytes).Select(w => UInt256.FromBigEndian(w))];

    /// <summary>The elements of the one dynamic array of words that a view returns.</summary>
    public static UInt256[] List(UInt256[] words) =>
        words.Length >= 2 && words[1] <= (ulong)(words.Length - 2) ? words[2..(2 + (int)words[1].U0)] : throw new UserException("The node answered something else than a list.");

    /// <summary>The one string that a view returns.</summary>
    public static string Text(UInt256[] words)
    {
        byte[] bytes = [.. words.Skip(2).SelectMany(w => w.ToBigEndian())];
        return words.Length >= 2 && words[1] <= (ulong)bytes.Length ? Encoding.UTF8.GetString(bytes, 0, (int)words[1].U0) : "";
    }
}
