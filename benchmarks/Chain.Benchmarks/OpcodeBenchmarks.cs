using BenchmarkDotNet.Attributes;
using Chain.Evm;

namespace Chain.Benchmarks;

/// <summary>
/// Nanoseconds per executed opcode by family, on both dispatchers: a loop of 1,000 opcodes in which a short pattern of the family repeats, the pushes and pops it needs
/// included (so KECCAK256 of 32 bytes is one opcode of five there).
/// </summary>
public class OpcodeBenchmarks : IDisposable
{
    private const int LoopOpcodes = 1_000;
    private const int LoopOverheadOpcodes = 7;
    private const int Rounds = 100;
    private const byte JumpDest = 0x5b;

    private EvmBench _bench = null!;

    /// <summary>What the pattern exercises.</summary>
    public enum Family
    {
        Arithmetic,
        Division,
        MulMod,
        Bitwise,
        Stack,
        Memory,
        Copy,
        Jump,
        Keccak,
        Environment,
        SloadWarm,
        Sstore,
        Transient,
        Log,
    }

    [ParamsAllValues]
    public Family Pattern { get; set; }

    [Params(DispatcherKind.TailCalls, DispatcherKind.Loop)]
    public DispatcherKind Dispatcher { get; set; }

    [GlobalSetup]
    public void Setup() => _bench = new EvmBench(Dispatcher, Program(Pattern));

    [GlobalCleanup]
    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = LoopOpcodes * Rounds)]
    public ulong Opcode() => _bench.Run();

    /// <summary>The bytes of a pattern and how many opcodes they are. The loop counter is on top of the stack before and after.</summary>
    private static (byte[] Code, int Opcodes) Repeat(Family family, int position, byte slot) => family switch
    {
        // DUP1 DUP1 ADD DUP2 MUL DUP2 SUB PUSH1 ADD POP
        Family.Arithmetic => ([0x80, 0x80, 0x01, 0x81, 0x02, 0x81, 0x03, 0x60, 5, 0x01, 0x50], 10),
        // ~c / (c << 128): DUP1 NOT DUP2 PUSH1 SHL SWAP1 DIV POP
        Family.Division => ([0x80, 0x19, 0x81, 0x60, 128, 0x1b, 0x90, 0x04, 0x50], 8),
        // x = ~c, x * x mod (x >> 3): DUP1 NOT DUP1 PUSH1 SHR DUP2 DUP1 MULMOD POP POP
        Family.MulMod => ([0x80, 0x19, 0x80, 0x60, 3, 0x1c, 0x81, 0x80, 0x09, 0x50, 0x50], 10),
        // DUP1 NOT DUP2 AND DUP2 OR DUP2 XOR PUSH1 SHL DUP2 LT ISZERO POP
        Family.Bitwise => ([0x80, 0x19, 0x81, 0x16, 0x81, 0x17, 0x81, 0x18, 0x60, 3, 0x1b, 0x81, 0x10, 0x15, 0x50], 14),
        // DUP1 DUP1 SWAP1 DUP2 SWAP2 PUSH2 POP POP POP POP
        Family.Stack => ([0x80, 0x80, 0x90, 0x81, 0x91, 0x61, 0x12, 0x34, 0x50, 0x50, 0x50, 0x50], 10),
        // DUP1 PUSH1 MSTORE PUSH1 MLOAD POP DUP1 PUSH1 MSTORE8
        Family.Memory => ([0x80, 0x60, 0x40, 0x52, 0x60, 0x40, 0x51, 0x50, 0x80, 0x60, 0x21, 0x53], 9),
        // 64 bytes: PUSH1 PUSH0 PUSH1 MCOPY PUSH1 PUSH0 PUSH1 CALLDATACOPY
        Family.Copy => ([0x60, 64, 0x5f, 0x60, 32, 0x5e, 0x60, 64, 0x5f, 0x60, 96, 0x37], 8),
        // PUSH2 JUMP JUMPDEST
        Family.Jump => ([0x61, (byte)((position + 4) >> 8), (byte)(position + 4), 0x56, JumpDest], 3),
        // PUSH1 PUSH0 KECCAK256 PUSH0 MSTORE
        Family.Keccak => ([0x60, 32, 0x5f, 0x20, 0x5f, 0x52], 5),
        // CALLER POP ADDRESS POP CALLVALUE POP PUSH0 CALLDATALOAD POP TIMESTAMP POP
        Family.Environment => ([0x33, 0x50, 0x30, 0x50, 0x34, 0x50, 0x5f, 0x35, 0x50, 0x42, 0x50], 11),
        // PUSH1 SLOAD POP
        Family.SloadWarm => ([0x60, slot, 0x54, 0x50], 3),
        // GAS PUSH1 SSTORE: the value changes each time
        Family.Sstore => ([0x5a, 0x60, slot, 0x55], 3),
        // GAS PUSH1 TSTORE PUSH1 TLOAD POP
        Family.Transient => ([0x5a, 0x60, slot, 0x5d, 0x60, slot, 0x5c, 0x50], 6),
        // GAS PUSH1 PUSH0 LOG1
        Family.Log => ([0x5a, 0x60, 32, 0x5f, 0xa1], 4),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
    };

    private static byte[] Program(Family family)
    {
        List<byte> code = [0x62, 0, Rounds >> 8, Rounds & 0xff, JumpDest];
        int opcodes = LoopOverheadOpcodes;
        byte slot = 0;
        while (true)
        {
            (byte[] pattern, int count) = Repeat(family, code.Count, slot);
            if (opcodes + count > LoopOpcodes) break;
            code.AddRange(pattern);
            opcodes += count;
            slot = (byte)((slot + 1) % 16);
        }
        for (; opcodes < LoopOpcodes; opcodes++) code.Add(JumpDest);
        // PUSH1 SWAP1 SUB DUP1 PUSH1 JUMPI
        code.AddRange([0x60, 1, 0x90, 0x03, 0x80, 0x60, 4, 0x57]);
        return [.. code];
    }
}
