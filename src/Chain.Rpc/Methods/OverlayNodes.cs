using Chain.Core.Primitives;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>Trie nodes with changes above them that are kept in memory and thrown away.</summary>
/// <param name="below">Nodes before the changes.</param>
internal sealed class OverlayNodes(ITrieNodeReader below) : ITrieNodeReader, ITrieNodeWriter
{
    private readonly MemoryTrieNodes _written = new();
    private readonly HashSet<(Hash256 Owner, string Path)> _deleted = [];
    private readonly HashSet<Hash256> _droppedTries = [];

    public bool TryReadNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, out ReadOnlyMemory<byte> rlp)
    {
        if (_written.TryReadNode(owner, nibblePath, out rlp)) return true;
        return !_droppedTries.Contains(owner) && !_deleted.Contains((owner, Convert.ToHexString(nibblePath))) && below.TryReadNode(owner, nibblePath, out rlp);
    }

    public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) => _written.WriteNode(owner, nibblePath, rlp);

    public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath)
    {
        _written.DeleteNode(owner, nibblePath);
        _deleted.Add((owner, Convert.ToHexString(nibblePath)));
    }

    public void DeleteStorageTrie(in Hash256 owner)
    {
        _written.DeleteStorageTrie(owner);
        _droppedTries.Add(owner);
    }
}
