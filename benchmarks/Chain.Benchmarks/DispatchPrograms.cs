using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm;
using Chain.Evm.Dispatch;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;

namespace Chain.Benchmarks;

/// <summary>Programs that spend their time in dispatch, and a machine to run them on.</summary>
internal sealed class DispatchPrograms : IDisposable, IBlockHashes
{
    private static readonly Address Contract = Address.FromNumber(0xc0de);
    private static readonly Address Callee = Address.FromNumber(0xca);

    private readonly VirtualMachine _machine;
    private readonly WorldState _state;
    private readonly BlockContext _block;
    private readonly TransactionContext _transaction = new();
    private readonly Message _message;

    public DispatchPrograms(IDispatcher dispatcher, byte[] code)
    {
        MemoryState parent = new();
        parent.SetAccount(Contract, 1, 0, code);
        parent.SetAccount(Callee, 1, 0, new byte[] { 0x00 });
        _machine = new VirtualMachine(dispatcher);
        _state = new WorldState(parent);
        _block = new BlockContext
        {
            Rules = ForkTable.Rules(Fork.Osaka),
            ChainId = 1,
            Number = 1,
            Timestamp = 1,
            GasLimit = 1,
            Coinbase = default,
            BlockHashes = this,
            Precompiles = PrecompileSet.Empty,
        };
        _message = new Message { Kind = CallKind.Call, Caller = default, Recipient = Contract, Gas = long.MaxValue };
    }

    /// <summary>Counts down from n: 7 opcodes a round.</summary>
    public static byte[] Countdown(int n) => [0x62, (byte)(n >> 16), (byte)(n >> 8), (byte)n, 0x5b, 0x60, 1, 0x90, 0x03, 0x80, 0x60, 4, 0x57];

    /// <summary>Calls n times a contract that stops at once.</summary>
    public static byte[] Calls(int n) =>
    [
        0x62, (byte)(n >> 16), (byte)(n >> 8), (byte)n, 0x5b,
        0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 0xca, 0x5a, 0xf1, 0x50, // CALL(gas, callee, 0, ...) POP
        0x60, 1, 0x90, 0x03, 0x80, 0x60, 4, 0x57,
    ];

    /// <summary>As compiled code looks: memory, arithmetic, comparison, swaps; 23 opcodes a round.</summary>
    public static byte[] Mixed(int n) =>
    [
        0x62, (byte)(n >> 16), (byte)(n >> 8), (byte)n, 0x5b, // counter, JUMPDEST
        0x80, 0x60, 0x40, 0x52, // DUP1 PUSH1 MSTORE
        0x60, 0x40, 0x51, 0x60, 7, 0x01, 0x60, 0xff, 0x16, // PUSH1 MLOAD PUSH1 ADD PUSH1 AND
        0x81, 0x10, 0x15, 0x50, // DUP2 LT ISZERO POP
        0x80, 0x60, 3, 0x02, 0x50, // DUP1 PUSH1 MUL POP
        0x60, 1, 0x90, 0x03, 0x80, 0x60, 4, 0x57, // counter - 1, JUMPI
    ];

    /// <summary>A loop whose body is this many opcodes in random order: the branch predictor's hard case.</summary>
    public static byte[] Scattered(int opcodes, int rounds)
    {
        Random random = new(1);
        List<byte> code = [0x62, (byte)(rounds >> 16), (byte)(rounds >> 8), (byte)rounds, 0x60, 3, 0x60, 5, 0x60, 9, 0x5b];
        byte[] neutral = [0x90, 0x91, 0x19, 0x15, 0x5b]; // SWAP1 SWAP2 NOT ISZERO JUMPDEST
        byte[] binary = [0x01, 0x02, 0x03, 0x10, 0x11, 0x14, 0x16, 0x17, 0x18];
        int count = 0;
        while (count < opcodes)
        {
            if (random.Next(2) == 0)
            {
                code.Add(neutral[random.Next(neutral.Length)]);
                count++;
                continue;
            }
            code.Add((byte)(0x80 + random.Next(3)));
            code.Add(binary[random.Next(binary.Length)]);
            count += 2;
        }
        // The counter is the fourth item: SWAP3, minus one, SWAP3, DUP4, jump while it is not zero.
        code.AddRange([0x92, 0x60, 1, 0x90, 0x03, 0x92, 0x83, 0x60, 10, 0x57]);
        return [.. code];
    }

    public ulong Run()
    {
        _state.BeginTransaction();
        ExecutionResult result = _machine.Execute(_state, _block, _transaction, _message);
        if (result.Status != FrameStatus.Success) throw new InvalidOperationException($"The program ended with {result.Status}.");
        return result.GasLeft;
    }

    public void Dispose() => _machine.Dispose();

    public Hash256 GetBlockHash(ulong number) => default;
}
