using System.Reflection;
using System.Text.Json;
using Chain.Compliance.Configuration;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Node.Dev;

/// <summary>Writes the genesis file of a development chain: one fork from the first block, funded accounts, system contracts, Multicall3, native modules.</summary>
public static class DevGenesis
{
    private const string SystemContractsResource = "Chain.Node.system-contracts.json";

    /// <summary>Where client libraries look for Multicall3 on every chain.</summary>
    private const string Multicall3Address = "0xca11bde05977b3631167028862be2a173976ca11";

    /// <summary>Gas limit of the genesis block; later blocks have the engine's.</summary>
    private const ulong GasLimit = 30_000_000;

    /// <summary>What the file is made from.</summary>
    /// <param name="ChainId">Chain id.</param>
    /// <param name="Fork">Fork from genesis on.</param>
    /// <param name="Timestamp">Timestamp of the genesis block, seconds.</param>
    /// <param name="Accounts">Funded accounts, the first ones with roles.</param>
    /// <param name="Balance">Balance of each, wei.</param>
    /// <param name="ComplianceMode">Mode of the identity registry; null installs no module.</param>
    public sealed record Parameters(ulong ChainId, Fork Fork, ulong Timestamp, IReadOnlyList<Address> Accounts, UInt256 Balance, byte? ComplianceMode);

    /// <summary>The file, UTF-8.</summary>
    public static byte[] Write(Parameters parameters)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteConfig(json, parameters);
            json.WriteString("timestamp", Quantity(parameters.Timestamp));
            json.WriteString("gasLimit", Quantity(GasLimit));
            json.WriteString("difficulty", parameters.Fork >= Fork.Paris ? "0x0" : Quantity(Difficulty.Minimum));
            WriteAllocation(json, parameters);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteConfig(Utf8JsonWriter json, Parameters parameters)
    {
        json.WriteStartObject("config");
        json.WriteNumber("chainId", parameters.ChainId);
        foreach (string key in ForkOrder.ConfigKeysUpTo(parameters.Fork)) json.WriteNumber(key, 0);
        if (parameters.Fork == Fork.Dao) json.WriteBoolean("daoForkSupport", true);
        if (parameters.Fork >= Fork.Paris) json.WriteNumber("terminalTotalDifficulty", 0);
        if (parameters.Fork >= Fork.Cancun) WriteBlobSchedules(json, parameters.Fork);
        if (parameters.ComplianceMode is { } mode) SectionWriter.Write(json, DevCompliance.Config(parameters.Accounts, mode, parameters.Timestamp));
        json.WriteEndObject();
    }

    private static void WriteBlobSchedules(Utf8JsonWriter json, Fork last)
    {
        json.WriteStartObject("blobSchedule");
        foreach (Fork fork in Enum.GetValues<Fork>())
        {
            if (fork < Fork.Cancun || fork > last || ForkTable.Rules(fork).Blobs is not { } blobs) continue;
            json.WriteStartObject(fork.ToString().ToLowerInvariant());
            json.WriteNumber("target", blobs.Target);
            json.WriteNumber("max", blobs.Max);
            json.WriteNumber("baseFeeUpdateFraction", blobs.BaseFeeUpdateFraction);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteAllocation(Utf8JsonWriter json, Parameters parameters)
    {
        json.WriteStartObject("alloc");
        foreach (Address account in parameters.Accounts)
        {
            json.WriteStartObject(account.ToString());
            json.WriteString("balance", parameters.Balance.ToHexString());
            json.WriteEndObject();
        }
        foreach ((Address address, string code) in Contracts(parameters.Fork))
        {
            json.WriteStartObject(address.ToString());
            json.WriteString("nonce", "0x1");
            json.WriteString("balance", "0x0");
            json.WriteString("code", code);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>The system contracts that the fork calls, from <c>genesis/system-contracts.json</c>, and the one that client libraries call.</summary>
    private static List<(Address Address, string Code)> Contracts(Fork fork)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(SystemContractsResource)!;
        using JsonDocument document = JsonDocument.Parse(resource);
        List<(Address, string)> contracts = [];
        foreach (JsonElement contract in document.RootElement.EnumerateArray())
        {
            if (Enum.Parse<Fork>(contract.GetProperty("since").GetString()!) > fork) continue;
            contracts.Add((Address.Parse(contract.GetProperty("address").GetString()), contract.GetProperty("code").GetString()!));
        }
        // Compiled for the opcodes of Cancun.
        if (fork >= Fork.Cancun) contracts.Add((Address.Parse(Multicall3Address), ContractArtifact.Load("Multicall3").RuntimeCode));
        return contracts;
    }

    private static string Quantity(ulong value) => ((UInt256)value).ToHexString();
}
