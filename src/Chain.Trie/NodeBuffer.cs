using System.Buffers;
using System.Buffers.Binary;
using Chain.Core.Primitives;

namespace Chain.Trie;

/// <summary>Records the writes of one trie, so that tries can be hashed in parallel and still be written in a fixed order.</summary>
internal sealed class NodeBuffer : ITrieNodeWriter
{
    private const int HeaderBytes = 1 + sizeof(int);

    private readonly ArrayBufferWriter<byte> _records = new();

    /// <inheritdoc/>
    public void WriteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath, ReadOnlySpan<byte> rlp) => Append(nibblePath, rlp);

    /// <inheritdoc/>
    public void DeleteNode(in Hash256 owner, ReadOnlySpan<byte> nibblePath) => Append(nibblePath, default);

    /// <inheritdoc/>
    public void DeleteStorageTrie(in Hash256 owner) => throw new NotSupportedException("A trie does not delete itself.");

    /// <summary>Makes the recorded calls, for this owner.</summary>
    internal void Replay(in Hash256 owner, ITrieNodeWriter writer)
    {
        ReadOnlySpan<byte> rest = _records.WrittenSpan;
        while (!rest.IsEmpty)
        {
            int rlpLength = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            ReadOnlySpan<byte> path = rest.Slice(HeaderBytes, rest[0]);
            ReadOnlySpan<byte> rlp = rest.Slice(HeaderBytes + path.Length, rlpLength);
            if (rlp.IsEmpty) writer.DeleteNode(owner, path);
            else writer.WriteNode(owner, path, rlp);
            rest = rest[(HeaderBytes + path.Length + rlpLength)..];
        }
    }

    private void Append(ReadOnlySpan<byte> path, ReadOnlySpan<byte> rlp)
    {
        Span<byte> record = _records.GetSpan(HeaderBytes + path.Length + rlp.Length);
        record[0] = (byte)path.Length;
        BinaryPrimitives.WriteInt32LittleEndian(record[1..], rlp.Length);
        path.CopyTo(record[HeaderBytes..]);
        rlp.CopyTo(record[(HeaderBytes + path.Length)..]);
        _records.Advance(HeaderBytes + path.Length + rlp.Length);
    }
}
