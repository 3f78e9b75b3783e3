using BenchmarkDotNet.Attributes;
using Chain.Compliance.Configuration;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Benchmarks;

/// <summary>
/// One transaction through the processor, state in a dictionary, senders known: 1,000 transactions of as many senders to as many recipients, from an empty overlay each time.
/// Nothing is hashed into a root, no receipt is made. The permissioned chain runs the registry in mode 2 (every sender and every party of a value transfer is checked), and
/// its token asks the registry for both parties.
/// </summary>
public class TransactionBenchmarks : IDisposable, IBlockHashes
{
    private const int Count = 1_000;
    private const ulong TransferGas = 21_000;
    private const ulong TokenGas = 120_000;
    private const byte EnforcementMode = 2;

    private static readonly Address Token = Address.FromNumber(0x70ce);

    private readonly MemoryState _parent = new();
    private readonly MemoryState _permissioned = new();
    private readonly VirtualMachine _machine = new();
    private readonly Address[] _senders = new Address[Count];
    private readonly Transaction[] _transfers = new Transaction[Count];
    private readonly Transaction[] _tokenTransfers = new Transaction[Count];
    private NativeModules _modules = null!;
    private TransactionProcessor _processor = null!;
    private WorldState _state = null!;
    private BlockContext _block = null!;

    [GlobalSetup]
    public void Setup()
    {
        _processor = new TransactionProcessor(_machine);
        _state = new WorldState(_parent);
        _block = EvmBench.MakeBlock(this);
        Fill(_parent, TokenCode.Plain);
        Fill(_permissioned, TokenCode.Permissioned);
        _modules = new NativeModules(DevCompliance.Config(
            [.. _senders, .. Enumerable.Range(0, Count).Select(Samples.Recipient), _block.Coinbase], EnforcementMode, Samples.TimestampSeconds));
        WorldState genesis = new(_permissioned);
        _modules.Activate(genesis, null, Samples.TimestampSeconds);
        genesis.EndTransaction(_block.Rules);
        _permissioned.Apply(genesis.ToDelta());
    }

    private void Fill(MemoryState state, byte[] token)
    {
        state.SetAccount(Token, 1, default, token);
        for (int i = 0; i < Count; i++)
        {
            _senders[i] = Samples.Sender(i);
            Address recipient = Samples.Recipient(i);
            state.SetAccount(_senders[i], 0, UInt256.One << 80, default);
            state.SetAccount(recipient, 0, 1, default);
            state.SetStorage(Token, BalanceSlot(_senders[i]), 1_000_000);
            state.SetStorage(Token, BalanceSlot(recipient), 1);
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
    public ulong PlainTransfer() => Run(_parent, _block, _transfers);

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong Erc20Transfer() => Run(_parent, _block, _tokenTransfers);

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong PermissionedPlainTransfer() => Run(_permissioned, PermissionedBlock(), _transfers);

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong PermissionedTokenTransfer() => Run(_permissioned, PermissionedBlock(), _tokenTransfers);

    public Hash256 GetBlockHash(ulong number) => default;

    /// <summary>transfer(address,uint256).</summary>
    internal static byte[] TransferData(in Address to, ulong amount) => [0xa9, 0x05, 0x9c, 0xbb, .. new byte[12], .. to.Bytes, .. new UInt256(amount).ToBigEndian()];

    /// <summary>Where the token keeps a balance: a mapping at slot 1.</summary>
    internal static UInt256 BalanceSlot(in Address holder) =>
        UInt256.FromBigEndian(Keccak256.Hash([.. new byte[12], .. holder.Bytes, .. new UInt256(1).ToBigEndian()]).Bytes);

    private BlockContext PermissionedBlock() => EvmBench.MakeBlock(
        this, _modules.PrecompilesAt(_block.Rules, Samples.TimestampSeconds), _modules.PolicyAt(new WorldState(_permissioned), Samples.TimestampSeconds));

    private ulong Run(MemoryState parent, BlockContext block, Transaction[] transactions)
    {
        _state.Reset(parent);
        ulong gasUsed = 0;
        for (int i = 0; i < transactions.Length; i++)
        {
            TransactionResult result = _processor.Execute(_state, block, transactions[i], _senders[i], new BlockGas(block.GasLimit - gasUsed, 0));
            if (result.Error != TransactionError.None || result.Status != FrameStatus.Success)
                throw new InvalidOperationException($"Transaction {i} ended with {result.Error}, {result.Status}.");
            gasUsed += result.GasUsed;
        }
        return gasUsed;
    }
}
