using System.Globalization;
using System.Text;
using System.Text.Json;
using Chain.Compliance.Registry;
using Chain.Core.Primitives;

namespace Chain.Compliance.Configuration;

/// <summary>Writes a configuration as the sections of a genesis file that <see cref="ComplianceConfig.TryParse"/> reads.</summary>
public static class SectionWriter
{
    /// <summary>Writes one section for each entry into the open <c>config</c> object; the configuration has one entry a module.</summary>
    public static void Write(Utf8JsonWriter json, ComplianceConfig config)
    {
        foreach (ModuleEntry entry in config.Entries) WriteEntry(json, entry);
    }

    /// <summary>An entry as one line of text: two entries that do the same have the same.</summary>
    public static string Describe(ModuleEntry entry)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            WriteEntry(json, entry);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteEntry(Utf8JsonWriter json, ModuleEntry entry)
    {
        json.WriteStartObject(ComplianceConfig.SectionKeyOf(entry.Module));
        json.WriteNumber("blockTimestamp", entry.Timestamp);
        if (entry.IsDisabled) json.WriteBoolean("disable", true);
        WriteAddresses(json, "adminAddresses", entry.Admins);
        WriteAddresses(json, "managerAddresses", entry.Managers);
        WriteAddresses(json, "enabledAddresses", entry.Enabled);
        if (entry.Module == ModuleAddresses.Kyc) WriteRegistry(json, entry);
        if (entry.Module == ModuleAddresses.Oracle) WriteFeeds(json, entry);
        json.WriteEndObject();
    }

    private static void WriteRegistry(Utf8JsonWriter json, ModuleEntry entry)
    {
        WriteAddresses(json, "officerAddresses", entry.Officers);
        if (entry.Mode is { } mode) json.WriteNumber("mode", mode);
        if (entry.MinTier is { } minTier) json.WriteNumber("minTier", minTier);
        if (entry.ConsentRequired is { } consentRequired) json.WriteBoolean("consentRequired", consentRequired);
        if (entry.ContractPolicy is { } contractPolicy) json.WriteNumber("contractPolicy", contractPolicy);
        if (entry.FeeSink is { } feeSink) json.WriteString("feeSink", feeSink.ToString());
        if (entry.InitialIdentities.Count == 0) return;
        json.WriteStartArray("initialIdentities");
        foreach (InitialIdentity identity in entry.InitialIdentities)
        {
            json.WriteStartObject();
            json.WriteStartObject("input");
            WriteInput(json, identity.Input);
            json.WriteEndObject();
            WriteAddresses(json, "wallets", identity.Wallets);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteInput(Utf8JsonWriter json, in IdentityInput input)
    {
        json.WriteString("identityId", input.IdentityId.ToString());
        json.WriteNumber("kind", input.Kind);
        json.WriteNumber("tier", input.Tier);
        json.WriteNumber("investorType", input.InvestorType);
        json.WriteNumber("country", input.Country);
        json.WriteNumber("taxCountry", input.TaxCountry);
        json.WriteNumber("attributes", input.Attributes);
        json.WriteNumber("expiry", input.Expiry);
        json.WriteNumber("providerId", input.ProviderId);
        json.WriteString("onchainId", input.OnchainId.ToString());
        json.WriteString("claimsHash", input.ClaimsHash.ToString());
    }

    private static void WriteFeeds(Utf8JsonWriter json, ModuleEntry entry)
    {
        if (entry.Feeds.Count == 0) return;
        json.WriteStartArray("feeds");
        foreach (InitialFeed feed in entry.Feeds)
        {
            json.WriteStartObject();
            json.WriteString("feedId", feed.FeedId.ToString());
            json.WriteStartObject("config");
            json.WriteNumber("kind", feed.Config.Kind);
            json.WriteNumber("decimals", feed.Config.Decimals);
            json.WriteNumber("quorum", feed.Config.Quorum);
            json.WriteNumber("ringLog2", feed.Config.RingLog2);
            json.WriteNumber("heartbeat", feed.Config.Heartbeat);
            json.WriteNumber("staleAfter", feed.Config.StaleAfter);
            json.WriteNumber("reportWindow", feed.Config.ReportWindow);
            json.WriteNumber("minInterval", feed.Config.MinInterval);
            json.WriteNumber("deviationBps", feed.Config.DeviationBps);
            json.WriteNumber("maxDeviationBps", feed.Config.MaxDeviationBps);
            json.WriteString("minAnswer", feed.Config.MinAnswer.ToString(CultureInfo.InvariantCulture));
            json.WriteString("maxAnswer", feed.Config.MaxAnswer.ToString(CultureInfo.InvariantCulture));
            json.WriteString("description", feed.Config.Description.ToString());
            json.WriteEndObject();
            WriteAddresses(json, "reporters", feed.Reporters);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteAddresses(Utf8JsonWriter json, string key, IReadOnlyList<Address> addresses)
    {
        if (addresses.Count == 0) return;
        json.WriteStartArray(key);
        foreach (Address address in addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
    }
}
