using Chain.Consensus.Building;
using Chain.Consensus.Pool;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.State;

namespace Chain.Consensus.Tests;

/// <summary>A key and its account.</summary>
internal sealed class Wallet
{
    private readonly byte[] _key = new byte[32];

    public Wallet(byte number)
    {
        _key[31] = number;
        byte[] publicKey = new byte[64];
        Assert.That(Secp256k1.TryGetPublicKey(_key, publicKey), Is.True);
        Address = Secp256k1.AddressOf(publicKey);
    }

    public Address Address { get; }

    public Transaction Sign(Transaction unsigned) => TransactionSigner.Sign(unsigned, _key);
}

/// <summary>A funded chain in memory with its real manager. Chains of the same fork and allocation share their genesis, so that blocks of one can be imported by another.</summary>
internal sealed class TestChain : IDisposable
{
    public const ulong ChainId = 31337;
    public const ulong GasLimit = 30_000_000;
    public const ulong GenesisTimestamp = 1_700_000_000;
    public const ulong GweiWei = 1_000_000_000;

    public static readonly UInt256 Ether = (UInt256)1_000_000_000_000_000_000;
    public static readonly Wallet[] Wallets = [.. Enumerable.Range(1, 8).Select(n => new Wallet((byte)n))];
    public static readonly Address Nobody = Address.Parse("0x00000000000000000000000000000000000d0d0d");

    private static readonly Address[] RequestContracts =
        [Execution.SystemContracts.WithdrawalRequests, Execution.SystemContracts.ConsolidationRequests];

    public TestChain(
        Fork fork = Fork.Osaka, PoolOptions? pool = null, PoolJournal? journal = null, ITxPolicy? policy = null, UInt256? balance = null,
        IReadOnlyDictionary<Address, byte[]>? contracts = null, DispatcherKind dispatcher = DispatcherKind.TailCalls)
    {
        ChainSpec spec = ChainSpec.ForFork(fork, ChainId);
        MemoryState state = new();
        foreach (Wallet wallet in Wallets) state.SetAccount(wallet.Address, 0, balance ?? Ether * 1_000, default);
        // The request contracts must have code from Prague on; these have no requests.
        if (fork >= Fork.Prague) foreach (Address contract in RequestContracts) state.SetAccount(contract, 1, UInt256.Zero, new byte[] { 0x00 });
        foreach ((Address address, byte[] code) in contracts ?? new Dictionary<Address, byte[]>()) state.SetAccount(address, 1, UInt256.Zero, code);
        Genesis genesis = new() { GasLimit = GasLimit, Timestamp = GenesisTimestamp, Difficulty = fork >= Fork.Paris ? UInt256.Zero : (UInt256)Difficulty.Minimum };
        StateDelta allocation = state.ToDelta();
        Block block = genesis.ToBlock(StateStore.ComputeGenesisRoot(allocation), spec.GenesisRules(genesis));
        Database = ChainDatabase.Open(new MemoryStore(), new GenesisBlock(ChainId, block, block.Header.Hash, allocation));
        Manager = new ChainManager(spec, Database, new TestModules(policy), dispatcher, pool ?? new PoolOptions(), journal);
    }

    public ChainDatabase Database { get; }

    public ChainManager Manager { get; }

    public TransactionPool Pool => Manager.Pool;

    public static Transaction Transfer(
        int wallet, ulong nonce, ulong priorityGwei = 1, ulong maxFeeGwei = 100, Address? to = null, UInt256? value = null, ulong gasLimit = 21_000, byte[]? data = null) =>
        Wallets[wallet].Sign(new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonce,
            MaxFeePerGas = (UInt256)maxFeeGwei * GweiWei,
            MaxPriorityFeePerGas = (UInt256)priorityGwei * GweiWei,
            GasLimit = gasLimit,
            To = to ?? Nobody,
            Value = value ?? 1,
            Data = data ?? [],
        });

    public static Transaction LegacyTransfer(int wallet, ulong nonce, ulong priceGwei, Address? to, UInt256 value, ulong gasLimit, byte[] data) =>
        Wallets[wallet].Sign(new Transaction
        {
            Nonce = nonce,
            MaxFeePerGas = (UInt256)priceGwei * GweiWei,
            MaxPriorityFeePerGas = (UInt256)priceGwei * GweiWei,
            GasLimit = gasLimit,
            To = to,
            Value = value,
            Data = data,
        });

    public BuildRequest Request(BlockHeader parent, byte coinbase = 0xcc, ulong seconds = 12) => new()
    {
        ParentHash = parent.Hash,
        Timestamp = parent.Timestamp + seconds,
        Coinbase = Address.Parse($"0x{coinbase:x40}"),
        GasLimit = GasLimit,
    };

    /// <summary>Makes a block of what waits in the pool the head.</summary>
    public ExecutedBlock Produce(byte coinbase = 0xcc, ulong seconds = 12) => Manager.Produce(head => Request(head, coinbase, seconds));

    /// <summary>Adds transactions, all of which must be taken, and produces.</summary>
    public ExecutedBlock ProduceWith(params Transaction[] transactions)
    {
        foreach (Transaction transaction in transactions)
        {
            PoolAddResult result = Pool.Add(transaction, isLocal: true);
            Assert.That(result.IsAccepted, Is.True, result.Message);
        }
        return Produce();
    }

    /// <summary>An empty block on any stored parent, not stored.</summary>
    public Block BuildEmpty(BlockHeader parent, byte coinbase = 0xcc, ulong seconds = 12) =>
        Manager.Build(Request(parent, coinbase, seconds), withTransactions: false).Executed.Block;

    public UInt256 BalanceOf(in Address address) => Manager.HeadState.TryGetAccount(address, out Account account) ? account.Balance : UInt256.Zero;

    public ulong NonceOf(int wallet) => Manager.HeadState.TryGetAccount(Wallets[wallet].Address, out Account account) ? account.Nonce : 0;

    public void Dispose()
    {
        Manager.Dispose();
        Database.Dispose();
    }
}
