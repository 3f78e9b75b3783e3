using BenchmarkDotNet.Attributes;
using Chain.Consensus.Execution;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Benchmarks;

/// <summary>A block of 200 signed transactions of all kinds, and one transaction. Decoding hashes what it decodes.</summary>
public class RlpBenchmarks
{
    private const int TransactionCount = 200;

    private Block _block = null!;
    private byte[] _encodedBlock = [];
    private byte[] _encodedTransaction = [];

    [GlobalSetup]
    public void Setup()
    {
        _block = Samples.Block(Samples.MixedTransactions(TransactionCount));
        _encodedBlock = _block.Encode();
        _encodedTransaction = TransactionCodec.Encode(_block.Transactions[10]);
    }

    [Benchmark]
    public Block DecodeBlock() => Block.TryDecode(_encodedBlock, out Block? block, out BlockError error, out _) ? block : throw new InvalidOperationException(error.ToString());

    [Benchmark]
    public byte[] EncodeBlock() => _block.Encode();

    [Benchmark]
    public Hash256 TransactionsRoot() => Roots.Transactions(_block.Transactions);

    [Benchmark]
    public Transaction DecodeTransaction() =>
        TransactionCodec.TryDecode(_encodedTransaction, out Transaction? transaction, out TransactionError error) ? transaction : throw new InvalidOperationException(error.ToString());

    [Benchmark]
    public byte[] EncodeTransaction() => TransactionCodec.Encode(_block.Transactions[10]);
}
