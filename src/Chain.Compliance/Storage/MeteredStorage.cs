using System.Runtime.InteropServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Opcodes;
using Chain.Evm.State;

namespace Chain.Compliance.Storage;

/// <summary>
/// A module's storage in one call, with the gas of section 1.2 of the compliance specification: by distinct slot, writes kept back until <see cref="TryCommit"/>.
/// Nothing reaches the state before that but warmth, which the frame's revert undoes. Reusable, not thread safe.
/// </summary>
public sealed class MeteredStorage : IModuleStorage
{
    /// <summary>Gas of the hash that makes a mapping's slot: KECCAK256 of two words.</summary>
    public const ulong MapGas = 30 + (6 * 2);

    /// <summary>Gas of the hash that makes an array's base: KECCAK256 of one word.</summary>
    public const ulong ArrayBaseGas = 30 + 6;

    private const ulong DeploymentGas = 32_000;
    private const ulong CodeByteGas = 200;
    private const ulong LogGas = 375;
    private const ulong LogTopicGas = 375;
    private const ulong LogByteGas = 8;

    private readonly List<SlotUse> _uses = [];
    private readonly Dictionary<UInt256, int> _useOfSlot = [];
    private readonly Dictionary<Derivation, DerivedSlot> _derived = [];
    private readonly Dictionary<Address, CodeRead> _codeReads = [];
    private readonly List<LogEntry> _logs = [];
    private readonly List<(Address Account, byte[] Code)> _deployments = [];
    private WorldState _state = null!;
    private ForkRules _rules = null!;
    private AccountEntry _module = null!;
    private bool _isDeferring;
    private ulong _deferredGas;

    /// <summary>Gas left in the call.</summary>
    public ulong GasLeft { get; private set; }

    /// <inheritdoc/>
    public bool IsExhausted { get; private set; }

    /// <summary>Starts a call.</summary>
    public void Begin(WorldState state, ForkRules rules, in Address module, ulong gas)
    {
        _uses.Clear();
        _useOfSlot.Clear();
        _derived.Clear();
        _codeReads.Clear();
        _logs.Clear();
        _deployments.Clear();
        _state = state;
        _rules = rules;
        _module = state.GetAccount(module);
        _isDeferring = false;
        _deferredGas = 0;
        GasLeft = gas;
        IsExhausted = false;
    }

    /// <inheritdoc/>
    public void BeginTests() => _isDeferring = false;

    /// <inheritdoc/>
    public void BeginEffects() => _isDeferring = true;

    /// <inheritdoc/>
    public void Charge(ulong gas)
    {
        if (GasLeft >= gas)
        {
            GasLeft -= gas;
            return;
        }
        GasLeft = 0;
        IsExhausted = true;
    }

    /// <inheritdoc/>
    public UInt256 Read(in UInt256 slot)
    {
        if (IsExhausted) return default;
        ref SlotUse use = ref UseOf(slot);
        if (!_isDeferring && !use.IsPaid) Pay(ref use);
        return use.Value;
    }

    /// <inheritdoc/>
    public void Write(in UInt256 slot, in UInt256 value)
    {
        if (!IsExhausted) UseOf(slot).Value = value;
    }

    /// <inheritdoc/>
    public UInt256 Map(in UInt256 position, in UInt256 key) => Derive(new Derivation(position, key, IsArray: false), MapGas);

    /// <inheritdoc/>
    public UInt256 ArrayBase(in UInt256 position) => Derive(new Derivation(position, default, IsArray: true), ArrayBaseGas);

    /// <inheritdoc/>
    public bool HasCode(in Address account)
    {
        if (IsExhausted) return false;
        ref CodeRead read = ref CollectionsMarshal.GetValueRefOrAddDefault(_codeReads, account, out bool exists)!;
        if (!exists) read = new CodeRead { Account = _state.GetAccount(account) };
        if (!_isDeferring && !read.IsPaid) Pay(ref read);
        return CodeOf.IsContract(_state, read.Account);
    }

