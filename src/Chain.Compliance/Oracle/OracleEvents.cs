using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Oracle;

/// <summary>Events of the oracle (compliance specification, section 6.3).</summary>
public static class OracleEvents
{
    /// <summary>AggregatorV3: a new answer; logged by the feed's facade.</summary>
    public static readonly AbiEvent AnswerUpdated = new("AnswerUpdated(int256,uint256,uint256)", "xx.");

    /// <summary>A feed was created.</summary>
    public static readonly AbiEvent FeedCreated = new("FeedCreated(bytes32,address,uint8,uint8,address)", "xx..x");

    /// <summary>A feed was paused or resumed.</summary>
    public static readonly AbiEvent FeedPauseSet = new("FeedPauseSet(bytes32,bool,address)", "x.x");

    /// <summary>A feed's parameters changed.</summary>
    public static readonly AbiEvent FeedUpdated = new("FeedUpdated(bytes32,uint16,address)", "x.x");

    /// <summary>An officer accepted or rejected a held value.</summary>
    public static readonly AbiEvent HeldResolved = new("HeldResolved(bytes32,bool,address)", "x.x");

    /// <summary>A round was made.</summary>
    public static readonly AbiEvent RoundAccepted = new("RoundAccepted(bytes32,uint80,int256,uint64,uint32,uint16,bytes32,address)", "xx.....x");

    /// <summary>A value was held back.</summary>
    public static readonly AbiEvent RoundHeld = new("RoundHeld(bytes32,int256,uint64,int256,address)", "x...x");

    /// <summary>An item of a batch failed.</summary>
    public static readonly AbiEvent SubmissionRejected = new("SubmissionRejected(bytes32,uint8,address)", "x.x");

    /// <summary>Topic 0 of <c>ReportersSet</c>, whose list is of dynamic type.</summary>
    public static readonly Hash256 ReportersSetTopic = AbiWords.Topic("ReportersSet(bytes32,address[],uint8,address)");

    /// <summary>The log of <c>ReportersSet</c>.</summary>
    public static LogEntry ReportersSet(in UInt256 feedId, ReadOnlySpan<Address> reporters, byte quorum, in UInt256 sender)
    {
        UInt256[] words = new UInt256[3 + reporters.Length];
        words[0] = 2 * UInt256.SizeBytes;
        words[1] = quorum;
        words[2] = (ulong)reporters.Length;
        for (int i = 0; i < reporters.Length; i++) words[3 + i] = AbiWords.ToWord(reporters[i]);
        byte[] data = new byte[words.Length * UInt256.SizeBytes];
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(data.AsSpan(i * UInt256.SizeBytes, UInt256.SizeBytes));
        return new LogEntry(ModuleAddresses.Oracle, [ReportersSetTopic, AbiWords.ToHash(feedId), AbiWords.ToHash(sender)], data);
    }
}
