using System.Globalization;
using System.Text;
using System.Text.Json;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Core.Primitives;

namespace Chain.Compliance.Configuration;

/// <summary>A feed made at activation.</summary>
/// <param name="FeedId">Its id.</param>
/// <param name="Config">Its parameters.</param>
/// <param name="Reporters">Its reporters.</param>
public sealed record InitialFeed(Hash256 FeedId, FeedConfig Config, IReadOnlyList<Address> Reporters);

/// <summary>One item of <c>oracleConfig.feeds</c>. Parameters left out are those of the kind (compliance specification, section 6.2).</summary>
internal static class FeedSection
{
    private static readonly string[] ConfigKeys =
    [
        "kind", "decimals", "quorum", "ringLog2", "heartbeat", "staleAfter", "reportWindow", "minInterval", "deviationBps", "maxDeviationBps",
        "minAnswer", "maxAnswer", "description",
    ];

    public static InitialFeed Read(string path, JsonElement value, ErrorSlot error)
    {
        SectionReader reader = new(path, value, error, "feedId", "config", "reporters");
        Hash256 feedId = Bytes32(reader, path, "feedId", error) ?? default;
        if (feedId.IsZero) error.Set($"{path}.feedId is missing or zero; write a text such as NAV:PROP-0001/EUR, or 0x and 64 hex digits.");
        IReadOnlyList<Address> reporters = reader.Addresses("reporters");
        if (!reader.TryGet("config", out JsonElement element)) error.Set($"{path}.config is missing; write the feed's parameters there.");
        if (error.First is not null) return new InitialFeed(feedId, default, reporters);

        string configPath = $"{path}.config";
        SectionReader config = new(configPath, element, error, ConfigKeys);
        FeedKind kind = (FeedKind)config.RequiredNumber("kind", (ulong)FeedKind.Status);
        FeedConfig defaults = FeedKinds.Defaults(kind, reporters.Count);
        byte decimals = (byte)(kind == FeedKind.ProofOfReserve ? config.RequiredNumber("decimals", byte.MaxValue) : config.Number("decimals", byte.MaxValue) ?? defaults.Decimals);
        return new InitialFeed(feedId, new FeedConfig(
            (byte)kind, decimals,
            (byte)(config.Number("quorum", byte.MaxValue) ?? defaults.Quorum),
            (byte)(config.Number("ringLog2", byte.MaxValue) ?? defaults.RingLog2),
            (uint)(config.Number("heartbeat", uint.MaxValue) ?? defaults.Heartbeat),
            (uint)(config.Number("staleAfter", uint.MaxValue) ?? defaults.StaleAfter),
            (uint)(config.Number("reportWindow", uint.MaxValue) ?? defaults.ReportWindow),
            (uint)(config.Number("minInterval", uint.MaxValue) ?? defaults.MinInterval),
            (ushort)(config.Number("deviationBps", ushort.MaxValue) ?? defaults.DeviationBps),
            (ushort)(config.Number("maxDeviationBps", ushort.MaxValue) ?? defaults.MaxDeviationBps),
            Answer(config, configPath, "minAnswer", error) ?? defaults.MinAnswer,
            Answer(config, configPath, "maxAnswer", error) ?? defaults.MaxAnswer,
            Bytes32(config, configPath, "description", error) ?? default), reporters);
    }

    /// <summary>A text of at most 32 ASCII characters, or 0x and 64 hex digits.</summary>
    private static Hash256? Bytes32(SectionReader reader, string path, string key, ErrorSlot error)
    {
        if (!reader.TryGet(key, out JsonElement value)) return null;
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (Hash256.TryParse(text, out Hash256 hash)) return hash;
        if (text.Length is > 0 and <= Hash256.SizeBytes && Ascii.IsValid(text) && !text.Contains('\0', StringComparison.Ordinal)) return AbiWords.ToHash(AbiWords.ToWord(text));
        error.Set($"{path}.{key} is {value.GetRawText()}; a text of 1 to {Hash256.SizeBytes} ASCII characters, or 0x and 64 hex digits, is expected.");
        return null;
    }

    /// <summary>A whole number of 128 bits, as a number or as a decimal string.</summary>
    private static Int128? Answer(SectionReader reader, string path, string key, ErrorSlot error)
    {
        if (!reader.TryGet(key, out JsonElement value)) return null;
        string? text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString(),
            _ => null,
        };
        if (Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 number)) return number;
        error.Set($"{path}.{key} is {value.GetRawText()}; a whole number from -2^127 to 2^127-1 is expected, quoted where it is large.");
        return null;
    }
}
