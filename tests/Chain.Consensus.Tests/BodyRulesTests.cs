using Chain.Consensus.Execution;
using Chain.Consensus.Rules;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Storage.State;

namespace Chain.Consensus.Tests;

/// <summary>Bodies, ommers, and what only execution shows.</summary>
public sealed class BodyRulesTests
{
    [Test]
    public void A_block_above_8_MiB_is_refused_from_Osaka_on()
    {
        Transaction large = new() { ChainId = 1, Data = new byte[8 << 20], GasLimit = 1 };
        Block block = new() { Header = new BlockHeader { OmmersHash = BlockHeader.EmptyOmmersHash, WithdrawalsRoot = Account.EmptyTrieRoot }, Transactions = [large], Withdrawals = [] };

        Assert.That(BodyRules.Check(block, ForkTable.Rules(Fork.Osaka)), Is.EqualTo(BlockError.RlpBlockLimitExceeded));
        Assert.That(BodyRules.Check(block, ForkTable.Rules(Fork.Prague)), Is.EqualTo(BlockError.None));
    }

    [TestCase(0, BlockError.None)]
    [TestCase(1, BlockError.RlpBlockLimitExceeded)]
    public void The_size_limit_counts_every_byte_of_the_block(int excessBytes, BlockError expected)
    {
        Block WithData(int size) => new()
        {
            Header = new BlockHeader { OmmersHash = BlockHeader.EmptyOmmersHash, WithdrawalsRoot = Account.EmptyTrieRoot },
            Transactions = [new Transaction { Data = new byte[size], GasLimit = 1 }],
            Withdrawals = [],
        };
        int overhead = WithData(8 << 20).EncodedSizeBytes - (8 << 20);
        Block block = WithData((8 << 20) - overhead + excessBytes);

        Assert.That(block.EncodedSizeBytes, Is.EqualTo((8 << 20) + excessBytes));
        Assert.That(BodyRules.Check(block, ForkTable.Rules(Fork.Osaka)), Is.EqualTo(expected));
    }

    [Test]
    public void A_body_must_be_the_one_of_its_header()
    {
        using TestChain chain = new();
        Block good = chain.BuildEmpty(chain.Manager.Head);
        ForkRules rules = ForkTable.Rules(Fork.Osaka);
        Withdrawal withdrawal = new(0, 0, TestChain.Nobody, 1);

        Assert.That(BodyRules.Check(good, rules), Is.EqualTo(BlockError.None));
        Assert.That(BodyRules.Check(new Block { Header = good.Header, Withdrawals = null }, rules), Is.EqualTo(BlockError.RlpWithdrawalsNotRead));
        Assert.That(BodyRules.Check(new Block { Header = good.Header, Withdrawals = [withdrawal] }, rules), Is.EqualTo(BlockError.InvalidWithdrawalsRoot));
        Assert.That(BodyRules.Check(new Block { Header = good.Header, Withdrawals = [], Ommers = [good.Header] }, rules), Is.EqualTo(BlockError.InvalidUnclesHash));
        Assert.That(BodyRules.Check(new Block { Header = good.Header, Withdrawals = [] }, ForkTable.Rules(Fork.Paris)), Is.EqualTo(BlockError.ImportImpossibleShanghai));
    }

    [Test]
    public void Execution_names_the_first_field_that_is_wrong()
    {
        using TestChain producer = new();
        using TestChain chain = new();
        Block good = producer.ProduceWith(TestChain.Transfer(0, 0)).Block;
        BlockError Import(BlockHeader header) => chain.Manager.Import(new Block { Header = header, Transactions = good.Transactions, Withdrawals = good.Withdrawals }).BlockError;
        byte[] bloom = new byte[Bloom.SizeBytes];
        bloom[0] = 1;

        Assert.That(Import(good.Header with { StateRoot = Hash256.Zero }), Is.EqualTo(BlockError.InvalidStateRoot));
        Assert.That(Import(good.Header with { ReceiptsRoot = Hash256.Zero }), Is.EqualTo(BlockError.InvalidReceiptsRoot));
        Assert.That(Import(good.Header with { TransactionsRoot = Hash256.Zero }), Is.EqualTo(BlockError.InvalidTransactionsRoot));
        Assert.That(Import(good.Header with { LogsBloom = new Bloom(bloom) }), Is.EqualTo(BlockError.InvalidLogBloom));
        Assert.That(Import(good.Header with { GasUsed = good.Header.GasUsed + 1 }), Is.EqualTo(BlockError.InvalidGasUsed));
        Assert.That(Import(good.Header with { BlobGasUsed = FeeMarket.GasPerBlob }), Is.EqualTo(BlockError.IncorrectBlobGasUsed));
        Assert.That(Import(good.Header with { BlobGasUsed = FeeMarket.GasPerBlob * 10 }), Is.EqualTo(BlockError.BlobGasUsedAboveLimit));
        Assert.That(Import(good.Header with { RequestsHash = Hash256.Zero }), Is.EqualTo(BlockError.InvalidRequests));
        Assert.That(Import(good.Header with { ParentHash = Hash256.Zero }), Is.EqualTo(BlockError.UnknownParentZero));
        Assert.That(Import(good.Header with { ParentHash = good.Header.Hash }), Is.EqualTo(BlockError.UnknownParent));
        Assert.That(chain.Manager.Head.Number, Is.Zero);
        Assert.That(chain.Manager.Import(good).Status, Is.EqualTo(ImportStatus.BecameHead));
    }

