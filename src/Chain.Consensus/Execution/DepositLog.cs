using System.Buffers.Binary;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus.Execution;

/// <summary>Reads deposit events into deposit requests (EIP-6110).</summary>
internal static class DepositLog
{
    private const int EventSizeBytes = 576;

    private static readonly Hash256 Topic = Hash256.Parse("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");

    /// <summary>ABI offset, then length, of the five byte strings of the event.</summary>
    private static readonly (int Offset, int Length)[] Fields = [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)];

    /// <summary>True when the log is a deposit event of this contract.</summary>
    public static bool IsDeposit(LogEntry log, in Address depositContract) =>
        log.Address == depositContract && log.Topics.Count > 0 && log.Topics[0] == Topic;

    /// <summary>Appends the 192 bytes of the request; false when the event is not laid out as the specification says.</summary>
    public static bool TryAppend(LogEntry log, List<byte> requests)
    {
        ReadOnlySpan<byte> data = log.Data.Span;
        if (data.Length != EventSizeBytes) return false;
        for (int i = 0; i < Fields.Length; i++)
        {
            if (!IsWord(data, i * UInt256.SizeBytes, Fields[i].Offset) || !IsWord(data, Fields[i].Offset, Fields[i].Length)) return false;
        }
        foreach ((int offset, int length) in Fields) requests.AddRange(data.Slice(offset + UInt256.SizeBytes, length));
        return true;
    }

    private static bool IsWord(ReadOnlySpan<byte> data, int at, int value) =>
        data.Slice(at, 28).IndexOfAnyExcept((byte)0) < 0 && BinaryPrimitives.ReadInt32BigEndian(data[(at + 28)..]) == value;
}
