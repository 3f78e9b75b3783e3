using System.Reflection;
using System.Reflection.Emit;
using Chain.Core.Numeric;
using Chain.Evm.Dispatch;
using Chain.Evm.Frames;
using Chain.Evm.Opcodes;

namespace Chain.Benchmarks;

/// <summary>
/// The rejected candidate, with all opcodes: one method with a dense switch over 256 cases, registers in locals, bodies called (the just-in-time compiler inlines
/// what its budget allows). Emitted from the opcode table as the chain is.
/// </summary>
internal sealed unsafe class DispatchSwitchLoop : IDispatcher
{
    private delegate void Loop(Frame frame);

    private Loop? _loop;

    public void Run(Frame frame, OpcodeSet opcodes)
    {
        _loop ??= Emit(opcodes);
        _loop(frame);
    }

    private static Loop Emit(OpcodeSet set)
    {
        ModuleBuilder module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(HandlerChain.AssemblyName), AssemblyBuilderAccess.Run).DefineDynamicModule("Switch");
        TypeBuilder type = module.DefineType("Switch", TypeAttributes.Abstract | TypeAttributes.Sealed);
        MethodBuilder method = type.DefineMethod("Loop", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(Frame)]);
        method.SetImplementationFlags(MethodImplAttributes.AggressiveOptimization);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder pc = il.DeclareLocal(typeof(byte*)), sp = il.DeclareLocal(typeof(UInt256*)), gas = il.DeclareLocal(typeof(long));
        Label next = il.DefineLabel(), save = il.DefineLabel(), left = il.DefineLabel();
        Label[] halts = [.. Enum.GetValues<FrameStatus>().Select(_ => il.DefineLabel())];
        Load(nameof(Frame.Pc), pc);
        Load(nameof(Frame.Sp), sp);
        Load(nameof(Frame.Gas), gas);
        il.MarkLabel(next);
        Label[] cases = [.. Enumerable.Range(0, 256).Select(_ => il.DefineLabel())];
        il.Emit(OpCodes.Ldloc, pc);
        il.Emit(OpCodes.Ldind_U1);
        il.Emit(OpCodes.Switch, cases);
        il.Emit(OpCodes.Br, left);
        for (int code = 0; code < 256; code++)
        {
            il.MarkLabel(cases[code]);
            EmitCase(set.Opcodes[code], set.Rows[code]);
        }
        il.MarkLabel(save);
        Save(nameof(Frame.Pc), pc);
        Save(nameof(Frame.Sp), sp);
        Save(nameof(Frame.Gas), gas);
        il.MarkLabel(left);
        il.Emit(OpCodes.Ret);
        foreach (FrameStatus status in Enum.GetValues<FrameStatus>())
        {
            il.MarkLabel(halts[(int)status]);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, (int)status);
            il.Emit(OpCodes.Call, typeof(HandlerChain).GetMethod(nameof(HandlerChain.Halt))!);
            il.Emit(OpCodes.Ret);
        }
        return type.CreateType().GetMethod("Loop")!.CreateDelegate<Loop>();

        void EmitCase(Opcode opcode, OpcodeRow row)
        {
            if (row.HeightMinBytes > 0) Height(row.HeightMinBytes, OpCodes.Blt_Un, FrameStatus.StackUnderflow);
            if (row.HeightMaxBytes < Frame.StackItemsMax * UInt256.SizeBytes) Height(row.HeightMaxBytes, OpCodes.Bgt_Un, FrameStatus.StackOverflow);
            if (row.Gas != 0)
            {
                il.Emit(OpCodes.Ldloc, gas);
                il.Emit(OpCodes.Ldc_I8, row.Gas);
                il.Emit(OpCodes.Sub);
                il.Emit(OpCodes.Stloc, gas);
                il.Emit(OpCodes.Ldloc, gas);
                il.Emit(OpCodes.Ldc_I8, 0L);
                il.Emit(OpCodes.Blt, halts[(int)FrameStatus.OutOfGas]);
            }
            if (opcode.Shape is OpcodeShape.InFrame or OpcodeShape.Leave or OpcodeShape.Jump) il.Emit(OpCodes.Ldarg_0);
            if (opcode.Shape is OpcodeShape.Jump or OpcodeShape.Numbered) il.Emit(OpCodes.Ldloc, pc);
            il.Emit(OpCodes.Ldloc, sp);
            if (opcode.Shape is OpcodeShape.InFrame or OpcodeShape.Leave) il.Emit(OpCodes.Ldloc, gas);
            if (opcode.Shape == OpcodeShape.Numbered) il.Emit(OpCodes.Ldc_I4, opcode.Number);
            il.Emit(OpCodes.Call, opcode.Body.GetMethod("Run")!);
            switch (opcode.Shape)
            {
                case OpcodeShape.InFrame:
                    il.Emit(OpCodes.Stloc, gas);
                    il.Emit(OpCodes.Ldloc, gas);
                    il.Emit(OpCodes.Ldc_I8, 0L);
                    il.Emit(OpCodes.Blt, left);
                    break;
                case OpcodeShape.Leave:
                    il.Emit(OpCodes.Stloc, gas);
                    break;
                case OpcodeShape.Jump:
                    il.Emit(OpCodes.Stloc, pc);
                    il.Emit(OpCodes.Ldloc, pc);
                    il.Emit(OpCodes.Brfalse, left);
                    break;
            }
            Add(pc, row.Length);
            Add(sp, row.ItemsChange * UInt256.SizeBytes);
            il.Emit(OpCodes.Br, opcode.Shape == OpcodeShape.Leave ? save : next);
        }

        void Height(int bytes, OpCode branch, FrameStatus status)
        {
            il.Emit(OpCodes.Ldloc, sp);
            il.Emit(OpCodes.Conv_U2);
            il.Emit(OpCodes.Ldc_I4, bytes);
            il.Emit(branch, halts[(int)status]);
        }

        void Add(LocalBuilder local, int bytes)
        {
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Ldc_I4, bytes);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, local);
        }

        void Load(string field, LocalBuilder local)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, typeof(Frame).GetField(field)!);
            il.Emit(OpCodes.Stloc, local);
        }

        void Save(string field, LocalBuilder local)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Stfld, typeof(Frame).GetField(field)!);
        }
    }
}
