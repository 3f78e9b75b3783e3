using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;
using Chain.Node.Chains;
using Chain.Storage.State;

namespace Chain.Node.Predeploys;

/// <summary>
/// Adds the predeployed contracts to a genesis file: their identities and the deployer role of the factories to the module sections, their code and storage to the allocation.
/// The same input gives the same bytes.
/// </summary>
public static class PredeployGenesis
{
    private const string KycSection = "kycConfig";
    private const string DeployerSection = "contractDeployerAllowListConfig";
    private const byte ProtocolKind = 2;
    private const byte InstitutionalTier = 4;
    private const uint ManualProvider = 3;

    private static readonly string[] RequiredSections = [KycSection, DeployerSection, "complianceConfig", "oracleConfig"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A configuration file (<c>genesis</c>, <c>predeploys</c>, <c>validators</c> where the chain has them) as a genesis file.</summary>
    /// <exception cref="UserException">The configuration is wrong.</exception>
    public static byte[] Build(byte[] configuration)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(configuration, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new UserException($"The configuration is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}.");
        }
        if (root is not JsonObject file || file["genesis"] is not JsonObject genesis || file["predeploys"] is not JsonObject predeploys
            || file.Any(m => m.Key is not ("genesis" or "predeploys" or "validators")))
        {
            throw new UserException("The configuration must be an object with the members genesis (a genesis file) and predeploys, and validators where the chain has them; see genesis/dev.config.json for an example.");
        }
        if (file["validators"] is { } validators) genesis["extraData"] = ValidatorExtraData.Encode(validators);
        file.Remove("genesis");
        return Add(genesis, PredeployConfig.Parse(predeploys.ToJsonString()));
    }

    /// <summary>A genesis file with the predeployed contracts.</summary>
    /// <param name="genesis">The genesis without them; changed.</param>
    /// <param name="config">Roles and values.</param>
    /// <exception cref="UserException">They cannot be made on this genesis.</exception>
    public static byte[] Add(JsonObject genesis, PredeployConfig config)
    {
        PredeployTable table = PredeployTable.For(config);
        AddToModules(genesis, table);
        GenesisSource source = GenesisSource.Parse(Bytes(genesis), "the configuration's genesis");
        ChainModules modules = ChainModules.For(source.Spec, source.Genesis);
        if (source.Spec.GenesisRules(source.Genesis).Fork < Fork.Cancun) throw new UserException("The predeployed contracts need Cancun or later from genesis on: set cancunTime (and what comes before) to 0.");
        foreach (Predeploy row in table.Rows)
        {
            if (source.Genesis.Alloc.ContainsKey(row.Address)) throw new UserException($"In the configuration: genesis.alloc already has {row.Address}, the address of {row.Artifact}; leave it out.");
        }

        WorldState state = GenesisBuilder.Allocate(source.Genesis, modules);
        StateDelta before = state.ToDelta();
        using (PredeployInstaller installer = new(state, BlockZero(source, modules))) installer.Install(table);
        StateDelta after = state.ToDelta();
        AddToAllocation(genesis, before, after);

        byte[] json = Bytes(genesis);
        // The file is the product: it must make exactly the state that the run left.
        if (GenesisSource.Parse(json, "the genesis built").Build().Block.Header.StateRoot != StateStore.ComputeGenesisRoot(after))
        {
            throw new InvalidOperationException("The genesis file does not reproduce the state of its predeploys.");
        }
        return json;
    }

    /// <summary>The identity of a predeploy.</summary>
    public static Hash256 IdentityOf(string artifact) => Keccak256.Hash(Encoding.ASCII.GetBytes($"defactor-predeploy-{artifact}"));

    private static byte[] Bytes(JsonObject genesis) => Encoding.UTF8.GetBytes(genesis.ToJsonString(Indented) + "\n");

