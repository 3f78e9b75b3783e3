using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Audit;

/// <summary>Storage positions of the audit log (compliance specification, section 5).</summary>
public static class AuditLayout
{
    /// <summary>S+0: counts and last block.</summary>
    public static readonly UInt256 State = Slots.Namespace("defactor.audit.v1");

    /// <summary>S+1: root of the tree of blocks; zero before the first block with an entry.</summary>
    public static readonly UInt256 Root = State + 1;

    /// <summary>S+2 to S+33: branch of the tree of blocks.</summary>
    public static readonly UInt256 Branch = State + 2;
}

/// <summary>S+0 of the audit log.</summary>
/// <param name="LeafCount">Blocks with at least one entry.</param>
/// <param name="EntryCount">Entries in all.</param>
/// <param name="LastBlock">Height of the last block with an entry.</param>
public record struct AuditWord(ulong LeafCount, ulong EntryCount, ulong LastBlock)
{
    /// <summary>Reads the word.</summary>
    public static AuditWord Unpack(in UInt256 word) => new(Packed.Field(word, 0, 64), Packed.Field(word, 64, 64), Packed.Field(word, 128, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(LeafCount, 0) | Packed.At(EntryCount, 64) | Packed.At(LastBlock, 128);
}
