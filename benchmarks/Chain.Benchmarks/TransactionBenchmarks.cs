using BenchmarkDotNet.Attributes;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Benchmarks;

/// <summary>
/// One transaction through the processor, state in a dictionary, senders known: 1,000 transactions of as many senders to as many recipients, from an empty overlay each time.
/// Nothing is hashed into a root, no receipt is made.
/// </summary>
public class TransactionBenchmarks : IDisposable, IBlockHashes
{
    private const int Count = 1_000;
    private const ulong TransferGas = 21_000;
    private const ulong TokenGas = 120_000;

    private static readonly Address Token = Address.FromNumber(0x70ce);

    private readonly MemoryState _parent = new();
    private readonly VirtualMachine _machine = new();
    private readonly Address[] _senders = new Address[Count];
    private readonly Transaction[] _transfers = new Transaction[Count];
    private readonly Transaction[] _tokenTransfers = new Transaction[Count];
    private TransactionProcessor _processor = null!;
    private WorldState _state = null!;
    private BlockContext _block = null!;

    [GlobalSetup]
    public void Setup()
    {
        _processor = new TransactionProcessor(_machine);
        _state = new WorldState(_parent);
        _block = EvmBench.MakeBlock(this);
        _parent.SetAccount(Token, 1, default, TokenCode.Plain);
        for (int i = 0; i < Count; i++)
        {
            _senders[i] = Samples.Sender(i);
            Address recipient = Samples.Recipient(i);
            _parent.SetAccount(_senders[i], 0, UInt256.One << 80, default);
            _parent.SetAccount(recipient, 0, 1, default);
            _parent.SetStorage(Token, BalanceSlot(_senders[i]), 1_000_000);
            _parent.SetStorage(Token, BalanceSlot(recipient), 1);
            _transfers[i] = Samples.Call(i, 0, recipient, 12_345, [], TransferGas);
            _tokenTransfers[i] = Samples.Call(i, 0, Token, default, TransferData(recipient, 77), TokenGas);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong PlainTransfer() => Run(_transfers);

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong Erc20Transfer() => Run(_tokenTransfers);

    public Hash256 GetBlockHash(ulong number) => default;

    /// <summary>transfer(address,uint256).</summary>
    internal static byte[] TransferData(in Address to, ulong amount) => [0xa9, 0x05, 0x9c, 0xbb, .. new byte[12], .. to.Bytes, .. new UInt256(amount).ToBigEndian()];

    /// <summary>Where the token keeps a balance: a mapping at slot 1.</summary>
    internal static UInt256 BalanceSlot(in Address holder) =>
        UInt256.FromBigEndian(Keccak256.Hash([.. new byte[12], .. holder.Bytes, .. new UInt256(1).ToBigEndian()]).Bytes);

    private ulong Run(Transaction[] transactions)
    {
        _state.Reset(_parent);
        ulong gasUsed = 0;
        for (int i = 0; i < transactions.Length; i++)
        {
            TransactionResult result = _processor.Execute(_state, _block, transactions[i], _senders[i], new BlockGas(_block.GasLimit - gasUsed, 0));
            if (result.Error != TransactionError.None || result.Status != FrameStatus.Success)
                throw new InvalidOperationException($"Transaction {i} ended with {result.Error}, {result.Status}.");
            gasUsed += result.GasUsed;
        }
        return gasUsed;
    }
}
