using System.Text;
using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Node.Dev;

/// <summary>
/// The native-module sections of a development genesis: every account has an identity and may send and deploy, so that tools work unchanged;
/// account 0 is Admin and Officer, account 1 an agent.
/// </summary>
internal static class DevComplianceSections
{
    /// <summary>Longest validity that the registry takes: five years of 365 days.</summary>
    private const ulong ValiditySeconds = 5 * 365 * 86_400;

    private const int Germany = 276;

    public static void Write(Utf8JsonWriter json, IReadOnlyList<Address> accounts, byte mode, ulong timestamp)
    {
        WriteAllowList(json, "contractDeployerAllowListConfig", accounts);
        WriteAllowList(json, "txAllowListConfig", accounts.Take(1).ToList());
        json.WriteStartObject("kycConfig");
        json.WriteNumber("blockTimestamp", 0);
        WriteAddresses(json, "adminAddresses", accounts.Take(1));
        WriteAddresses(json, "enabledAddresses", accounts.Skip(1).Take(1));
        WriteAddresses(json, "officerAddresses", accounts.Take(1));
        json.WriteNumber("mode", mode);
        json.WriteNumber("minTier", 1);
        json.WriteBoolean("consentRequired", false);
        json.WriteNumber("contractPolicy", 0);
        json.WriteStartArray("initialIdentities");
        for (int i = 0; i < accounts.Count; i++) WriteIdentity(json, i, accounts[i], timestamp + ValiditySeconds);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAllowList(Utf8JsonWriter json, string key, IReadOnlyList<Address> accounts)
    {
        json.WriteStartObject(key);
        json.WriteNumber("blockTimestamp", 0);
        WriteAddresses(json, "adminAddresses", accounts.Take(1));
        WriteAddresses(json, "enabledAddresses", accounts.Skip(1));
        json.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter json, string key, IEnumerable<Address> addresses)
    {
        json.WriteStartArray(key);
        foreach (Address address in addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
    }

    private static void WriteIdentity(Utf8JsonWriter json, int index, Address wallet, ulong expiry)
    {
        json.WriteStartObject();
        json.WriteStartObject("input");
        json.WriteString("identityId", Keccak256.Hash(Encoding.ASCII.GetBytes($"dev-identity-{index}")).ToString());
        json.WriteNumber("kind", 0);
        json.WriteNumber("tier", 4);
        json.WriteNumber("investorType", 3);
        json.WriteNumber("country", Germany);
        json.WriteNumber("taxCountry", Germany);
        json.WriteNumber("attributes", 0);
        json.WriteNumber("expiry", expiry);
        json.WriteNumber("providerId", 3);
        json.WriteString("onchainId", Address.Zero.ToString());
        json.WriteString("claimsHash", Hash256.Zero.ToString());
        json.WriteEndObject();
        WriteAddresses(json, "wallets", [wallet]);
        json.WriteEndObject();
    }
}
