using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Compliance.Storage;

/// <summary>A module's storage without gas, warming or logs: for the chain's own rules and for activation (compliance specification, sections 1.1 and 7).</summary>
public readonly struct DirectStorage : IModuleStorage
{
    private readonly WorldState _state;
    private readonly AccountEntry _module;

    /// <summary>The storage of a module.</summary>
    public DirectStorage(WorldState state, in Address module)
    {
        _state = state;
        _module = state.GetAccount(module);
    }

    /// <inheritdoc/>
    public bool IsExhausted => false;

    /// <inheritdoc/>
    public UInt256 Read(in UInt256 slot) => _state.GetSlot(_module, slot).Value;

    /// <inheritdoc/>
    public UInt256 Map(in UInt256 position, in UInt256 key) => Slots.Map(position, key);

    /// <inheritdoc/>
    public UInt256 ArrayBase(in UInt256 position) => Slots.ArrayBase(position);

    /// <inheritdoc/>
    public void BeginTests()
    {
    }

    /// <inheritdoc/>
    public void BeginEffects()
    {
    }

    /// <inheritdoc/>
    public void Write(in UInt256 slot, in UInt256 value) => _state.SetStorage(_state.GetSlot(_module, slot), value);

    /// <inheritdoc/>
    public bool HasCode(in Address account) => CodeOf.IsContract(_state, _state.GetAccount(account));

    /// <inheritdoc/>
    public void Charge(ulong gas)
    {
    }

    /// <inheritdoc/>
    public void Deploy(in Address account, byte[] code)
    {
        AccountEntry entry = _state.GetAccount(account);
        _state.SetNonce(entry, 1);
        _state.SetCode(entry, code);
    }

    /// <inheritdoc/>
    public void Log(LogEntry log)
    {
    }
}
