using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

/// <summary>What a plain transfer costs in memory once its accounts are loaded: its result, nothing else. (Opcodes and frames: <see cref="MachineLimitsTests"/>.)</summary>
[NonParallelizable]
public sealed class AllocationTests
{
    private const int Transfers = 1_000;
    private const long BytesPerTransferMax = 256;

    [Test]
    public void A_plain_transfer_allocates_its_result_only()
    {
        using MachineHarness machine = new(DispatcherKind.TailCalls);
        TransactionProcessor processor = new(machine.Machine);
        WorldState state = new(machine.Parent);
        BlockContext block = machine.Block();
        Transaction[] transactions = [.. Enumerable.Range(0, 2 * Transfers).Select(nonce => new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = block.ChainId,
            Nonce = (ulong)nonce,
            MaxFeePerGas = 20,
            GasLimit = 21_000,
            To = MachineHarness.Other,
            Value = UInt256.One,
            Signature = new TransactionSignature(0, 1, 1),
        })];

        Run(transactions.AsSpan(0, Transfers));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(transactions.AsSpan(Transfers));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated / Transfers, Is.LessThanOrEqualTo(BytesPerTransferMax));

        void Run(ReadOnlySpan<Transaction> batch)
        {
            Address sender = MachineHarness.Sender;
            foreach (Transaction transaction in batch)
            {
                TransactionResult result = processor.Execute(state, block, transaction, sender, new BlockGas(block.GasLimit, 0));
                if (result.Error != TransactionError.None) Assert.Fail($"nonce {transaction.Nonce}: {result.Error}");
            }
        }
    }
}
