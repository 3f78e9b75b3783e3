using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Benchmarks;

/// <summary>A machine over a small state, for programs that are run again and again.</summary>
internal sealed class EvmBench : IDisposable, IBlockHashes
{
    public static readonly Address Contract = Address.FromNumber(0xc0de);

    private readonly VirtualMachine _machine;
    private readonly WorldState _state;
    private readonly TransactionContext _transaction = new();
    private readonly Message _message;

    public EvmBench(DispatcherKind dispatcher, byte[] code, Action<MemoryState>? arrange = null)
    {
        MemoryState parent = new();
        parent.SetAccount(Contract, 1, UInt256.One << 100, code);
        arrange?.Invoke(parent);
        _machine = new VirtualMachine(dispatcher);
        _state = new WorldState(parent);
        Block = MakeBlock(this);
        _message = new Message { Kind = CallKind.Call, Caller = default, Recipient = Contract, Input = new byte[64], Gas = long.MaxValue };
    }

    public BlockContext Block { get; }

    public static BlockContext MakeBlock(
        IBlockHashes hashes, PrecompileSet? precompiles = null, ITxPolicy? policy = null, ulong timestampSeconds = Samples.TimestampSeconds) => new()
        {
            Rules = ForkTable.Rules(Fork.Osaka),
            ChainId = Samples.ChainId,
            Number = 1_000,
            Timestamp = timestampSeconds,
            GasLimit = 1_000_000_000,
            Coinbase = Address.FromNumber(0xc01),
            BaseFee = Samples.GweiWei,
            BlobBaseFee = 1,
            BlockHashes = hashes,
            Precompiles = precompiles ?? EthereumPrecompiles.For(Fork.Osaka),
            Policy = policy,
        };

    public ulong Run()
    {
        _state.BeginTransaction();
        ExecutionResult result = _machine.Execute(_state, Block, _transaction, _message);
        if (result.Status != FrameStatus.Success) throw new InvalidOperationException($"The program ended with {result.Status}.");
        _state.EndTransaction(Block.Rules);
        return result.GasLeft;
    }

    public void Dispose() => _machine.Dispose();

    public Hash256 GetBlockHash(ulong number) => default;
}
