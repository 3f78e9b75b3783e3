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

    private static readonly byte[] DaoExtraData = "dao-hard-fork"u8.ToArray();

    /// <summary>Checks a header against its parent.</summary>
    /// <param name="header">The header.</param>
    /// <param name="parent">Its parent's.</param>
    /// <param name="spec">The chain.</param>
    /// <param name="rules">Rules of the header's block.</param>
    /// <param name="isPostMerge">True when the block is past the merge.</param>
    /// <param name="parentIsPostMerge">The same of the parent.</param>
    public static BlockError Check(BlockHeader header, BlockHeader parent, ChainSpec spec, ForkRules rules, bool isPostMerge, bool parentIsPostMerge)
    {
        if (header.Number != parent.Number + 1) return BlockError.InvalidBlockNumber;
        if (header.Timestamp <= parent.Timestamp) return BlockError.InvalidBlockTimestampOlderThanParent;
        if (header.ExtraData.Length > ExtraDataSizeBytesMax) return BlockError.ExtraDataTooBig;
        if (spec.IsDaoExtraDataRequired(header.Number) && !header.ExtraData.Span.SequenceEqual(DaoExtraData)) return BlockError.ExtraDataInvalidDao;
        BlockError error = CheckGasLimit(header, parent, spec, rules);
        if (error == BlockError.None && header.GasUsed > header.GasLimit) error = BlockError.GasUsedOverflow;
        if (error == BlockError.None) error = CheckFields(header, parent, rules);
        if (error == BlockError.None) error = isPostMerge ? CheckProofOfStake(header, parent, rules, parentIsPostMerge) : CheckProofOfWork(header, parent, rules, spec);
        if (error == BlockError.None) error = CheckFees(header, parent, rules);
        return error;
    }

    /// <summary>The fields that the fork has are there, and no others.</summary>
    private static BlockError CheckFields(BlockHeader header, BlockHeader parent, ForkRules rules)
    {
        if (rules.Fork < Fork.London && header.BaseFeePerGas.HasValue) return BlockError.ImportImpossibleLondonWrongParent;
        if (rules.Fork >= Fork.London && !header.BaseFeePerGas.HasValue)
            return parent.BaseFeePerGas.HasValue ? BlockError.ImportImpossibleLegacyWrongParent : BlockError.ImportImpossibleLegacy;
        if (rules.Fork < Fork.Shanghai && header.WithdrawalsRoot.HasValue) return BlockError.ImportImpossibleShanghai;
        if (rules.Fork >= Fork.Shanghai && !header.WithdrawalsRoot.HasValue) return BlockError.ImportImpossibleParisOverShanghai;
        bool hasBlobs = rules.Fork >= Fork.Cancun;
        if (hasBlobs != header.BlobGasUsed.HasValue || hasBlobs != header.ExcessBlobGas.HasValue || hasBlobs != header.ParentBeaconBlockRoot.HasValue) return BlockError.IncorrectBlockFormat;
        return (rules.Fork >= Fork.Prague) == header.RequestsHash.HasValue ? BlockError.None : BlockError.IncorrectBlockFormat;
    }

    private static BlockError CheckGasLimit(BlockHeader header, BlockHeader parent, ChainSpec spec, ForkRules rules)
    {
        if (header.GasLimit > FeeMarket.GasLimitMax) return BlockError.GaslimitTooBig;
        // The first London block may double the limit, because half of it is the target from then on (EIP-1559).
        ulong parentLimit = spec.IsLondonBlock(header.Number) ? parent.GasLimit * rules.BaseFeeElasticity : parent.GasLimit;
        return FeeMarket.IsGasLimitAllowed(header.GasLimit, parentLimit) ? BlockError.None : BlockError.InvalidGaslimit;
    }

    private static BlockError CheckProofOfStake(BlockHeader header, BlockHeader parent, ForkRules rules, bool parentIsPostMerge)
    {
        if (!header.Difficulty.IsZero)
        {
            if (parentIsPostMerge) return BlockError.ImportImpossibleDifficultyOverParis;
            // On the last block of work, one more of it is another thing than a wrong one.
            return header.Difficulty == NextDifficulty(header, parent, rules) ? BlockError.ImportImpossibleParisWrongPow : BlockError.InvalidDifficulty;
        }
        if (header.Nonce != 0) return BlockError.ImportImpossibleDifficultyOverParis;
        return header.OmmersHash == BlockHeader.EmptyOmmersHash ? BlockError.None : BlockError.ImportImpossibleUnclesOverParis;
    }

    private static BlockError CheckProofOfWork(BlockHeader header, BlockHeader parent, ForkRules rules, ChainSpec spec)
    {
        if (header.Difficulty.IsZero && spec.CanBePostMerge) return BlockError.ImportImpossibleParisWrongPos;
        return header.Difficulty == NextDifficulty(header, parent, rules) ? BlockError.None : BlockError.InvalidDifficulty;
    }

    private static UInt256 NextDifficulty(BlockHeader header, BlockHeader parent, ForkRules rules) =>
        Difficulty.Next(rules, header.Number, header.Timestamp, parent.Timestamp, parent.Difficulty, parent.OmmersHash != BlockHeader.EmptyOmmersHash);

    private static BlockError CheckFees(BlockHeader header, BlockHeader parent, ForkRules rules)
    {
        if (rules.Fork < Fork.London) return BlockError.None;
        if (header.BaseFeePerGas != FeeMarket.NextBaseFee(parent, rules)) return BlockError.InvalidBasefeePerGas;
        if (rules.Blobs is null) return BlockError.None;
        if (header.BlobGasUsed % FeeMarket.GasPerBlob != 0) return BlockError.IncorrectBlobGasUsed;
        return header.ExcessBlobGas == FeeMarket.NextExcessBlobGas(parent, rules) ? BlockError.None : BlockError.IncorrectExcessBlobGas;
    }
}
