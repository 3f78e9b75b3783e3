using System.Buffers.Binary;
using System.Numerics;
using Chain.Core.Types;
using Chain.Storage.Engines;

namespace Chain.Storage.Logs;

/// <summary>
/// Finds the blocks that may hold wanted logs. A block's items are written in its own batch, whichever branch it is on; when a section of blocks lies behind the head, its
/// lists are turned round, so that an item's blocks are found with one look. What is found is a superset (other branches, equal hashes): the reader checks each block's receipts,
/// and a reorganisation needs no change here.
/// </summary>
public sealed class LogIndex
{
    /// <summary>Blocks of a section.</summary>
    public const ulong SectionBlocks = 2_048;

    /// <summary>Blocks between a section's end and the head when it is turned round: most reorganisations are over by then.</summary>
    public const ulong MergeDelayBlocks = 64;

    /// <summary>Entries of one record of a section.</summary>
    private const int RecordEntries = 4_096;

    private const int OffsetBits = 11;

    /// <summary>Above all entries of a section.</summary>
    private const ulong EntriesEnd = 1UL << (32 + OffsetBits);

    private readonly IKeyValueStore _store;
    private readonly int _partEntriesMax;

    internal LogIndex(IKeyValueStore store, int partEntriesMax)
    {
        _store = store;
        _partEntriesMax = partEntriesMax;
    }

    /// <summary>The blocks in a range, ascending, that may hold a log which has, of each group, one of the items at least; all with logs when there is no group.</summary>
    /// <param name="from">First block.</param>
    /// <param name="to">Last block.</param>
    /// <param name="groups">Groups of alternatives (<see cref="LogItems"/>), none of them empty.</param>
    /// <param name="cancellation">Ends the search.</param>
    public IEnumerable<ulong> FindBlocks(ulong from, ulong to, IReadOnlyList<uint[]> groups, CancellationToken cancellation = default)
    {
        uint[][] wanted = groups.Count == 0 ? [[LogItems.AnyLog]] : [.. groups.OrderBy(group => group.Length)];
        foreach (uint[] group in wanted) Array.Sort(group);
        using ISnapshot snapshot = _store.CreateSnapshot();
        to = Math.Min(to, ulong.MaxValue - 1);
        // After a roll-back the section at the head may have been turned round in part: it is read both ways.
        ulong lastTurned = ReadNextSection(snapshot);
        using IKeyValueIterator blocks = snapshot.Iterate(Column.LogItems, NumberKey(from), NumberKey(to + 1));
        using IKeyValueIterator sections = snapshot.Iterate(Column.LogSections, SectionKey(from / SectionBlocks), SectionKey((to / SectionBlocks) + 1));
        SectionReader reader = new(blocks, sections, wanted, _store.Location);
        for (ulong section = from / SectionBlocks; section <= to / SectionBlocks; section++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Beyond the sections that are turned round there may be millions of numbers and nothing there.
            if (section > lastTurned && reader.NextBlockSection is var next && next > section)
            {
                if (next == ulong.MaxValue) yield break;
                section = next - 1;
                continue;
            }
            reader.Read(section, isTurned: section <= lastTurned);
            for (int word = 0; word < reader.Found.Length; word++)
            {
                for (ulong bits = reader.Found[word]; bits != 0; bits &= bits - 1)
                {
                    ulong number = (section * SectionBlocks) + ((ulong)word * 64) + (ulong)BitOperations.TrailingZeroCount(bits);
                    if (number >= from && number <= to) yield return number;
                }
            }
        }
    }

    /// <summary>Adds a block's items to its batch.</summary>
    internal static void Write(IWriteBatch batch, ReadOnlySpan<byte> blockKey, IReadOnlyList<Receipt> receipts)
    {
        List<uint> items = LogItems.Of(receipts);
        if (items.Count == 0) return;
        ulong[] numbers = new ulong[items.Count];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = items[i];
        batch.Put(Column.LogItems, blockKey, LogItems.Encode(numbers));
    }

    /// <summary>The section that is turned round next.</summary>
    internal ulong NextSection => ReadNextSection(_store);

    /// <summary>True when the next section lies far enough behind a head.</summary>
    internal static bool IsDue(ulong nextSection, ulong head) => head >= ((nextSection + 1) * SectionBlocks) + MergeDelayBlocks;

    /// <summary>After the head went back: sections that will be written anew are turned round anew.</summary>
    internal void WriteRollBack(IWriteBatch batch, ulong head)
    {
        if (NextSection > head / SectionBlocks) batch.Put(Column.Meta, Schema.MetaLogSection, NumberKey(head / SectionBlocks));
    }

