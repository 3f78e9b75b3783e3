using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.Forks;

/// <summary>
/// Reads genesis files in go-ethereum's layout, with the keys that Besu and subnet-evm add. Strict: a key that nobody reads is an error,
/// because a misspelt fork would silently make another chain.
/// </summary>
public static class GenesisFile
{
    private static readonly string[] TopKeys =
    [
        "config", "nonce", "timestamp", "extraData", "gasLimit", "difficulty", "mixHash", "mixhash", "coinbase", "alloc", "number", "gasUsed",
        "parentHash", "baseFeePerGas", "excessBlobGas", "blobGasUsed",
    ];

    /// <summary>Keys of an account; the last three are remarks that Besu's development files carry.</summary>
    private static readonly string[] AccountKeys = ["balance", "nonce", "code", "storage", "comment", "privateKey", "version"];

    /// <summary>Sections that other rooms read; kept as they stand.</summary>
    private static readonly string[] SectionKeys =
    [
        "ethash", "clique", "qbft", "ibft2", "dev", "discovery", "transitions", "kycConfig", "contractDeployerAllowListConfig", "txAllowListConfig",
        "complianceConfig", "oracleConfig", "auditConfig", "upgrades",
    ];

    private static readonly string[] PlainKeys =
    [
        "chainId", "networkId", "eip150Hash", "eip155Block", "constantinopleFixBlock", "daoForkSupport", "mergeNetsplitBlock", "terminalTotalDifficulty",
        "terminalTotalDifficultyPassed", "blobSchedule", "depositContractAddress", "contractSizeLimit", "comment",
    ];

    private static readonly string[] ConfigKeys = [.. PlainKeys, .. SectionKeys, .. ForkOrder.Keys.Select(fork => fork.Key)];

    private static readonly (Fork Fork, string Key)[] BlobForks =
    [
        (Fork.Cancun, "cancun"), (Fork.Prague, "prague"), (Fork.Osaka, "osaka"), (Fork.Bpo1, "bpo1"), (Fork.Bpo2, "bpo2"), (Fork.Bpo3, "bpo3"),
        (Fork.Bpo4, "bpo4"), (Fork.Bpo5, "bpo5"),
    ];

