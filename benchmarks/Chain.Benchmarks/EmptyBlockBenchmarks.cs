using BenchmarkDotNet.Attributes;
using Chain.Consensus;
using Chain.Consensus.Execution;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Storage;

namespace Chain.Benchmarks;

/// <summary>The fixed cost of a block: one without transactions is built, validated and stored, each alone and all together. The chain is rewound before each measurement.</summary>
[WarmupCount(20), IterationCount(20)]
public class EmptyBlockBenchmarks : IDisposable
{
    private const int Blocks = 64;

    private readonly ValidBlock[] _valid = new ValidBlock[Blocks];
    private Block[] _blocks = [];
    private ChainBench _chain = null!;
    private VirtualMachine _machine = null!;
    private BlockValidator _validator = null!;

    [Params(StoreKind.Memory, StoreKind.RocksDb)]
    public StoreKind Store { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chain = new ChainBench(Store, senders: 0);
        _machine = new VirtualMachine();
        _validator = new BlockValidator(_chain.Spec, _chain.Database, _chain.Manager.Contexts, new TransactionProcessor(_machine));
        _blocks = [.. Enumerable.Range(0, Blocks).Select(_ => _chain.Manager.Produce(ChainBench.Request).Block)];
    }

    [IterationSetup]
    public void Rewind()
    {
        MoveResult result = _chain.Manager.Rewind(0);
        if (result != MoveResult.Done) throw new InvalidOperationException(result.ToString());
        Validate();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _machine.Dispose();
        _chain.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Blocks)]
    public void Build()
    {
        for (int i = 0; i < Blocks; i++) _chain.Manager.Build(ChainBench.Request(_chain.Manager.Head));
    }

    /// <summary>Each on the state of the one before, which is not stored yet, as an import does.</summary>
    [Benchmark(OperationsPerInvoke = Blocks)]
    public void Validate()
    {
        ValidBlock? before = null;
        for (int i = 0; i < Blocks; i++)
        {
            ImportResult result = _validator.Validate(_blocks[i], out ValidBlock? valid, before);
            _valid[i] = before = valid ?? throw new InvalidOperationException(result.ToString());
        }
    }

    [Benchmark(OperationsPerInvoke = Blocks)]
    public void Commit()
    {
        foreach (ValidBlock block in _valid)
            _chain.Database.CommitBlock(block.Executed.Block, block.Executed.Hash, block.Executed.Receipts, block.Executed.Senders, block.State, makeHead: true, block.Executed.AuditRecord.Span);
    }

    /// <summary>Built and stored; pool and listeners follow.</summary>
    [Benchmark(OperationsPerInvoke = Blocks)]
    public void Produce()
    {
        for (int i = 0; i < Blocks; i++) _chain.Manager.Produce(ChainBench.Request);
    }

    /// <summary>Validated and stored; pool and listeners follow.</summary>
    [Benchmark(OperationsPerInvoke = Blocks)]
    public void Import()
    {
        foreach (Block block in _blocks)
        {
            ImportResult result = _chain.Manager.Import(block);
            if (result.Status != ImportStatus.BecameHead) throw new InvalidOperationException(result.ToString());
        }
    }
}
