using BenchmarkDotNet.Attributes;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Benchmarks;

/// <summary>Recovery of senders from signatures: one, and the 200 of a block on all processors.</summary>
public class SenderRecoveryBenchmarks
{
    private const int Count = 200;

    private readonly RecoverRequest[] _requests = new RecoverRequest[Count];
    private readonly Address?[] _senders = new Address?[Count];
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        Transaction[] transactions = Samples.MixedTransactions(Count);
        for (int i = 0; i < Count; i++) _requests[i] = new RecoverRequest(TransactionCodec.SigningHash(transactions[i]), transactions[i].Signature);
    }

    [Benchmark]
    public Address One()
    {
        RecoverRequest request = _requests[_next++ % Count];
        TransactionSignature signature = request.Signature;
        Secp256k1.TryRecoverAddress(request.Hash.Bytes, signature.R, signature.S, signature.YParity, out Address sender);
        return sender;
    }

    [Benchmark]
    public Address? TwoHundred()
    {
        Secp256k1.RecoverMany(_requests, _senders);
        return _senders[^1];
    }
}
