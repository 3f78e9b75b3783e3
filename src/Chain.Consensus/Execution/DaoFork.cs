using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Consensus.Execution;

/// <summary>The irregular state change of the DAO fork (EIP-779): the balances of its list of accounts go to the refund contract before the first transaction.</summary>
public static partial class DaoFork
{
    /// <summary>Number of drained accounts.</summary>
    public const int AccountCount = 116;

    /// <summary>The contract that takes the balances.</summary>
    public static readonly Address RefundContract = Address.Parse("0xbf4ed7b27f1d666546e30d74d50d173d20bca754");

    /// <summary>The drained accounts.</summary>
    public static IReadOnlyList<Address> DrainedAccounts { get; } = [.. DrainedAddresses.Select(a => Address.Parse(a))];

    /// <summary>Moves the balances.</summary>
    public static void Apply(WorldState state, ForkRules rules)
    {
        state.BeginTransaction();
        foreach (Address address in DrainedAccounts)
        {
            AccountEntry account = state.GetAccount(address);
            UInt256 balance = account.Balance;
            if (balance.IsZero) continue;
            state.SubtractBalance(account, balance);
            state.AddBalance(state.GetAccount(RefundContract), balance);
        }
        state.EndTransaction(rules);
    }
}
