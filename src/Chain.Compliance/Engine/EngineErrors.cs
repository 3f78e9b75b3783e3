using Chain.Compliance.Abi;

namespace Chain.Compliance.Engine;

/// <summary>Custom errors of the compliance engine (compliance specification, section 4.1).</summary>
public static class EngineErrors
{
    /// <summary>A movement breaks a rule.</summary>
    public static readonly AbiError ComplianceViolation = new("ComplianceViolation(uint8,address,address,uint256)");

    /// <summary>A field of the rules is outside its domain; the field is its index in RuleSet.</summary>
    public static readonly AbiError InvalidRules = new("InvalidRules(uint8)");

    /// <summary>The account does not administer the token's rules.</summary>
    public static readonly AbiError NotRuleAdmin = new("NotRuleAdmin(address)");

    /// <summary>The token has registered before.</summary>
    public static readonly AbiError TokenAlreadyRegistered = new("TokenAlreadyRegistered(address)");

    /// <summary>There is no such token.</summary>
    public static readonly AbiError TokenUnknown = new("TokenUnknown(address)");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AbiError> All { get; } = [ComplianceViolation, InvalidRules, NotRuleAdmin, TokenAlreadyRegistered, TokenUnknown];
}
