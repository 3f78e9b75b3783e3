using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types;

/// <summary>One event log.</summary>
/// <param name="Address">Emitting account.</param>
/// <param name="Topics">0 to 4 topics.</param>
/// <param name="Data">Data.</param>
public sealed record LogEntry(Address Address, IReadOnlyList<Hash256> Topics, ReadOnlyMemory<byte> Data)
{
    /// <summary>Most topics of a log (LOG4).</summary>
    public const int TopicsMax = 4;

    /// <summary>Writes rlp([address, topics, data]).</summary>
    public void Encode(ref RlpWriter writer)
    {
        int list = writer.BeginList();
        writer.WriteAddress(Address);
        int topics = writer.BeginList();
        for (int i = 0; i < Topics.Count; i++) writer.WriteHash(Topics[i]);
        writer.EndList(topics);
        writer.WriteBytes(Data.Span);
        writer.EndList(list);
    }

    /// <summary>Reads the next log; on failure the reader holds the error.</summary>
    public static LogEntry Decode(ref RlpReader reader)
    {
        RlpScope list = reader.EnterList();
        Address address = reader.ReadAddress();
        List<Hash256> topics = new(TopicsMax);
        RlpScope inner = reader.EnterList();
        while (!reader.AtEnd)
        {
            topics.Add(reader.ReadHash());
            if (topics.Count > TopicsMax) reader.Reject(RlpError.InvalidValue);
        }
        reader.LeaveList(inner);
        byte[] data = reader.ReadBytes().ToArray();
        reader.LeaveList(list);
        return new LogEntry(address, topics, data);
    }
}
