using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Chain.Core.Numeric;
using Chain.Evm.Frames;
using Chain.Evm.Opcodes;

namespace Chain.Evm.Dispatch;

/// <summary>
/// Emits the handlers of <see cref="TailCallDispatcher"/>. A handler is
/// <c>void (Frame frame, byte* pc, UInt256* sp, long gas, nint* handlers)</c>: five integer arguments, all in registers on x64 (System V) and ARM64.
/// Equal handlers (same opcode, same static gas) are shared between forks.
/// </summary>
internal static unsafe class HandlerChain
{
    /// <summary>The assembly the handlers live in, a friend of this one.</summary>
    public const string AssemblyName = "Chain.Evm.Handlers";

    private const string FastPath = nameof(IFastFrameOperation.TryRun);
    private const int Frame = 0, Pc = 1, Sp = 2, Gas = 3, Handlers = 4;

    private static readonly Lock Turn = new();
    private static readonly Dictionary<(byte Code, long Gas, bool IsDefined), nint> Known = [];
    private static readonly Type[] Signature = [typeof(Frame), typeof(byte*), typeof(UInt256*), typeof(long), typeof(nint*)];
    private static readonly ModuleBuilder Module =
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(AssemblyName), AssemblyBuilderAccess.Run).DefineDynamicModule(AssemblyName);

    private static int _typeCount;

    /// <summary>The table of handlers of an opcode set; built at the first call.</summary>
    public static nint* Build(OpcodeSet set)
    {
        lock (Turn)
        {
            if (set.Handlers == null)
            {
                EmitMissing(set);
                set.SetHandlers(code => Known[KeyOf(set, code)]);
            }
            return set.Handlers;
        }
    }

    private static (byte, long, bool) KeyOf(OpcodeSet set, int code)
    {
        bool isDefined = set.Opcodes[code] != OpcodeTable.Undefined;
        return isDefined ? ((byte)code, set.Rows[code].Gas, true) : ((byte)0, 0, false);
    }

    private static void EmitMissing(OpcodeSet set)
    {
        Dictionary<(byte, long, bool), int> missing = [];
        for (int code = 0; code < 256; code++)
        {
            if (!Known.ContainsKey(KeyOf(set, code))) missing.TryAdd(KeyOf(set, code), code);
        }
        if (missing.Count == 0) return;

        TypeBuilder type = Module.DefineType($"Handlers{_typeCount++}", TypeAttributes.NotPublic | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (int code in missing.Values)
        {
            string name = NameOf(set, code);
            Opcode opcode = set.Opcodes[code];
            MethodBuilder? slow = null;
            if (opcode.Body.GetMethod(FastPath) is not null)
            {
                slow = DefineHandler(type, name + "_slow");
                EmitBody(slow.GetILGenerator(), opcode, set.Rows[code]);
            }
            EmitHandler(DefineHandler(type, name).GetILGenerator(), opcode, set.Rows[code], slow);
        }
        Type created = type.CreateType();
        foreach (((byte, long, bool) key, int code) in missing)
        {
            RuntimeMethodHandle handle = created.GetMethod(NameOf(set, code))!.MethodHandle;
            RuntimeHelpers.PrepareMethod(handle);
            Known.Add(key, handle.GetFunctionPointer());
        }
    }

    private static MethodBuilder DefineHandler(TypeBuilder type, string name)
    {
        MethodBuilder method = type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, typeof(void), Signature);
        // Optimised at once: a pointer taken from a tiered method would lead through a stub to unoptimised code.
        method.SetImplementationFlags(MethodImplAttributes.AggressiveOptimization);
        return method;
    }

    private static string NameOf(OpcodeSet set, int code) => $"{set.Opcodes[code].Name}_{code:x2}";

    private static void EmitHandler(ILGenerator il, Opcode opcode, in OpcodeRow row, MethodBuilder? slow)
    {
        Label underflow = il.DefineLabel(), overflow = il.DefineLabel(), outOfGas = il.DefineLabel();
        int fullBytes = Frames.Frame.StackItemsMax * UInt256.SizeBytes;

        // The low 16 bits of the stack pointer are the height in bytes (Frame.StackAlignmentBytes).
        if (row.HeightMinBytes > 0) EmitHeightTest(il, row.HeightMinBytes, OpCodes.Blt_Un, underflow);
        if (row.HeightMaxBytes < fullBytes) EmitHeightTest(il, row.HeightMaxBytes, OpCodes.Bgt_Un, overflow);
        if (row.Gas != 0)
        {
            il.Emit(OpCodes.Ldarg, Gas);
            il.Emit(OpCodes.Ldc_I8, row.Gas);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Starg, Gas);
            il.Emit(OpCodes.Ldarg, Gas);
            il.Emit(OpCodes.Ldc_I8, 0L);
            il.Emit(OpCodes.Blt, outOfGas);
        }

        if (slow is null) EmitBody(il, opcode, row);
        else EmitFastPath(il, opcode, row, slow);

        if (row.HeightMinBytes > 0) EmitHalt(il, underflow, FrameStatus.StackUnderflow);
        if (row.HeightMaxBytes < fullBytes) EmitHalt(il, overflow, FrameStatus.StackOverflow);
        if (row.Gas != 0) EmitHalt(il, outOfGas, FrameStatus.OutOfGas);
    }

    /// <summary>The common case; for any other a jump to the slow handler, which finds everything checked and the static gas charged.</summary>
    private static void EmitFastPath(ILGenerator il, Opcode opcode, in OpcodeRow row, MethodBuilder slow)
    {
        Label isSlow = il.DefineLabel();
        MethodInfo body = opcode.Body.GetMethod(FastPath)!;
        il.Emit(OpCodes.Ldarg, Frame);
        if (opcode.Shape == OpcodeShape.Jump)
        {
            LocalBuilder target = il.DeclareLocal(typeof(byte*));
            il.Emit(OpCodes.Ldarg, Pc);
            il.Emit(OpCodes.Ldarg, Sp);
            il.Emit(OpCodes.Call, body);
            il.Emit(OpCodes.Stloc, target);
            il.Emit(OpCodes.Ldloc, target);
            il.Emit(OpCodes.Brfalse, isSlow);
            il.Emit(OpCodes.Ldloc, target);
            il.Emit(OpCodes.Starg, Pc);
        }
        else
        {
            il.Emit(OpCodes.Ldarg, Sp);
            il.Emit(OpCodes.Call, body);
            il.Emit(OpCodes.Brfalse, isSlow);
        }
        EmitAdvance(il, row);
        EmitNext(il);
        il.MarkLabel(isSlow);
        for (int i = Frame; i <= Handlers; i++) il.Emit(OpCodes.Ldarg, i);
        il.Emit(OpCodes.Tailcall);
        il.Emit(OpCodes.Call, slow);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>The body, and the way on.</summary>
    private static void EmitBody(ILGenerator il, Opcode opcode, in OpcodeRow row)
    {
        Label left = il.DefineLabel();
        MethodInfo body = opcode.Body.GetMethod("Run")!;
        switch (opcode.Shape)
        {
            case OpcodeShape.Pure:
                il.Emit(OpCodes.Ldarg, Sp);
                il.Emit(OpCodes.Call, body);
                break;
            case OpcodeShape.Numbered:
                il.Emit(OpCodes.Ldarg, Pc);
                il.Emit(OpCodes.Ldarg, Sp);
                il.Emit(OpCodes.Ldc_I4, opcode.Number);
                il.Emit(OpCodes.Call, body);
                break;
            case OpcodeShape.InFrame:
                EmitFrameBody(il, body);
                il.Emit(OpCodes.Ldarg, Gas);
                il.Emit(OpCodes.Ldc_I8, 0L);
                il.Emit(OpCodes.Blt, left);
                break;
            case OpcodeShape.Jump:
                il.Emit(OpCodes.Ldarg, Frame);
                il.Emit(OpCodes.Ldarg, Pc);
                il.Emit(OpCodes.Ldarg, Sp);
                il.Emit(OpCodes.Call, body);
                il.Emit(OpCodes.Starg, Pc);
                il.Emit(OpCodes.Ldarg, Pc);
                il.Emit(OpCodes.Brfalse, left);
                break;
            case OpcodeShape.Leave:
                EmitFrameBody(il, body);
                break;
        }
        EmitAdvance(il, row);
        if (opcode.Shape == OpcodeShape.Leave)
        {
            EmitSave(il, nameof(Frames.Frame.Pc), Pc);
            EmitSave(il, nameof(Frames.Frame.Sp), Sp);
            EmitSave(il, nameof(Frames.Frame.Gas), Gas);
            il.Emit(OpCodes.Ret);
            return;
        }
        EmitNext(il);
        if (opcode.Shape is OpcodeShape.Pure or OpcodeShape.Numbered) return;
        il.MarkLabel(left);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitAdvance(ILGenerator il, in OpcodeRow row)
    {
        EmitAdd(il, Pc, row.Length);
        EmitAdd(il, Sp, row.ItemsChange * UInt256.SizeBytes);
    }

    /// <summary>The jump to the handler of the byte at pc.</summary>
    private static void EmitNext(ILGenerator il)
    {
        for (int i = Frame; i <= Handlers; i++) il.Emit(OpCodes.Ldarg, i);
        il.Emit(OpCodes.Ldarg, Handlers);
        il.Emit(OpCodes.Ldarg, Pc);
        il.Emit(OpCodes.Ldind_U1);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldc_I4, sizeof(nint));
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Tailcall);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(void), Signature, null);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitFrameBody(ILGenerator il, MethodInfo body)
    {
        il.Emit(OpCodes.Ldarg, Frame);
        il.Emit(OpCodes.Ldarg, Sp);
        il.Emit(OpCodes.Ldarg, Gas);
        il.Emit(OpCodes.Call, body);
        il.Emit(OpCodes.Starg, Gas);
    }

    private static void EmitHeightTest(ILGenerator il, int heightBytes, OpCode branch, Label target)
    {
        il.Emit(OpCodes.Ldarg, Sp);
        il.Emit(OpCodes.Conv_U2);
        il.Emit(OpCodes.Ldc_I4, heightBytes);
        il.Emit(branch, target);
    }

    private static void EmitAdd(ILGenerator il, int argument, int bytes)
    {
        if (bytes == 0) return;
        il.Emit(OpCodes.Ldarg, argument);
        il.Emit(OpCodes.Ldc_I4, bytes);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Starg, argument);
    }

    private static void EmitSave(ILGenerator il, string field, int argument)
    {
        il.Emit(OpCodes.Ldarg, Frame);
        il.Emit(OpCodes.Ldarg, argument);
        il.Emit(OpCodes.Stfld, typeof(Frame).GetField(field)!);
    }

    /// <summary>A tail call too: without any ordinary call the handler of a pure opcode needs no frame of its own.</summary>
    private static void EmitHalt(ILGenerator il, Label label, FrameStatus status)
    {
        il.MarkLabel(label);
        il.Emit(OpCodes.Ldarg, Frame);
        il.Emit(OpCodes.Ldc_I4, (int)status);
        il.Emit(OpCodes.Tailcall);
        il.Emit(OpCodes.Call, typeof(HandlerChain).GetMethod(nameof(Halt))!);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Where the handlers end a frame.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Halt(Frame frame, FrameStatus status) => frame.Halt(status);
}
