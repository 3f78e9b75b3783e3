using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>Which interface of opcode bodies a body implements.</summary>
internal enum OpcodeShape : byte
{
    /// <summary><see cref="IStackOperation"/>.</summary>
    Pure,

    /// <summary><see cref="INumberedOperation"/>.</summary>
    Numbered,

    /// <summary><see cref="IFrameOperation"/>.</summary>
    InFrame,

    /// <summary><see cref="IControlOperation"/>.</summary>
    Jump,

    /// <summary><see cref="ILeaveOperation"/>.</summary>
    Leave,
}

/// <summary>The registers of a running frame, for the plain loop.</summary>
internal unsafe struct Registers
{
    public byte* Pc;
    public UInt256* Sp;
    public long Gas;
}

/// <summary>One row of the opcode table.</summary>
internal sealed unsafe class Opcode
{
    private Opcode(byte code, string name, int taken, int given, Fork since, Func<ForkRules, ulong> gas, OpcodeShape shape, Type body)
    {
        Code = code;
        Name = name;
        Taken = taken;
        Given = given;
        Since = since;
        StaticGas = gas;
        Shape = shape;
        Body = body;
    }

    /// <summary>Byte.</summary>
    public byte Code { get; }

    /// <summary>Mnemonic.</summary>
    public string Name { get; }

    /// <summary>Stack items read.</summary>
    public int Taken { get; }

    /// <summary>Stack items in their place afterwards.</summary>
    public int Given { get; }

    /// <summary>Bytes of immediate data.</summary>
    public int ImmediateBytes { get; private init; }

    /// <summary>The number of PUSHn, DUPn, SWAPn.</summary>
    public int Number { get; private init; }

    /// <summary>First fork that has it.</summary>
    public Fork Since { get; }

    /// <summary>Gas charged before the body runs.</summary>
    public Func<ForkRules, ulong> StaticGas { get; }

    /// <summary>Shape of the body.</summary>
    public OpcodeShape Shape { get; }

    /// <summary>The struct with the body, its method <c>Run</c>.</summary>
    public Type Body { get; }

    /// <summary>Runs the body from the plain loop; false leaves the loop.</summary>
    public required delegate*<Frame, ref Registers, int, bool> Step { get; init; }

    public static Opcode Pure<T>(byte code, string name, int taken, int given, ulong gas, Fork since = Fork.Frontier) where T : struct, IStackOperation =>
        new(code, name, taken, given, since, _ => gas, OpcodeShape.Pure, typeof(T)) { Step = &StepPure<T> };

    public static Opcode InFrame<T>(byte code, string name, int taken, int given, ulong gas, Fork since = Fork.Frontier) where T : struct, IFrameOperation =>
        InFrame<T>(code, name, taken, given, _ => gas, since);

    public static Opcode InFrame<T>(byte code, string name, int taken, int given, Func<ForkRules, ulong> gas, Fork since = Fork.Frontier)
        where T : struct, IFrameOperation =>
        new(code, name, taken, given, since, gas, OpcodeShape.InFrame, typeof(T)) { Step = &StepInFrame<T> };

    public static Opcode Jump<T>(byte code, string name, int taken, int given, ulong gas) where T : struct, IControlOperation =>
        new(code, name, taken, given, Fork.Frontier, _ => gas, OpcodeShape.Jump, typeof(T)) { Step = &StepJump<T> };

    public static Opcode Leave<T>(byte code, string name, int taken, int given, ulong gas, Fork since = Fork.Frontier) where T : struct, ILeaveOperation =>
        Leave<T>(code, name, taken, given, _ => gas, since);

    public static Opcode Leave<T>(byte code, string name, int taken, int given, Func<ForkRules, ulong> gas, Fork since = Fork.Frontier)
        where T : struct, ILeaveOperation =>
        new(code, name, taken, given, since, gas, OpcodeShape.Leave, typeof(T)) { Step = &StepLeave<T> };

    /// <summary>The opcodes name1 to name-count, all of 3 gas; the function gives items taken, items given and immediate bytes of each.</summary>
    public static Opcode[] Numbered<T>(byte first, string name, int count, Func<int, (int Taken, int Given, int Immediate)> items)
        where T : struct, INumberedOperation
    {
        Opcode[] opcodes = new Opcode[count];
        for (int n = 1; n <= count; n++)
        {
            (int taken, int given, int immediate) = items(n);
            opcodes[n - 1] = new((byte)(first + n - 1), $"{name}{n}", taken, given, Fork.Frontier, _ => 3, OpcodeShape.Numbered, typeof(T))
            {
                Step = &StepNumbered<T>,
                ImmediateBytes = immediate,
                Number = n,
            };
        }
        return opcodes;
    }

    private static bool StepPure<T>(Frame frame, ref Registers registers, int number) where T : struct, IStackOperation
    {
        T.Run(registers.Sp);
        return true;
    }

    private static bool StepNumbered<T>(Frame frame, ref Registers registers, int number) where T : struct, INumberedOperation
    {
        T.Run(registers.Pc, registers.Sp, number);
        return true;
    }

    private static bool StepInFrame<T>(Frame frame, ref Registers registers, int number) where T : struct, IFrameOperation
    {
        registers.Gas = T.Run(frame, registers.Sp, registers.Gas);
        return registers.Gas >= 0;
    }

    private static bool StepJump<T>(Frame frame, ref Registers registers, int number) where T : struct, IControlOperation
    {
        registers.Pc = T.Run(frame, registers.Pc, registers.Sp);
        return registers.Pc != null;
    }

    private static bool StepLeave<T>(Frame frame, ref Registers registers, int number) where T : struct, ILeaveOperation
    {
        registers.Gas = T.Run(frame, registers.Sp, registers.Gas);
        return false;
    }
}
