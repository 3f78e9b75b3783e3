using System.Globalization;
using System.Text;
using Chain.Consensus.Building;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Node.Chains;
using Chain.Storage;
using Chain.Storage.Engines;

// Makes a genesis file and a file of blocks to measure 'chain import' with:
//   dotnet run -c Release --project benchmarks/Chain.ImportBench -- transfers|tokens DIR [transactions] [per block]
//   time ./chain import DIR/blocks.rlp --genesis DIR/genesis.json --datadir DIR/data
const int HolderCount = 50_000;
const ulong ChainId = 4_242;
Address token = Address.FromNumber(0xc0de);
if (args.Length < 2 || args[0] is not ("transfers" or "tokens"))
{
    Console.Error.WriteLine("Use: transfers|tokens DIR [transactions, default 100000] [per block, default 500]");
    return 1;
}
bool isTokens = args[0] == "tokens";
int total = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000;
int perBlock = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 500;
Directory.CreateDirectory(args[1]);

byte[][] keys = [.. Enumerable.Range(0, perBlock).Select(i => Keccak256.Hash(Encoding.ASCII.GetBytes($"sender {i}")).Bytes.ToArray())];
byte[] genesisJson = Encoding.UTF8.GetBytes(WriteGenesis());
File.WriteAllBytes(Path.Combine(args[1], "genesis.json"), genesisJson);
using OpenChain chain = OpenChain.Over(new MemoryStore(), GenesisSource.Parse(genesisJson, "the generated genesis"), new StorageOptions { HistoryBlocks = 0 });
Random random = new(1);
using FileStream output = File.Create(Path.Combine(args[1], "blocks.rlp"));
for (int made = 0; made < total; made += perBlock)
{
    ulong nonce = (ulong)(made / perBlock);
    Transaction[] transactions = [.. keys.Select(_ => Unsigned(nonce))];
    Parallel.For(0, transactions.Length, i => transactions[i] = TransactionSigner.Sign(transactions[i], keys[i]));
    foreach (Transaction transaction in transactions) chain.Manager.Pool.Add(transaction, isLocal: false);
    ExecutedBlock();
}
Console.WriteLine($"{total} transactions in {chain.Database.Head.Number} blocks, {output.Length} bytes, are in '{args[1]}'.");
return 0;

void ExecutedBlock()
{
    Block block = chain.Manager.Produce(head => new BuildRequest { ParentHash = head.Hash, Timestamp = head.Timestamp + 1, Coinbase = Address.FromNumber(0xfee), GasLimit = 100_000_000 }).Block;
    if (block.Transactions.Count != perBlock) throw new InvalidOperationException($"Block {block.Header.Number} has {block.Transactions.Count} transactions in place of {perBlock}.");
    output.Write(block.Encode());
}

Transaction Unsigned(ulong nonce)
{
    Address holder = Address.FromNumber(0x1_0000 + (ulong)random.Next(HolderCount));
    byte[] data = [];
    if (isTokens)
    {
        // transfer(address,uint256)
        data = new byte[68];
        Convert.FromHexString("a9059cbb").CopyTo(data, 0);
        holder.Bytes.CopyTo(data.AsSpan(16));
        data[^1] = 1;
    }
    return new Transaction
    {
        Type = TransactionType.DynamicFee,
        ChainId = ChainId,
        Nonce = nonce,
        MaxFeePerGas = (UInt256)100_000_000_000_000,
        MaxPriorityFeePerGas = (UInt256)1,
        GasLimit = isTokens ? 100_000UL : 21_000UL,
        To = isTokens ? token : holder,
        Value = isTokens ? UInt256.Zero : (UInt256)1,
        Data = data,
    };
}

string WriteGenesis()
{
    // transfer without checks: two balances by keccak256(address . 0), the Transfer event, returns true.
    const string TokenCode = "335f5260405f2080546024359003905560043"
        + "55f5260405f2080546024350190556024355f5260043533"
        + "7fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60205fa360015f5260205ff3";
    StringBuilder alloc = new();
    Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
    foreach (byte[] key in keys)
    {
        Secp256k1.TryGetPublicKey(key, publicKey);
        alloc.Append(CultureInfo.InvariantCulture, $"\"{Secp256k1.AddressOf(publicKey)}\":{{\"balance\":\"0xffffffffffffffffffffffffff\"}},");
    }
    return $$"""
        {"config":{"chainId":{{ChainId}},"homesteadBlock":0,"eip150Block":0,"eip155Block":0,"eip158Block":0,"byzantiumBlock":0,"constantinopleBlock":0,"petersburgBlock":0,
        "istanbulBlock":0,"berlinBlock":0,"londonBlock":0,"terminalTotalDifficulty":0,"shanghaiTime":0},"timestamp":"0x65000000","gasLimit":"0x5f5e100","difficulty":"0x0",
        "alloc":{ {{alloc}} "{{token}}":{"balance":"0x0","code":"0x{{TokenCode}}"} } }
        """;
}
