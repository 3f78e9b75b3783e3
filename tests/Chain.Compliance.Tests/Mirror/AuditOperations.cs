using Chain.Compliance.Audit;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>Ends of blocks with entries, and the views of the audit log, with right and wrong proofs.</summary>
internal sealed class AuditOperations(Random random) : OperationSource(random)
{
    private readonly List<Hash256> _leaves = [];

    /// <summary>The end of a block with up to nine entries.</summary>
    public string? Append(MirrorPair pair)
    {
        ulong number = (ulong)(10 + _leaves.Count);
        PlacedDecision[] decisions = [.. Enumerable.Range(0, Random.Next(1, 10)).Select(i => new PlacedDecision((uint)(i / 3), (uint)(i % 3), Decide()))];
        _leaves.Add(AuditLog.BlockLeaf(number, decisions));
        return pair.AppendAudit(number, decisions);
    }

    protected override ModuleOperation Draw(ulong now)
    {
        if (_leaves.Count == 0 || OneIn(4)) return Call(ModuleAddresses.Audit, World.Nobody, Pick("root()", "state()"));
        int index = Random.Next(_leaves.Count);
        Hash256[] siblings = AuditTree.GlobalPath(_leaves, index);
        if (OneIn(5)) siblings[Random.Next(siblings.Length)] = AnyHash();
        UInt256 place = OneIn(8) ? (UInt256.One << 32) + (ulong)index : (ulong)(OneIn(8) ? index ^ 1 : index);
        return Call(ModuleAddresses.Audit, World.Nobody, $"verify(bytes32,uint64,bytes32[{AuditTree.Depth}])", [_leaves[index], place, .. siblings.Cast<object>()]);
    }

    private Decision Decide() => new()
    {
        Kind = (DecisionKind)Random.Next(1, 11),
        Subject = World.Alice,
        From = World.Bob,
        To = World.Nobody,
        Amount = AnyWord(),
        Code = (byte)Random.Next(256),
        Reference = AnyWord(),
        IsEffective = OneIn(2),
    };
}
