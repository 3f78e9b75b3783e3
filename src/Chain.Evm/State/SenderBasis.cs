using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Evm.State;

/// <summary>A slot of an account.</summary>
/// <param name="Account">Account.</param>
/// <param name="Slot">Slot.</param>
public readonly record struct SlotPlace(Address Account, UInt256 Slot);

/// <summary>What the answer to "may this account send?" rests on, so that a pool asks again only when it may have changed.</summary>
/// <param name="Slots">Slots of which it reads; null when it is not known, and the account is asked about at every head.</param>
/// <param name="ChangesAt">Time at which it changes without any write, seconds since the Unix epoch; <see cref="ulong.MaxValue"/> for never.</param>
public readonly record struct SenderBasis(IReadOnlyList<SlotPlace>? Slots, ulong ChangesAt = ulong.MaxValue);
