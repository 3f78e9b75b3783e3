using Chain.Consensus;
using Chain.Consensus.Building;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Node.Chains;
using Chain.Node.Dev;
using Chain.Storage;
using Chain.Storage.Engines;

namespace Chain.Node.Tests;

/// <summary>A whole chain over any store: funded accounts, transfers and storage writes, blocks made by the real manager.</summary>
internal sealed class TestChain : IDisposable
{
    public const int AccountCount = 4;

    /// <summary>Keeps few layers, so that merges and history begin after a few blocks.</summary>
    public static readonly StorageOptions Options = new() { LayersMax = 3, FinalLayersKept = 1, HistoryBlocks = 6 };

    public static readonly DevChainPlan Plan = DevChainPlan.Make(new DevSettings { Accounts = AccountCount, Fork = Fork.Osaka, ComplianceMode = 0, Predeploys = false }, null, 1_700_000_000);

    private const ulong TransferGas = 60_000;
    private const ulong CallGas = 200_000;
    private const ulong BulkGas = 1_800_000;

    /// <summary>Returns code that stores the second word of its input at the first.</summary>
    private static readonly byte[] StoreInitCode = Convert.FromHexString("6760203560003555005f526008" + "6018f3");

    private readonly OpenChain _open;

    public TestChain(IKeyValueStore store, StorageOptions? options = null) => _open = OpenChain.Over(store, Genesis, options ?? Options);

    public static GenesisSource Genesis { get; } = GenesisSource.Parse(Plan.GenesisJson, "the test's genesis");

    public ChainDatabase Database => _open.Database;

    public ChainManager Manager => _open.Manager;

    public static Transaction Transfer(int from, ulong nonce, in Address to, ulong value) => Sign(from, nonce, to, value, default, TransferGas);

    public static Transaction Deploy(int from, ulong nonce) => Sign(from, nonce, null, 0, StoreInitCode, CallGas);

    public static Transaction Store(int from, ulong nonce, in Address contract, ulong slot, ulong value)
    {
        byte[] data = new byte[2 * UInt256.SizeBytes];
        ((UInt256)slot).WriteBigEndian(data.AsSpan(0, UInt256.SizeBytes));
        ((UInt256)value).WriteBigEndian(data.AsSpan(UInt256.SizeBytes));
        return Sign(from, nonce, contract, 0, data, CallGas);
    }

    /// <summary>Carries so many zero bytes to an account.</summary>
    public static Transaction Bulk(int from, ulong nonce, int bytes) => Sign(from, nonce, Address.FromNumber(0x5000), 0, new byte[bytes], BulkGas);

    /// <summary>The transactions of block <paramref name="number"/>: the same for the same number and nonces.</summary>
    public List<Transaction> Load(ulong number, int count = 4)
    {
        Random random = new((int)number);
        ulong[] nonces = [.. Plan.Accounts.Select(a => Database.States.Head.TryGetAccount(a.Address, out Core.State.Account account) ? account.Nonce : 0)];
        List<Transaction> transactions = [];
        for (int i = 0; i < count; i++)
        {
            int from = random.Next(AccountCount);
            ulong nonce = nonces[from]++;
            if (number == 1 && i == 0) transactions.Add(Deploy(from, nonce));
            else if (random.Next(2) == 0) transactions.Add(Store(from, nonce, Contract, (ulong)random.Next(40), (ulong)random.Next(3)));
            else transactions.Add(Transfer(from, nonce, Address.FromNumber(0x5000 + (ulong)random.Next(30)), (ulong)random.Next(1, 1_000)));
        }
        return transactions;
    }

    public ExecutedBlock Produce(int transactions = 4)
    {
        foreach (Transaction transaction in Load(Database.Head.Number + 1, transactions)) Manager.Pool.Add(transaction, isLocal: false);
        return Manager.Produce(Next);
    }

    public static BuildRequest Next(BlockHeader head) => new()
    {
        ParentHash = head.Hash,
        Timestamp = head.Timestamp + 1,
        Coinbase = Plan.Accounts[0].Address,
        GasLimit = 30_000_000,
    };

    public void Dispose() => _open.Dispose();

    /// <summary>The contract that the first transaction of block 1 makes, whoever sends it.</summary>
    public static Address Contract { get; } = ContractAddress(new Random(1).Next(AccountCount));

    private static Address ContractAddress(int from)
    {
        Core.Rlp.RlpWriter rlp = new(stackalloc byte[64]);
        int list = rlp.BeginList();
        rlp.WriteAddress(Plan.Accounts[from].Address);
        rlp.WriteUInt64(0);
        rlp.EndList(list);
        return new Address(Core.Crypto.Keccak256.Hash(rlp.Written).Bytes[12..]);
    }

    private static Transaction Sign(int from, ulong nonce, Address? to, ulong value, ReadOnlyMemory<byte> data, ulong gas) => TransactionSigner.Sign(
        new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = DevSettings.DefaultChainId,
            Nonce = nonce,
            MaxFeePerGas = (UInt256)100_000_000_000,
            MaxPriorityFeePerGas = (UInt256)1_000_000_000,
            GasLimit = gas,
            To = to,
            Value = (UInt256)value,
            Data = data,
        },
        Plan.Accounts[from].PrivateKey);
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "chain-node-tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
