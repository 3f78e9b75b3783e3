using System.Text.Json;
using Chain.Compliance.Registry;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;

namespace Chain.Compliance.Configuration;

/// <summary>The modules of a chain over time, from its genesis and upgrade files (compliance specification, section 7). Immutable.</summary>
public sealed class ComplianceConfig
{
    private static readonly (string Key, Address Module)[] Sections =
    [
        ("contractDeployerAllowListConfig", ModuleAddresses.DeployerAllowList),
        ("txAllowListConfig", ModuleAddresses.TxAllowList),
        ("kycConfig", ModuleAddresses.Kyc),
        ("complianceConfig", ModuleAddresses.Engine),
        ("auditConfig", ModuleAddresses.Audit),
        ("oracleConfig", ModuleAddresses.Oracle),
    ];

    private static readonly string[] PlainKeys = ["blockTimestamp", "disable"];
    private static readonly string[] RoleKeys = ["blockTimestamp", "disable", "adminAddresses", "managerAddresses", "enabledAddresses"];

    private static readonly string[] KycKeys =
        [.. RoleKeys, "officerAddresses", "mode", "minTier", "consentRequired", "contractPolicy", "feeSink", "initialIdentities"];

    private static readonly string[] KycChangeKeys = ["blockTimestamp", "disable", "mode", "contractPolicy", "feeSink", "adminAddresses"];

    private static readonly string[] OracleKeys = [.. RoleKeys, "feeds"];

    private static readonly string[] InputKeys =
    [
        "identityId", "kind", "tier", "investorType", "country", "taxCountry", "attributes", "expiry", "providerId", "onchainId", "claimsHash",
    ];

    private ComplianceConfig(IEnumerable<ModuleEntry> entries) =>
        Entries = [.. entries.OrderBy(e => e.Module).ThenBy(e => e.Timestamp)];

    /// <summary>No modules: plain Ethereum.</summary>
    public static ComplianceConfig Empty { get; } = new([]);

    /// <summary>Names of all module sections, as genesis files write them.</summary>
    public static IReadOnlyList<string> SectionKeys { get; } = [.. Sections.Select(s => s.Key)];

    /// <summary>The genesis key of a module's section.</summary>
    public static string SectionKeyOf(in Address module)
    {
        Address wanted = module;
        return Sections.First(s => s.Module == wanted).Key;
    }

    /// <summary>All entries in the order in which they act within a block: by module address, then by time.</summary>
    public IReadOnlyList<ModuleEntry> Entries { get; }

    /// <summary>A checked configuration of entries; false with the reason when they break a rule of section 7.</summary>
    /// <param name="entries">Entries; those of one module in the order of the files.</param>
    /// <param name="genesisTimestamp">Timestamp of the genesis block, at which earlier entries act.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="error">What is wrong and what to do.</param>
    public static bool TryCreate(IReadOnlyList<ModuleEntry> entries, ulong genesisTimestamp, out ComplianceConfig config, out string error)
    {
        config = new ComplianceConfig(entries);
        error = FirstProblem(entries) ?? config.FirstActivationProblem(genesisTimestamp) ?? "";
        return error.Length == 0;
    }

    /// <summary>Parses the module sections of a genesis file and the entries of an upgrade file, strictly.</summary>
    /// <param name="genesisSections">Members of the genesis file's <c>config</c> that are module sections.</param>
    /// <param name="upgrades">Entries of <c>precompileUpgrades</c>, one section each, in order.</param>
    /// <param name="genesisTimestamp">Timestamp of the genesis block, at which earlier entries act.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="error">What is wrong and what to do.</param>
    public static bool TryParse(
        IEnumerable<KeyValuePair<string, JsonElement>> genesisSections, IEnumerable<KeyValuePair<string, JsonElement>> upgrades,
        ulong genesisTimestamp, out ComplianceConfig config, out string error)
    {
        ErrorSlot slot = new();
        List<ModuleEntry> entries = [];
        HashSet<Address> seen = [];
        ulong last = 0;
        foreach ((string key, JsonElement value) in genesisSections) Add(key, $"config.{key}", value);
        foreach ((string key, JsonElement value) in upgrades)
        {
            ModuleEntry? entry = Add(key, $"precompileUpgrades.{key}", value);
            if (entry is null) continue;
            if (entry.Timestamp < last) slot.Set($"precompileUpgrades.{key}.blockTimestamp {entry.Timestamp} lies before that of the entry above, {last}; order the entries by time.");
            last = entry.Timestamp;
        }
        config = Empty;
        error = slot.First ?? "";
        return error.Length == 0 && TryCreate(entries, genesisTimestamp, out config, out error);

        ModuleEntry? Add(string key, string path, JsonElement value)
        {
            int section = Array.FindIndex(Sections, s => s.Key == key);
            if (section < 0)
            {
                slot.Set($"{path} is not a module section. {KeyAdvice.For(key, SectionKeys)}");
                return null;
            }
            Address module = Sections[section].Module;
            ModuleEntry entry = ReadEntry(module, path, value, slot, isFirst: seen.Add(module));
            entries.Add(entry);
            return entry;
        }
    }

