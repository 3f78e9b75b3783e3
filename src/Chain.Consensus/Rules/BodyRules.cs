using Chain.Consensus.Execution;
using Chain.Core.Forks;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Storage.Blocks;

namespace Chain.Consensus.Rules;

/// <summary>What a body must satisfy before anything is executed: it is the one its header commits to, and its ommers are eligible.</summary>
public static class BodyRules
{
    private const int OmmersMax = 2;
    private const int OmmerDepthMax = 6;

    /// <summary>Checks a block's body against its header and, for ommers, against its ancestors.</summary>
    public static BlockError Check(Block block, ForkRules rules, BlockStore blocks)
    {
        BlockHeader header = block.Header;
        if (block.EncodedSizeBytes > rules.BlockSizeBytesMax) return BlockError.RlpBlockLimitExceeded;
        if (Roots.Transactions(block.Transactions) != header.TransactionsRoot) return BlockError.InvalidTransactionsRoot;
        if ((rules.Fork >= Fork.Shanghai) != (block.Withdrawals is not null)) return BlockError.IncorrectBlockFormat;
        if (block.Withdrawals is { } withdrawals && Roots.Withdrawals(withdrawals) != header.WithdrawalsRoot) return BlockError.InvalidWithdrawalsRoot;
        if (BlockHeader.ComputeOmmersHash(block.Ommers) != header.OmmersHash) return BlockError.InvalidUnclesHash;
        return BlockError.None;
    }
}
