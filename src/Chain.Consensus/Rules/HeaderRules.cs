using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Consensus.Rules;

/// <summary>What a header must satisfy given its parent's header, before anything is executed. Ethash seals are not checked, their difficulty is.</summary>
public static class HeaderRules
{
    /// <summary>Largest extra data, bytes.</summary>
    public const int ExtraDataSizeBytesMax = 32;

    /// <summary>Smallest gas limit.</summary>
    public const ulong GasLimitMin = 5_000;

    /// <summary>Largest gas limit (2^63 - 1).</summary>
    public const ulong GasLimitMax = long.MaxValue;

    private const ulong GasLimitBoundDivisor = 1_024;

    private static readonly byte[] DaoExtraData = "dao-hard-fork"u8.ToArray();

    /// <summary>Checks a header against its parent.</summary>
    /// <param name="header">The header.</param>
    /// <param name="parent">Its parent's.</param>
    /// <param name="parentHasOmmers">True when the parent block has ommers (difficulty from Byzantium on).</param>
    /// <param name="spec">The chain.</param>
    /// <param name="rules">Rules of the header's block.</param>
    /// <param name="isPostMerge">True when the block is past the merge.</param>
    /// <param name="parentIsPostMerge">The same of the parent.</param>
    public static BlockError Check(BlockHeader header, BlockHeader parent, bool parentHasOmmers, ChainSpec spec, ForkRules rules, bool isPostMerge, bool parentIsPostMerge)
    {
        if (header.Number != parent.Number + 1) return BlockError.InvalidBlockNumber;
        if (header.Timestamp <= parent.Timestamp) return BlockError.InvalidBlockTimestampOlderThanParent;
        if (header.ExtraData.Length > ExtraDataSizeBytesMax) return BlockError.ExtraDataTooBig;
        if (header.GasUsed > header.GasLimit) return BlockError.GasUsedOverflow;
        if (!IsGasLimitValid(header, parent, rules, spec)) return BlockError.InvalidGaslimit;
        if (spec.IsDaoExtraDataRequired(header.Number) && !header.ExtraData.Span.SequenceEqual(DaoExtraData)) return BlockError.ExtraDataInvalidDao;

        BlockError error = isPostMerge ? CheckProofOfStake(header, parentIsPostMerge, spec) : CheckProofOfWork(header, parent, parentHasOmmers, rules, parentIsPostMerge);
        if (error == BlockError.None) error = CheckFees(header, parent, spec, rules);
        if (error == BlockError.None) error = CheckOptionalFields(header, parent, rules);
        return error;
    }

    private static BlockError CheckProofOfStake(BlockHeader header, bool parentIsPostMerge, ChainSpec spec)
    {
        _ = parentIsPostMerge;
        if (!header.Difficulty.IsZero) return BlockError.ImportImpossibleDifficultyOverParis;
        if (header.Nonce != 0) return BlockError.ImportImpossibleDifficultyOverParis;
        if (header.OmmersHash != BlockHeader.EmptyOmmersHash) return BlockError.ImportImpossibleUnclesOverParis;
        return BlockError.None;
    }

    private static BlockError CheckProofOfWork(BlockHeader header, BlockHeader parent, bool parentHasOmmers, ForkRules rules, bool parentIsPostMerge)
    {
        if (parentIsPostMerge) return BlockError.ImportImpossibleDifficultyOverParis;
        return header.Difficulty == Difficulty.Next(rules, header.Number, header.Timestamp, parent.Timestamp, parent.Difficulty, parentHasOmmers)
            ? BlockError.None
            : BlockError.InvalidDifficulty;
    }

    private static BlockError CheckFees(BlockHeader header, BlockHeader parent, ChainSpec spec, ForkRules rules)
    {
        if (rules.Fork < Fork.London) return header.BaseFeePerGas is null ? BlockError.None : BlockError.IncorrectBlockFormat;
        if (header.BaseFeePerGas is not { } baseFee) return BlockError.IncorrectBlockFormat;
        return baseFee == NextBaseFee(parent, rules) ? BlockError.None : BlockError.InvalidBasefeePerGas;
    }

    /// <summary>Base fee of a block on this parent, by the block's rules (from London on).</summary>
    public static UInt256 NextBaseFee(BlockHeader parent, ForkRules rules) => FeeMarket.NextBaseFee(parent, rules);

    private static BlockError CheckOptionalFields(BlockHeader header, BlockHeader parent, ForkRules rules)
    {
        if ((rules.Fork >= Fork.Shanghai) != header.WithdrawalsRoot.HasValue) return BlockError.IncorrectBlockFormat;
        bool hasBlobs = rules.Fork >= Fork.Cancun;
        if (hasBlobs != header.BlobGasUsed.HasValue || hasBlobs != header.ExcessBlobGas.HasValue || hasBlobs != header.ParentBeaconBlockRoot.HasValue) return BlockError.IncorrectBlockFormat;
        if ((rules.Fork >= Fork.Prague) != header.RequestsHash.HasValue) return BlockError.IncorrectBlockFormat;
        if (!hasBlobs) return BlockError.None;

        if (header.BlobGasUsed > rules.Blobs!.Max * FeeMarket.GasPerBlob) return BlockError.BlobGasUsedAboveLimit;
        if (header.BlobGasUsed % FeeMarket.GasPerBlob != 0) return BlockError.IncorrectBlobGasUsed;
        return header.ExcessBlobGas == FeeMarket.NextExcessBlobGas(parent, rules) ? BlockError.None : BlockError.IncorrectExcessBlobGas;
    }

    private static bool IsGasLimitValid(BlockHeader header, BlockHeader parent, ForkRules rules, ChainSpec spec)
    {
        if (header.GasLimit is < GasLimitMin or > GasLimitMax) return false;
        ulong parentLimit = spec.IsLondonBlock(header.Number) && rules.Fork >= Fork.London ? parent.GasLimit * rules.BaseFeeElasticity : parent.GasLimit;
        ulong difference = header.GasLimit > parentLimit ? header.GasLimit - parentLimit : parentLimit - header.GasLimit;
        return difference < parentLimit / GasLimitBoundDivisor;
    }
}