    [Test]
    public void Ommers_are_recent_unknown_children_of_ancestors()
    {
        using TestChain chain = new(Fork.London);
        List<BlockHeader> heads = [chain.Manager.Head];
        for (int i = 0; i < 9; i++) heads.Add(chain.Produce().Block.Header);
        BlockHeader Ommer(int number) => chain.BuildEmpty(heads[number - 1], coinbase: 0xaa).Header;
        Block Next(params BlockHeader[] ommers)
        {
            Block empty = chain.BuildEmpty(heads[^1]);
            return new Block { Header = empty.Header with { OmmersHash = BlockHeader.ComputeOmmersHash(ommers) }, Ommers = ommers };
        }
        BlockError Check(params BlockHeader[] ommers) => OmmerRules.Check(Next(ommers), chain.Manager.Spec, chain.Database.Blocks);

        Assert.That(Check(), Is.EqualTo(BlockError.None));
        Assert.That(Check(Ommer(9)), Is.EqualTo(BlockError.None));
        Assert.That(Check(Ommer(9), Ommer(4)), Is.EqualTo(BlockError.None), "six below block 10");
        Assert.That(Check(Ommer(3)), Is.EqualTo(BlockError.UncleParentIncorrect), "seven below block 10");
        Assert.That(Check(Ommer(9), Ommer(8), Ommer(7)), Is.EqualTo(BlockError.TooManyUncles));
        Assert.That(Check(Ommer(9), Ommer(9)), Is.EqualTo(BlockError.UncleIsBrother));
        Assert.That(Check(heads[8]), Is.EqualTo(BlockError.UncleIsAncestor));
        Assert.That(Check(Ommer(9) with { ParentHash = Hash256.Zero }), Is.EqualTo(BlockError.UncleUnknownParent));
        Assert.That(Check(chain.BuildEmpty(heads[^1], coinbase: 0xaa).Header), Is.EqualTo(BlockError.UncleParentIncorrect), "a brother of the block");
        Assert.That(Check(Ommer(9) with { Difficulty = 1 }), Is.EqualTo(BlockError.InvalidDifficulty), "an ommer is a valid header");
    }

    [Test]
    public void An_ommer_counts_once()
    {
        using TestChain chain = new(Fork.London);
        BlockHeader genesis = chain.Manager.Head;
        chain.Produce();
        BlockHeader ommer = chain.BuildEmpty(genesis, coinbase: 0xaa).Header;
        PendingState state = chain.Database.States.Prepare(chain.Database.States.Head, new StateDelta());
        BlockHeader header = chain.BuildEmpty(chain.Manager.Head).Header with { StateRoot = state.Root, OmmersHash = BlockHeader.ComputeOmmersHash([ommer]) };
        Block carrier = new() { Header = header, Ommers = [ommer] };
        chain.Database.CommitBlock(carrier, header.Hash, [], [], state, makeHead: true);
        Block next = new() { Header = new BlockHeader { Number = carrier.Header.Number + 1, ParentHash = carrier.Header.Hash }, Ommers = [ommer] };

        Assert.That(OmmerRules.Check(next, chain.Manager.Spec, chain.Database.Blocks), Is.EqualTo(BlockError.UncleInChain));
    }

    [Test]
    public void The_DAO_list_has_116_accounts_and_their_balances_move()
    {
        Assert.That(DaoFork.DrainedAccounts, Has.Count.EqualTo(DaoFork.AccountCount));
        Assert.That(DaoFork.DrainedAccounts.Distinct().Count(), Is.EqualTo(DaoFork.AccountCount));
        MemoryState before = new();
        foreach (Address address in DaoFork.DrainedAccounts) before.SetAccount(address, 0, 5, default);
        WorldState state = new(before);

        DaoFork.Apply(state, ForkTable.Rules(Fork.Dao));

        Assert.That(state.GetAccount(DaoFork.RefundContract).Balance, Is.EqualTo((UInt256)(5 * DaoFork.AccountCount)));
        Assert.That(DaoFork.DrainedAccounts.All(a => state.GetAccount(a).Balance.IsZero), Is.True);
    }
}
