using System.Numerics;
using Chain.Compliance.Oracle;
using Chain.Core.Numeric;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>The oracle against a plain model of section 6.5 in big integers.</summary>
public sealed class OraclePropertyTests
{
    [Test]
    public void Medians_spreads_and_deviations_are_those_of_exact_arithmetic()
    {
        Random random = new(20_260_101);
        for (int round = 0; round < 20_000; round++)
        {
            BigInteger[] values = [.. Enumerable.Range(0, random.Next(1, 32)).Select(_ => RandomValue(random))];
            Observation[] observations = [.. values.Select((v, i) => new Observation(ToWord(v), (ulong)i, default, []))];
            int median = Aggregation.Median(observations, out UInt256 range);
            BigInteger expected = values.Order().ElementAt(values.Length / 2);
            Assert.That(values[median], Is.EqualTo(expected));
            Assert.That(range.ToBigInteger(), Is.EqualTo(values.Max() - values.Min()));
            if (BigInteger.Abs(expected) >= BigInteger.Pow(2, 127)) continue;
            Assert.That((BigInteger)Aggregation.SpreadBps(range, ToWord(expected)), Is.EqualTo(NaiveFeed.Spread(values)));
            BigInteger previous = RandomValue(random) >> 129;
            Assert.That(Aggregation.Deviation(ToWord(expected), ToWord(previous)).ToBigInteger(), Is.EqualTo(NaiveFeed.Deviation(expected, previous)));
        }
    }

