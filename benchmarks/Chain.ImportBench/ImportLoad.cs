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

namespace Chain.ImportBench;

/// <summary>What a chain's transactions do.</summary>
internal enum LoadKind
{
    /// <summary>Plain transfers to 50,000 accounts.</summary>
    Transfers,

    /// <summary>ERC-20 transfers to 50,000 holders.</summary>
    Tokens,

    /// <summary>Transfers, with every hundredth transaction a call that sets 200 slots.</summary>
    Calls,

    /// <summary>20,000 blocks without transactions: the fixed cost of a block.</summary>
    Empty,
}

/// <summary>Makes a genesis file and a file of blocks, the same for the same arguments.</summary>
internal sealed class ImportLoad
{
    private const int EmptyBlocks = 20_000;
    private const int HolderCount = 50_000;
    private const int CallShare = 100;
    private const int CallSlots = 200;
    private const ulong SlotSpread = 1_000_000;
    private const ulong ChainId = 4_242;

    // transfer without checks: two balances by keccak256(address . 0), the Transfer event, returns true.
    private const string TokenCode = "335f5260405f2080546024359003905560043" + "55f5260405f2080546024350190556024355f5260043533"
        + "7fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60205fa360015f5260205ff3";

    // for (count = word 1; count > 0; count--) slot[word 0 + count] = count
    private const string FillerCode = "5f35602035" + "5b80156017578080830155600190036005565b00";

    private static readonly Address Token = Address.FromNumber(0xc0de);
    private static readonly Address Filler = Address.FromNumber(0xf111);

    private readonly LoadKind _kind;
    private readonly byte[][] _keys;
    private readonly Random _random = new(1);

    private ImportLoad(LoadKind kind, int perBlock)
    {
        _kind = kind;
        _keys = [.. Enumerable.Range(0, perBlock).Select(i => Keccak256.Hash(Encoding.ASCII.GetBytes($"sender {i}")).Bytes.ToArray())];
    }

    /// <summary>Writes <c>genesis.json</c> and <c>blocks.rlp</c> to a folder.</summary>
    public static void Write(LoadKind kind, string folder, int total, int perBlock) =>
        new ImportLoad(kind, kind == LoadKind.Empty ? 0 : perBlock).Write(folder, kind == LoadKind.Empty ? EmptyBlocks : total / perBlock);

    private void Write(string folder, int blocks)
    {
        Directory.CreateDirectory(folder);
        byte[] genesisJson = Encoding.UTF8.GetBytes(WriteGenesis());
        File.WriteAllBytes(Path.Combine(folder, "genesis.json"), genesisJson);
        using OpenChain chain = OpenChain.Over(new MemoryStore(), GenesisSource.Parse(genesisJson, "the generated genesis"), new StorageOptions { HistoryBlocks = 0, LayersMax = 2, FinalLayersKept = 1 });
        using FileStream output = File.Create(Path.Combine(folder, "blocks.rlp"));
        for (int nonce = 0; nonce < blocks; nonce++)
        {
            Transaction[] transactions = [.. _keys.Select((_, i) => Unsigned((ulong)nonce, (nonce * _keys.Length) + i))];
            Parallel.For(0, transactions.Length, i => transactions[i] = TransactionSigner.Sign(transactions[i], _keys[i]));
            foreach (Transaction transaction in transactions) chain.Manager.Pool.Add(transaction, isLocal: false);
            Block block = chain.Manager.Produce(head => new BuildRequest { ParentHash = head.Hash, Timestamp = head.Timestamp + 1, Coinbase = Address.FromNumber(0xfee), GasLimit = 100_000_000 }).Block;
            if (block.Transactions.Count != _keys.Length) throw new InvalidOperationException($"Block {block.Header.Number} has {block.Transactions.Count} transactions in place of {_keys.Length}.");
            output.Write(block.Encode());
        }
    }

    private Transaction Unsigned(ulong nonce, int index)
    {
        Address holder = Address.FromNumber(0x1_0000 + (ulong)_random.Next(HolderCount));
        bool isCall = _kind == LoadKind.Calls && index % CallShare == 0;
        byte[] data = [];
        if (_kind == LoadKind.Tokens)
        {
            // transfer(address,uint256)
            data = new byte[68];
            Convert.FromHexString("a9059cbb").CopyTo(data, 0);
            holder.Bytes.CopyTo(data.AsSpan(16));
            data[^1] = 1;
        }
        else if (isCall)
        {
            data = new byte[2 * UInt256.SizeBytes];
            ((UInt256)(ulong)_random.NextInt64((long)SlotSpread)).WriteBigEndian(data.AsSpan(0, UInt256.SizeBytes));
            data[^1] = CallSlots;
        }
        return new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonce,
            MaxFeePerGas = (UInt256)100_000_000_000_000,
            MaxPriorityFeePerGas = (UInt256)1,
            GasLimit = isCall ? 5_000_000UL : data.Length > 0 ? 100_000UL : 21_000UL,
            To = isCall ? Filler : data.Length > 0 ? Token : holder,
            Value = data.Length > 0 ? UInt256.Zero : (UInt256)1,
            Data = data,
        };
    }

    private string WriteGenesis()
    {
        StringBuilder alloc = new();
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
        foreach (byte[] key in _keys)
        {
            Secp256k1.TryGetPublicKey(key, publicKey);
            alloc.Append(CultureInfo.InvariantCulture, $"\"{Secp256k1.AddressOf(publicKey)}\":{{\"balance\":\"0xffffffffffffffffffffffffff\"}},");
        }
        return $$"""
            {"config":{"chainId":{{ChainId}},"homesteadBlock":0,"eip150Block":0,"eip155Block":0,"eip158Block":0,"byzantiumBlock":0,"constantinopleBlock":0,"petersburgBlock":0,
            "istanbulBlock":0,"berlinBlock":0,"londonBlock":0,"terminalTotalDifficulty":0,"shanghaiTime":0},"timestamp":"0x65000000","gasLimit":"0x5f5e100","difficulty":"0x0",
            "alloc":{ {{alloc}} "{{Token}}":{"balance":"0x0","code":"0x{{TokenCode}}"}, "{{Filler}}":{"balance":"0x0","code":"0x{{FillerCode}}"} } }
            """;
    }
}