    /// <summary>Blocks of a section that have not been turned round.</summary>
    internal int CountBlocks(ulong section)
    {
        int count = 0;
        using IKeyValueIterator blocks = _store.Iterate(Column.LogItems, NumberKey(section * SectionBlocks), NumberKey((section + 1) * SectionBlocks));
        while (blocks.MoveNext()) count++;
        return count;
    }

    /// <summary>
    /// Turns a section round, in parts by the value of the entries. Until the last part is written the section is the next one, which is read both ways: what stands there may be in
    /// parts already or not yet, may stay so, and may be turned round again.
    /// </summary>
    /// <param name="section">The next section.</param>
    /// <param name="commit">Commits a part; with the last one it is told how many blocks were read, and commits if the section has those still. False ends the work.</param>
    internal void Merge(ulong section, Func<IWriteBatch, int?, bool> commit)
    {
        using ISnapshot snapshot = _store.CreateSnapshot();
        for (ulong least = 0, end; least < EntriesEnd; least = end)
        {
            // What stands there already was turned round before a roll-back, or by a merge that did not end: it is kept, since the blocks of then may be asked for no less than those of now.
            List<ulong> entries = Collect(snapshot, section, least, out end, out int blocks);
            using IWriteBatch batch = _store.CreateBatch();
            // A record of before that goes on beyond the part stays until the next one: readers find an entry twice at most.
            batch.DeleteRange(Column.LogSections, RecordKey(section, least), end == EntriesEnd ? SectionKey(section + 1) : RecordKey(section, end));
            WriteRecords(batch, section, entries);
            if (end == EntriesEnd)
            {
                batch.DeleteRange(Column.LogItems, NumberKey(section * SectionBlocks), NumberKey((section + 1) * SectionBlocks));
                batch.Put(Column.Meta, Schema.MetaLogSection, NumberKey(section + 1));
            }
            if (!commit(batch, end == EntriesEnd ? blocks : null)) return;
        }
    }

    private static ulong ReadNextSection(IKeyValueReader reader)
    {
        Span<byte> value = stackalloc byte[8];
        return reader.Read(Column.Meta, Schema.MetaLogSection, value) == value.Length ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;
    }

    /// <summary>The distinct entries of a section from one on, ascending: all, or as many as fit below an end.</summary>
    private List<ulong> Collect(ISnapshot snapshot, ulong section, ulong least, out ulong end, out int blockCount)
    {
        List<ulong> entries = [];
        ulong limit = EntriesEnd;
        void Add(ulong entry)
        {
            if (entry < least) return;
            entries.Add(entry);
            if (entries.Count < _partEntriesMax) return;
            MakeDistinct(entries);
            int kept = _partEntriesMax / 2;
            if (entries.Count <= kept) return;
            limit = entries[kept];
            entries.RemoveRange(kept, entries.Count - kept);
        }
        using (IKeyValueIterator records = snapshot.Iterate(Column.LogSections, RecordKey(section, least), SectionKey(section + 1)))
        {
            while (records.MoveNext())
            {
                ReadOnlySpan<byte> record = records.Value;
                ulong entry = 0;
                while (LogItems.TryDecodeNext(ref record, ref entry) && entry < limit) Add(entry);
            }
        }
        blockCount = 0;
        using IKeyValueIterator blocks = snapshot.Iterate(Column.LogItems, NumberKey(section * SectionBlocks), NumberKey((section + 1) * SectionBlocks));
        for (; blocks.MoveNext(); blockCount++)
        {
            ulong offset = BinaryPrimitives.ReadUInt64BigEndian(blocks.Key) - (section * SectionBlocks);
            ReadOnlySpan<byte> items = blocks.Value;
            ulong item = 0;
            while (LogItems.TryDecodeNext(ref items, ref item) && ((item << OffsetBits) | offset) is var entry && entry < limit) Add(entry);
        }
        MakeDistinct(entries);
        end = limit;
        return entries;
    }