    [Test]
    public void Equal_values_take_the_evidence_of_the_first_in_order()
    {
        Observation[] observations = [.. Enumerable.Range(0, 5).Select(i => new Observation(7, (ulong)i, default, []))];
        Assert.That(Aggregation.Median(observations, out _), Is.EqualTo(2));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Random_sequences_of_submissions_go_as_in_the_model(int seed)
    {
        Random random = new(seed);
        FeedConfig config = OracleWorld.Config with
        {
            Kind = 3,
            MinAnswer = -2_000,
            MaxAnswer = 2_000,
            MinInterval = 20,
            ReportWindow = 60,
            StaleAfter = 100,
            Heartbeat = 1,
            DeviationBps = (ushort)random.Next(0, 300),
            MaxDeviationBps = (ushort)(seed == 4 ? 0 : random.Next(300, 3_000)),
        };
        using OracleWorld oracle = new(config);
        NaiveFeed model = new() { Config = config };
        int center = 1_000;
        for (int step = 0; step < 300; step++)
        {
            oracle.World.NextBlock((ulong)random.Next(0, 30));
            model.Now = oracle.World.Time;
            switch (random.Next(12))
            {
                case 0:
                    bool isAccepted = random.Next(2) == 0;
                    FrameStatus resolved = oracle.Call(World.Officer, "resolveHeld(bytes32,bool)", OracleWorld.Feed, isAccepted).Status;
                    Assert.That(resolved == FrameStatus.Success, Is.EqualTo(model.Resolve(isAccepted)), $"step {step}");
                    break;
                case 1:
                    config = config with { Decimals = (byte)random.Next(0, 2) };
                    model.Update(config);
                    oracle.Succeeds(World.Manager, OracleWorld.Update, OracleWorld.Feed, config);
                    break;
                default:
                    if (random.Next(6) == 0) center = random.Next(-2_100, 2_100);
                    Submit(oracle, model, random, center, step);
                    break;
            }
            Assert.That(oracle.Health(), Is.EqualTo(model.Health()), $"step {step}");
            Assert.That(oracle.View("rounds(bytes32,uint256,uint256)", OracleWorld.Feed, 0, 100)[2..], Is.EqualTo(model.Rounds()), $"step {step}");
        }
        Assert.That(model.Codes, Is.SupersetOf(new byte[] { 0, 3, 6, 7, 8, 9, 10, 11 }), "the sequence reaches the rows");
    }

    private static void Submit(OracleWorld oracle, NaiveFeed model, Random random, int center, int step)
    {
        int count = random.Next(2, 6);
        int[] reporters = [.. Enumerable.Range(0, 5).OrderBy(_ => random.Next()).Take(count)];
        if (random.Next(10) == 0) reporters[0] = reporters[^1];
        int spread = random.Next(30) == 0 ? 5_000 : 4;
        (int Reporter, BigInteger Value, ulong At)[] seen = [.. reporters.Select(r =>
            (r, (BigInteger)(center + random.Next(-spread, spread + 1)), (ulong)((long)oracle.World.Time - random.Next(20) switch { 0 => 61, 1 => -1, _ => random.Next(0, 4) })))];
        byte code = model.Submit(seen);
        Submission item = new(OracleWorld.Feed, [.. seen.Select(s => oracle.Observe(s.Reporter, ToWord(s.Value), s.At))]);
        Assert.That(oracle.Succeeds(World.Nobody, OracleWorld.SubmitBatch, new[] { item }, false)[2], Is.EqualTo((UInt256)code), $"step {step}");
    }

    private static BigInteger RandomValue(Random random)
    {
        BigInteger value = random.Next(5) == 0 ? random.Next(-3, 4) : (BigInteger)random.NextInt64() * random.Next() << random.Next(0, 161);
        value %= BigInteger.Pow(2, 255);
        return random.Next(2) == 0 ? value : -value;
    }

    private static UInt256 ToWord(BigInteger value) => UInt256.FromBigInteger(value.Sign < 0 ? value + BigInteger.Pow(2, 256) : value);

    /// <summary>One feed as the text of the specification reads.</summary>
    private sealed class NaiveFeed
    {
        private readonly List<Entry> _rounds = [];
        private Entry? _held;
        private ulong _maxObservedAt;
        private ulong _seq;
        private ushort _phase = 1;

        public FeedConfig Config { get; set; }

        public ulong Now { get; set; }

        public HashSet<byte> Codes { get; } = [];

        public static BigInteger Spread(BigInteger[] values)
        {
            BigInteger median = values.Order().ElementAt(values.Length / 2);
            BigInteger range = values.Max() - values.Min();
            if (range.IsZero) return 0;
            return median.IsZero ? 65_535 : BigInteger.Min(65_535, range * 10_000 / BigInteger.Abs(median));
        }

        public static BigInteger Deviation(BigInteger answer, BigInteger previous)
        {
            if (answer == previous) return 0;
            return previous.IsZero ? 65_535 : BigInteger.Abs(answer - previous) * 10_000 / BigInteger.Abs(previous);
        }

        public byte Submit((int Reporter, BigInteger Value, ulong At)[] seen)
        {
            byte code = Judge(seen);
            Codes.Add(code);
            return code;
        }

        public bool Resolve(bool isAccepted)
        {
            if (_held is not { } held) return false;
            if (isAccepted && (held.Answer < Config.MinAnswer || held.Answer > Config.MaxAnswer || Now - held.ObservedAt > Config.StaleAfter)) return false;
            _held = null;
            if (isAccepted) _rounds.Add(held with { Seq = ++_seq, UpdatedAt = Now, Bitmap = 0, Spread = 0, Count = 0, Flags = 1 });
            return true;
        }

        public void Update(FeedConfig config)
        {
            if (config.Decimals != Config.Decimals)
            {
                _rounds.Clear();
                _held = null;
                _phase++;
                _maxObservedAt = Now;
            }
            Config = config;
        }

        public ulong Health()
        {
            if (_rounds.Count == 0) return 1;
            if (_held is not null) return 4;
            return Now - _rounds[^1].UpdatedAt > Config.StaleAfter ? 2UL : 0;
        }

        public IEnumerable<UInt256> Rounds() => _rounds.AsEnumerable().Reverse().Take(1 << Config.RingLog2).SelectMany(r => new UInt256[]
        {
            new(r.Seq, _phase), ToWord(r.Answer), r.ObservedAt, r.UpdatedAt, r.Bitmap, (ulong)r.Spread, (ulong)r.Count, (ulong)r.Flags, 0,
        });

        private byte Judge((int Reporter, BigInteger Value, ulong At)[] seen)
        {
            if (seen.Length < Config.Quorum) return 3;
            if (seen.DistinctBy(s => s.Reporter).Count() != seen.Length) return 6;
            if (seen.Any(s => s.At > Now)) return 7;
            if (seen.Any(s => s.At + Config.ReportWindow < Now)) return 8;
            if (seen.Any(s => s.At <= _maxObservedAt)) return 9;
            (int Reporter, BigInteger Value, ulong At) median = seen.OrderBy(s => s.Value).ElementAt(seen.Length / 2);
            if (median.Value < Config.MinAnswer || median.Value > Config.MaxAnswer) return 10;
            BigInteger spread = Spread([.. seen.Select(s => s.Value)]);
            if (Config.MaxDeviationBps != 0 && spread > Config.MaxDeviationBps) return 15;
            Entry entry = new(0, median.Value, median.At, Now, (uint)seen.Sum(s => 1 << s.Reporter), (int)spread, seen.Length, 0);
            if (_rounds.Count != 0)
            {
                Entry last = _rounds[^1];
                BigInteger deviation = Deviation(median.Value, last.Answer);
                if (Now - last.UpdatedAt < Config.MinInterval && deviation < Config.DeviationBps) return 11;
                if (Config.MaxDeviationBps != 0 && deviation > Config.MaxDeviationBps)
                {
                    _maxObservedAt = seen.Max(s => s.At);
                    _held = entry;
                    return 12;
                }
            }
            _maxObservedAt = seen.Max(s => s.At);
            _held = null;
            _rounds.Add(entry with { Seq = ++_seq });
            return 0;
        }

        private sealed record Entry(ulong Seq, BigInteger Answer, ulong ObservedAt, ulong UpdatedAt, uint Bitmap, int Spread, int Count, int Flags);
    }
}
