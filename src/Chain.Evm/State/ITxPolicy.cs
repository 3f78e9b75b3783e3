using Chain.Core.Primitives;

namespace Chain.Evm.State;

/// <summary>
/// Chain-level rules beyond Ethereum's: who may send (S), authorise (A), deploy (D), be called (F) and receive value (V).
/// Bound to one block. It reads the state at the exact point of the block, without warming or charging anything, and decides nothing from anywhere else.
/// </summary>
public interface ITxPolicy
{
    /// <summary>Rule S. The reason code, 0 for allowed; any other makes the transaction invalid.</summary>
    byte CheckSender(WorldState state, in Address sender);

    /// <summary>What the answer of <see cref="CheckSender"/> for an account rests on.</summary>
    SenderBasis BasisOf(WorldState state, in Address sender) => default;

    /// <summary>Slots whose change may change the answer of <see cref="CheckSender"/> for every account.</summary>
    IReadOnlyList<SlotPlace> SharedSlots => [];

    /// <summary>What binds the block besides the state: while it is equal, and the state too, so are the answers but for the time.</summary>
    object? Terms => null;

    /// <summary>Rule A: may this authority set its code? 0 for allowed; any other skips the tuple.</summary>
    byte CheckAuthority(WorldState state, in Address authority);

    /// <summary>Rule D. Null when allowed, else the revert data that the refused creation returns.</summary>
    byte[]? CheckDeploy(WorldState state, in Address origin, in Address creator);

    /// <summary>Rule F, asked for CALL into an account with code and for <c>tx.to</c>. Null when allowed, else revert data.</summary>
    byte[]? CheckCall(WorldState state, in Address callee);

    /// <summary>Rule V for a value transfer (top level, CALL, SELFDESTRUCT; CALLCODE passes the same account twice). Null when allowed, else revert data.</summary>
    /// <param name="state">State.</param>
    /// <param name="from">Executing account, or the sender at the top level.</param>
    /// <param name="to">Receiving account.</param>
    /// <param name="fromIsEligibleSender">True at the top level, where rule S has passed already.</param>
    byte[]? CheckValue(WorldState state, in Address from, in Address to, bool fromIsEligibleSender);

    /// <summary>Rule V for the endowment of a new contract. Null when allowed, else revert data.</summary>
    byte[]? CheckEndowment(WorldState state, in Address from, in Address created, bool fromIsEligibleSender);

    /// <summary>Where a protocol credit (fee, reward, withdrawal) meant for this account goes: itself, another account, or null to burn it.</summary>
    Address? RedirectCredit(WorldState state, in Address recipient);
}
