using Chain.Core.Forks;
using static Chain.Evm.Opcodes.Opcode;

namespace Chain.Evm.Opcodes;

/// <summary>
/// The only list of opcodes. A row: byte, name, items taken and given, static gas (a number, or what the fork's rules say), first fork, body.
/// Dynamic gas is the body's matter.
/// </summary>
internal static class OpcodeTable
{
    /// <summary>STOP: also what the padding behind code executes.</summary>
    public const byte Stop = 0x00;

    private static readonly Opcode?[] ByCode = Index(
    [
        Leave<Control.Stop>(Stop, "STOP", 0, 0, 0),
        Pure<Arithmetic.Add>(0x01, "ADD", 2, 1, 3),
        Pure<Arithmetic.Mul>(0x02, "MUL", 2, 1, 5),
        Pure<Arithmetic.Sub>(0x03, "SUB", 2, 1, 3),
        Pure<Arithmetic.Div>(0x04, "DIV", 2, 1, 5),
        Pure<Arithmetic.SDiv>(0x05, "SDIV", 2, 1, 5),
        Pure<Arithmetic.Mod>(0x06, "MOD", 2, 1, 5),
        Pure<Arithmetic.SMod>(0x07, "SMOD", 2, 1, 5),
        Pure<Arithmetic.AddMod>(0x08, "ADDMOD", 3, 1, 8),
        Pure<Arithmetic.MulMod>(0x09, "MULMOD", 3, 1, 8),
        InFrame<Arithmetic.Exp>(0x0a, "EXP", 2, 1, 10),
        Pure<Arithmetic.SignExtend>(0x0b, "SIGNEXTEND", 2, 1, 5),

        Pure<Bitwise.Lt>(0x10, "LT", 2, 1, 3),
        Pure<Bitwise.Gt>(0x11, "GT", 2, 1, 3),
        Pure<Bitwise.Slt>(0x12, "SLT", 2, 1, 3),
        Pure<Bitwise.Sgt>(0x13, "SGT", 2, 1, 3),
        Pure<Bitwise.Eq>(0x14, "EQ", 2, 1, 3),
        Pure<Bitwise.IsZero>(0x15, "ISZERO", 1, 1, 3),
        Pure<Bitwise.And>(0x16, "AND", 2, 1, 3),
        Pure<Bitwise.Or>(0x17, "OR", 2, 1, 3),
        Pure<Bitwise.Xor>(0x18, "XOR", 2, 1, 3),
        Pure<Bitwise.Not>(0x19, "NOT", 1, 1, 3),
        Pure<Bitwise.Byte>(0x1a, "BYTE", 2, 1, 3),
        Pure<Bitwise.Shl>(0x1b, "SHL", 2, 1, 3, Fork.Constantinople),
        Pure<Bitwise.Shr>(0x1c, "SHR", 2, 1, 3, Fork.Constantinople),
        Pure<Bitwise.Sar>(0x1d, "SAR", 2, 1, 3, Fork.Constantinople),
        Pure<Bitwise.Clz>(0x1e, "CLZ", 1, 1, 5, Fork.Osaka),

        InFrame<MemoryOperations.Keccak>(0x20, "KECCAK256", 2, 1, 30),

        InFrame<EnvironmentOperations.ThisAddress>(0x30, "ADDRESS", 0, 1, 2),
        InFrame<EnvironmentOperations.Balance>(0x31, "BALANCE", 1, 1, rules => rules.BalanceGas),
        InFrame<EnvironmentOperations.Origin>(0x32, "ORIGIN", 0, 1, 2),
        InFrame<EnvironmentOperations.Caller>(0x33, "CALLER", 0, 1, 2),
        InFrame<EnvironmentOperations.CallValue>(0x34, "CALLVALUE", 0, 1, 2),
        InFrame<EnvironmentOperations.CallDataLoad>(0x35, "CALLDATALOAD", 1, 1, 3),
        InFrame<EnvironmentOperations.CallDataSize>(0x36, "CALLDATASIZE", 0, 1, 2),
        InFrame<MemoryOperations.CallDataCopy>(0x37, "CALLDATACOPY", 3, 0, 3),
        InFrame<EnvironmentOperations.CodeSize>(0x38, "CODESIZE", 0, 1, 2),
        InFrame<MemoryOperations.CodeCopy>(0x39, "CODECOPY", 3, 0, 3),
        InFrame<EnvironmentOperations.GasPrice>(0x3a, "GASPRICE", 0, 1, 2),
        InFrame<EnvironmentOperations.ExtCodeSize>(0x3b, "EXTCODESIZE", 1, 1, rules => rules.ExtCodeGas),
        InFrame<EnvironmentOperations.ExtCodeCopy>(0x3c, "EXTCODECOPY", 4, 0, rules => rules.ExtCodeGas),
        InFrame<EnvironmentOperations.ReturnDataSize>(0x3d, "RETURNDATASIZE", 0, 1, 2, Fork.Byzantium),
        InFrame<MemoryOperations.ReturnDataCopy>(0x3e, "RETURNDATACOPY", 3, 0, 3, Fork.Byzantium),
        InFrame<EnvironmentOperations.ExtCodeHash>(0x3f, "EXTCODEHASH", 1, 1, rules => rules.ExtCodeHashGas, Fork.Constantinople),

        InFrame<BlockOperations.BlockHash>(0x40, "BLOCKHASH", 1, 1, 20),
        InFrame<BlockOperations.Coinbase>(0x41, "COINBASE", 0, 1, 2),
        InFrame<BlockOperations.Timestamp>(0x42, "TIMESTAMP", 0, 1, 2),
        InFrame<BlockOperations.Number>(0x43, "NUMBER", 0, 1, 2),
        InFrame<BlockOperations.PrevRandao>(0x44, "PREVRANDAO", 0, 1, 2),
        InFrame<BlockOperations.GasLimit>(0x45, "GASLIMIT", 0, 1, 2),
        InFrame<BlockOperations.ChainId>(0x46, "CHAINID", 0, 1, 2, Fork.Istanbul),
        InFrame<EnvironmentOperations.SelfBalance>(0x47, "SELFBALANCE", 0, 1, 5, Fork.Istanbul),
        InFrame<BlockOperations.BaseFee>(0x48, "BASEFEE", 0, 1, 2, Fork.London),
        InFrame<BlockOperations.BlobHash>(0x49, "BLOBHASH", 1, 1, 3, Fork.Cancun),
        InFrame<BlockOperations.BlobBaseFee>(0x4a, "BLOBBASEFEE", 0, 1, 2, Fork.Cancun),

        Pure<StackOperations.Pop>(0x50, "POP", 1, 0, 2),
        InFrame<MemoryOperations.MLoad>(0x51, "MLOAD", 1, 1, 3),
        InFrame<MemoryOperations.MStore>(0x52, "MSTORE", 2, 0, 3),
        InFrame<MemoryOperations.MStore8>(0x53, "MSTORE8", 2, 0, 3),
        InFrame<StorageOperations.SLoad>(0x54, "SLOAD", 1, 1, rules => rules.SloadGas),
        InFrame<StorageOperations.SStore>(0x55, "SSTORE", 2, 0, 0),
        Jump<Control.Jump>(0x56, "JUMP", 1, 0, 8),
        Jump<Control.JumpI>(0x57, "JUMPI", 2, 0, 10),
        Jump<Control.Pc>(0x58, "PC", 0, 1, 2),
        InFrame<MemoryOperations.MSize>(0x59, "MSIZE", 0, 1, 2),
        InFrame<Control.Gas>(0x5a, "GAS", 0, 1, 2),
        Pure<Control.JumpDest>(0x5b, "JUMPDEST", 0, 0, 1),
        InFrame<StorageOperations.TLoad>(0x5c, "TLOAD", 1, 1, 100, Fork.Cancun),
        InFrame<StorageOperations.TStore>(0x5d, "TSTORE", 2, 0, 100, Fork.Cancun),
        InFrame<MemoryOperations.MCopy>(0x5e, "MCOPY", 3, 0, 3, Fork.Cancun),
        Pure<StackOperations.Push0>(0x5f, "PUSH0", 0, 1, 2, Fork.Shanghai),

        .. Numbered<StackOperations.Push>(0x60, "PUSH", 32, n => (0, 1, n)),
        .. Numbered<StackOperations.Dup>(0x80, "DUP", 16, n => (n, n + 1, 0)),
        .. Numbered<StackOperations.Swap>(0x90, "SWAP", 16, n => (n + 1, n + 1, 0)),

        InFrame<LogOperations.Log0>(0xa0, "LOG0", 2, 0, 375),
        InFrame<LogOperations.Log1>(0xa1, "LOG1", 3, 0, 750),
        InFrame<LogOperations.Log2>(0xa2, "LOG2", 4, 0, 1_125),
        InFrame<LogOperations.Log3>(0xa3, "LOG3", 5, 0, 1_500),
        InFrame<LogOperations.Log4>(0xa4, "LOG4", 6, 0, 1_875),

        Leave<CreateOperations.Create>(0xf0, "CREATE", 3, 1, 32_000),
        Leave<CallOperations.Call>(0xf1, "CALL", 7, 1, rules => rules.CallGas),
        Leave<CallOperations.CallCode>(0xf2, "CALLCODE", 7, 1, rules => rules.CallGas),
        Leave<Control.Return>(0xf3, "RETURN", 2, 0, 0),
        Leave<CallOperations.DelegateCall>(0xf4, "DELEGATECALL", 6, 1, rules => rules.CallGas, Fork.Homestead),
        Leave<CreateOperations.Create2>(0xf5, "CREATE2", 4, 1, 32_000, Fork.Constantinople),
        Leave<CallOperations.StaticCall>(0xfa, "STATICCALL", 6, 1, rules => rules.CallGas, Fork.Byzantium),
        Leave<Control.Revert>(0xfd, "REVERT", 2, 0, 0, Fork.Byzantium),
        Leave<Control.Invalid>(0xfe, "INVALID", 0, 0, 0),
        Leave<CreateOperations.SelfDestruct>(0xff, "SELFDESTRUCT", 1, 0, rules => rules.SelfDestructGas),
    ]);

    /// <summary>What a byte executes that is no opcode of the fork.</summary>
    public static Opcode Undefined { get; } = Leave<Control.Invalid>(0xfe, "INVALID", 0, 0, 0);

    /// <summary>The opcode of a byte at any fork, or null.</summary>
    public static Opcode? Find(byte code) => ByCode[code];

    private static Opcode?[] Index(Opcode[] opcodes)
    {
        Opcode?[] byCode = new Opcode?[256];
        foreach (Opcode opcode in opcodes)
        {
            if (byCode[opcode.Code] is not null) throw new InvalidOperationException($"Opcode 0x{opcode.Code:x2} stands twice in the table.");
            byCode[opcode.Code] = opcode;
        }
        return byCode;
    }
}
