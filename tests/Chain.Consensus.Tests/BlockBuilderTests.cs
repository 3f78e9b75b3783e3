using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;

namespace Chain.Consensus.Tests;

/// <summary>The order of building, and that every built block is valid to a validator of its own.</summary>
public sealed class BlockBuilderTests
{
    /// <summary>Stores block number at slot 0, reverts on calldata that begins with 1, logs the rest.</summary>
    private static readonly byte[] Busy = [0x5f, 0x35, 0x5f, 0x1a, 0x60, 0x01, 0x14, 0x60, 0x10, 0x57, 0x43, 0x5f, 0x55, 0x5f, 0x5f, 0xa0, 0x5b, 0x5f, 0x5f, 0xfd];

    private static readonly Address BusyContract = Address.Parse("0x00000000000000000000000000000000000b0550");

    [Test]
    public void The_dearest_goes_first_and_equal_ones_in_order_of_arrival()
    {
        using TestChain chain = new();
        Transaction[] inOrder =
        [
            TestChain.Transfer(0, 0, priorityGwei: 1), TestChain.Transfer(1, 0, priorityGwei: 3), TestChain.Transfer(2, 0, priorityGwei: 2),
            TestChain.Transfer(3, 0, priorityGwei: 3), TestChain.Transfer(4, 0, priorityGwei: 2),
        ];

        IReadOnlyList<Transaction> built = chain.ProduceWith(inOrder).Block.Transactions;

        Assert.That(built.Select(t => t.Hash), Is.EqualTo(new[] { 1, 3, 2, 4, 0 }.Select(i => inOrder[i].Hash)));
    }

    [Test]
    public void A_sender_s_own_order_is_kept_whatever_it_pays()
    {
        using TestChain chain = new();

        IReadOnlyList<Transaction> built = chain.ProduceWith(TestChain.Transfer(0, 0, priorityGwei: 1), TestChain.Transfer(0, 1, priorityGwei: 90), TestChain.Transfer(1, 0, priorityGwei: 5)).Block.Transactions;

        Assert.That(built.Select(t => (int)(t.MaxPriorityFeePerGas / TestChain.GweiWei).U0), Is.EqualTo(new[] { 5, 1, 90 }));
    }

    [Test]
    public void The_tip_that_counts_is_what_the_base_fee_leaves()
    {
        using TestChain chain = new();
        BlockHeader head = chain.Manager.Head;
        ulong baseFeeGwei = (FeeMarket.NextBaseFee(head, ForkTable.Rules(Fork.Osaka)) / TestChain.GweiWei).U0;
        Transaction capped = TestChain.Transfer(0, 0, priorityGwei: 2, maxFeeGwei: baseFeeGwei + 2), open = TestChain.Transfer(1, 0, priorityGwei: 3);

        Assert.That(chain.ProduceWith(capped, open).Block.Transactions[0].Hash, Is.EqualTo(open.Hash));
    }

    [Test]
    public void A_transaction_below_the_base_fee_waits()
    {
        using TestChain chain = new();
        Transaction poor = TestChain.LegacyTransfer(0, 0, priceGwei: 0, TestChain.Nobody, 1, 21_000, []);

        Assert.That(chain.ProduceWith(poor, TestChain.Transfer(1, 0)).Block.Transactions, Has.Count.EqualTo(1));
        Assert.That(chain.Pool.TryGet(poor.Hash, out _), Is.True);
    }

    [Test]
    public void The_gas_limit_is_filled_and_not_exceeded()
    {
        using TestChain chain = new();
        for (int wallet = 0; wallet < 8; wallet++)
        {
            for (ulong nonce = 0; nonce < 5; nonce++) chain.Pool.Add(TestChain.Transfer(wallet, nonce, gasLimit: 5_000_000), isLocal: true);
        }

        ExecutedBlock block = chain.Produce();

        Assert.That(block.Block.Header.GasUsed, Is.LessThanOrEqualTo(TestChain.GasLimit));
        Assert.That(block.Block.Transactions, Has.Count.EqualTo(40), "gas used counts, not gas limits, until 5 million are no longer left");
    }

    [Test]
    public void Every_built_block_is_valid(
        [Values(Fork.Frontier, Fork.Homestead, Fork.SpuriousDragon, Fork.Byzantium, Fork.Istanbul, Fork.Berlin, Fork.London, Fork.Paris, Fork.Shanghai, Fork.Cancun, Fork.Prague, Fork.Osaka)] Fork fork,
        [Values(1, 2, 3)] int seed)
    {
        Dictionary<Address, byte[]> contracts = new() { [BusyContract] = Busy };
        using TestChain builder = new(fork, contracts: contracts);
        using TestChain validator = new(fork, contracts: contracts, dispatcher: DispatcherKind.Loop);
        Random random = new((seed * 1_000) + (int)fork);
        ulong[] nonces = new ulong[8];
        int included = 0;
        for (int height = 1; height <= 6; height++)
        {
            for (int i = random.Next(20); i > 0; i--) builder.Pool.Add(RandomTransaction(random, fork, nonces), isLocal: random.Next(2) == 0);
            ExecutedBlock built = builder.Produce((byte)random.Next(1, 200), (ulong)random.Next(1, 40));

            ImportResult result = validator.Manager.Import(Recoded(built.Block));

            Assert.That(result.Status, Is.EqualTo(ImportStatus.BecameHead), $"block {height}: {result.ErrorName} {result.Detail}");
            Assert.That(Describe(validator.Manager.Load(built.Hash).Receipts), Is.EqualTo(Describe(built.Receipts)));
            included += built.Block.Transactions.Count;
        }
        Assert.That(included, Is.GreaterThan(10));
    }

    private static IEnumerable<(bool, ulong, int)> Describe(IReadOnlyList<Receipt> receipts) => receipts.Select(r => (r.Succeeded, r.CumulativeGasUsed, r.Logs.Count));

    private static Block Recoded(Block block)
    {
        Assert.That(Block.TryDecode(block.Encode(), out Block? decoded, out _, out _), Is.True);
        return decoded!;
    }

    private static Transaction RandomTransaction(Random random, Fork fork, ulong[] nonces)
    {
        int wallet = random.Next(nonces.Length);
        ulong nonce = nonces[wallet];
        // Now and then a gap, a repeat, or a nonce from the past.
        if (random.Next(10) == 0) nonce += (ulong)random.Next(3);
        else nonces[wallet]++;
        ulong price = (ulong)random.Next(2, 60);
        (Address? to, ulong gas, byte[] data) = random.Next(5) switch
        {
            0 => (BusyContract, 100_000UL, new byte[] { 0 }),
            1 => (BusyContract, 100_000UL, new byte[] { 1, 2 }),
            2 => (null, 200_000UL, new byte[] { 0x60, 0x00, 0x60, 0x00, 0xf3 }),
            3 => ((Address?)TestChain.Nobody, 30_000UL, new byte[] { 7 }),
            _ => (TestChain.Wallets[random.Next(8)].Address, 21_000UL, Array.Empty<byte>()),
        };
        UInt256 value = to == BusyContract ? UInt256.Zero : TestChain.Ether * (ulong)random.Next(300);
        return fork < Fork.London || random.Next(2) == 0
            ? TestChain.LegacyTransfer(wallet, nonce, price, to, value, gas, data)
            : to is null ? TestChain.LegacyTransfer(wallet, nonce, price, null, value, gas, data)
            : TestChain.Transfer(wallet, nonce, Math.Min(price, 5), price, to, value, gas, data);
    }
}
