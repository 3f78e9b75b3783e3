using System.Text;
using System.Text.Json.Nodes;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Chains;
using Chain.Node.Predeploys;

namespace Chain.Node.Dev;

/// <summary>An account of the mnemonic.</summary>
/// <param name="Address">Address.</param>
/// <param name="PrivateKey">Private key, 32 bytes.</param>
public sealed record DevAccount(Address Address, byte[] PrivateKey);

/// <summary>What a development node will run: decided from the settings and from what the data folder holds, before anything is opened.</summary>
public sealed class DevChainPlan
{
    private const int DefaultAccounts = 10;
    private const ulong DefaultBalanceEther = 10_000;
    private const byte DefaultComplianceMode = 2;
    private const ulong WeiPerEther = 1_000_000_000_000_000_000;

    private DevChainPlan(byte[] genesisJson, ChainSpec spec, Genesis genesis, DevMemory memory, bool isNew)
    {
        GenesisJson = genesisJson;
        Spec = spec;
        Genesis = genesis;
        Memory = memory;
        IsNew = isNew;
        Accounts = DeriveAccounts(memory.Mnemonic, memory.Accounts);
    }

    /// <summary>The genesis file.</summary>
    public byte[] GenesisJson { get; }

    /// <summary>The chain.</summary>
    public ChainSpec Spec { get; }

    /// <summary>Its genesis block.</summary>
    public Genesis Genesis { get; }

    /// <summary>What the data folder remembers.</summary>
    public DevMemory Memory { get; }

    /// <summary>True when the chain is made now.</summary>
    public bool IsNew { get; }

    /// <summary>Accounts whose keys the node holds.</summary>
    public IReadOnlyList<DevAccount> Accounts { get; }

    /// <summary>Plans the node.</summary>
    /// <param name="settings">What the user said.</param>
    /// <param name="folder">Data folder; null in memory.</param>
    /// <param name="nowSeconds">Time for a new genesis block.</param>
    /// <exception cref="UserException">The settings contradict one another or the stored chain.</exception>
    public static DevChainPlan Make(DevSettings settings, ChainFolder? folder, ulong nowSeconds)
    {
        byte[]? stored = folder?.ReadGenesis();
        DevMemory? remembered = folder?.ReadDev();
        DevMemory memory = new(settings.Mnemonic ?? remembered?.Mnemonic ?? DevSettings.DefaultMnemonic, settings.Accounts ?? remembered?.Accounts ?? DefaultAccounts);
        if (memory.Accounts is < 1 or > DevSettings.AccountsMax) throw new UserException($"--accounts {memory.Accounts} is out of range: 1 to {DevSettings.AccountsMax} accounts can be made.");

        if (settings.GenesisFile is { } path)
        {
            if (settings.ChainId is not null || settings.Fork is not null || settings.BalanceEther is not null || settings.ComplianceMode is not null
                || settings.Predeploys is not null)
            {
                throw new UserException("--genesis FILE decides the chain by itself: leave out --chain-id, --fork, --balance, --compliance-mode and --no-predeploys, or write them into the file.");
            }
            byte[] given = GenesisSource.ReadFile(path);
            if (stored is not null && !stored.AsSpan().SequenceEqual(given)) throw OtherChain($"the genesis file '{path}'");
            return Parse(given, memory, path, stored is null);
        }
        if (stored is null) return Parse(Generate(settings, memory, nowSeconds), memory, "the generated genesis", isNew: true);

        DevChainPlan plan = Parse(stored, memory, "the stored genesis", isNew: false);
        bool isChanged = settings.ChainId is not null || settings.Fork is not null || settings.BalanceEther is not null || settings.ComplianceMode is not null
            || settings.Mnemonic is not null || settings.Accounts is not null || settings.Predeploys is not null;
        if (isChanged && !Generate(settings, memory, plan.Genesis.Timestamp).AsSpan().SequenceEqual(stored)) throw OtherChain("these flags");
        return plan;
    }

    private static UserException OtherChain(string what) =>
        new($"The data folder holds a chain with another genesis than {what}: name another folder with --datadir, delete this one, or leave the flags out to go on with it.");

    private static byte[] Generate(DevSettings settings, DevMemory memory, ulong timestamp)
    {
        Fork fork = settings.Fork ?? Fork.Osaka;
        byte? mode = settings.ComplianceMode ?? (fork >= Fork.Shanghai ? DefaultComplianceMode : null);
        if (mode is > 0 && fork < Fork.Shanghai) throw new UserException($"--compliance-mode {mode} needs --fork Shanghai or later, not {fork}: the native modules begin there.");
        UInt256 balance = (UInt256)(settings.BalanceEther ?? DefaultBalanceEther) * WeiPerEther;
        Address[] accounts = [.. DeriveAccounts(memory.Mnemonic, memory.Accounts).Select(a => a.Address)];
        byte[] genesis = DevGenesis.Write(new DevGenesis.Parameters(settings.ChainId ?? DevSettings.DefaultChainId, fork, timestamp, accounts, balance, fork >= Fork.Shanghai ? mode : null));
        return settings.Predeploys is not false && fork >= Fork.Cancun ? PredeployGenesis.Add((JsonObject)JsonNode.Parse(genesis)!, DevPredeploys.Config(accounts, timestamp)) : genesis;
    }

    private static DevChainPlan Parse(byte[] json, DevMemory memory, string source, bool isNew)
    {
        GenesisSource read = GenesisSource.Parse(json, source);
        return new DevChainPlan(json, read.Spec, read.Genesis, memory, isNew);
    }

    private static List<DevAccount> DeriveAccounts(string mnemonic, int count)
    {
        int words = mnemonic.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (words is not (12 or 15 or 18 or 21 or 24)) throw new UserException($"--mnemonic has {words} words: 12, 15, 18, 21 or 24 are expected (BIP-39), in quotes.");
        List<DevAccount> accounts = new(count);
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
        byte[] seed = HdWallet.Seed(mnemonic);
        for (int i = 0; i < count; i++)
        {
            if (!HdWallet.TryDerive(seed, $"{HdWallet.EthereumPath}{i}", out byte[] key) || !Secp256k1.TryGetPublicKey(key, publicKey))
            {
                throw new UserException($"The mnemonic gives no account {i}: check its words ({Encoding.UTF8.GetByteCount(mnemonic)} bytes given).");
            }
            accounts.Add(new DevAccount(Secp256k1.AddressOf(publicKey), key));
        }
        return accounts;
    }
}
