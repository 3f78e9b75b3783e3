using System.Globalization;
using System.Text;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Storage;
using Chain.Storage.RocksDb;
using Chain.Storage.State;

namespace Chain.Node.Tests.Crash;

/// <summary>Single bits flipped in the files of a RocksDB folder: detected and named, or without effect; never served.</summary>
public class BitFlipTests
{
    private const int Blocks = 60;

    private static readonly RocksDbOptions Small = new() { BlockCacheBytes = 4 << 20, WriteBufferBytes = 4 << 20, WriteAheadLogBytes = 4 << 20, DiskReserveBytes = 0 };

    [Test]
    public void A_flipped_bit_is_never_served() => Run(60);

    [Test]
    [Explicit("Takes minutes.")]
    [Category("CrashLong")]
    public void Hundreds_of_flipped_bits_are_never_served() => Run(500);

    private static void Run(int flips)
    {
        using TempFolder folder = new();
        string sound = folder.File("sound");
        List<Hash256> hashes = [];
        List<string> states = [];
        using (TestChain chain = new(RocksDbStore.Open(sound, Small)))
        {
            states.Add(DescribeState(chain.Database.States.Head));
            for (int i = 0; i < Blocks; i++)
            {
                chain.Produce();
                states.Add(DescribeState(chain.Database.States.Head));
                // Half of the chain goes to tables, the rest stays in the log.
                if (i == Blocks / 2)
                    foreach (Column column in Enum.GetValues<Column>()) chain.Database.Compact(column);
            }
            for (ulong number = 0; number <= Blocks; number++)
            {
                chain.Database.Blocks.TryGetCanonicalHash(number, out Hash256 hash);
                hashes.Add(hash);
            }
        }
        // Everything that holds data; the diagnostic log, the lock and the options file hold none.
        string[] files = [.. Directory.GetFiles(sound).Where(f => Path.GetFileName(f) is var name && (name.EndsWith(".sst", StringComparison.Ordinal) || name.EndsWith(".log", StringComparison.Ordinal) || name.StartsWith("MANIFEST", StringComparison.Ordinal) || name == "CURRENT") && new FileInfo(f).Length > 0)];
        Assert.That(files, Has.Length.GreaterThan(3));
        Random random = new(77);
        int refused = 0;
        int named = 0;
        int harmless = 0;
        for (int flip = 0; flip < flips; flip++)
        {
            string copy = folder.File($"copy-{flip}");
            Directory.CreateDirectory(copy);
            foreach (string file in Directory.GetFiles(sound)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            string victim = Path.Combine(copy, Path.GetFileName(files[random.Next(files.Length)]));
            byte[] bytes = File.ReadAllBytes(victim);
            int at = random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(victim, bytes);
            string context = $"byte {at} of {Path.GetFileName(victim)}";
            try
            {
                using TestChain chain = new(RocksDbStore.Open(copy, Small));
                AssertNothingFalse(chain, hashes, states, context);
                if (chain.Database.Verify().Difference is not null) named++;
                else harmless++;
            }
            catch (StorageException e)
            {
                Assert.That(e.Message, Does.Contain(copy), context);
                refused++;
            }
            Directory.Delete(copy, recursive: true);
        }
        TestContext.Out.WriteLine($"{flips} flips: {refused} refused at opening or reading, {named} named by verification, {harmless} without effect.");
        Assert.That(refused + named, Is.GreaterThan(flips / 4), "the flips hit data");
    }

    /// <summary>A chain that opens may be shorter (the end of the log was cut) but is the same chain.</summary>
    private static void AssertNothingFalse(TestChain chain, List<Hash256> hashes, List<string> states, string context)
    {
        ulong head = chain.Database.Head.Number;
        Assert.That(head, Is.LessThan((ulong)hashes.Count), context);
        for (ulong number = 0; number <= head; number++)
        {
            Assert.That(chain.Database.Blocks.TryGetCanonicalHash(number, out Hash256 hash), Is.True, $"{context}: block {number}");
            Assert.That(hash, Is.EqualTo(hashes[(int)number]), context);
            Assert.That(chain.Database.Blocks.GetBlock(hash)!.Header.Hash, Is.EqualTo(hash), context);
            Assert.That(chain.Database.Blocks.GetReceipts(hash), Is.Not.Null, context);
            if (chain.Database.States.TryGetStateAt(hash).TryGet(out IStateView? view)) Assert.That(DescribeState(view), Is.EqualTo(states[(int)number]), $"{context}: the state of block {number}");
        }
    }

    /// <summary>All that the load of the chain changes.</summary>
    private static string DescribeState(IStateView state)
    {
        StringBuilder text = new();
        foreach (Address address in TestChain.Plan.Accounts.Take(TestChain.AccountCount).Select(a => a.Address).Concat(Enumerable.Range(0, 30).Select(i => Address.FromNumber(0x5000 + (ulong)i))))
            text.Append(CultureInfo.InvariantCulture, $"{(state.TryGetAccount(address, out Account account) ? $"{account.Nonce} {account.Balance} {account.StorageRoot}" : "none")}, ");
        for (ulong slot = 0; slot < 40; slot++) text.Append(CultureInfo.InvariantCulture, $"{state.GetStorage(TestChain.Contract, slot)}, ");
        return text.ToString();
    }
}
