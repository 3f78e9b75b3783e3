using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Native;

/// <summary>The audit log behind <c>IAudit</c> (compliance specification, section 5).</summary>
public sealed class AuditModule : NativeModule
{
    /// <summary>Gas of a node's hash: KECCAK256 of three words.</summary>
    private const ulong NodeGas = 30 + (6 * 3);

    private AuditModule()
        : base("AUDIT_LOG", ModuleAddresses.Audit, Functions)
    {
    }

    /// <summary>The one instance.</summary>
    public static AuditModule Instance { get; } = new();

    private static ModuleFunction[] Functions =>
    [
        ModuleFunction.View("root()", static (ModuleCall call, ref AbiReader _) => call.Return(call.Storage.Read(AuditLayout.Root))),
        ModuleFunction.View("state()", static (ModuleCall call, ref AbiReader _) =>
        {
            AuditWord word = AuditWord.Unpack(call.Storage.Read(AuditLayout.State));
            return call.Return(word.LeafCount, word.EntryCount, word.LastBlock);
        }),
        ModuleFunction.View($"verify(bytes32,uint64,bytes32[{AuditTree.Depth}])", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 leaf = arguments.Bytes32();
            ulong index = arguments.UInt64();
            Hash256[] siblings = new Hash256[AuditTree.Depth];
            for (int i = 0; i < siblings.Length; i++) siblings[i] = arguments.Bytes32();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            if (index > uint.MaxValue) return call.Return(false);
            UInt256 root = call.Storage.Read(AuditLayout.Root);
            call.Storage.Charge(NodeGas * AuditTree.Depth);
            if (call.Storage.IsExhausted) return null;
            return call.Return(AbiWords.ToWord(AuditTree.RootOf(leaf, index, siblings)) == root);
        }),
    ];
}
