using Chain.Consensus.Rules;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Consensus.Tests;

/// <summary>Header rules, one case per rule: a valid header with one field changed.</summary>
public sealed class HeaderRulesTests
{
    private static IEnumerable<TestCaseData> BrokenHeaders()
    {
        yield return Case(Fork.Osaka, "number", h => h with { Number = h.Number + 1 }, BlockError.InvalidBlockNumber);
        yield return Case(Fork.Osaka, "timestamp of the parent", h => h with { Timestamp = TestChain.GenesisTimestamp }, BlockError.InvalidBlockTimestampOlderThanParent);
        yield return Case(Fork.Osaka, "33 bytes of extra data", h => h with { ExtraData = new byte[33] }, BlockError.ExtraDataTooBig);
        yield return Case(Fork.Osaka, "gas used above the limit", h => h with { GasUsed = h.GasLimit + 1 }, BlockError.GasUsedOverflow);
        yield return Case(Fork.Osaka, "gas limit up by 1/1024", h => h with { GasLimit = h.GasLimit + (h.GasLimit / 1024) }, BlockError.InvalidGaslimit);
        yield return Case(Fork.Osaka, "gas limit down by 1/1024", h => h with { GasLimit = h.GasLimit - (h.GasLimit / 1024) }, BlockError.InvalidGaslimit);
        yield return Case(Fork.Osaka, "gas limit of 2^63", h => h with { GasLimit = 1UL << 63 }, BlockError.GaslimitTooBig);
        yield return Case(Fork.Osaka, "difficulty after the merge", h => h with { Difficulty = 1 }, BlockError.ImportImpossibleDifficultyOverParis);
        yield return Case(Fork.Osaka, "nonce after the merge", h => h with { Nonce = 1 }, BlockError.ImportImpossibleDifficultyOverParis);
        yield return Case(Fork.Osaka, "ommers after the merge", h => h with { OmmersHash = Hash256.Zero }, BlockError.ImportImpossibleUnclesOverParis);
        yield return Case(Fork.Osaka, "base fee", h => h with { BaseFeePerGas = h.BaseFeePerGas + 1 }, BlockError.InvalidBasefeePerGas);
        yield return Case(Fork.Osaka, "no base fee", h => h with { BaseFeePerGas = null }, BlockError.ImportImpossibleLegacyWrongParent);
        yield return Case(Fork.Osaka, "no withdrawals root", h => h with { WithdrawalsRoot = null }, BlockError.ImportImpossibleParisOverShanghai);
        yield return Case(Fork.Osaka, "no blob gas used", h => h with { BlobGasUsed = null }, BlockError.IncorrectBlockFormat);
        yield return Case(Fork.Osaka, "no excess blob gas", h => h with { ExcessBlobGas = null }, BlockError.IncorrectBlockFormat);
        yield return Case(Fork.Osaka, "no beacon root", h => h with { ParentBeaconBlockRoot = null }, BlockError.IncorrectBlockFormat);
        yield return Case(Fork.Osaka, "no requests hash", h => h with { RequestsHash = null }, BlockError.IncorrectBlockFormat);
        yield return Case(Fork.Cancun, "requests hash before Prague", h => h with { RequestsHash = Hash256.Zero }, BlockError.IncorrectBlockFormat);
        yield return Case(Fork.Osaka, "part of a blob", h => h with { BlobGasUsed = 1 }, BlockError.IncorrectBlobGasUsed);
        yield return Case(Fork.Osaka, "excess blob gas", h => h with { ExcessBlobGas = 1 }, BlockError.IncorrectExcessBlobGas);
        yield return Case(Fork.Paris, "withdrawals root before Shanghai", h => h with { WithdrawalsRoot = Hash256.Zero }, BlockError.ImportImpossibleShanghai);
        yield return Case(Fork.Shanghai, "blob gas before Cancun", h => h with { BlobGasUsed = 0 }, BlockError.IncorrectBlockFormat);
        yield return Case(Fork.Berlin, "base fee before London", h => h with { BaseFeePerGas = 7 }, BlockError.ImportImpossibleLondonWrongParent);
        yield return Case(Fork.London, "difficulty of proof of work", h => h with { Difficulty = h.Difficulty + 1 }, BlockError.InvalidDifficulty);
        yield return Case(Fork.Dao, "no DAO extra data", h => h with { Number = 1, ExtraData = default }, BlockError.ExtraDataInvalidDao);
    }

