using Chain.Compliance.Abi;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>The functions of the specification's interfaces that change state, by module and selector.</summary>
internal static class MirrorSignatures
{
    public const string IdentityInput = "(bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)";
    public const string RegisterBatch = $"registerIdentityBatch({IdentityInput}[],address[][])";
    public const string UpdateIdentity = $"updateIdentity({IdentityInput})";
    public const string LinkWallet = "linkWallet(bytes32,address,uint8,uint64,bytes)";
    public const string SetRules = $"setRules(address,{EngineWorld.RuleSetType})";

    private static readonly string[] Roles = ["setAdmin(address)", "setManager(address)", "setEnabled(address)", "setNone(address)"];

    private static readonly string[] Kyc =
    [
        .. Roles, "setOfficer(address,bool)", EngineWorld.RegisterIdentity, RegisterBatch, UpdateIdentity, "renewIdentity(bytes32,uint64,bytes32)", LinkWallet,
        "unlinkWallet(address)", "proposeRecovery(address,address,bytes32)", "setIdentityStatus(bytes32,uint8,bytes32)", "setWalletStatus(address,uint8,bytes32)",
        "setSanctioned(address[],bool,uint32)", "setCountryBlocked(uint16[],bool)", "confirmRecovery(address)", "cancelRecovery(address)", "setMinTier(uint8)",
        "setConsentRequired(bool)", "raiseMode(uint8)",
    ];

    private static readonly string[] Engine =
    [
        "registerToken(address)", "registerTokenFor(address,address)", "setRuleAdmin(address,address)", "acceptRuleAdmin(address)", SetRules,
        "setCountries(address,uint16[],bool)", "setCountryHolderCap(address,uint16,uint32)", "setTypeCaps(address,uint8,uint32,uint256)",
        "setWindows(address,uint32[],uint224[])", "setExempt(address,address,uint8)", "approveTransfer(address,address,address,uint256,uint32,uint64)",
        "recordTravelRule(address,address,address,uint256,bytes32,uint64)", "setTokenPaused(address,bool)", "setLegalHold(address,bytes32,uint256,bytes32)",
        "resync(address,bytes32)", EngineWorld.Transferred, EngineWorld.Created, EngineWorld.Destroyed, EngineWorld.Forced, EngineWorld.Recovered,
    ];

    private static readonly string[] Oracle =
    [
        .. Roles, OracleWorld.Create, OracleWorld.Update, "setReporters(bytes32,address[],uint8)", "setFeedPaused(bytes32,bool)", "resolveHeld(bytes32,bool)",
        OracleWorld.Submit, OracleWorld.SubmitBatch, OracleWorld.SubmitDirect,
    ];

    /// <summary>Signature of each state-changing function.</summary>
    public static readonly IReadOnlyDictionary<(Address Module, uint Selector), string> Writes = new (Address Module, string[] Signatures)[]
    {
        (ModuleAddresses.DeployerAllowList, Roles), (ModuleAddresses.TxAllowList, Roles), (ModuleAddresses.Kyc, Kyc), (ModuleAddresses.Engine, Engine), (ModuleAddresses.Oracle, Oracle),
    }.SelectMany(m => m.Signatures.Select(s => (m.Module, Signature: s))).ToDictionary(f => (f.Module, AbiWords.Selector(f.Signature)), f => f.Signature);
}
