using BenchmarkDotNet.Attributes;
using Chain.Consensus;
using Chain.Consensus.Building;
using Chain.Consensus.Execution;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Storage;

namespace Chain.Benchmarks;

/// <summary>Building and validating the block after the genesis, without storing it: roots included, senders known.</summary>
public class BlockBenchmarks : IDisposable
{
    private const int Transfers = 1_000;

    private ChainBench _chain = null!;
    private VirtualMachine _machine = null!;
    private BlockValidator _validator = null!;
    private Block _full = null!;
    private Block _empty = null!;

    [Params(StoreKind.Memory, StoreKind.RocksDb)]
    public StoreKind Store { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chain = new ChainBench(Store, Transfers);
        _chain.AddTransfers(Transfers);
        _machine = new VirtualMachine();
        _validator = new BlockValidator(_chain.Spec, _chain.Database, _chain.Manager.Contexts, new TransactionProcessor(_machine));
        _empty = BuildEmpty().Executed.Block;
        _full = Build_1000_transfers().Executed.Block;
        if (_full.Transactions.Count != Transfers) throw new InvalidOperationException($"The block has {_full.Transactions.Count} transactions.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _machine.Dispose();
        _chain.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public BuiltBlock Build_1000_transfers() => _chain.Manager.Build(ChainBench.Request(_chain.Manager.Head));

    [Benchmark]
    public BuiltBlock BuildEmpty() => _chain.Manager.Build(ChainBench.Request(_chain.Manager.Head), withTransactions: false);

    [Benchmark]
    public ValidBlock Validate_1000_transfers() => Validate(_full);

    [Benchmark]
    public ValidBlock ValidateEmpty() => Validate(_empty);

    private ValidBlock Validate(Block block)
    {
        ImportResult result = _validator.Validate(block, out ValidBlock? valid);
        return valid ?? throw new InvalidOperationException(result.ToString());
    }
}

/// <summary>Blocks from their bytes to the new head: decoded, senders recovered, validated, stored. The chain is rewound before each measurement.</summary>
[WarmupCount(20), IterationCount(20)]
public class BlockImportBenchmarks : IDisposable
{
    private const int Transfers = 1_000;
    private const int EmptyBlocks = 64;

    private readonly byte[][] _empty = new byte[EmptyBlocks][];
    private ChainBench _chain = null!;
    private byte[] _full = [];

    [Params(StoreKind.Memory, StoreKind.RocksDb)]
    public StoreKind Store { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chain = new ChainBench(Store, Transfers);
        for (int i = 0; i < EmptyBlocks; i++) _empty[i] = _chain.Manager.Produce(ChainBench.Request).Block.Encode();
        Rewind();
        _chain.AddTransfers(Transfers);
        _full = _chain.Manager.Build(ChainBench.Request(_chain.Manager.Head)).Executed.Block.Encode();
        _chain.Manager.Pool.Clear();
    }

    [IterationSetup]
    public void Rewind()
    {
        MoveResult result = _chain.Manager.Rewind(0);
        _chain.Manager.Pool.Clear();
        if (result != MoveResult.Done) throw new InvalidOperationException(result.ToString());
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _chain.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public Hash256 Import_1000_transfers() => Import(_full);

    [Benchmark(OperationsPerInvoke = EmptyBlocks)]
    public Hash256 ImportEmpty()
    {
        Hash256 last = default;
        foreach (byte[] block in _empty) last = Import(block);
        return last;
    }

    private Hash256 Import(byte[] encoded)
    {
        if (!Block.TryDecode(encoded, out Block? block, out BlockError error, out _)) throw new InvalidOperationException(error.ToString());
        ImportResult result = _chain.Manager.Import(block);
        return result.Status == ImportStatus.BecameHead ? result.Hash : throw new InvalidOperationException(result.ToString());
    }
}
