using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Oracle;

/// <summary>What a reporter signs (EIP-712; compliance specification, section 6.4).</summary>
public static class ObservationDigest
{
    /// <summary>keccak256 of <c>Observation(bytes32 feedId,int256 value,uint64 observedAt,bytes32 evidence)</c>.</summary>
    public static readonly Hash256 TypeHash = Eip712.Text("Observation(bytes32 feedId,int256 value,uint64 observedAt,bytes32 evidence)");

    private static readonly Hash256 NameHash = Eip712.Text("DefactorOracle");

    /// <summary>The domain separator on a chain.</summary>
    public static Hash256 Domain(ulong chainId) => Eip712.Domain(NameHash, chainId, ModuleAddresses.Oracle);

    /// <summary>The digest of an observation.</summary>
    public static Hash256 Of(in Hash256 domain, in Hash256 feedId, in UInt256 value, ulong observedAt, in Hash256 evidence) =>
        Eip712.Digest(domain, AbiWords.ToWord(TypeHash), AbiWords.ToWord(feedId), value, observedAt, AbiWords.ToWord(evidence));
}
