using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>What stands between frames may name the caller and replace results, on both dispatchers.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineInterceptorTests(DispatcherKind dispatcher)
{
    private static readonly Address Stranger = Address.FromNumber(0x57a);
    private static readonly UInt256 StrangerWord = UInt256.FromBigEndian(Stranger.Bytes);
    private static readonly byte[] ReturnCaller = new Bytecode().Op("CALLER").ReturnTop();

    [TestCase("CALL")]
    [TestCase("STATICCALL")]
    [TestCase("DELEGATECALL")]
    public void A_call_is_in_the_name_it_is_given(string name)
    {
        using MachineHarness machine = Machine(new Interceptor { Caller = Stranger });
        machine.Put(MachineHarness.Other, ReturnCaller);
        Assert.That(machine.Top(new Bytecode().Call(name, MachineHarness.Other).Push(32, 0, 0).Op("RETURNDATACOPY POP").Push(0).Op("MLOAD")), Is.EqualTo(StrangerWord));
    }

    [Test]
    public void Who_is_named_pays_the_value_and_must_have_it()
    {
        using MachineHarness machine = Machine(new Interceptor { Caller = Stranger });
        machine.Put(MachineHarness.Other, new Bytecode().Op("STOP")).Put(Stranger, [], balance: 5);
        Bytecode code = new Bytecode().Call("CALL", MachineHarness.Other, value: 5);
        Assert.That(machine.Top(code), Is.EqualTo(UInt256.One));
        Assert.That(Balance(machine, Stranger), Is.EqualTo(UInt256.Zero));
        Assert.That(Balance(machine, MachineHarness.Target), Is.EqualTo((UInt256)1_000));
        machine.Put(Stranger, [], balance: 4);
        Assert.That(machine.Top(code), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void Who_is_named_creates_with_its_own_nonce()
    {
        using MachineHarness machine = Machine(new Interceptor { Caller = Stranger });
        machine.Put(Stranger, []);
        UInt256 created = UInt256.FromBigEndian(ContractAddress.OfCreate(Stranger, 1).Bytes);
        Assert.That(machine.Top(new Bytecode().Push(0, 0, 0).Op("CREATE")), Is.EqualTo(created));
        Assert.That(machine.State.GetAccount(Stranger).Nonce, Is.EqualTo(2));
        Assert.That(machine.State.GetAccount(MachineHarness.Target).Nonce, Is.EqualTo(1));
    }

    [Test]
    public void A_failure_may_look_like_a_success_and_stays_undone()
    {
        Interceptor interceptor = new() { Replaces = FrameStatus.Revert, By = FrameStatus.Success, Output = [.. new byte[31], 77] };
        using MachineHarness machine = Machine(interceptor);
        // Clearing a slot earns a refund, which is undone.
        machine.Put(MachineHarness.Other, new Bytecode().Push(0, 1).Op("SSTORE").Push(0xee, 0).Op("MSTORE").Push(32, 0).Op("REVERT"));
        machine.Parent.SetStorage(MachineHarness.Other, 1, 9);
        Bytecode code = new Bytecode().Call("CALL", MachineHarness.Other).Push(32, 0, 0).Op("RETURNDATACOPY").Push(0).Op("MLOAD ADD");
        Assert.That(machine.Top(code), Is.EqualTo((UInt256)78));
        Assert.That(machine.Slot(MachineHarness.Other, 1), Is.EqualTo((UInt256)9));
        Assert.That(interceptor.Seen, Is.EqualTo(new[] { "1 Call Revert 4800", "0 Call Success 0" }));
        Assert.That(machine.State.Refund, Is.Zero);
    }

    [Test]
    public void A_success_may_look_like_a_failure_and_stays_done()
    {
        using MachineHarness machine = Machine(new Interceptor { Replaces = FrameStatus.Success, By = FrameStatus.Revert, Output = [1, 2] });
        machine.Put(MachineHarness.Other, new Bytecode().Push(5, 1).Op("SSTORE"));
        ExecutionResult result = machine.Run(new Bytecode().Call("CALL", MachineHarness.Other).Op("RETURNDATASIZE").Push(10).Op("MUL ADD").ReturnTop());
        Assert.That(machine.Slot(MachineHarness.Other, 1), Is.EqualTo((UInt256)5));
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.Output.ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
    }

    [Test]
    public void A_failed_creation_may_give_an_address()
    {
        using MachineHarness machine = Machine(new Interceptor { Replaces = FrameStatus.Revert, By = FrameStatus.Success, Created = Stranger });
        byte[] initCode = new Bytecode().Push(0, 0).Op("REVERT");
        Assert.That(machine.Top(new Bytecode().Store(initCode).Push((ulong)initCode.Length, 0, 0).Op("CREATE")), Is.EqualTo(StrangerWord));
    }

    [Test]
    public void A_block_that_is_replaced_is_seen_at_once_and_a_cold_contract_costs_what_an_account_costs()
    {
        using MachineHarness machine = new(dispatcher);
        machine.Precompiles = PrecompileSet.Empty.WithCold(new Clock(machine));
        Bytecode code = new Bytecode().Op("TIMESTAMP").Call("CALL", Clock.At).Op("POP TIMESTAMP SUB");
        Assert.That(machine.Top(code), Is.EqualTo(UInt256.One));
        ulong first = machine.GasUsed(new Bytecode().Call("CALL", Clock.At));
        ulong both = machine.GasUsed(new Bytecode().Call("CALL", Clock.At).Call("CALL", Clock.At));
        Assert.That(both - first, Is.EqualTo(first - 2_500));
    }

    private static UInt256 Balance(MachineHarness machine, Address address) => machine.State.GetAccount(address).Balance;

    private MachineHarness Machine(Interceptor interceptor)
    {
        MachineHarness machine = new(dispatcher);
        machine.Machine.Interceptor = interceptor;
        return machine;
    }

    private sealed class Interceptor : ICallInterceptor
    {
        public Address? Caller { get; init; }

        public FrameStatus? Replaces { get; init; }

        public FrameStatus By { get; init; }

        public byte[] Output { get; init; } = [];

        public Address Created { get; init; }

        public List<string> Seen { get; } = [];

        public Address CallerOf(int depth, CallKind kind, in Address caller, in Address callee) => Caller ?? caller;

        public void OnReturn(ref CallReturn result)
        {
            Seen.Add($"{result.Depth} {result.Kind} {result.Status} {result.UndoneRefund}");
            if (result.Status == Replaces) result.Replace(By, Output, Created);
        }
    }

    /// <summary>Moves the clock on by a second.</summary>
    private sealed class Clock(MachineHarness machine) : IStatefulPrecompile
    {
        public static readonly Address At = Address.FromNumber(0xc10c);

        public Address Address => At;

        public string Name => "CLOCK";

        public FrameStatus Run(ref NativeCall call, ReadOnlySpan<byte> input, OutputBuffer output)
        {
            machine.Machine.ReplaceBlock(new BlockContext
            {
                Rules = call.Block.Rules,
                ChainId = call.Block.ChainId,
                Number = call.Block.Number,
                Timestamp = call.Block.Timestamp + 1,
                GasLimit = call.Block.GasLimit,
                Coinbase = call.Block.Coinbase,
                BlockHashes = call.Block.BlockHashes,
                Precompiles = call.Block.Precompiles,
            });
            return FrameStatus.Success;
        }
    }
}
