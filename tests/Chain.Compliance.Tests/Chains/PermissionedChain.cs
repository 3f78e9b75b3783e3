using Chain.Compliance.Configuration;
using Chain.Compliance.Registry;
using Chain.Consensus;
using Chain.Consensus.Building;
using Chain.Consensus.Execution;
using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Evm;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.State;

namespace Chain.Compliance.Tests.Chains;

/// <summary>A whole chain in memory with its real manager, pool, builder and validator, and native modules from genesis on. Two of them of the same settings share their genesis.</summary>
internal sealed class PermissionedChain : IDisposable
{
    public const ulong ChainId = 31_337;
    public const ulong GenesisTimestamp = 1_700_000_000;
    public const ulong GweiWei = 1_000_000_000;
    public const byte Admin = 1;
    public const byte Officer = 2;
    public const byte Agent = 3;
    public const byte Alice = 4;
    public const byte Bob = 5;
    public const byte Subject = 6;

    public static readonly Hash256 SubjectId = World.Id(0x50b);
    public static readonly Address SubjectContract = Address.FromNumber(0x50bc);

    private static readonly Address[] RequestContracts = [SystemContracts.WithdrawalRequests, SystemContracts.ConsolidationRequests];

    /// <param name="mode">Enforcement mode.</param>
    /// <param name="contracts">Contracts of the genesis.</param>
    /// <param name="isLying">True for a chain whose proposer follows no rule.</param>
    /// <param name="isSubjectRegistered">Whether the subject has an identity, with its account and its contract as wallets.</param>
    /// <param name="subjectExpiry">Expiry of that identity.</param>
    /// <param name="deployers">Accounts that may deploy besides the admin.</param>
    public PermissionedChain(
        byte mode, IReadOnlyDictionary<Address, byte[]>? contracts = null, bool isLying = false, bool isSubjectRegistered = true, ulong? subjectExpiry = null,
        IReadOnlyList<Address>? deployers = null)
    {
        ulong expiry = GenesisTimestamp + KycLimits.ValiditySecondsMax;
        List<InitialIdentity> identities = [Identity(World.AliceId, expiry, AddressOf(Alice)), Identity(World.BobId, expiry, AddressOf(Bob))];
        if (isSubjectRegistered) identities.Add(Identity(SubjectId, subjectExpiry ?? expiry, AddressOf(Subject), SubjectContract));
        ModuleEntry kyc = new()
        {
            Module = ModuleAddresses.Kyc,
            Timestamp = 0,
            Admins = [AddressOf(Admin)],
            Enabled = [AddressOf(Agent)],
            Officers = [AddressOf(Officer)],
            Mode = mode,
            MinTier = 1,
            InitialIdentities = identities,
        };
        ModuleEntry senders = new() { Module = ModuleAddresses.TxAllowList, Timestamp = 0, Admins = [AddressOf(Admin)], Enabled = [AddressOf(Officer), AddressOf(Agent)] };
        ModuleEntry deployment = new() { Module = ModuleAddresses.DeployerAllowList, Timestamp = 0, Admins = [AddressOf(Admin)], Enabled = deployers ?? [] };
        ModuleEntry engine = new() { Module = ModuleAddresses.Engine, Timestamp = 0 };
        ModuleEntry audit = new() { Module = ModuleAddresses.Audit, Timestamp = 0 };
        Assert.That(ComplianceConfig.TryCreate([kyc, senders, deployment, engine, audit], GenesisTimestamp, out ComplianceConfig config, out string error), Is.True, error);

        INativeModules modules = isLying ? new NoPolicy(new NativeModules(config)) : new NativeModules(config);
        ChainSpec spec = ChainSpec.ForFork(Fork.Osaka, ChainId);
        MemoryState allocation = new();
        for (byte key = Admin; key <= Subject; key++) allocation.SetAccount(AddressOf(key), 0, (UInt256)1_000_000_000_000_000_000 * 1_000, default);
        foreach (Address contract in RequestContracts) allocation.SetAccount(contract, 1, UInt256.Zero, new byte[] { 0x00 });
        foreach ((Address address, byte[] code) in contracts ?? new Dictionary<Address, byte[]>()) allocation.SetAccount(address, 1, 1_000, code);
        WorldState state = new(new MemoryState());
        Fill(state, allocation);
        modules.Activate(state, null, GenesisTimestamp);
        StateDelta delta = state.ToDelta();
        Genesis genesis = new() { GasLimit = 30_000_000, Timestamp = GenesisTimestamp };
        Block block = genesis.ToBlock(StateStore.ComputeGenesisRoot(delta), spec.GenesisRules(genesis));
        Database = ChainDatabase.Open(Store, new GenesisBlock(ChainId, block, block.Header.Hash, delta));
        Clock = GenesisTimestamp;
        Manager = new ChainManager(spec, Database, modules, DispatcherKind.TailCalls, new PoolOptions { ClockSeconds = () => Clock });
    }

    public MemoryStore Store { get; } = new();

    public ChainDatabase Database { get; }

    public ChainManager Manager { get; }

    public TransactionPool Pool => Manager.Pool;

    /// <summary>What the pool takes for the time, seconds since the Unix epoch.</summary>
    public ulong Clock { get; set; }

