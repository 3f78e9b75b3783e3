namespace Chain.Node.Configuration;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearMatch
{
    /// <summary>The closest of the names when it is close: at most a third of its letters differ.</summary>
    public static string? Find(string given, IEnumerable<string> names)
    {
        (string? best, int least) = (null, int.MaxValue);
        foreach (string name in names)
        {
            int distance = Distance(given, name);
            if (distance < least && distance <= Math.Max(1, name.Length / 3)) (best, least) = (name, distance);
        }
        return best;
    }

    /// <summary>The end of a sentence about an unknown name.</summary>
    public static string Hint(string given, IEnumerable<string> names, string otherwise) =>
        Find(given, names) is { } near ? $": did you mean '{near}'?" : $": {otherwise}";

    /// <summary>Letters to insert, delete, change or swap with their neighbour (Damerau and Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
