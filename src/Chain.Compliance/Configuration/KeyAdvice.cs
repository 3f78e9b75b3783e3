namespace Chain.Compliance.Configuration;

/// <summary>Advice on an unknown key: the nearest known one.</summary>
internal static class KeyAdvice
{
    private const int NearDistance = 3;

    public static string For(string key, IReadOnlyList<string> known)
    {
        string nearest = known.MinBy(k => Distance(key, k))!;
        return Distance(key, nearest) <= NearDistance
            ? $"Write {nearest} instead."
            : $"Remove it; known keys are {string.Join(", ", known)}.";
    }

    /// <summary>Levenshtein distance, letters of either case alike.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
