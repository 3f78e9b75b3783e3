using System.Diagnostics;
using System.Reflection;
using Chain.Core.Crypto;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>Running opcodes and calling frames allocates nothing once a depth was used.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
[NonParallelizable]
public sealed class MachineLimitsTests(DispatcherKind dispatcher)
{
    [Test]
    public void Opcodes_and_frames_allocate_nothing()
    {
        bool isUnoptimised = typeof(Keccak256).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true;
        if (isUnoptimised) Assert.Ignore("An unoptimised build boxes vectors in the hash function; run in Release.");
        using MachineHarness machine = new(dispatcher);
        // Memory, hashing, storage, and a call in each of many rounds.
        Bytecode callee = new Bytecode().Push(3, 1).Op("SLOAD ADD").Push(1).Op("SSTORE").Push(64, 0).Op("KECCAK256").ReturnTop();
        machine.Put(MachineHarness.Other, callee);
        Bytecode caller = new Bytecode().Push(1_000).Op("JUMPDEST").Push(32, 0, 0, 0, 0).Push(MachineHarness.Other).Op("GAS CALL POP")
            .Push(0).Op("MLOAD POP").Push(1).Op("SWAP1 SUB DUP1").Push(3).Op("JUMPI");
        machine.Put(MachineHarness.Target, caller);

        WorldState state = new(machine.Parent);
        BlockContext block = machine.Block();
        Message message = new() { Kind = CallKind.Call, Caller = MachineHarness.Sender, Recipient = MachineHarness.Target, Gas = 100_000_000 };
        for (int i = 0; i < 3; i++) RunOnce();
        long before = GC.GetAllocatedBytesForCurrentThread();
        FrameStatus status = RunOnce();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(status, Is.EqualTo(FrameStatus.Success));
        Assert.That(allocated, Is.Zero);

        FrameStatus RunOnce()
        {
            state.BeginTransaction();
            FrameStatus result = machine.Machine.Execute(state, block, machine.Transaction, message).Status;
            state.EndTransaction(machine.Rules);
            return result;
        }
    }
}
