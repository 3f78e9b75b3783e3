using System.Text;

namespace Chain.Core.Results;

/// <summary>Names of error codes as the fixtures and the consensus specifications write them.</summary>
public static class ErrorNames
{
    /// <summary><c>Type3TxZeroBlobs</c> becomes <c>TYPE_3_TX_ZERO_BLOBS</c>.</summary>
    public static string ToFixtureName<T>(T code)
        where T : struct, Enum
    {
        string name = code.ToString();
        StringBuilder text = new(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = char.IsUpper(name[i]) || (char.IsDigit(name[i]) && !char.IsDigit(name[i - 1]));
            if (i > 0 && startsWord) text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }
        return text.ToString();
    }
}