    [TestCaseSource(nameof(BrokenHeaders))]
    public void A_broken_rule_is_named(Fork fork, Func<BlockHeader, BlockHeader> change, BlockError expected)
    {
        using TestChain chain = new(fork);
        BlockHeader parent = chain.Manager.Head;
        BlockHeader header = chain.BuildEmpty(parent).Header;

        Assert.That(Check(chain, change(header), parent), Is.EqualTo(expected));
    }

    [Test]
    public void Produced_headers_are_valid_in_every_fork([Values] Fork fork)
    {
        using TestChain chain = new(fork);
        BlockHeader parent = chain.Manager.Head;
        BlockHeader header = chain.BuildEmpty(parent).Header;
        // The builder of a chain that supports the DAO fork is told its extra data by the engine.
        if (fork == Fork.Dao) header = header with { ExtraData = "dao-hard-fork"u8.ToArray() };

        Assert.That(Check(chain, header, parent), Is.EqualTo(BlockError.None));
    }

    [TestCase(29_000_000UL + 28_319, BlockError.None)]
    [TestCase(29_000_000UL + 28_320, BlockError.InvalidGaslimit)]
    [TestCase(29_000_000UL - 28_319, BlockError.None)]
    [TestCase(29_000_000UL - 28_320, BlockError.InvalidGaslimit)]
    public void The_gas_limit_moves_by_less_than_a_1024th(ulong gasLimit, BlockError expected)
    {
        using TestChain chain = new();
        BlockHeader parent = chain.Manager.Head with { GasLimit = 29_000_000, GasUsed = 14_500_000 };
        BlockHeader header = chain.BuildEmpty(chain.Manager.Head).Header with { GasLimit = gasLimit, BaseFeePerGas = parent.BaseFeePerGas };

        Assert.That(Check(chain, header, parent), Is.EqualTo(expected));
    }

    [TestCase(4_999UL, BlockError.InvalidGaslimit)]
    [TestCase(5_000UL, BlockError.None)]
    public void The_gas_limit_is_at_least_5000(ulong gasLimit, BlockError expected)
    {
        using TestChain chain = new();
        BlockHeader parent = chain.Manager.Head with { GasLimit = 5_000, GasUsed = 2_500 };
        BlockHeader header = chain.BuildEmpty(chain.Manager.Head).Header with { GasLimit = gasLimit, BaseFeePerGas = parent.BaseFeePerGas };

        Assert.That(Check(chain, header, parent), Is.EqualTo(expected));
    }

    [Test]
    public void A_block_of_work_in_place_of_the_first_of_stake_is_told_from_a_wrong_difficulty()
    {
        ChainSpec spec = new(TestChain.ChainId, ChainSpec.ForFork(Fork.GrayGlacier, TestChain.ChainId).Activations, terminalTotalDifficulty: 1_000_000);
        using TestChain chain = new(Fork.GrayGlacier);
        BlockHeader parent = chain.Manager.Head;
        BlockHeader work = chain.BuildEmpty(parent).Header;
        ForkRules rules = ForkTable.Rules(Fork.Paris);

        Assert.That(HeaderRules.Check(work, parent, spec, rules, isPostMerge: true, parentIsPostMerge: false), Is.EqualTo(BlockError.ImportImpossibleParisWrongPow));
        Assert.That(HeaderRules.Check(work with { Difficulty = work.Difficulty + 1 }, parent, spec, rules, true, false), Is.EqualTo(BlockError.InvalidDifficulty));
        Assert.That(HeaderRules.Check(work with { Difficulty = 0 }, parent, spec, ForkTable.Rules(Fork.GrayGlacier), false, false), Is.EqualTo(BlockError.ImportImpossibleParisWrongPos));
    }

    private static TestCaseData Case(Fork fork, string name, Func<BlockHeader, BlockHeader> change, BlockError expected) =>
        new TestCaseData(fork, change, expected).SetArgDisplayNames(fork.ToString(), name, expected.ToString());

    private static BlockError Check(TestChain chain, BlockHeader header, BlockHeader parent)
    {
        ChainSpec spec = chain.Manager.Spec;
        bool isPostMerge = spec.IsMergedAtGenesis;
        return HeaderRules.Check(header, parent, spec, spec.RulesAt(header.Number, header.Timestamp, isPostMerge), isPostMerge, isPostMerge);
    }
}
