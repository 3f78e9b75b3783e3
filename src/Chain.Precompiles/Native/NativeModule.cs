using System.Buffers.Binary;
using System.Collections.Frozen;
using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Primitives;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Precompiles.Native;

/// <summary>Runs a function: decodes its arguments, asks <see cref="ModuleCall.Refusal"/>, acts. Null for success, else the revert data.</summary>
internal delegate byte[]? ModuleHandler(ModuleCall call, ref AbiReader arguments);

/// <summary>A row of a module's dispatch table.</summary>
/// <param name="Signature">Canonical signature; its hash gives the selector.</param>
/// <param name="IsWrite">True when a static context forbids it.</param>
/// <param name="Authority">Who may call it.</param>
/// <param name="Handler">The function.</param>
internal sealed record ModuleFunction(string Signature, bool IsWrite, Authority Authority, ModuleHandler Handler)
{
    /// <summary>True when a success is journalled in the audit log.</summary>
    public bool IsJournalled { get; init; } = IsWrite;

    /// <summary>What of its arguments the journal keeps.</summary>
    public JournalFields Fields { get; } = JournalFields.Of(Signature);

    public static ModuleFunction View(string signature, ModuleHandler handler) => new(signature, false, Authority.Anyone, handler);

    public static ModuleFunction Write(string signature, Authority authority, ModuleHandler handler) => new(signature, true, authority, handler);

    public static ModuleFunction Unjournalled(string signature, Authority authority, ModuleHandler handler) =>
        new(signature, true, authority, handler) { IsJournalled = false };
}

/// <summary>A native module: a dispatch table behind the calling rules and gas of sections 1.1 and 1.2 of the compliance specification.</summary>
public abstract class NativeModule : IStatefulPrecompile
{
    private const ulong DispatchGas = 200;
    private const ulong WordGas = 3;
    private const ulong JournalEntryGas = 1_500;

    [ThreadStatic]
    private static ModuleCall? s_call;

    private readonly FrozenDictionary<uint, ModuleFunction> _functions;

    private protected NativeModule(string name, in Address address, IEnumerable<ModuleFunction> functions)
    {
        Name = name;
        Address = address;
        _functions = functions.ToFrozenDictionary(f => AbiWords.Selector(f.Signature));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Address Address { get; }

    /// <summary>Canonical signatures of its functions, by selector.</summary>
    public IReadOnlyDictionary<uint, string> Signatures => _functions.ToDictionary(f => f.Key, f => f.Value.Signature);

    /// <inheritdoc/>
    public FrameStatus Run(ref NativeCall call, ReadOnlySpan<byte> input, OutputBuffer output)
    {
        if (!call.TryCharge(DispatchGas + WordsGas(input.Length))) return FrameStatus.OutOfGas;
        if (call.Kind is not (CallKind.Call or CallKind.StaticCall)) return Revert(ref call, output, KycErrors.DelegateCallForbidden.Encode());
        if (!call.Value.IsZero) return Revert(ref call, output, KycErrors.NonPayable.Encode());
        if (input.Length < AbiWords.SelectorSizeBytes) return Revert(ref call, output, ModuleCall.EmptyRevert);
        if (!_functions.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(input), out ModuleFunction? function)) return Revert(ref call, output, ModuleCall.EmptyRevert);
        if (function.IsWrite && call.IsStatic) return FrameStatus.WriteProtection;

        ModuleCall context = s_call ??= new ModuleCall();
        context.Module = Address;
        context.Caller = call.Caller;
        context.Authority = function.Authority;
        context.State = call.State;
        context.Block = call.Block;
        context.Origin = call.Transaction.Origin;
        context.Output = output;
        context.Storage.Begin(call.State, call.Block.Rules, Address, call.GasLeft);

        AbiReader arguments = new(input[AbiWords.SelectorSizeBytes..]);
        context.Decision = null;
        byte[]? error = function.Handler(context, ref arguments);
        bool isPaid = error is null ? context.Storage.TryCommit() : !context.Storage.IsExhausted;
        call.GasLeft = context.Storage.GasLeft;
        if (!isPaid) return FrameStatus.OutOfGas;

        Decision? decision = context.Decision;
        if (error is null && function.IsJournalled) decision ??= function.Fields.Describe(Address, call.Caller, input);
        if (call.Block.DecisionLog is null) decision = null;
        if (decision is not null && !call.TryCharge(JournalEntryGas)) return FrameStatus.OutOfGas;
        FrameStatus status = error is not null ? Revert(ref call, output, error)
            : call.TryCharge(WordsGas(output.Length)) ? FrameStatus.Success : FrameStatus.OutOfGas;
        if (status != FrameStatus.OutOfGas) call.Decision = decision;
        return status;
    }

    private static FrameStatus Revert(ref NativeCall call, OutputBuffer output, byte[] error)
    {
        output.Set(error);
        return call.TryCharge(WordsGas(error.Length)) ? FrameStatus.Revert : FrameStatus.OutOfGas;
    }

    private static ulong WordsGas(int sizeBytes) => WordGas * (((ulong)sizeBytes + 31) / 32);
}
