using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;
using Chain.Storage.Blocks;

namespace Chain.Consensus.Execution;

/// <summary>BLOCKHASH for a block on a given parent, on any branch: walks back header by header, remembering what it passed.</summary>
public sealed class AncestorHashes : IBlockHashes
{
    private readonly BlockStore _blocks;
    private readonly List<Hash256> _fromParent;
    private readonly ulong _parentNumber;

    /// <summary>Ancestors of a block on a parent that need not be stored.</summary>
    public AncestorHashes(BlockStore blocks, BlockHeader parent)
    {
        _blocks = blocks;
        _parentNumber = parent.Number;
        _fromParent = [parent.Hash, parent.ParentHash];
    }

    /// <summary>Ancestors of a block with this parent.</summary>
    public AncestorHashes(BlockStore blocks, in Hash256 parentHash, ulong parentNumber)
    {
        _blocks = blocks;
        _parentNumber = parentNumber;
        _fromParent = [parentHash];
    }

    /// <inheritdoc/>
    public Hash256 GetBlockHash(ulong number)
    {
        if (number > _parentNumber) return default;
        ulong distance = _parentNumber - number;
        while ((ulong)_fromParent.Count <= distance)
        {
            BlockHeader? header = _blocks.GetHeader(_fromParent[^1]);
            if (header is null) return default;
            _fromParent.Add(header.ParentHash);
        }
        return _fromParent[(int)distance];
    }
}