    public IStateView State => Database.States.Head;

    public static Address AddressOf(byte key) => Bypass.Attempt.AccountOf(key);

    public void Dispose()
    {
        Manager.Dispose();
        Database.Dispose();
    }

    public ulong NonceOf(byte key) => State.TryGetAccount(AddressOf(key), out Account account) ? account.Nonce : 0;

    public UInt256 BalanceOf(Address address) => State.TryGetAccount(address, out Account account) ? account.Balance : default;

    public bool HasCode(Address address) => State.TryGetAccount(address, out Account account) && account.HasCode;

    /// <summary>A signed transaction with a priority fee of 1 gwei.</summary>
    public Transaction Sign(byte key, Address? to, byte[]? data = null, UInt256 value = default, ulong? nonce = null, ulong gas = 1_000_000, IReadOnlyList<Authorization>? tuples = null, uint tipGwei = 1) =>
        TransactionSigner.Sign(
            new Transaction
            {
                Type = tuples is null ? TransactionType.DynamicFee : TransactionType.SetCode,
                ChainId = ChainId,
                Nonce = nonce ?? NonceOf(key),
                MaxFeePerGas = (UInt256)100 * GweiWei,
                MaxPriorityFeePerGas = tipGwei * GweiWei,
                GasLimit = gas,
                To = to,
                Value = value,
                Data = data ?? [],
                AuthorizationList = tuples ?? [],
            },
            Bypass.Attempt.KeyOf(key));

    /// <summary>A signed authorization.</summary>
    public Authorization Authorize(byte key, Address target, ulong? nonce = null, ulong chainId = ChainId)
    {
        Authorization unsigned = new(chainId, target, nonce ?? NonceOf(key), 0, default, default);
        Assert.That(Core.Crypto.Secp256k1.TrySign(unsigned.SigningHash().Bytes, Bypass.Attempt.KeyOf(key), out TransactionSignature s), Is.True);
        return unsigned with { YParity = s.YParity, R = s.R, S = s.S };
    }

    public BuildRequest Request(BlockHeader parent, ulong seconds = 12, Address? coinbase = null) => new()
    {
        ParentHash = parent.Hash,
        Timestamp = parent.Timestamp + seconds,
        Coinbase = coinbase ?? AddressOf(Bob),
        GasLimit = 30_000_000,
    };

    /// <summary>Makes a block of what waits in the pool the head.</summary>
    public ExecutedBlock Produce(ulong seconds = 12, Address? coinbase = null)
    {
        ExecutedBlock block = Manager.Produce(head => Request(head, seconds, coinbase));
        Clock = block.Block.Header.Timestamp;
        return block;
    }

    /// <summary>Adds transactions, all of which must be taken, and produces.</summary>
    public ExecutedBlock ProduceWith(params Transaction[] transactions)
    {
        foreach (Transaction transaction in transactions)
        {
            PoolAddResult result = Pool.Add(transaction, isLocal: true);
            Assert.That(result.IsAccepted, Is.True, result.Message);
        }
        ExecutedBlock block = Produce();
        Assert.That(block.Receipts, Has.Count.EqualTo(transactions.Length));
        return block;
    }

    /// <summary>A block of exactly these transactions, not stored.</summary>
    public BuiltBlock BuildExactly(IReadOnlyList<Transaction> transactions, ulong seconds = 12, Address? coinbase = null)
    {
        BuiltBlock? built = Manager.BuildExactly(Request(Manager.Head, seconds, coinbase), transactions, out (int Index, Core.Results.TransactionError Error) failed);
        Assert.That(built, Is.Not.Null, $"transaction {failed.Index}: {failed.Error}");
        return built!;
    }

    /// <summary>A registry call by a key's account.</summary>
    public Transaction Registry(byte key, string signature, params object[] arguments) => Sign(key, ModuleAddresses.Kyc, World.Encode(signature, arguments));

    private static InitialIdentity Identity(Hash256 id, ulong expiry, params Address[] wallets) =>
        new(new IdentityInput(id, 0, 2, 1, 276, 276, 0, expiry, 3, default, default), wallets);

    private static void Fill(WorldState state, MemoryState allocation)
    {
        state.BeginTransaction();
        StateDelta delta = allocation.ToDelta();
        foreach ((Address address, AccountDelta change) in delta.Accounts)
        {
            AccountEntry account = state.GetAccount(address);
            state.SetBalance(account, change.Balance);
            state.SetNonce(account, change.Nonce);
            if (delta.Code.TryGetValue(change.CodeHash, out ReadOnlyMemory<byte> code)) state.SetCode(account, code);
        }
        state.EndTransaction(ForkTable.Rules(Fork.Frontier));
    }

    /// <summary>The modules without the chain's rules: what a proposer who lies runs.</summary>
    private sealed class NoPolicy(NativeModules modules) : INativeModules
    {
        public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => modules.PrecompilesAt(rules, timestamp);

        public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp) => modules.Activate(state, parentTimestamp, timestamp);

        public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => null;

        public IDecisionLog? DecisionLogAt(ulong timestamp) => modules.DecisionLogAt(timestamp);

        public bool HasDecisionsUntil(ulong timestamp) => modules.HasDecisionsUntil(timestamp);
    }
}