    /// <summary>Parses a genesis file.</summary>
    /// <param name="utf8Json">The file's bytes.</param>
    /// <param name="spec">The schedule and the rest of <c>config</c>; null on failure.</param>
    /// <param name="genesis">The genesis block; null on failure.</param>
    /// <param name="error">A sentence that names the key, the value and the remedy; null on success.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out ChainSpec? spec, [NotNullWhen(true)] out Genesis? genesis, [NotNullWhen(false)] out string? error)
    {
        spec = null;
        genesis = null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            error = $"The genesis file is not JSON: {exception.Message}";
            return false;
        }
        using (document)
        {
            JsonFields top = new(document.RootElement, "", TopKeys);
            Genesis read = ReadGenesis(top);
            ChainSpec? chain = ReadConfig(top);
            error = top.Error;
            if (error is not null || chain is null) return Fail(ref error);
            spec = chain;
            bool isFirstDifficultyMissing = !top.Has("difficulty") && !chain.IsMergedAtGenesis;
            genesis = isFirstDifficultyMissing ? read with { Difficulty = Difficulty.Minimum } : read;
            return true;
        }
    }

    private static bool Fail([NotNull] ref string? error)
    {
        error ??= "The genesis file has no \"config\" section: add one with at least \"chainId\".";
        return false;
    }

    private static Genesis ReadGenesis(JsonFields top) => new()
    {
        Nonce = top.UInt64("nonce") ?? 0,
        Timestamp = top.UInt64("timestamp") ?? 0,
        ExtraData = top.Bytes("extraData"),
        GasLimit = top.UInt64("gasLimit") ?? Genesis.DefaultGasLimit,
        Difficulty = top.UInt256("difficulty") ?? default,
        MixHash = top.Hash("mixHash") ?? top.Hash("mixhash") ?? default,
        Coinbase = top.Address("coinbase") ?? default,
        Number = top.UInt64("number") ?? 0,
        GasUsed = top.UInt64("gasUsed") ?? 0,
        ParentHash = top.Hash("parentHash") ?? default,
        BaseFeePerGas = top.UInt256("baseFeePerGas"),
        ExcessBlobGas = top.UInt64("excessBlobGas"),
        BlobGasUsed = top.UInt64("blobGasUsed"),
        Alloc = ReadAlloc(top),
    };

    private static Dictionary<Address, GenesisAccount> ReadAlloc(JsonFields top)
    {
        Dictionary<Address, GenesisAccount> accounts = [];
        foreach (JsonProperty property in top.Members("alloc"))
        {
            string path = $"alloc.{property.Name}";
            if (!Address.TryParse(property.Name, out Address address)) top.Fail($"{path} is not an address: 40 hex digits are expected.");
            JsonFields fields = top.Nested(property.Value, path, AccountKeys);
            GenesisAccount account = new(fields.UInt256("balance") ?? default, fields.UInt64("nonce") ?? 0, fields.Bytes("code"), ReadStorage(fields, path));
            if (!accounts.TryAdd(address, account)) top.Fail($"{path} occurs twice: keep one of the two.");
        }
        return accounts;
    }

    private static Dictionary<UInt256, UInt256> ReadStorage(JsonFields account, string path)
    {
        Dictionary<UInt256, UInt256> storage = [];
        foreach (JsonProperty slot in account.Members("storage"))
        {
            string? text = slot.Value.ValueKind == JsonValueKind.String ? slot.Value.GetString() : null;
            if (!JsonFields.TryParseHexWord(slot.Name, out UInt256 key) || text is null || !JsonFields.TryParseHexWord(text, out UInt256 value))
            {
                account.Fail($"{path}.storage.{slot.Name} = {slot.Value.GetRawText()} is not a slot: key and value are up to 64 hex digits in a string.");
            }
            else if (!storage.TryAdd(key, value))
            {
                account.Fail($"{path}.storage.{slot.Name} occurs twice: keep one of the two.");
            }
        }
        // A zero slot is no slot; dropped last, because naming it twice is still a mistake.
        foreach (UInt256 key in storage.Where(slot => slot.Value.IsZero).Select(slot => slot.Key).ToArray()) storage.Remove(key);
        return storage;
    }

    private static ChainSpec? ReadConfig(JsonFields top)
    {
        if (top.Object("config") is not { } element) return null;
        JsonFields config = top.Nested(element, "config", ConfigKeys);
        Dictionary<Fork, ulong> activations = ReadActivations(config);
        Dictionary<Fork, BlobSchedule> blobs = ReadBlobSchedule(config);
        foreach ((Fork fork, string key) in BlobForks)
        {
            // Mainnet has no numbers for these forks yet.
            if (fork > Fork.Bpo2 && activations.ContainsKey(fork) && !blobs.ContainsKey(fork))
            {
                config.Fail($"config.{key}Time is set but config.blobSchedule.{key} is not: add its \"target\", \"max\" and \"baseFeeUpdateFraction\".");
            }
        }
        if (ForkOrder.Check(activations) is { } orderError) config.Fail(orderError);
        if (config.UInt64("chainId") is not { } chainId)
        {
            config.Fail("config.chainId is missing: add the chain's id, a number that no other chain uses.");
            return null;
        }
        ulong? codeSize = config.UInt64("contractSizeLimit");
        if (codeSize > int.MaxValue) config.Fail($"config.contractSizeLimit = {codeSize} is too large: at most {int.MaxValue} bytes.");
        UInt256? ttd = config.UInt256("terminalTotalDifficulty");
        bool isDaoSupported = config.Bool("daoForkSupport") ?? false;
        config.Bool("terminalTotalDifficultyPassed");
        ulong? netsplit = config.UInt64("mergeNetsplitBlock");
        Address deposit = config.Address("depositContractAddress") ?? ChainSpec.MainnetDepositContract;
        if (config.Error is not null) return null;
        return new ChainSpec(chainId, activations, ttd, blobs, (int?)codeSize)
        {
            DaoForkSupport = isDaoSupported,
            MergeNetsplitBlock = netsplit,
            DepositContractAddress = deposit,
            Modules = ReadSections(config),
        };
    }

    private static Dictionary<Fork, ulong> ReadActivations(JsonFields config)
    {
        Dictionary<Fork, ulong> activations = [];
        foreach ((Fork fork, string key, _) in ForkOrder.Keys)
        {
            if (config.UInt64(key) is { } at) activations.Add(fork, at);
        }
        // Two keys, one fork: EIP-155 and EIP-158 are both Spurious Dragon.
        if (config.UInt64("eip155Block") is { } eip155 && !activations.TryAdd(Fork.SpuriousDragon, eip155) && activations[Fork.SpuriousDragon] != eip155)
        {
            config.Fail($"config.eip155Block = {eip155} and config.eip158Block = {activations[Fork.SpuriousDragon]} differ: give both the same block.");
        }
        if (config.UInt64("constantinopleFixBlock") is { } fix) activations.TryAdd(Fork.Petersburg, fix);
        // Without a block of its own Petersburg comes with Constantinople, as in go-ethereum.
        if (activations.TryGetValue(Fork.Constantinople, out ulong constantinople)) activations.TryAdd(Fork.Petersburg, constantinople);
        return activations;
    }

    private static Dictionary<Fork, BlobSchedule> ReadBlobSchedule(JsonFields config)
    {
        Dictionary<Fork, BlobSchedule> schedules = [];
        string[] forkKeys = [.. BlobForks.Select(fork => fork.Key)];
        if (config.Object("blobSchedule") is not { } element) return schedules;
        JsonFields section = config.Nested(element, "config.blobSchedule", forkKeys);
        foreach ((Fork fork, string key) in BlobForks)
        {
            if (section.Object(key) is not { } entry) continue;
            JsonFields fields = section.Nested(entry, $"config.blobSchedule.{key}", ["target", "max", "baseFeeUpdateFraction"]);
            BlobSchedule schedule = new(fields.UInt64("target") ?? 0, fields.UInt64("max") ?? 0, fields.UInt64("baseFeeUpdateFraction") ?? 0);
            if (schedule.Max == 0 || schedule.Target > schedule.Max || schedule.Max > BlobSchedule.MaxLimit || schedule.BaseFeeUpdateFraction == 0)
            {
                section.Fail($"config.blobSchedule.{key} has target {schedule.Target}, max {schedule.Max}, baseFeeUpdateFraction {schedule.BaseFeeUpdateFraction}: "
                    + $"target is at most max, max is 1 to {BlobSchedule.MaxLimit}, the fraction at least 1.");
            }
            schedules.Add(fork, schedule);
        }
        return schedules;
    }

    private static Dictionary<string, JsonElement> ReadSections(JsonFields config)
    {
        Dictionary<string, JsonElement> sections = new(StringComparer.Ordinal);
        foreach (string key in SectionKeys)
        {
            if (config.Get(key) is { } section) sections.Add(key, section.Clone());
        }
        return sections;
    }
}
