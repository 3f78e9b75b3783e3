using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Evm.Tests;

/// <summary>A small world: a sender with 10^18 wei, and contracts as the test puts them.</summary>
internal sealed class MachineHarness(DispatcherKind dispatcher, Fork fork = Fork.Osaka) : IDisposable, IBlockHashes
{
    public static readonly Address Sender = Address.FromNumber(0x5e4d);
    public static readonly Address Target = Address.FromNumber(0x7a60);
    public static readonly Address Other = Address.FromNumber(0x07e4);

    public const ulong Gas = 10_000_000;

    public MemoryState Parent { get; } = Seeded();

    public VirtualMachine Machine { get; } = new(dispatcher);

    public ForkRules Rules { get; set; } = ForkTable.Rules(fork);

    public ITxPolicy? Policy { get; set; }

    public PrecompileSet Precompiles { get; set; } = PrecompileSet.Empty;

    public TransactionContext Transaction { get; } = new() { Origin = Sender, GasPrice = 7 };

    public Dictionary<UInt256, UInt256> TargetStorage { get; } = [];

    public WorldState State { get; private set; } = null!;

    public MachineHarness Put(Address address, byte[] code, UInt256 balance = default)
    {
        Parent.SetAccount(address, 1, balance, code);
        return this;
    }

    public ExecutionResult Run(byte[] code, byte[]? input = null, ulong gas = Gas, UInt256 value = default, ITracer? tracer = null)
    {
        Parent.SetAccount(Target, 1, 1_000, code);
        foreach ((UInt256 key, UInt256 stored) in TargetStorage) Parent.SetStorage(Target, key, stored);
        return Send(new Message { Kind = CallKind.Call, Caller = Sender, Recipient = Target, Input = input ?? [], Gas = gas, Value = value }, tracer);
    }

    public ExecutionResult Create(byte[] initCode, ulong gas = Gas) =>
        Send(new Message { Kind = CallKind.Create, Caller = Sender, Recipient = Other, Input = initCode, Gas = gas });

    public ExecutionResult Send(in Message message, ITracer? tracer = null)
    {
        State = new WorldState(Parent);
        State.BeginTransaction();
        State.UsePrecompiles(Precompiles);
        State.WarmAccount(State.GetAccount(Sender));
        State.WarmAccount(State.GetAccount(message.Recipient));
        return Machine.Execute(State, Block(), Transaction, message, tracer);
    }

    /// <summary>Gas used by code up to a STOP appended to it.</summary>
    public ulong GasUsed(byte[] code)
    {
        ExecutionResult result = Run(code);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        return Gas - result.GasLeft;
    }

    /// <summary>The word that the code leaves on top of the stack.</summary>
    public UInt256 Top(Bytecode code, byte[]? input = null)
    {
        ExecutionResult result = Run(code.ReturnTop(), input);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        return UInt256.FromBigEndian(result.Output.Span);
    }

    public UInt256 Slot(Address address, UInt256 key) => State.GetSlot(State.GetAccount(address), key).Value;

    public Hash256 GetBlockHash(ulong number) => new([.. new byte[31], (byte)number]);

    public void Dispose() => Machine.Dispose();

    public BlockContext Block() => new()
    {
        Rules = Rules,
        ChainId = 1337,
        Number = 1_000,
        Timestamp = 1_700_000_000,
        GasLimit = 30_000_000,
        Coinbase = Address.FromNumber(0xc01),
        Difficulty = 131_072,
        PrevRandao = new Hash256([.. new byte[31], 99]),
        BaseFee = 8,
        BlobBaseFee = 9,
        BlockHashes = this,
        Precompiles = Precompiles,
        Policy = Policy,
    };

    private static MemoryState Seeded()
    {
        MemoryState state = new();
        state.SetAccount(Sender, 0, 1_000_000_000_000_000_000, default);
        return state;
    }
}