    private static void MakeDistinct(List<ulong> entries)
    {
        entries.Sort();
        int count = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            if (i == 0 || entries[i] != entries[i - 1]) entries[count++] = entries[i];
        }
        entries.RemoveRange(count, entries.Count - count);
    }

    private static void WriteRecords(IWriteBatch batch, ulong section, List<ulong> entries)
    {
        ReadOnlySpan<ulong> rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(entries);
        for (; !rest.IsEmpty; rest = rest[Math.Min(RecordEntries, rest.Length)..])
        {
            ReadOnlySpan<ulong> record = rest[..Math.Min(RecordEntries, rest.Length)];
            batch.Put(Column.LogSections, RecordKey(section, record[^1]), LogItems.Encode(record));
        }
    }

    private static byte[] NumberKey(ulong number) => Schema.NumberKey(stackalloc byte[8], number).ToArray();

    private static byte[] SectionKey(ulong section) => NumberKey(section);

    private static byte[] RecordKey(ulong section, ulong lastEntry)
    {
        byte[] key = new byte[Schema.LogRecordKeySizeBytes];
        Schema.LogRecordKey(key, section, lastEntry);
        return key;
    }

    /// <summary>Reads section after section over two iterators that only move forward.</summary>
    private sealed class SectionReader(IKeyValueIterator blocks, IKeyValueIterator sections, uint[][] wanted, string location)
    {
        private readonly ulong[][] _groups = [.. wanted.Select(_ => new ulong[SectionBlocks / 64])];
        private readonly byte[] _key = new byte[Schema.LogRecordKeySizeBytes];
        private bool _hasBlock = blocks.MoveNext();

        /// <summary>A bit for each block of the section that has an item of every group.</summary>
        public ulong[] Found { get; } = new ulong[SectionBlocks / 64];

        /// <summary>Section of the next block that was not turned round; the greatest number when there is none.</summary>
        public ulong NextBlockSection => _hasBlock ? BinaryPrimitives.ReadUInt64BigEndian(blocks.Key) / SectionBlocks : ulong.MaxValue;

        public void Read(ulong section, bool isTurned)
        {
            foreach (ulong[] group in _groups) Array.Clear(group);
            for (int g = 0; isTurned && g < wanted.Length; g++)
            {
                ReadGroup(section, wanted[g], _groups[g]);
                // With the narrowest group first, most sections end here.
                if (g == 0 && NextBlockSection > section && !_groups[0].AsSpan().ContainsAnyExcept(0UL)) break;
            }
            ReadBlocks(section);
            _groups[0].CopyTo(Found, 0);
            for (int g = 1; g < _groups.Length; g++)
            {
                for (int word = 0; word < Found.Length; word++) Found[word] &= _groups[g][word];
            }
        }

        private void ReadGroup(ulong section, uint[] items, ulong[] found)
        {
            int next = 0;
            while (next < items.Length)
            {
                if (!sections.Seek(Schema.LogRecordKey(_key, section, (ulong)items[next] << OffsetBits)) || BinaryPrimitives.ReadUInt64BigEndian(sections.Key) != section) return;
                next = ReadRecords(section, items, next, found);
            }
        }

        /// <summary>Reads records from the present one on while they can hold the item; returns the first item that needs another look.</summary>
        private int ReadRecords(ulong section, uint[] items, int next, ulong[] found)
        {
            while (true)
            {
                ReadOnlySpan<byte> record = sections.Value;
                ulong entry = 0;
                bool any = false;
                while (LogItems.TryDecodeNext(ref record, ref entry))
                {
                    any = true;
                    uint item = (uint)(entry >> OffsetBits);
                    while (next < items.Length && items[next] < item) next++;
                    if (next == items.Length) return next;
                    if (items[next] != item) continue;
                    int offset = (int)(entry & ((1 << OffsetBits) - 1));
                    found[offset / 64] |= 1UL << (offset % 64);
                }
                // The record's last entry may be of the item at hand: then the next record may go on with it.
                if (!any) throw StorageErrors.Damaged(location, $"a record of section {section} of the log index is empty");
                if (items[next] != (uint)(entry >> OffsetBits)) return next;
                if (!sections.MoveNext() || BinaryPrimitives.ReadUInt64BigEndian(sections.Key) != section) return items.Length;
            }
        }

        private void ReadBlocks(ulong section)
        {
            while (_hasBlock && BinaryPrimitives.ReadUInt64BigEndian(blocks.Key) is var number && number / SectionBlocks <= section)
            {
                int offset = (int)(number % SectionBlocks);
                for (int g = 0; g < wanted.Length; g++)
                {
                    if (HasAny(blocks.Value, wanted[g])) _groups[g][offset / 64] |= 1UL << (offset % 64);
                }
                _hasBlock = blocks.MoveNext();
            }
        }

        private static bool HasAny(ReadOnlySpan<byte> items, uint[] wanted)
        {
            int next = 0;
            ulong item = 0;
            while (LogItems.TryDecodeNext(ref items, ref item))
            {
                while (wanted[next] < item)
                {
                    if (++next == wanted.Length) return false;
                }
                if (wanted[next] == item) return true;
            }
            return false;
        }
    }
}
