using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Storage.Logs;

/// <summary>
/// The items that blocks are found by: 32-bit hashes of the emitting account and of each topic at its position. Different items may have one hash; then a block is looked at in vain.
/// </summary>
public static class LogItems
{
    /// <summary>The item of every block that has a log.</summary>
    public const uint AnyLog = 0;

    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    /// <summary>The item of an emitting account.</summary>
    public static uint OfAddress(in Address address) => Hash(1, address.Bytes);

    /// <summary>The item of a topic.</summary>
    /// <param name="position">0 to 3.</param>
    /// <param name="topic">The topic.</param>
    public static uint OfTopic(int position, in Hash256 topic) => Hash((ulong)position + 2, topic.Bytes);

    /// <summary>The distinct items of a block, ascending; none when it has no log.</summary>
    internal static List<uint> Of(IReadOnlyList<Receipt> receipts)
    {
        List<uint> items = [];
        for (int i = 0; i < receipts.Count; i++)
        {
            foreach (LogEntry log in receipts[i].Logs)
            {
                if (items.Count == 0) items.Add(AnyLog);
                items.Add(OfAddress(log.Address));
                for (int topic = 0; topic < log.Topics.Count; topic++) items.Add(OfTopic(topic, log.Topics[topic]));
            }
        }
        items.Sort();
        Span<uint> sorted = CollectionsMarshal.AsSpan(items);
        int count = Math.Min(1, sorted.Length);
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] != sorted[i - 1]) sorted[count++] = sorted[i];
        }
        items.RemoveRange(count, items.Count - count);
        return items;
    }

    /// <summary>Writes ascending numbers as their differences, seven bits a byte (LEB128).</summary>
    internal static byte[] Encode(ReadOnlySpan<ulong> ascending)
    {
        byte[] bytes = new byte[ascending.Length * 10];
        int size = 0;
        ulong previous = 0;
        foreach (ulong number in ascending)
        {
            ulong difference = number - previous;
            previous = number;
            for (; difference >= 0x80; difference >>= 7) bytes[size++] = (byte)(difference | 0x80);
            bytes[size++] = (byte)difference;
        }
        return bytes[..size];
    }

    /// <summary>Reads the next number; false at the end.</summary>
    /// <param name="bytes">What is left; moves on.</param>
    /// <param name="number">In: the number before; out: the next.</param>
    internal static bool TryDecodeNext(ref ReadOnlySpan<byte> bytes, ref ulong number)
    {
        ulong difference = 0;
        for (int i = 0; i < bytes.Length && i < 10; i++)
        {
            difference |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            number += difference;
            return true;
        }
        bytes = default;
        return false;
    }

    private static uint Hash(ulong seed, ReadOnlySpan<byte> bytes)
    {
        ulong hash = seed * Multiplier;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        if (bytes.Length >= sizeof(uint)) hash = Mix(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        // Never the item of all logs.
        return (uint)(hash >> 32) | 1;
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value ^ Multiplier, 0xd6e8_feb8_6659_fd93, out ulong low);
        return high ^ low;
    }
}
