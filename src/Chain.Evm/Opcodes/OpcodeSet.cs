using System.Runtime.CompilerServices;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Opcodes;

/// <summary>A row of the opcode table under given rules, as dispatchers read it.</summary>
internal unsafe struct OpcodeRow
{
    /// <summary>Body, for the plain loop.</summary>
    public delegate*<Frame, ref Registers, int, bool> Step;

    /// <summary>Static gas.</summary>
    public long Gas;

    /// <summary>Least height of the stack, in bytes.</summary>
    public int HeightMinBytes;

    /// <summary>Greatest height of the stack before the opcode, in bytes.</summary>
    public int HeightMaxBytes;

    /// <summary>Change of the height, in items.</summary>
    public int ItemsChange;

    /// <summary>Bytes to the next opcode; 0 when the body chooses.</summary>
    public int Length;

    /// <summary>The number of PUSHn, DUPn, SWAPn.</summary>
    public int Number;
}

/// <summary>The opcode table under given rules. One object per rules object, for the life of the rules.</summary>
internal sealed unsafe class OpcodeSet
{
    private static readonly ConditionalWeakTable<ForkRules, OpcodeSet> Sets = [];

    private nint[]? _handlers;

    private OpcodeSet(ForkRules rules)
    {
        for (int code = 0; code < 256; code++)
        {
            Opcode? listed = OpcodeTable.Find((byte)code);
            Opcode opcode = listed is not null && rules.Fork >= listed.Since ? listed : OpcodeTable.Undefined;
            int itemsChange = opcode.Given - opcode.Taken;
            Opcodes[code] = opcode;
            Rows[code] = new OpcodeRow
            {
                Step = opcode.Step,
                Gas = checked((long)opcode.StaticGas(rules)),
                HeightMinBytes = opcode.Taken * UInt256.SizeBytes,
                HeightMaxBytes = (Frame.StackItemsMax - Math.Max(itemsChange, 0)) * UInt256.SizeBytes,
                ItemsChange = itemsChange,
                Length = opcode.Shape == OpcodeShape.Jump ? 0 : 1 + opcode.ImmediateBytes,
                Number = opcode.Number,
            };
        }
    }

    /// <summary>Rows by byte.</summary>
    public OpcodeRow[] Rows { get; } = new OpcodeRow[256];

    /// <summary>Opcodes by byte, <see cref="OpcodeTable.Undefined"/> where the fork has none.</summary>
    public Opcode[] Opcodes { get; } = new Opcode[256];

    /// <summary>Handler addresses by byte, or null before the tail-call dispatcher gave them. The array is pinned and lives as long as this object.</summary>
    public nint* Handlers
    {
        get
        {
            nint[]? handlers = Volatile.Read(ref _handlers);
            return handlers is null ? null : (nint*)Unsafe.AsPointer(ref handlers[0]);
        }
    }

    /// <summary>Sets the handler addresses.</summary>
    public void SetHandlers(Func<int, nint> handlerOf)
    {
        nint[] handlers = GC.AllocateUninitializedArray<nint>(256, pinned: true);
        for (int code = 0; code < 256; code++) handlers[code] = handlerOf(code);
        Volatile.Write(ref _handlers, handlers);
    }

    /// <summary>The set of these rules.</summary>
    public static OpcodeSet Of(ForkRules rules) => Sets.GetValue(rules, static r => new OpcodeSet(r));
}
