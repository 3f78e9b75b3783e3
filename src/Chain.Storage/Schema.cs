using System.Buffers.Binary;
using Chain.Core.Primitives;
using Chain.Trie;

namespace Chain.Storage;

/// <summary>The columns of the database. The number is the index in memory; on disk a column is found by its name.</summary>
public enum Column
{
    /// <summary>Single values: schema version, chain, head and other pointers. Keys: <see cref="Schema"/>'s <c>Meta...</c>.</summary>
    Meta,

    /// <summary>Block hash (32) to number (8) and total difficulty (big-endian, trimmed).</summary>
    BlockNumbers,

    /// <summary>Number (8) and block hash (32) to the header's RLP.</summary>
    Headers,

    /// <summary>Number (8) and block hash (32) to the body: the RLP items that follow the header in the block's list.</summary>
    Bodies,

    /// <summary>Number (8) and block hash (32) to the RLP list of the receipts in their consensus encoding.</summary>
    Receipts,

    /// <summary>Number (8) and block hash (32) to the senders of the transactions, 20 bytes each.</summary>
    Senders,

    /// <summary>Number (8) and block hash (32) to what the audit log keeps of the block (its own encoding).</summary>
    AuditRecords,

    /// <summary>Number (8) to the hash of the canonical block (32).</summary>
    Canonical,

    /// <summary>Transaction hash (32) to number (8) and index (4) in the canonical chain.</summary>
    Transactions,

    /// <summary>keccak(address) (32) to the compact account (<see cref="State.FlatCodec"/>), at the base.</summary>
    FlatAccounts,

    /// <summary>keccak(address) (32) and keccak(slot) (32) to the value (big-endian, trimmed), at the base.</summary>
    FlatSlots,

    /// <summary>Owner and path (<see cref="Schema.NodeKey"/>) to the RLP of a trie node, at the base.</summary>
    TrieNodes,

    /// <summary>Code hash (32) to the code. Never deleted: history and side blocks may need it.</summary>
    Code,

    /// <summary>Number (8) and block hash (32) to the state changes of a block above the base.</summary>
    Layers,

    /// <summary>Number (8) to the list of keys (33 or 65 bytes, as in <see cref="History"/>) that the block changed, for blocks at or below the base.</summary>
    HistoryKeys,

    /// <summary>Kind (1), key (32 or 64) and number (8) to the value before that block (empty: absent).</summary>
    History,

    /// <summary>Number (8) and block hash (32) to the items of the block's logs (<see cref="Logs.LogIndex"/>), until its section is turned round; absent without logs.</summary>
    LogItems,

    /// <summary>Section (8) and last entry (8) to a run of a section's entries, item and block, ascending.</summary>
    LogSections,
}

/// <summary>Every key layout of the database, in one place. Numbers are big-endian, so that keys order as numbers do. Plain addresses and slots are not
/// stored: no consensus rule and no standard request reads a key back from its hash, and they would cost 52 bytes a slot.</summary>
public static class Schema
{
    /// <summary>Version of all layouts. Raise it with any change; a folder with another version is refused.</summary>
    public const uint Version = 2;

    /// <summary>Number of columns.</summary>
    public const int ColumnCount = (int)Column.LogSections + 1;

    /// <summary>Size of a block key: number and hash, bytes.</summary>
    public const int BlockKeySizeBytes = 8 + Hash256.SizeBytes;

    /// <summary>Schema version, 4 bytes.</summary>
    public static ReadOnlySpan<byte> MetaVersion => "schema"u8;

    /// <summary>Chain id, 8 bytes.</summary>
    public static ReadOnlySpan<byte> MetaChainId => "chain-id"u8;

    /// <summary>Hash of the genesis block, 32 bytes.</summary>
    public static ReadOnlySpan<byte> MetaGenesis => "genesis"u8;

    /// <summary>Head block: number and hash.</summary>
    public static ReadOnlySpan<byte> MetaHead => "head"u8;

    /// <summary>Safe block: number and hash.</summary>
    public static ReadOnlySpan<byte> MetaSafe => "safe"u8;

    /// <summary>Finalised block: number and hash.</summary>
    public static ReadOnlySpan<byte> MetaFinalized => "finalized"u8;

    /// <summary>Block of the base (flat state and trie on disk): number, hash and state root.</summary>
    public static ReadOnlySpan<byte> MetaBase => "base"u8;

