using System.Numerics;
using Chain.Core.Numeric;

namespace Chain.Core.Tests.Numeric;

/// <summary>Every operation against arbitrary-precision integers over edge-biased operands.</summary>
public sealed class UInt256ArithmeticTests
{
    private const int Cases = 100_000;
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    public delegate void Operation(in UInt256 a, in UInt256 b, out UInt256 result);

    public delegate void TernaryOperation(in UInt256 a, in UInt256 b, in UInt256 m, out UInt256 result);

    private static IEnumerable<TestCaseData> BinaryOperations()
    {
        static TestCaseData Case(string name, Operation operation, Func<BigInteger, BigInteger, BigInteger> model) =>
            new TestCaseData(operation, model).SetArgDisplayNames(name);

        yield return Case("Add", UInt256.Add, (a, b) => a + b);
        yield return Case("Subtract", UInt256.Subtract, (a, b) => a - b);
        yield return Case("Multiply", UInt256.Multiply, (a, b) => a * b);
        yield return Case("Divide", UInt256.Divide, (a, b) => b.IsZero ? 0 : a / b);
        yield return Case("Mod", UInt256.Mod, (a, b) => b.IsZero ? 0 : a % b);
        yield return Case("SDiv", UInt256.SDiv, (a, b) => b.IsZero ? 0 : Signed(a) / Signed(b));
        yield return Case("SMod", UInt256.SMod, (a, b) => b.IsZero ? 0 : Signed(a) % Signed(b));
        yield return Case("And", UInt256.And, (a, b) => a & b);
        yield return Case("Or", UInt256.Or, (a, b) => a | b);
        yield return Case("Xor", UInt256.Xor, (a, b) => a ^ b);
        yield return Case("Not", (in UInt256 a, in UInt256 b, out UInt256 r) => UInt256.Not(a, out r), (a, _) => Modulus - 1 - a);
        yield return Case("Negate", (in UInt256 a, in UInt256 b, out UInt256 r) => UInt256.Negate(a, out r), (a, _) => -a);
        yield return Case("ByteAt", UInt256.ByteAt, (a, b) => b >= 32 ? 0 : (a >> (8 * (31 - (int)b))) & 255);
        yield return Case("SignExtend", UInt256.SignExtend, SignExtendModel);
        yield return Case("ShiftLeft", UInt256.ShiftLeft, (a, b) => b >= 256 ? 0 : a << (int)b);
        yield return Case("ShiftRight", UInt256.ShiftRight, (a, b) => b >= 256 ? 0 : a >> (int)b);
        yield return Case("ShiftRightArithmetic", UInt256.ShiftRightArithmetic, (a, b) => Signed(a) >> (int)BigInteger.Min(b, 256));
    }

    private static IEnumerable<TestCaseData> TernaryOperations()
    {
        yield return new TestCaseData((TernaryOperation)UInt256.AddMod, (BigInteger a, BigInteger b) => a + b).SetArgDisplayNames("AddMod");
        yield return new TestCaseData((TernaryOperation)UInt256.MulMod, (BigInteger a, BigInteger b) => a * b).SetArgDisplayNames("MulMod");
    }

