using System.Diagnostics.CodeAnalysis;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types;

/// <summary>The consensus part of a transaction receipt.</summary>
public sealed partial class Receipt
{
    private const byte TypeByteEnd = 0x80;

    /// <summary>Kind of the transaction.</summary>
    public TransactionType Type { get; init; }

    /// <summary>True on success (Byzantium on).</summary>
    public bool Succeeded { get; init; }

    /// <summary>Intermediate state root in place of the status, before Byzantium.</summary>
    public Hash256? PostStateRoot { get; init; }

    /// <summary>Gas used by this and all earlier transactions of the block.</summary>
    public ulong CumulativeGasUsed { get; init; }

    /// <summary>Logs.</summary>
    public IReadOnlyList<LogEntry> Logs { get; init; } = [];

    /// <summary>Bloom of the logs.</summary>
    public Bloom LogsBloom { get; init; } = Bloom.Empty;

    /// <summary>Writes the envelope, type byte (not for kind 0) and rlp([status or root, cumulative gas, bloom, logs]): also the value in the receipts trie.</summary>
    public void Encode(ref RlpWriter writer)
    {
        if (Type != TransactionType.Legacy) writer.WriteRaw((byte)Type);
        int list = writer.BeginList();
        if (PostStateRoot is { } root) writer.WriteHash(root);
        else writer.WriteUInt64(Succeeded ? 1UL : 0UL);
        writer.WriteUInt64(CumulativeGasUsed);
        writer.WriteBytes(LogsBloom.Bytes);
        int logs = writer.BeginList();
        for (int i = 0; i < Logs.Count; i++) Logs[i].Encode(ref writer);
        writer.EndList(logs);
        writer.EndList(list);
    }

    /// <summary>Decodes exactly one envelope.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> envelope, [NotNullWhen(true)] out Receipt? receipt, out RlpError error)
    {
        receipt = null;
        error = RlpError.EndOfList;
        if (envelope.IsEmpty) return false;
        TransactionType type = TransactionType.Legacy;
        if (envelope[0] < TypeByteEnd)
        {
            type = (TransactionType)envelope[0];
            error = RlpError.InvalidValue;
            if (type is TransactionType.Legacy or > TransactionType.SetCode) return false;
            envelope = envelope[1..];
        }
        RlpReader reader = new(envelope);
        Receipt read = Decode(ref reader, type);
        bool complete = reader.Complete();
        error = reader.Error;
        receipt = complete ? read : null;
        return complete;
    }

    private static Receipt Decode(ref RlpReader reader, TransactionType type)
    {
        RlpScope list = reader.EnterList();
        ReadOnlySpan<byte> outcome = reader.ReadBytes();
        bool isRoot = outcome.Length == Hash256.SizeBytes;
        bool succeeded = outcome is [1];
        if (!isRoot && !succeeded && !outcome.IsEmpty) reader.Reject(RlpError.InvalidValue);
        ulong cumulativeGasUsed = reader.ReadUInt64();
        ReadOnlySpan<byte> bloom = reader.ReadBytes(Bloom.SizeBytes);
        List<LogEntry> logs = [];
        RlpScope inner = reader.EnterList();
        while (!reader.AtEnd) logs.Add(LogEntry.Decode(ref reader));
        reader.LeaveList(inner);
        reader.LeaveList(list);
        return new Receipt
        {
            Type = type,
            Succeeded = succeeded,
            PostStateRoot = isRoot ? new Hash256(outcome) : null,
            CumulativeGasUsed = cumulativeGasUsed,
            Logs = logs,
            LogsBloom = Bloom.FromSpan(bloom),
        };
    }
}
