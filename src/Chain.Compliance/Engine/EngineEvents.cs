using Chain.Compliance.Abi;

namespace Chain.Compliance.Engine;

/// <summary>Events of the compliance engine (compliance specification, section 4.1).</summary>
public static class EngineEvents
{
    /// <summary>An accepted movement, of tokens that ask for it.</summary>
    public static readonly AbiEvent Decision = new("Decision(address,address,address,uint256,uint8,uint8,bytes32)", "xxx    ");

    /// <summary>A venue's exemptions.</summary>
    public static readonly AbiEvent ExemptSet = new("ExemptSet(address,address,uint8,address)", "xx x");

    /// <summary>A legal hold.</summary>
    public static readonly AbiEvent LegalHoldSet = new("LegalHoldSet(address,bytes32,uint256,address,bytes32)", "xx x ");

    /// <summary>Rules, countries, caps or windows.</summary>
    public static readonly AbiEvent RulesSet = new("RulesSet(address,address,bytes32)", "xx ");

    /// <summary>A token is paused or goes on.</summary>
    public static readonly AbiEvent TokenPauseSet = new("TokenPauseSet(address,bool,address)", "x x");

    /// <summary>A token and who administers its rules.</summary>
    public static readonly AbiEvent TokenRegistered = new("TokenRegistered(address,address)", "xx");

    /// <summary>Approved transfers.</summary>
    public static readonly AbiEvent TransferApprovalSet = new("TransferApprovalSet(address,bytes32,uint32,uint64,address)", "xx  x");

    /// <summary>A travel-rule reference.</summary>
    public static readonly AbiEvent TravelRuleRecorded = new("TravelRuleRecorded(address,bytes32,bytes32,uint64)", "xxx ");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AbiEvent> All { get; } =
        [Decision, ExemptSet, LegalHoldSet, RulesSet, TokenPauseSet, TokenRegistered, TransferApprovalSet, TravelRuleRecorded];
}