    /// <inheritdoc/>
    public void Deploy(in Address account, byte[] code)
    {
        _deferredGas += DeploymentGas + (CodeByteGas * (ulong)code.Length);
        _deployments.Add((account, code));
    }

    /// <inheritdoc/>
    public void Log(LogEntry log) => _logs.Add(log);

    /// <summary>Step 10 without the return data: charges what was kept back, stores and logs. False when gas ran out, here or before; the frame must then be undone.</summary>
    public bool TryCommit()
    {
        Charge(_deferredGas);
        if (_codeReads.Count != 0) PayCodeReads();
        Span<SlotUse> uses = CollectionsMarshal.AsSpan(_uses);
        foreach (ref SlotUse use in uses)
        {
            if (!use.IsPaid) Pay(ref use);
        }
        bool isSentryPassed = false;
        foreach (ref SlotUse use in uses)
        {
            if (use.Value == use.Slot.Value) continue;
            if (!isSentryPassed && GasLeft <= (ulong)StorageGas.Sentry) Charge(ulong.MaxValue);
            isSentryPassed = true;
            Charge(StorageGas.Store(_rules, use.Slot, use.Value, out long refund));
            if (IsExhausted) return false;
            _state.AddRefund(refund);
            _state.SetStorage(use.Slot, use.Value);
        }
        foreach ((Address account, byte[] code) in _deployments)
        {
            AccountEntry entry = _state.GetAccount(account);
            _state.WarmAccount(entry);
            _state.SetNonce(entry, 1);
            _state.SetCode(entry, code);
        }
        foreach (LogEntry log in _logs)
        {
            Charge(LogGas + (LogTopicGas * (ulong)log.Topics.Count) + (LogByteGas * (ulong)log.Data.Length));
            if (IsExhausted) return false;
            _state.AddLog(log);
        }
        return !IsExhausted;
    }

    private void PayCodeReads()
    {
        foreach (Address account in _codeReads.Keys)
        {
            ref CodeRead read = ref CollectionsMarshal.GetValueRefOrNullRef(_codeReads, account);
            if (!read.IsPaid) Pay(ref read);
        }
    }

    private ref SlotUse UseOf(in UInt256 slot)
    {
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_useOfSlot, slot, out bool exists);
        if (!exists)
        {
            index = _uses.Count;
            SlotEntry entry = _state.GetSlot(_module, slot);
            _uses.Add(new SlotUse { Slot = entry, Value = entry.Value });
        }
        return ref CollectionsMarshal.AsSpan(_uses)[index];
    }

    private UInt256 Derive(in Derivation derivation, ulong gas)
    {
        ref DerivedSlot derived = ref CollectionsMarshal.GetValueRefOrAddDefault(_derived, derivation, out bool exists);
        if (!exists)
        {
            derived.Slot = derivation.IsArray ? Slots.ArrayBase(derivation.Position) : Slots.Map(derivation.Position, derivation.Key);
            if (_isDeferring) _deferredGas += gas;
        }
        if (!_isDeferring && !derived.IsPaid)
        {
            if (exists) _deferredGas -= gas;
            derived.IsPaid = true;
            Charge(gas);
        }
        return derived.Slot;
    }

    private void Pay(ref SlotUse use)
    {
        use.IsPaid = true;
        Charge(StorageGas.Load(_state, _rules, use.Slot));
    }

    private void Pay(ref CodeRead read)
    {
        read.IsPaid = true;
        Charge(_state.WarmAccount(read.Account) ? _rules.ColdAccountGas : _rules.WarmGas);
    }

    private struct SlotUse
    {
        public SlotEntry Slot;
        public UInt256 Value;
        public bool IsPaid;
    }

    private struct DerivedSlot
    {
        public UInt256 Slot;
        public bool IsPaid;
    }

    private struct CodeRead
    {
        public AccountEntry Account;
        public bool IsPaid;
    }

    private readonly record struct Derivation(UInt256 Position, UInt256 Key, bool IsArray);
}
