using Chain.Core.Results;

namespace Chain.Node.Conformance;

/// <summary>Whether the reason of a refusal is one that a fixture names. A fixture lists alternatives separated by <c>|</c>.</summary>
public static class RefusalNames
{
    /// <summary>
    /// Names of the same rule by collections of other ages. Blobs above the schedule's maximum were first counted a transaction and are now gas a block has left;
    /// numbers too wide for their field were undecodable and have names of their own now.
    /// </summary>
    private static readonly Dictionary<string, string> OlderNames = new()
    {
        ["TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"] = "TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED",
        ["TransactionException.VALUE_OVERFLOW"] = "TransactionException.RLP_INVALID_VALUE",
        ["TransactionException.TYPE_1_TX_PRE_FORK"] = "TransactionException.TYPE_NOT_SUPPORTED",
        ["TransactionException.TYPE_2_TX_PRE_FORK"] = "TransactionException.TYPE_NOT_SUPPORTED",
        ["TransactionException.TYPE_3_TX_PRE_FORK"] = "TransactionException.TYPE_NOT_SUPPORTED",
        ["TransactionException.TYPE_4_TX_PRE_FORK"] = "TransactionException.TYPE_NOT_SUPPORTED",
    };

    private static readonly HashSet<string> Known =
    [
        .. Enum.GetValues<BlockError>().Select(Of),
        .. Enum.GetValues<TransactionError>().Select(Of),
    ];

    /// <summary>The fixtures' name of a refused transaction.</summary>
    public static string Of(TransactionError error) => $"TransactionException.{ErrorNames.ToFixtureName(error)}";

    /// <summary>The fixtures' name of a refused block.</summary>
    public static string Of(BlockError error) => $"BlockException.{ErrorNames.ToFixtureName(error)}";

    /// <summary>True when the fixture names the reason given, or only names that no list of today knows (<c>TR_NoFunds</c>).</summary>
    /// <param name="expected">The fixture's names.</param>
    /// <param name="got">The reason as <see cref="Of(TransactionError)"/> or <see cref="Of(BlockError)"/> write it.</param>
    /// <param name="isUndecodable">True when the bytes were no block: a header with a field missing before another has other fields in their places.</param>
    public static bool Agree(string expected, string got, bool isUndecodable = false)
    {
        string[] known = [.. expected.Split('|').Select(n => n.Trim()).Where(Known.Contains)];
        return known.Length == 0
            || known.Contains(got)
            || (OlderNames.TryGetValue(got, out string? older) && known.Contains(older))
            || (isUndecodable && known.Any(IsNameOfUndecodable));
    }

    private static bool IsNameOfUndecodable(string name) => name == "BlockException.INCORRECT_BLOCK_FORMAT" || name.StartsWith("BlockException.RLP_", StringComparison.Ordinal);
}