    /// <summary>Parses <c>upgrade.json</c>: an object with one key, <c>precompileUpgrades</c>, an array of objects with one section each.</summary>
    public static bool TryReadUpgrades(JsonElement file, out IReadOnlyList<KeyValuePair<string, JsonElement>> upgrades, out string error)
    {
        ErrorSlot slot = new();
        List<KeyValuePair<string, JsonElement>> sections = [];
        SectionReader reader = new("upgrade", file, slot, "precompileUpgrades");
        foreach ((string path, JsonElement item) in reader.Items("precompileUpgrades"))
        {
            JsonProperty[] members = item.ValueKind == JsonValueKind.Object ? [.. item.EnumerateObject()] : [];
            if (members.Length != 1) slot.Set($"{path}: an object with exactly one module section is expected.");
            else sections.Add(new(members[0].Name, members[0].Value));
        }
        upgrades = sections;
        error = slot.First ?? "";
        return error.Length == 0;
    }

    /// <summary>True when the module runs in a block of this timestamp.</summary>
    public bool IsActive(in Address module, ulong timestamp)
    {
        bool isActive = false;
        foreach (ModuleEntry entry in Entries)
        {
            if (entry.Module == module && entry.Timestamp <= timestamp) isActive = !entry.IsDisabled;
        }
        return isActive;
    }

    /// <summary>Why this configuration cannot go on with a chain that another one made: they differ in an entry whose time has passed (section 7, rule 3). Null when it can.</summary>
    /// <param name="earlier">The configuration that the chain was made with.</param>
    /// <param name="headTimestamp">Timestamp of the chain's head.</param>
    public string? DifferenceFrom(ComplianceConfig earlier, ulong headTimestamp)
    {
        ModuleEntry[] before = [.. earlier.Entries.Where(e => e.Timestamp <= headTimestamp)];
        ModuleEntry[] after = [.. Entries.Where(e => e.Timestamp <= headTimestamp)];
        int first = 0;
        while (first < before.Length && first < after.Length && SectionWriter.Describe(before[first]) == SectionWriter.Describe(after[first])) first++;
        if (first == before.Length && first == after.Length) return null;
        ModuleEntry? then = before.ElementAtOrDefault(first), present = after.ElementAtOrDefault(first);
        // Entries of another module or time at the same place: one of the two is missing on the other side.
        if (then is not null && present is not null && !IsAtOnce(then, present))
        {
            if (after.Any(e => IsAtOnce(e, then))) then = null;
            else present = null;
        }
        string was = then is null ? "no entry" : SectionWriter.Describe(then);
        string now = present is null ? "no entry" : SectionWriter.Describe(present);
        return $"the module entries up to {headTimestamp}, the time of the head, have acted already and cannot change: the chain was made with {was}, and the files say {now}. Put that entry back; later ones may change.";

        static bool IsAtOnce(ModuleEntry a, ModuleEntry b) => a.Module == b.Module && a.Timestamp == b.Timestamp;
    }

    /// <summary>Why a module cannot run at its time: every module requires Shanghai (section 7, rule 4). Null when all can.</summary>
    /// <param name="forkAt">The fork that holds at a timestamp; asked with the genesis timestamp for entries before it.</param>
    /// <param name="genesisTimestamp">Timestamp of the genesis block.</param>
    public string? ForkProblem(Func<ulong, Fork> forkAt, ulong genesisTimestamp)
    {
        foreach (ModuleEntry entry in Entries)
        {
            ulong time = Math.Max(entry.Timestamp, genesisTimestamp);
            if (entry.IsDisabled || forkAt(time) >= Fork.Shanghai) continue;
            string key = Array.Find(Sections, s => s.Module == entry.Module).Key;
            return $"{key} starts at {time} under {forkAt(time)}, but modules need Shanghai; schedule Shanghai by then.";
        }
        return null;
    }

