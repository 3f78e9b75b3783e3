using System.Buffers.Text;

namespace Chain.Rpc.Json;

/// <summary>Finds escapes that are grammatical JSON and yet no text.</summary>
internal static class JsonEscapes
{
    /// <summary>
    /// True when a surrogate escape stands alone (<c>"\\ud800"</c>): such a string has no UTF-8 form, and JSON libraries throw or differ on it.
    /// </summary>
    /// <param name="json">UTF-8 JSON; a backslash occurs in its strings only.</param>
    public static bool HasUnpairedSurrogate(ReadOnlySpan<byte> json)
    {
        bool afterHigh = false;
        while (true)
        {
            int at = json.IndexOf((byte)'\\');
            if (at < 0) return afterHigh;
            if (afterHigh && at != 0) return true;
            json = json[at..];
            if (json.Length < 2) return afterHigh;
            int unit = 0;
            bool isUnit = json[1] == 'u' && json.Length >= 6 && Utf8Parser.TryParse(json.Slice(2, 4), out unit, out int consumed, 'x') && consumed == 4;
            bool isLow = isUnit && char.IsLowSurrogate((char)unit);
            if (isLow != afterHigh) return true;
            afterHigh = isUnit && char.IsHighSurrogate((char)unit);
            json = json[(isUnit ? 6 : 2)..];
        }
    }
}
