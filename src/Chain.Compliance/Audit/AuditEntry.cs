using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Audit;

/// <summary>The bytes of an entry: <c>abi.encode</c> of its twelve fields (compliance specification, section 5).</summary>
public static class AuditEntry
{
    /// <summary>Size in bytes.</summary>
    public const int SizeBytes = 12 * UInt256.SizeBytes;

    /// <summary>Version of the encoding.</summary>
    public const byte Version = 1;

    /// <summary>Subject of a decision: its token or module; of the chain's policy the KYC registry.</summary>
    public static Address SubjectOf(in Decision decision) =>
        decision.Kind is DecisionKind.ValueRefused or DecisionKind.DeployRefused or DecisionKind.CallRefused or DecisionKind.AuthorizationSkipped ? ModuleAddresses.Kyc : decision.Subject;

    /// <summary>Encodes an entry. Decisions of the chain's policy have the KYC registry as subject.</summary>
    /// <param name="block">Height of the block.</param>
    /// <param name="placed">The decision and its place.</param>
    public static byte[] Encode(ulong block, in PlacedDecision placed)
    {
        Decision decision = placed.Decision;
        ReadOnlySpan<UInt256> words =
        [
            Version, block, placed.TransactionIndex, placed.Sequence, (ulong)decision.Kind, AbiWords.ToWord(SubjectOf(decision)), AbiWords.ToWord(decision.From),
            AbiWords.ToWord(decision.To), decision.Amount, decision.Code, decision.Reference, AbiWords.ToWord(decision.IsEffective),
        ];
        byte[] entry = new byte[SizeBytes];
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(entry.AsSpan(i * UInt256.SizeBytes, UInt256.SizeBytes));
        return entry;
    }
}