    private static BlockContext BlockZero(GenesisSource source, ChainModules modules) => new()
    {
        Rules = source.Spec.GenesisRules(source.Genesis),
        ChainId = source.Spec.ChainId,
        Number = 0,
        Timestamp = source.Genesis.Timestamp,
        GasLimit = source.Genesis.GasLimit,
        Coinbase = source.Genesis.Coinbase,
        BlockHashes = NoBlocks.Instance,
        Precompiles = modules.PrecompilesAt(source.Spec.GenesisRules(source.Genesis), source.Genesis.Timestamp),
    };

    private static void AddToModules(JsonObject genesis, PredeployTable table)
    {
        if (genesis["config"] is not JsonObject config) throw new UserException("In the configuration: genesis.config is missing; write the chain's configuration there.");
        foreach (string section in RequiredSections)
        {
            if (config[section] is not JsonObject) throw new UserException($"In the configuration: genesis.config.{section} is missing; the predeployed contracts use that module.");
        }
        JsonArray identities = ArrayOf((JsonObject)config[KycSection]!, "initialIdentities");
        JsonArray deployers = ArrayOf((JsonObject)config[DeployerSection]!, "enabledAddresses");
        foreach (Predeploy row in table.Rows)
        {
            identities.Add((JsonNode)new JsonObject
            {
                ["input"] = new JsonObject
                {
                    ["identityId"] = IdentityOf(row.Artifact).ToString(),
                    ["kind"] = ProtocolKind,
                    ["tier"] = InstitutionalTier,
                    ["investorType"] = 0,
                    ["country"] = 0,
                    ["taxCountry"] = 0,
                    ["attributes"] = 0,
                    ["expiry"] = ulong.MaxValue,
                    ["providerId"] = ManualProvider,
                    ["onchainId"] = Address.Zero.ToString(),
                    ["claimsHash"] = Hash256.Zero.ToString(),
                },
                ["wallets"] = new JsonArray(row.Address.ToString()),
            });
            if (row.IsFactory) deployers.Add((JsonNode)row.Address.ToString());
        }
    }

    private static JsonArray ArrayOf(JsonObject section, string key)
    {
        if (section[key] is JsonArray array) return array;
        array = [];
        section[key] = array;
        return array;
    }

    /// <summary>Writes what the run changed. Of accounts that were there, the modules, only storage can have changed.</summary>
    private static void AddToAllocation(JsonObject genesis, StateDelta before, StateDelta after)
    {
        if (genesis["alloc"] is not JsonObject alloc)
        {
            alloc = [];
            genesis["alloc"] = alloc;
        }
        foreach ((Address address, AccountDelta account) in after.Accounts.OrderBy(a => a.Key))
        {
            JsonObject written = [];
            JsonObject storage = [];
            AccountDelta? old = before.Accounts.GetValueOrDefault(address);
            foreach ((UInt256 key, UInt256 value) in account.Storage.OrderBy(s => s.Key))
            {
                if (!value.IsZero && (old is null || old.Storage.GetValueOrDefault(key) != value)) storage[Word(key)] = Word(value);
            }
            if (old is null && account.Exists)
            {
                written["nonce"] = ((UInt256)account.Nonce).ToHexString();
                written["balance"] = account.Balance.ToHexString();
                if (after.Code.TryGetValue(account.CodeHash, out ReadOnlyMemory<byte> code)) written["code"] = Hex.Encode(code.Span);
            }
            else if (storage.Count > 0)
            {
                written["balance"] = account.Balance.ToHexString();
            }
            if (storage.Count > 0) written["storage"] = storage;
            if (written.Count > 0) alloc[address.ToString()] = written;
        }
    }

    private static string Word(in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        value.WriteBigEndian(bytes);
        return Hex.Encode(bytes);
    }

    private sealed class NoBlocks : IBlockHashes
    {
        public static readonly NoBlocks Instance = new();

        public Hash256 GetBlockHash(ulong number) => default;
    }
}