    [TestCaseSource(nameof(BinaryOperations))]
    public void A_binary_operation_equals_its_model_and_may_write_over_its_operands(Operation operation, Func<BigInteger, BigInteger, BigInteger> model)
    {
        Words words = new(1);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 a = words.Next();
            UInt256 b = (i & 3) == 0 ? (ulong)words.Int(300) : words.Next();
            UInt256 expected = Wrap(model(a.ToBigInteger(), b.ToBigInteger()));
            operation(a, b, out UInt256 result);
            UInt256 overA = a, overB = b;
            operation(overA, b, out overA);
            operation(a, overB, out overB);
            if (result != expected || overA != expected || overB != expected)
                Assert.Fail($"a={a:x} b={b:x}: expected {expected:x}, got {result:x}, over a {overA:x}, over b {overB:x}");
        }
    }

    [TestCaseSource(nameof(TernaryOperations))]
    public void A_modular_operation_equals_its_model_and_may_write_over_its_operands(TernaryOperation operation, Func<BigInteger, BigInteger, BigInteger> model)
    {
        Words words = new(2);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 a = words.Next(), b = words.Next(), m = words.Next();
            UInt256 expected = m.IsZero ? default : Wrap(model(a.ToBigInteger(), b.ToBigInteger()) % m.ToBigInteger());
            operation(a, b, m, out UInt256 result);
            UInt256 overA = a, overB = b, overM = m;
            operation(overA, b, m, out overA);
            operation(a, overB, m, out overB);
            operation(a, b, overM, out overM);
            if (result != expected || overA != expected || overB != expected || overM != expected)
                Assert.Fail($"a={a:x} b={b:x} m={m:x}: expected {expected:x}, got {result:x}, {overA:x}, {overB:x}, {overM:x}");
        }
    }

    [Test]
    public void Overflow_flags_and_division_with_remainder_equal_their_models()
    {
        Words words = new(3);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 a = words.Next(), b = words.Next();
            BigInteger x = a.ToBigInteger(), y = b.ToBigInteger();
            bool ok = UInt256.AddOverflow(a, b, out UInt256 sum) == (x + y >= Modulus) && sum == Wrap(x + y);
            ok &= UInt256.SubtractUnderflow(a, b, out UInt256 difference) == (x < y) && difference == Wrap(x - y);
            ok &= UInt256.MultiplyOverflow(a, b, out UInt256 product) == (x * y >= Modulus) && product == Wrap(x * y);
            UInt256 q = a, r = b;
            UInt256.DivRem(q, r, out q, out r);
            ok &= y.IsZero ? q.IsZero && r.IsZero : q == Wrap(x / y) && r == Wrap(x % y);
            q = a;
            r = b;
            UInt256.DivRem(q, r, out r, out q);
            ok &= y.IsZero ? q.IsZero && r.IsZero : r == Wrap(x / y) && q == Wrap(x % y);
            ok &= (a + b) == sum && (a - b) == difference && (a * b) == product && (a / b) == r && (a % b) == q;
            if (!ok) Assert.Fail($"a={a:x} b={b:x}");
        }
    }

    /// <summary>Operands whose first quotient digit estimate is too large, so that the correction and the add-back steps run.</summary>
    [Test]
    public void Division_is_exact_around_multiples_of_the_divisor()
    {
        Words words = new(4);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 b = words.Next();
            if (b.IsZero) continue;
            BigInteger y = b.ToBigInteger();
            BigInteger multiple = (Modulus - 1) / y * y;
            BigInteger x = BigInteger.Max(0, multiple - words.Int(3) + 1) % Modulus;
            UInt256.DivRem(Wrap(x), b, out UInt256 q, out UInt256 r);
            if (q != Wrap(x / y) || r != Wrap(x % y)) Assert.Fail($"a={Wrap(x):x} b={b:x}");
            UInt256 m1 = b - 1;
            if (UInt256.MulMod(m1, m1, b) != Wrap((y - 1) * (y - 1) % y)) Assert.Fail($"mulmod {m1:x}^2 mod {b:x}");
        }
    }

    [Test]
    public void A_product_whose_quotient_has_the_largest_digits_is_reduced_exactly()
    {
        Words words = new(6);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 m = UInt256.MaxValue >> words.Int(64);
            if (words.Int(2) == 0) m -= (ulong)words.Int(3);
            else m -= words.Next() >> (64 + words.Int(128));
            UInt256 a = m - (ulong)(1 + words.Int(3));
            UInt256 b = words.Int(2) == 0 ? m - (ulong)(1 + words.Int(3)) : words.Next();
            UInt256 expected = Wrap(a.ToBigInteger() * b.ToBigInteger() % m.ToBigInteger());
            if (UInt256.MulMod(a, b, m) != expected) Assert.Fail($"{a:x} * {b:x} mod {m:x}");
        }
    }

    [Test]
    public void The_portable_two_limb_division_equals_its_model()
    {
        Random random = new(5);
        for (int i = 0; i < Cases; i++)
        {
            ulong divisor = Math.Max(1, (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
            ulong high = (ulong)random.NextInt64(long.MinValue, long.MaxValue) % divisor;
            ulong low = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            BigInteger expected = BigInteger.DivRem(((BigInteger)high << 64) + low, divisor, out BigInteger rest);
            ulong quotient = UInt256.DivRemWidePortable(high, low, divisor, out ulong remainder);
            if (quotient != expected || remainder != rest) Assert.Fail($"({high:x}, {low:x}) / {divisor:x}");
        }
    }

    [Test]
    public void Exponentiation_equals_its_model_and_may_write_over_its_operands()
    {
        Words words = new(6);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 a = (i & 7) == 0 ? (ulong)words.Int(5) : words.Next();
            // Long exponents cost the model 40 us: most cases are short.
            UInt256 e = (i & 15) == 0 ? words.Next() : (ulong)words.Int(600);
            UInt256 expected = Wrap(BigInteger.ModPow(a.ToBigInteger(), e.ToBigInteger(), Modulus));
            UInt256 result = UInt256.Exp(a, e), overA = a, overE = e;
            UInt256.Exp(overA, e, out overA);
            UInt256.Exp(a, overE, out overE);
            if (result != expected || overA != expected || overE != expected) Assert.Fail($"{a:x}^{e:x}: expected {expected:x}, got {result:x}");
        }
    }

    [Test]
    public void Comparisons_equal_their_models()
    {
        Words words = new(7);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 a = words.Next(), b = (i & 7) == 0 ? a : words.Next();
            BigInteger x = a.ToBigInteger(), y = b.ToBigInteger();
            bool ok = (a < b) == (x < y) && (a > b) == (x > y) && (a <= b) == (x <= y) && (a >= b) == (x >= y);
            ok &= (a == b) == (x == y) && (a != b) == (x != y) && a.Equals(b) == (x == y) && Math.Sign(a.CompareTo(b)) == Math.Sign(x.CompareTo(y));
            ok &= UInt256.SignedLessThan(a, b) == (Signed(x) < Signed(y));
            ok &= Math.Sign(UInt256.SignedCompare(a, b)) == Math.Sign(Signed(x).CompareTo(Signed(y)));
            ok &= UInt256.Min(a, b) == Wrap(BigInteger.Min(x, y)) && UInt256.Max(a, b) == Wrap(BigInteger.Max(x, y));
            ok &= x != y || a.GetHashCode() == b.GetHashCode();
            if (!ok) Assert.Fail($"a={a:x} b={b:x}");
        }
    }

    [Test]
    public void Shifts_by_a_plain_integer_and_bit_counts_equal_their_models()
    {
        Words words = new(8);
        for (int i = 0; i < Cases; i++)
        {
            UInt256 a = words.Next();
            int n = words.Int(300) - 20;
            BigInteger x = a.ToBigInteger();
            bool outside = n is < 0 or > 255;
            bool ok = (a << n) == (outside ? default : Wrap(x << n)) && (a >> n) == (outside ? default : Wrap(x >> n));
            UInt256.ShiftRightArithmetic(a, n, out UInt256 sar);
            ok &= sar == Wrap(Signed(x) >> (outside ? 256 : n));
            ok &= a.BitLength == (int)x.GetBitLength() && UInt256.CountLeadingZeros(a) == 256 - a.BitLength;
            ok &= outside || a.Bit(n) == !((x >> n) & 1).IsZero;
            if (!ok) Assert.Fail($"a={a:x} n={n}");
        }
    }

    [Test]
    public void The_smallest_signed_value_divided_by_minus_one_is_itself()
    {
        UInt256 min = UInt256.One << 255;
        Assert.That(UInt256.SDiv(min, UInt256.MaxValue), Is.EqualTo(min));
        Assert.That(UInt256.SMod(min, UInt256.MaxValue), Is.EqualTo(UInt256.Zero));
    }

    private static BigInteger Signed(BigInteger value) => value >> 255 == 0 ? value : value - Modulus;

    private static BigInteger SignExtendModel(BigInteger value, BigInteger index)
    {
        if (index >= 31) return value;
        int bits = 8 * ((int)index + 1);
        BigInteger low = value & ((BigInteger.One << bits) - 1);
        return ((low >> (bits - 1)) & 1).IsZero ? low : low - (BigInteger.One << bits);
    }

    private static UInt256 Wrap(BigInteger value) => UInt256.FromBigInteger(((value % Modulus) + Modulus) % Modulus);
}
