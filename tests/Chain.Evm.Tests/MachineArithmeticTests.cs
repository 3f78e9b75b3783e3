using System.Numerics;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Evm.Tests;

/// <summary>Arithmetic, comparison and bit opcodes against arbitrary-precision integers.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class MachineArithmeticTests(DispatcherKind dispatcher)
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    private static readonly Dictionary<string, Func<BigInteger, BigInteger, BigInteger>> Binary = new()
    {
        ["ADD"] = (a, b) => a + b,
        ["MUL"] = (a, b) => a * b,
        ["SUB"] = (a, b) => a - b,
        ["DIV"] = (a, b) => b.IsZero ? 0 : a / b,
        ["SDIV"] = (a, b) => b.IsZero ? 0 : BigInteger.Divide(Signed(a), Signed(b)),
        ["MOD"] = (a, b) => b.IsZero ? 0 : a % b,
        ["SMOD"] = (a, b) => b.IsZero ? 0 : BigInteger.Remainder(Signed(a), Signed(b)),
        ["EXP"] = (a, b) => BigInteger.ModPow(a, b, Modulus),
        ["SIGNEXTEND"] = (a, b) => a >= 31 ? b : SignExtend((int)a, b),
        ["LT"] = (a, b) => a < b ? 1 : 0,
        ["GT"] = (a, b) => a > b ? 1 : 0,
        ["SLT"] = (a, b) => Signed(a) < Signed(b) ? 1 : 0,
        ["SGT"] = (a, b) => Signed(a) > Signed(b) ? 1 : 0,
        ["EQ"] = (a, b) => a == b ? 1 : 0,
        ["AND"] = (a, b) => a & b,
        ["OR"] = (a, b) => a | b,
        ["XOR"] = (a, b) => a ^ b,
        ["BYTE"] = (a, b) => a >= 32 ? 0 : (b >> (8 * (31 - (int)a))) & 0xff,
        ["SHL"] = (a, b) => a >= 256 ? 0 : b << (int)a,
        ["SHR"] = (a, b) => a >= 256 ? 0 : b >> (int)a,
        ["SAR"] = (a, b) => Signed(b) >> (a >= 256 ? 256 : (int)a),
    };

    private static IEnumerable<string> BinaryNames => Binary.Keys;

    [TestCaseSource(nameof(BinaryNames))]
    public void Binary_operations_match_big_integers(string name)
    {
        using MachineHarness machine = new(dispatcher);
        Random random = new(1);
        foreach ((UInt256 a, UInt256 b) in Operands(random, 300))
        {
            UInt256 expected = Reduce(Binary[name](a.ToBigInteger(), b.ToBigInteger()));
            Assert.That(machine.Top(new Bytecode().Push(b, a).Op(name)), Is.EqualTo(expected), $"{name} {a} {b}");
        }
    }

    [Test]
    public void Modular_operations_match_big_integers()
    {
        using MachineHarness machine = new(dispatcher);
        Random random = new(2);
        foreach ((UInt256 a, UInt256 b) in Operands(random, 200))
        {
            UInt256 m = Operand(random);
            BigInteger modulus = m.ToBigInteger();
            UInt256 sum = m.IsZero ? 0 : Reduce((a.ToBigInteger() + b.ToBigInteger()) % modulus);
            UInt256 product = m.IsZero ? 0 : Reduce(a.ToBigInteger() * b.ToBigInteger() % modulus);
            Assert.That(machine.Top(new Bytecode().Push(m, b, a).Op("ADDMOD")), Is.EqualTo(sum));
            Assert.That(machine.Top(new Bytecode().Push(m, b, a).Op("MULMOD")), Is.EqualTo(product));
        }
    }

    [Test]
    public void Unary_operations_match_big_integers()
    {
        using MachineHarness machine = new(dispatcher);
        foreach ((UInt256 a, _) in Operands(new Random(3), 100))
        {
            Assert.That(machine.Top(new Bytecode().Push(a).Op("NOT")), Is.EqualTo(Reduce(Modulus - 1 - a.ToBigInteger())));
            Assert.That(machine.Top(new Bytecode().Push(a).Op("ISZERO")), Is.EqualTo(a.IsZero ? UInt256.One : UInt256.Zero));
            Assert.That(machine.Top(new Bytecode().Push(a).Op("CLZ")), Is.EqualTo((UInt256)(ulong)(256 - a.BitLength)));
        }
    }

    [TestCase(Fork.TangerineWhistle, 10UL)]
    [TestCase(Fork.SpuriousDragon, 50UL)]
    public void Exponentiation_costs_by_the_byte(Fork fork, ulong byteGas)
    {
        using MachineHarness machine = new(dispatcher, fork);
        Assert.That(machine.GasUsed(new Bytecode().Push(0, 2).Op("EXP")), Is.EqualTo(16));
        Assert.That(machine.GasUsed(new Bytecode().Push(255, 2).Op("EXP")), Is.EqualTo(16 + byteGas));
        Assert.That(machine.GasUsed(new Bytecode().Push(256, 2).Op("EXP")), Is.EqualTo(16 + (2 * byteGas)));
    }

    [TestCase("SHL", Fork.Constantinople)]
    [TestCase("CLZ", Fork.Osaka)]
    [TestCase("PUSH0", Fork.Shanghai)]
    [TestCase("RETURNDATASIZE", Fork.Byzantium)]
    [TestCase("CHAINID", Fork.Istanbul)]
    [TestCase("BASEFEE", Fork.London)]
    [TestCase("BLOBBASEFEE", Fork.Cancun)]
    public void An_opcode_is_undefined_before_its_fork(string name, Fork since)
    {
        byte[] code = new Bytecode().Push(1, 1).Op(name);
        using MachineHarness before = new(dispatcher, since - 1);
        using MachineHarness from = new(dispatcher, since);
        Assert.That(before.Run(code).Status, Is.EqualTo(FrameStatus.InvalidOpcode));
        Assert.That(from.Run(code).Status, Is.EqualTo(FrameStatus.Success));
    }

    private static IEnumerable<(UInt256 A, UInt256 B)> Operands(Random random, int count)
    {
        for (int i = 0; i < count; i++) yield return (Operand(random), Operand(random));
    }

    private static UInt256 Operand(Random random)
    {
        byte[] bytes = new byte[32];
        switch (random.Next(6))
        {
            case 0: return (ulong)random.Next(300);
            case 1: return UInt256.MaxValue - (ulong)random.Next(3);
            case 2: return UInt256.FromBigInteger(BigInteger.One << random.Next(256));
            case 3: return 0;
            default:
                random.NextBytes(bytes.AsSpan(random.Next(32)));
                return UInt256.FromBigEndian(bytes);
        }
    }

    private static UInt256 Reduce(BigInteger value) => UInt256.FromBigInteger(((value % Modulus) + Modulus) % Modulus);

    private static BigInteger Signed(BigInteger value) => value >= Modulus / 2 ? value - Modulus : value;

    private static BigInteger SignExtend(int byteIndex, BigInteger value)
    {
        int bits = 8 * (byteIndex + 1);
        BigInteger low = value & ((BigInteger.One << bits) - 1);
        return low >> (bits - 1) == 1 ? low - (BigInteger.One << bits) : low;
    }
}
