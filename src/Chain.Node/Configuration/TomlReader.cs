using System.Globalization;
using System.Text;

namespace Chain.Node.Configuration;

/// <summary>
/// Reads the part of TOML 1.0 that a configuration of flags needs: comments, tables, bare, dotted and quoted keys, strings of both kinds, numbers, booleans, and lists of
/// them over any number of lines. Anything else is refused with its line.
/// </summary>
internal sealed class TomlReader
{
    private readonly string _text;
    private readonly string _path;
    private int _at;
    private int _line = 1;

    private TomlReader(string text, string path)
    {
        _text = text.ReplaceLineEndings("\n");
        _path = path;
    }

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="UserException">It is not such TOML; the message names the line.</exception>
    public static List<ConfigEntry> Read(string text, string path) => new TomlReader(text, path).ReadAll();

    private List<ConfigEntry> ReadAll()
    {
        List<ConfigEntry> entries = [];
        string table = "";
        while (true)
        {
            SkipBlank();
            if (_at == _text.Length) return entries;
            if (Take('['))
            {
                if (Next == '[') throw Wrong("lists of tables are not used here");
                table = ReadKey() + ".";
                SkipSpaces();
                if (!Take(']')) throw Wrong("a table's name ends with ]");
                EndLine();
                continue;
            }
            int line = _line;
            string key = table + ReadKey();
            SkipSpaces();
            if (!Take('=')) throw Wrong($"'{key}' is not followed by =");
            SkipSpaces();
            entries.Add(new ConfigEntry(key, Take('[') ? ReadList() : [ReadValue()], line));
            EndLine();
        }
    }

    private string ReadKey()
    {
        StringBuilder key = new();
        while (true)
        {
            SkipSpaces();
            if (Next is '"' or '\'') key.Append(ReadString());
            else
            {
                int start = _at;
                while (char.IsAsciiLetterOrDigit(Next) || Next is '-' or '_') _at++;
                if (_at == start) throw Wrong("a key is expected: letters, digits, - and _");
                key.Append(_text, start, _at - start);
            }
            SkipSpaces();
            if (!Take('.')) return key.ToString();
            key.Append('.');
        }
    }

    private List<string> ReadList()
    {
        List<string> items = [];
        while (true)
        {
            SkipBlank();
            if (Take(']')) return items;
            items.Add(ReadValue());
            SkipBlank();
            if (Take(']')) return items;
            if (!Take(',')) throw Wrong("the items of a list are parted by commas and end with ]");
        }
    }

    private string ReadValue()
    {
        if (Next is '"' or '\'') return ReadString();
        int start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(Next) && Next is not (',' or ']' or '#')) _at++;
        string word = _text[start.._at];
        if (word is "true" or "false") return word;
        string digits = word.Replace("_", "", StringComparison.Ordinal);
        if (digits.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex))
            return hex.ToString(CultureInfo.InvariantCulture);
        if (digits.Length > 0 && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return digits.TrimStart('+');
        throw Wrong(word.Length == 0 ? "a value is expected" : $"'{word}' is no value: text stands in quotes");
    }

    private string ReadString()
    {
        char quote = _text[_at++];
        StringBuilder text = new();
        while (true)
        {
            if (_at == _text.Length || Next == '\n') throw Wrong("a text does not end on its line");
            char c = _text[_at++];
            if (c == quote) return text.ToString();
            text.Append(c == '\\' && quote == '"' ? ReadEscape() : c);
        }
    }

    private char ReadEscape()
    {
        char c = Next;
        _at++;
        return c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '"' or '\\' => c,
            'u' when _at + 4 <= _text.Length && ushort.TryParse(_text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit) => TakeUnit(unit),
            _ => throw Wrong($"\\{c} is no escape: \\n, \\t, \\r, \\\", \\\\ and \\uXXXX are"),
        };
    }

    private char TakeUnit(ushort unit)
    {
        _at += 4;
        return (char)unit;
    }

    private void EndLine()
    {
        SkipSpaces();
        if (Next == '#') SkipComment();
        if (_at < _text.Length && Next != '\n') throw Wrong($"'{_text[_at]}' stands after the value");
    }

    private void SkipBlank()
    {
        while (true)
        {
            SkipSpaces();
            if (Next == '#') SkipComment();
            if (!Take('\n')) return;
            _line++;
        }
    }

    private void SkipSpaces()
    {
        while (Next is ' ' or '\t') _at++;
    }

    private void SkipComment()
    {
        while (_at < _text.Length && Next != '\n') _at++;
    }

    private bool Take(char c)
    {
        if (Next != c || _at == _text.Length) return false;
        _at++;
        return true;
    }

    private UserException Wrong(string what) => new($"'{_path}' is not understood on line {_line}: {what}.");
}
