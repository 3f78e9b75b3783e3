using System.Globalization;
using System.Numerics;
using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Core.Primitives;

namespace Chain.Node.Operators;

/// <summary>A line of a file of identities.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Input">The identity.</param>
/// <param name="Wallets">Its wallets.</param>
internal sealed record IdentityRow(int Line, IdentityInput Input, Address[] Wallets);

/// <summary>Reads and checks a CSV file of identities: plain fields, a header, no quotes needed because no field holds a comma.</summary>
internal static class IdentityFile
{
    /// <summary>Most lines.</summary>
    public const int RowsMax = 1_000_000;

    private static readonly string[] Needed = ["identityId", "kind", "tier", "investorType", "country", "taxCountry", "expiry"];
    private static readonly string[] Optional = ["attributes", "providerId", "onchainId", "claimsHash", "wallets"];
    private static readonly string[] Fields = ["identityId", "kind", "tier", "investorType", "country", "taxCountry", "attributes", "expiry", "providerId", "onchainId", "claimsHash"];

    /// <summary>All identities of a file, each valid by itself at the time of the head, none and no wallet twice.</summary>
    public static IReadOnlyList<IdentityRow> Read(string file, ulong now)
    {
        string[] lines;
        try
        {
            lines = [.. File.ReadLines(file).Take(RowsMax + 2)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{file}' cannot be read: check its path and permissions.");
        }
        if (lines.Length > RowsMax + 1) throw new UserException($"'{file}' has more than {RowsMax} lines: split it.");
        if (lines.Length < 2) throw new UserException($"'{file}' has no identity: a header and one line for each are expected.");
        string[] columns = Header(file, lines[0]);
        List<IdentityRow> rows = [];
        Dictionary<Hash256, int> ids = [];
        Dictionary<Address, int> wallets = [];
        for (int i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            IdentityRow row = Row($"{file}, line {i + 1}", i + 1, columns, lines[i], now);
            if (!ids.TryAdd(row.Input.IdentityId, row.Line)) throw new UserException($"{file}, line {row.Line}: identity {row.Input.IdentityId} stands in line {ids[row.Input.IdentityId]} too.");
            foreach (Address wallet in row.Wallets)
            {
                if (!wallets.TryAdd(wallet, row.Line)) throw new UserException($"{file}, line {row.Line}: wallet {wallet} stands in line {wallets[wallet]} too.");
            }
            rows.Add(row);
        }
        return rows;
    }

    private static string[] Header(string file, string line)
    {
        string[] columns = [.. line.TrimStart('\ufeff').Split(',').Select(c => c.Trim())];
        foreach (string needed in Needed)
        {
            if (!columns.Contains(needed)) throw new UserException($"{file}, line 1: the column {needed} is missing.");
        }
        foreach (string column in columns)
        {
            if (!Needed.Contains(column) && !Optional.Contains(column)) throw new UserException($"{file}, line 1: '{column}' is no column: {string.Join(", ", Needed.Concat(Optional))}.");
        }
        return columns;
    }

    private static IdentityRow Row(string where, int line, string[] columns, string text, ulong now)
    {
        string[] values = [.. text.Split(',').Select(v => v.Trim())];
        if (values.Length != columns.Length) throw new UserException($"{where}: {values.Length} fields, the header has {columns.Length}.");
        Dictionary<string, string> cells = columns.Zip(values).ToDictionary(c => c.First, c => c.Second);
        string Cell(string column) => cells.GetValueOrDefault(column, "");
        IdentityInput input = new(
            UserText.Hash(Cell("identityId"), $"{where}: identityId"), Number<byte>(where, "kind", Cell("kind")), Number<byte>(where, "tier", Cell("tier")),
            Number<byte>(where, "investorType", Cell("investorType")), Number<ushort>(where, "country", Cell("country")), Number<ushort>(where, "taxCountry", Cell("taxCountry")),
            Number<uint>(where, "attributes", Cell("attributes"), "0"), UserText.Time(Cell("expiry"), $"{where}: expiry"), Number<uint>(where, "providerId", Cell("providerId"), "0"),
            Cell("onchainId").Length == 0 ? default : UserText.Address(Cell("onchainId"), $"{where}: onchainId"),
            Cell("claimsHash").Length == 0 ? default : UserText.Hash(Cell("claimsHash"), $"{where}: claimsHash"));
        if (FieldRules.FirstInvalid(input, now) is { } field) throw new UserException($"{where}: {Fields[field]} '{Cell(Fields[field])}' is outside its domain.");
        Address[] wallets = [.. Cell("wallets").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(w => UserText.Address(w, $"{where}: wallet"))];
        if (wallets.Length > KycLimits.WalletsMax) throw new UserException($"{where}: {wallets.Length} wallets, an identity has at most {KycLimits.WalletsMax}.");
        foreach (Address wallet in wallets)
        {
            if (wallet.IsZero || SystemAddresses.IsFixed(wallet)) throw new UserException($"{where}: {wallet} may be nobody's wallet: it is an address of the system.");
        }
        return new IdentityRow(line, input, wallets);
    }

    private static T Number<T>(string where, string column, string text, string fallback = "")
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(text.Length == 0 ? fallback : text, NumberStyles.None, CultureInfo.InvariantCulture, out T value)
            ? value
            : throw new UserException($"{where}: {column} '{text}' is no whole number in its range.");
}
