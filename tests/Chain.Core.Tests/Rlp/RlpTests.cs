using Chain.Core.Numeric;
using Chain.Core.Rlp;

namespace Chain.Core.Tests.Rlp;

public sealed class RlpTests
{
    private const int Rounds = 3_000;

    [Test]
    public void Random_trees_come_back_and_cost_their_shortest_encoding()
    {
        Random random = new(1);
        for (int round = 0; round < Rounds; round++)
        {
            RlpWriter writer = new(16);
            List<byte[]> leaves = [];
            WriteTree(ref writer, random, depth: 0, leaves);
            byte[] encoded = writer.ToArray();
            writer.Dispose();

            RlpReader reader = new(encoded);
            RlpWriter again = new(64);
            int next = 0;
            CopyTree(ref reader, ref again, leaves, ref next);
            Assert.That(reader.Complete(), Is.True, reader.Error.ToString());
            Assert.That(next, Is.EqualTo(leaves.Count));
            Assert.That(again.ToArray(), Is.EqualTo(encoded));
            again.Dispose();
        }
    }

    [Test]
    public void What_decodes_from_mutated_or_random_bytes_encodes_to_the_same_bytes()
    {
        Random random = new(2);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0) bytes[0] = (byte)(0xc0 + Math.Min(bytes.Length - 1, 55));
            RlpReader reader = new(bytes);
            RlpWriter again = new(64);
            int next = 0;
            CopyTree(ref reader, ref again, null, ref next);
            if (reader.Complete())
            {
                accepted++;
                Assert.That(again.ToArray(), Is.EqualTo(bytes));
            }
            again.Dispose();
        }
        Assert.That(accepted, Is.GreaterThan(100));
    }

    [TestCase("", RlpError.EndOfList)]
    [TestCase("00", RlpError.LeadingZero)]
    [TestCase("8100", RlpError.NotCanonical)]
    [TestCase("817f", RlpError.NotCanonical)]
    [TestCase("820001", RlpError.LeadingZero)]
    [TestCase("8200", RlpError.UnexpectedEnd)]
    [TestCase("b801ff", RlpError.NotCanonical)]
    [TestCase("b90038", RlpError.NotCanonical)]
    [TestCase("bfffffffffffffffff", RlpError.UnexpectedEnd)]
    [TestCase("c0", RlpError.ExpectedString)]
    [TestCase("89ffffffffffffffffff", RlpError.IntegerTooLarge)]
    [TestCase("0101", RlpError.TrailingBytes)]
    public void A_number_is_refused_with_its_reason(string hex, RlpError expected)
    {
        RlpReader reader = new(Convert.FromHexString(hex));
        reader.ReadUInt64();
        reader.Complete();
        Assert.That(reader.Error, Is.EqualTo(expected));
    }

    [Test]
    public void Nesting_has_a_limit()
    {
        Assert.That(ErrorAtDepth(RlpReader.DepthMax), Is.EqualTo(RlpError.None));
        Assert.That(ErrorAtDepth(RlpReader.DepthMax + 1), Is.EqualTo(RlpError.TooDeep));
    }

    [Test]
    public void Numbers_come_back()
    {
        Random random = new(3);
        for (int bits = 0; bits <= 256; bits++)
        {
            byte[] bytes = new byte[32];
            random.NextBytes(bytes);
            UInt256 value = bits == 0 ? default : UInt256.FromBigEndian(bytes) >> (256 - bits);
            RlpWriter writer = new(8);
            writer.WriteUInt256(value);
            writer.WriteUInt64(value.U0);
            RlpReader reader = new(writer.ToArray());
            Assert.That(reader.ReadUInt256(), Is.EqualTo(value));
            Assert.That(reader.ReadUInt64(), Is.EqualTo(value.U0));
            Assert.That(reader.Complete(), Is.True);
            writer.Dispose();
        }
    }

    private static RlpError ErrorAtDepth(int depth)
    {
        RlpWriter writer = new(64);
        Stack<int> marks = new();
        for (int i = 0; i < depth; i++) marks.Push(writer.BeginList());
        while (marks.TryPop(out int mark)) writer.EndList(mark);
        RlpReader reader = new(writer.ToArray());
        int next = 0;
        RlpWriter sink = new(64);
        CopyTree(ref reader, ref sink, null, ref next);
        writer.Dispose();
        sink.Dispose();
        return reader.Error;
    }

    private static void WriteTree(ref RlpWriter writer, Random random, int depth, List<byte[]> leaves)
    {
        if (depth > 4 || random.Next(3) == 0)
        {
            byte[] leaf = new byte[random.Next(5) == 0 ? random.Next(50, 70) : random.Next(4)];
            random.NextBytes(leaf);
            leaves.Add(leaf);
            writer.WriteBytes(leaf);
            return;
        }
        int list = writer.BeginList();
        for (int i = random.Next(5); i > 0; i--) WriteTree(ref writer, random, depth + 1, leaves);
        writer.EndList(list);
    }

    private static void CopyTree(ref RlpReader reader, ref RlpWriter writer, List<byte[]>? leaves, ref int next)
    {
        if (!reader.IsListNext)
        {
            ReadOnlySpan<byte> leaf = reader.ReadBytes();
            if (leaves is not null) Assert.That(leaf.SequenceEqual(leaves[next]), Is.True);
            next++;
            writer.WriteBytes(leaf);
            return;
        }
        RlpScope scope = reader.EnterList();
        int list = writer.BeginList();
        while (!reader.AtEnd) CopyTree(ref reader, ref writer, leaves, ref next);
        reader.LeaveList(scope);
        writer.EndList(list);
    }
}
