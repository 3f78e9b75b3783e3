using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Evm.State;

namespace Chain.Compliance.Audit;

/// <summary>
/// What a node keeps of one block for the audit log's proofs and queries (compliance specification, section 5). It is no state: it is what execution gave, and execution gives it again.
/// </summary>
/// <param name="LeafCount">Blocks with entries up to and including this one.</param>
/// <param name="Nodes">Roots of the full subtrees that the block's leaf completed, of height 0 (the leaf itself) upwards; empty without entries.</param>
/// <param name="Decisions">The block's decisions in order.</param>
public sealed record AuditRecord(ulong LeafCount, IReadOnlyList<Hash256> Nodes, IReadOnlyList<PlacedDecision> Decisions)
{
    private const ulong EffectiveFlag = 1;

    /// <summary>Bytes of the record.</summary>
    public byte[] Encode()
    {
        RlpWriter rlp = new(64 + (Decisions.Count * 160));
        int list = rlp.BeginList();
        rlp.WriteUInt64(LeafCount);
        foreach (Hash256 node in Nodes) rlp.WriteHash(node);
        foreach (PlacedDecision placed in Decisions) Write(ref rlp, placed);
        rlp.EndList(list);
        byte[] encoded = rlp.ToArray();
        rlp.Dispose();
        return encoded;
    }

    /// <summary>Reads a record; false when the bytes are none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out AuditRecord record)
    {
        RlpReader rlp = new(encoded);
        RlpScope list = rlp.EnterList();
        ulong leafCount = rlp.ReadUInt64();
        List<Hash256> nodes = [];
        while (!rlp.AtEnd && !rlp.IsListNext) nodes.Add(rlp.ReadHash());
        List<PlacedDecision> decisions = [];
        while (!rlp.AtEnd) decisions.Add(Read(ref rlp));
        rlp.LeaveList(list);
        record = new AuditRecord(leafCount, nodes, decisions);
        return rlp.Complete();
    }

    private static void Write(ref RlpWriter rlp, in PlacedDecision placed)
    {
        Decision decision = placed.Decision;
        int list = rlp.BeginList();
        rlp.WriteUInt64(placed.TransactionIndex);
        rlp.WriteUInt64(placed.Sequence);
        rlp.WriteUInt64((ulong)decision.Kind);
        rlp.WriteAddress(decision.Subject);
        rlp.WriteAddress(decision.From);
        rlp.WriteAddress(decision.To);
        rlp.WriteUInt256(decision.Amount);
        rlp.WriteUInt64(decision.Code);
        rlp.WriteUInt256(decision.Reference);
        rlp.WriteUInt64(decision.IsEffective ? EffectiveFlag : 0);
        rlp.EndList(list);
    }

    private static PlacedDecision Read(ref RlpReader rlp)
    {
        RlpScope list = rlp.EnterList();
        uint transaction = (uint)rlp.ReadUInt64();
        uint sequence = (uint)rlp.ReadUInt64();
        Decision decision = new()
        {
            Kind = (DecisionKind)rlp.ReadUInt64(),
            Subject = rlp.ReadAddress(),
            From = rlp.ReadAddress(),
            To = rlp.ReadAddress(),
            Amount = rlp.ReadUInt256(),
            Code = (byte)rlp.ReadUInt64(),
            Reference = rlp.ReadUInt256(),
            IsEffective = rlp.ReadUInt64() == EffectiveFlag,
        };
        rlp.LeaveList(list);
        return new PlacedDecision(transaction, sequence, decision);
    }
}
