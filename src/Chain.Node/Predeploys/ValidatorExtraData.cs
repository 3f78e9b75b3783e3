using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Node.Predeploys;

/// <summary>The first validators of a QBFT chain as the extra data of its genesis block.</summary>
internal static class ValidatorExtraData
{
    private const int VanitySizeBytes = 32;
    private const int ValidatorsMax = 1_000;

    /// <summary>rlp([vanity, [validators, ascending], [], 0, []]) as hexadecimal digits.</summary>
    /// <exception cref="UserException">The member is no list of addresses.</exception>
    public static string Encode(JsonNode member)
    {
        List<Address> validators = [];
        foreach (JsonNode? item in member as JsonArray ?? throw Wrong(member))
        {
            if (!Address.TryParse(item is JsonValue value && value.TryGetValue(out string? text) ? text : "", out Address address)) throw Wrong(item);
            if (validators.Contains(address)) throw new UserException($"In the configuration: validators names {address} twice; keep one.");
            validators.Add(address);
        }
        if (validators.Count is 0 or > ValidatorsMax) throw new UserException($"In the configuration: validators has {validators.Count} entries; 1 to {ValidatorsMax} are expected.");
        validators.Sort();
        RlpWriter writer = new(VanitySizeBytes + (validators.Count * (Address.SizeBytes + 1)));
        int list = writer.BeginList();
        writer.WriteBytes(new byte[VanitySizeBytes]);
        int addresses = writer.BeginList();
        foreach (Address validator in validators) writer.WriteAddress(validator);
        writer.EndList(addresses);
        writer.EndList(writer.BeginList());
        writer.WriteUInt64(0);
        writer.EndList(writer.BeginList());
        writer.EndList(list);
        string encoded = Hex.Encode(writer.Written);
        writer.Dispose();
        return encoded;
    }

    private static UserException Wrong(JsonNode? value) => new($"In the configuration: validators has {value?.ToJsonString() ?? "null"}; a list of addresses (0x and 40 hex digits) is expected.");
}
