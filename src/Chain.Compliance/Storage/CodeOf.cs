using Chain.Evm.State;

namespace Chain.Compliance.Storage;

/// <summary>Tells contracts from delegated accounts.</summary>
internal static class CodeOf
{
    /// <summary>True when the account has code that is no delegation designator (EIP-7702).</summary>
    public static bool IsContract(WorldState state, AccountEntry account) =>
        account.HasCode && !Delegation.TryParse(state.GetCode(account).Span, out _);
}