    private static ModuleEntry ReadEntry(in Address module, string path, JsonElement value, ErrorSlot error, bool isFirst)
    {
        bool isKyc = module == ModuleAddresses.Kyc;
        bool isOracle = module == ModuleAddresses.Oracle;
        if (isOracle && value.ValueKind == JsonValueKind.Object && value.TryGetProperty("systemTxTimestamp", out _))
        {
            error.Set($"{path}.systemTxTimestamp: reports by system transaction are not specified yet; remove the key, reporters submit by transactions.");
        }
        bool isDisabled = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("disable", out JsonElement disable) && disable.ValueKind == JsonValueKind.True;
        string? other = isDisabled ? value.EnumerateObject().Select(m => m.Name).FirstOrDefault(name => !PlainKeys.Contains(name)) : null;
        if (other is not null) error.Set($"{path}.{other}: an entry that disables a module sets nothing else; remove the key, or the key disable.");
        bool hasRoles = module != ModuleAddresses.Engine && module != ModuleAddresses.Audit;
        string[] keys = isKyc ? isFirst ? KycKeys : KycChangeKeys : isOracle && isFirst ? OracleKeys : hasRoles ? RoleKeys : PlainKeys;
        SectionReader reader = new(path, value, error, keys);
        return new ModuleEntry
        {
            Module = module,
            Timestamp = reader.RequiredNumber("blockTimestamp", ulong.MaxValue),
            IsDisabled = reader.Flag("disable") ?? false,
            Admins = reader.Addresses("adminAddresses"),
            Managers = reader.Addresses("managerAddresses"),
            Enabled = reader.Addresses("enabledAddresses"),
            Officers = reader.Addresses("officerAddresses"),
            Mode = (byte?)reader.Number("mode", KycLimits.ModeMax),
            MinTier = (byte?)reader.Number("minTier", KycLimits.TierMax) ?? (isKyc && isFirst ? KycLimits.DefaultMinTier : null),
            ConsentRequired = reader.Flag("consentRequired"),
            ContractPolicy = (byte?)reader.Number("contractPolicy", 1),
            FeeSink = reader.Address("feeSink"),
            InitialIdentities = [.. reader.Items("initialIdentities").Select(i => ReadIdentity(i.Path, i.Value, error))],
            Feeds = [.. reader.Items("feeds").Select(f => FeedSection.Read(f.Path, f.Value, error))],
        };
    }

    private static InitialIdentity ReadIdentity(string path, JsonElement value, ErrorSlot error)
    {
        SectionReader reader = new(path, value, error, "input", "wallets");
        if (!reader.TryGet("input", out JsonElement element)) error.Set($"{path}.input is missing; write the identity's fields there.");
        if (error.First is not null) return new InitialIdentity(default, []);
        SectionReader input = new($"{path}.input", element, error, InputKeys);
        if (!input.Has("identityId")) error.Set($"{path}.input.identityId is missing; a string of 0x and 64 hex digits is expected.");
        IdentityInput identity = new(
            input.Hash("identityId") ?? default,
            (byte)input.RequiredNumber("kind", byte.MaxValue),
            (byte)input.RequiredNumber("tier", byte.MaxValue),
            (byte)(input.Number("investorType", byte.MaxValue) ?? 0),
            (ushort)(input.Number("country", ushort.MaxValue) ?? 0),
            (ushort)(input.Number("taxCountry", ushort.MaxValue) ?? 0),
            (uint)(input.Number("attributes", uint.MaxValue) ?? 0),
            input.RequiredNumber("expiry", ulong.MaxValue),
            (uint)(input.Number("providerId", uint.MaxValue) ?? 0),
            input.Address("onchainId") ?? default,
            input.Hash("claimsHash") ?? default);
        return new InitialIdentity(identity, reader.Addresses("wallets"));
    }

    private static string? FirstProblem(IReadOnlyList<ModuleEntry> entries)
    {
        foreach ((string key, Address module) in Sections)
        {
            ModuleEntry[] own = [.. entries.Where(e => e.Module == module)];
            for (int i = 0; i < own.Length; i++)
            {
                ModuleEntry? before = i == 0 ? null : own[i - 1];
                if (before is not null && own[i].Timestamp <= before.Timestamp) return $"{key}: blockTimestamp {own[i].Timestamp} must be later than {before.Timestamp} of the entry before.";
                if (own[i].IsDisabled && before is null or { IsDisabled: true }) return $"{key}: disable at {own[i].Timestamp} follows no enabled state; remove the entry.";
                if (DuplicateOf(own[i]) is { } twice) return $"{key}: {twice} stands in more than one role list or twice in one; keep one.";
            }
        }
        ComplianceConfig config = new(entries);
        foreach (ulong time in entries.Select(e => e.Timestamp).Order())
        {
            foreach ((string key, Address module) in Sections)
            {
                bool standsAlone = module == ModuleAddresses.Kyc || module == ModuleAddresses.Audit || module == ModuleAddresses.Oracle;
                if (standsAlone || !config.IsActive(module, time) || config.IsActive(ModuleAddresses.Kyc, time)) continue;
                return $"{key} is active at {time} without kycConfig, and would enforce nothing; enable kycConfig by then, or disable {key}.";
            }
        }
        return null;
    }

    private static Address? DuplicateOf(ModuleEntry entry)
    {
        HashSet<Address> seen = [];
        foreach (Address account in entry.Admins.Concat(entry.Managers).Concat(entry.Enabled))
        {
            if (!seen.Add(account)) return account;
        }
        HashSet<Address> officers = [];
        foreach (Address account in entry.Officers)
        {
            if (!officers.Add(account)) return account;
        }
        return null;
    }

    /// <summary>Runs every activation on an empty state, so that an item that could not be written is found at start-up.</summary>
    private string? FirstActivationProblem(ulong genesisTimestamp)
    {
        WorldState state = new(new MemoryState());
        foreach (ModuleEntry entry in Entries)
        {
            if (Activation.Apply(state, entry, Math.Max(entry.Timestamp, genesisTimestamp)) is { } problem) return problem;
        }
        return null;
    }
}
