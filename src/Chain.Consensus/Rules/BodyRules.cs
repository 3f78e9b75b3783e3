using Chain.Consensus.Execution;
using Chain.Core.Forks;
using Chain.Core.Results;
using Chain.Core.Types;

namespace Chain.Consensus.Rules;

/// <summary>What a body must satisfy before anything is executed: it is the one its header commits to.</summary>
public static class BodyRules
{
    /// <summary>
    /// Checks a block's body against its header; ommers are for <see cref="OmmerRules"/>. The transactions root is looked at after execution, because a transaction that is
    /// refused says more than a wrong root.
    /// </summary>
    public static BlockError Check(Block block, ForkRules rules)
    {
        BlockHeader header = block.Header;
        if (block.EncodedSizeBytes > rules.BlockSizeBytesMax) return BlockError.RlpBlockLimitExceeded;
        if (rules.Fork >= Fork.Shanghai && block.Withdrawals is null) return BlockError.RlpWithdrawalsNotRead;
        if (rules.Fork < Fork.Shanghai && block.Withdrawals is not null) return BlockError.ImportImpossibleShanghai;
        if (BlockHeader.ComputeOmmersHash(block.Ommers) != header.OmmersHash) return BlockError.InvalidUnclesHash;
        return block.Withdrawals is not { } withdrawals || Roots.Withdrawals(withdrawals) == header.WithdrawalsRoot ? BlockError.None : BlockError.InvalidWithdrawalsRoot;
    }
}
