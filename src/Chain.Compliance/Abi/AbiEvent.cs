using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Abi;

/// <summary>A Solidity event whose parameters are all of static type.</summary>
/// <param name="signature">Canonical signature.</param>
/// <param name="indexed">One character per parameter: <c>x</c> where it is indexed.</param>
public sealed class AbiEvent(string signature, string indexed)
{
    private readonly int _indexedCount = indexed.Count(c => c == 'x');

    /// <summary>Canonical signature.</summary>
    public string Signature { get; } = signature;

    /// <summary>Topic 0.</summary>
    public Hash256 Topic { get; } = AbiWords.Topic(signature);

    /// <summary>The log of this event.</summary>
    /// <param name="emitter">Emitting account.</param>
    /// <param name="arguments">Arguments in the order of the signature.</param>
    public LogEntry Log(in Address emitter, params ReadOnlySpan<UInt256> arguments)
    {
        Hash256[] topics = new Hash256[1 + _indexedCount];
        byte[] data = new byte[(arguments.Length - _indexedCount) * UInt256.SizeBytes];
        topics[0] = Topic;
        int topic = 1;
        int offset = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (indexed[i] == 'x')
            {
                topics[topic++] = AbiWords.ToHash(arguments[i]);
                continue;
            }
            arguments[i].WriteBigEndian(data.AsSpan(offset, UInt256.SizeBytes));
            offset += UInt256.SizeBytes;
        }
        return new LogEntry(emitter, topics, data);
    }
}
