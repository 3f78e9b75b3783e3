using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Storage.Blocks;

namespace Chain.Consensus.Rules;

/// <summary>Which ommers a proof-of-work block may carry (Yellow Paper, section 11.1): at most two headers, valid on a recent ancestor, that the chain has not got yet.</summary>
public static class OmmerRules
{
    /// <summary>Most ommers of a block.</summary>
    public const int CountMax = 2;

    /// <summary>Largest difference between the numbers of a block and of its ommer.</summary>
    public const int DepthMax = 6;

    /// <summary>Checks the ommers of a block whose parent is stored.</summary>
    public static BlockError Check(Block block, ChainSpec spec, BlockStore blocks)
    {
        IReadOnlyList<BlockHeader> ommers = block.Ommers;
        if (ommers.Count == 0) return BlockError.None;
        if (ommers.Count > CountMax) return BlockError.TooManyUncles;
        Dictionary<Hash256, BlockHeader> ancestors = [];
        HashSet<Hash256> included = [];
        ReadAncestors(block.Header, blocks, ancestors, included);

        HashSet<Hash256> seen = [];
        foreach (BlockHeader ommer in ommers)
        {
            Hash256 hash = ommer.Hash;
            if (!seen.Add(hash)) return BlockError.UncleIsBrother;
            if (ancestors.ContainsKey(hash)) return BlockError.UncleIsAncestor;
            if (included.Contains(hash)) return BlockError.UncleInChain;
            if (!ancestors.TryGetValue(ommer.ParentHash, out BlockHeader? parent))
                return blocks.Contains(ommer.ParentHash) ? BlockError.UncleParentIncorrect : BlockError.UncleUnknownParent;
            // A child of the block's own parent is its brother.
            if (ommer.ParentHash == block.Header.ParentHash) return BlockError.UncleParentIncorrect;
            BlockError error = HeaderRules.Check(ommer, parent, spec, spec.RulesAt(ommer.Number, ommer.Timestamp, isPostMerge: false), isPostMerge: false, parentIsPostMerge: false);
            if (error != BlockError.None) return error;
        }
        return BlockError.None;
    }

    /// <summary>The ancestors that an ommer may be a child of, and their ommers.</summary>
    private static void ReadAncestors(BlockHeader header, BlockStore blocks, Dictionary<Hash256, BlockHeader> ancestors, HashSet<Hash256> included)
    {
        Hash256 next = header.ParentHash;
        for (int depth = 0; depth <= DepthMax; depth++)
        {
            if (blocks.GetHeader(next) is not { } ancestor) return;
            ancestors.Add(next, ancestor);
            if (ancestor.OmmersHash != BlockHeader.EmptyOmmersHash && blocks.GetBlock(next) is { } whole)
            {
                foreach (BlockHeader ommer in whole.Ommers) included.Add(ommer.Hash);
            }
            next = ancestor.ParentHash;
        }
    }
}