    /// <summary>Oldest block whose state can be read through history, 8 bytes.</summary>
    public static ReadOnlySpan<byte> MetaHistoryOldest => "history-oldest"u8;

    /// <summary>Section of the log index that is turned round next, 8 bytes; absent: 0.</summary>
    public static ReadOnlySpan<byte> MetaLogSection => "log-section"u8;

    /// <summary>History kind of an account key.</summary>
    public const byte HistoryAccount = 0;

    /// <summary>History kind of a slot key.</summary>
    public const byte HistorySlot = 1;

    /// <summary>Writes number and hash.</summary>
    public static ReadOnlySpan<byte> BlockKey(Span<byte> destination, ulong number, in Hash256 hash)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, number);
        hash.Bytes.CopyTo(destination[8..]);
        return destination[..BlockKeySizeBytes];
    }

    /// <summary>Writes a number.</summary>
    public static ReadOnlySpan<byte> NumberKey(Span<byte> destination, ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, number);
        return destination[..8];
    }

    /// <summary>Longest key in <see cref="Column.TrieNodes"/>: kind, owner, packed path and its length, bytes.</summary>
    public const int NodeKeySizeBytesMax = 1 + Hash256.SizeBytes + (TriePath.NibblesMax / 2) + 1;

    /// <summary>
    /// Writes the place of a trie node: 0 (account trie) or 1 and the owner (storage trie), the path with two nibbles a byte (an odd last one in the high half), and the number of nibbles.
    /// A node stands next to its parent and its children in this order.
    /// </summary>
    public static ReadOnlySpan<byte> NodeKey(Span<byte> destination, in Hash256 owner, ReadOnlySpan<byte> nibblePath)
    {
        int size = NodeKeyPrefix(destination, owner).Length;
        for (int i = 0; i < nibblePath.Length; i += 2)
            destination[size++] = (byte)((nibblePath[i] << 4) | (i + 1 < nibblePath.Length ? nibblePath[i + 1] : 0));
        destination[size++] = (byte)nibblePath.Length;
        return destination[..size];
    }

    /// <summary>Writes what the keys of all nodes of one trie begin with.</summary>
    public static ReadOnlySpan<byte> NodeKeyPrefix(Span<byte> destination, in Hash256 owner)
    {
        destination[0] = owner.IsZero ? (byte)0 : (byte)1;
        if (owner.IsZero) return destination[..1];
        owner.Bytes.CopyTo(destination[1..]);
        return destination[..(1 + Hash256.SizeBytes)];
    }

    /// <summary>The first key after all keys with this prefix; empty when there is none (the prefix is all 0xff).</summary>
    public static byte[] AfterPrefix(ReadOnlySpan<byte> prefix)
    {
        int last = prefix.LastIndexOfAnyExcept((byte)0xff);
        byte[] after = prefix[..(last + 1)].ToArray();
        if (last >= 0) after[last]++;
        return after;
    }

    /// <summary>Writes the key of an old value: the flat key with its kind, and the block that changed it.</summary>
    public static ReadOnlySpan<byte> HistoryKey(Span<byte> destination, ReadOnlySpan<byte> kindAndKey, ulong number)
    {
        kindAndKey.CopyTo(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[kindAndKey.Length..], number);
        return destination[..(kindAndKey.Length + 8)];
    }

    /// <summary>Longest key in <see cref="Column.History"/>, bytes.</summary>
    public const int HistoryKeySizeBytesMax = 1 + (2 * Hash256.SizeBytes) + 8;

    /// <summary>Size of a key in <see cref="Column.LogSections"/>, bytes.</summary>
    public const int LogRecordKeySizeBytes = 16;

    /// <summary>Writes the key of a run of a section's entries.</summary>
    public static ReadOnlySpan<byte> LogRecordKey(Span<byte> destination, ulong section, ulong lastEntry)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, section);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], lastEntry);
        return destination[..LogRecordKeySizeBytes];
    }

    /// <summary>Writes the key of a slot in <see cref="Column.FlatSlots"/>.</summary>
    public static ReadOnlySpan<byte> SlotKey(Span<byte> destination, in Hash256 account, in Hash256 slot)
    {
        account.Bytes.CopyTo(destination);
        slot.Bytes.CopyTo(destination[Hash256.SizeBytes..]);
        return destination[..(2 * Hash256.SizeBytes)];
    }
}
