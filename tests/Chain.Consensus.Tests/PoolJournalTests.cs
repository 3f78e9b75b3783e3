using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Consensus.Tests;

/// <summary>Local transactions over a restart.</summary>
public sealed class PoolJournalTests
{
    private string _path = "";

    [SetUp]
    public void ChoosePath() => _path = Path.Combine(Path.GetTempPath(), $"chain-journal-{Guid.NewGuid():N}.rlp");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void Local_transactions_and_no_others_are_kept()
    {
        Transaction[] local = [TestChain.Transfer(0, 0), TestChain.Transfer(0, 1), TestChain.Transfer(1, 5)];
        using (PoolJournal journal = Open())
        {
            using TestChain chain = new(journal: journal);
            foreach (Transaction transaction in local) chain.Pool.Add(transaction, isLocal: true);
            chain.Pool.Add(TestChain.Transfer(2, 0), isLocal: false);
            chain.Pool.AddImpersonated(TestChain.Transfer(3, 0), TestChain.Nobody);
        }

        Assert.That(Load(), Is.EqualTo(local.Select(t => t.Hash)));
    }

    [Test]
    public void A_torn_tail_of_any_length_costs_only_its_record_and_nothing_appended_later()
    {
        Transaction[] first = [TestChain.Transfer(0, 0), TestChain.Transfer(0, 1)];
        Transaction later = TestChain.Transfer(0, 2);
        using (PoolJournal journal = Open()) foreach (Transaction transaction in first) journal.Append(transaction);
        byte[] whole = File.ReadAllBytes(_path);
        int oneSize = whole.Length / 2;
        for (int cut = 1; cut < oneSize; cut++)
        {
            File.WriteAllBytes(_path, whole[..^cut]);
            using (PoolJournal journal = Open())
            {
                Assert.That(journal.Load().Select(t => t.Transaction.Hash), Is.EqualTo(new[] { first[0].Hash }), $"{cut} bytes missing");
                journal.Append(later);
            }
            Assert.That(Load(), Is.EqualTo(new[] { first[0].Hash, later.Hash }), $"{cut} bytes missing");
        }
    }

    [Test]
    public void A_rewrite_replaces_the_file()
    {
        using TestChain chain = new();
        using PoolJournal journal = Open();
        Transaction kept = TestChain.Transfer(1, 0), next = TestChain.Transfer(1, 1);
        journal.Append(TestChain.Transfer(0, 0));
        chain.Pool.Add(kept, isLocal: true);

        journal.Rewrite(chain.Pool.Content().SelectMany(c => c.Executable));
        journal.Append(next);

        Assert.That(Load(), Is.EqualTo(new[] { kept.Hash, next.Hash }));
    }

    [Test]
    public void A_long_journal_is_rewritten_at_a_new_head_with_what_still_waits()
    {
        const int Count = 4_096;
        using PoolJournal journal = Open();
        using TestChain chain = new(journal: journal);
        for (ulong nonce = 0; nonce < Count; nonce++) chain.Pool.Add(TestChain.Transfer(0, nonce), isLocal: true);
        Assert.That(journal.NeedsCompaction, Is.True);

        int mined = chain.Produce().Block.Transactions.Count;

        Assert.That(journal.NeedsCompaction, Is.False);
        Assert.That(Load(), Has.Length.EqualTo(Count - mined));
    }

    [Test]
    public void What_was_restored_is_local_again_and_survives_the_next_rewrite_and_restart()
    {
        const int Count = 4_096;
        Transaction old = TestChain.Transfer(1, 3);
        using (PoolJournal journal = Open()) journal.Append(old);
        using (PoolJournal journal = Open())
        using (TestChain chain = new(journal: journal))
        {
            chain.Pool.RestoreJournal();
            Assert.That(chain.Pool.TryGet(old.Hash, out PooledTransaction restored) && restored.IsLocal, Is.True);
            for (ulong nonce = 0; nonce < Count; nonce++) chain.Pool.Add(TestChain.Transfer(0, nonce), isLocal: true);
            chain.Produce();
            Assert.That(journal.NeedsCompaction, Is.False, "rewritten");
        }

        Assert.That(Load(), Does.Contain(old.Hash));
    }

    [Test]
    public void A_journal_that_is_too_large_is_set_aside_and_said()
    {
        List<string> warnings = [];
        using (FileStream file = File.Create(_path)) file.SetLength(PoolJournal.SizeBytesMax + 1);
        using PoolJournal journal = new(_path, warnings.Add);

        Assert.That(journal.Load(), Is.Empty);

        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(File.Exists(_path), Is.False);
        File.Delete(_path + ".too-large");
    }

    [Test]
    public void A_file_that_cannot_be_written_warns_once_and_refuses_nothing()
    {
        List<string> warnings = [];
        using PoolJournal journal = new(Path.Combine(_path, "no", "such", "folder"), warnings.Add);
        using TestChain chain = new(journal: journal);

        Assert.That(chain.Pool.Add(TestChain.Transfer(0, 0), isLocal: true).IsAccepted, Is.True);
        Assert.That(chain.Pool.Add(TestChain.Transfer(0, 1), isLocal: true).IsAccepted, Is.True);

        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(warnings[0], Does.Contain(_path));
    }

    private PoolJournal Open() => new(_path, Assert.Fail);

    private Hash256[] Load()
    {
        using PoolJournal journal = Open();
        return [.. journal.Load().Select(t => t.Transaction.Hash)];
    }
}
