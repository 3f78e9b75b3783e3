using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm.State;

namespace Chain.Evm.Tests;

internal static class StateFixtures
{
    public static readonly Address Alice = Address.FromNumber(0xa11ce);
    public static readonly Address Bob = Address.FromNumber(0xb0b);
    public static readonly Address Contract = Address.FromNumber(0xc0de);
    public static readonly byte[] SomeCode = [0x60, 0x00, 0x00];

    /// <summary>Alice with 1000 wei and nonce 1; Contract with code, 5 wei, nonce 1 and slots 1 = 11, 2 = 22.</summary>
    public static MemoryState Parent()
    {
        MemoryState parent = new();
        parent.SetAccount(Alice, 1, 1000, default);
        parent.SetAccount(Contract, 1, 5, SomeCode);
        parent.SetStorage(Contract, 1, 11);
        parent.SetStorage(Contract, 2, 22);
        return parent;
    }

    public static WorldState Begun(IStateReader parent)
    {
        WorldState state = new(parent);
        state.BeginTransaction();
        return state;
    }

    public static UInt256 SlotValue(this WorldState state, in Address address, in UInt256 key) => state.GetSlot(state.GetAccount(address), key).Value;
}
