using System.Diagnostics;
using Chain.Storage.RocksDb;

namespace Chain.Storage.Tests;

/// <summary>A real full disk: a small file system in memory. Needs the right to mount one.</summary>
[Platform("Linux")]
public class DiskFullTests
{
    private const int DiskMiB = 48;

    private static readonly RocksDbOptions Small = new() { BlockCacheBytes = 4 << 20, WriteBufferBytes = 4 << 20, WriteAheadLogBytes = 4 << 20 };
    private static readonly StorageOptions Options = new() { LayersMax = 3, FinalLayersKept = 1, HistoryBlocks = 5, SyncEveryBlock = true };

    private string _disk = null!;

    [SetUp]
    public void Mount()
    {
        _disk = Path.Combine(Path.GetTempPath(), $"chain-full-disk-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_disk);
        if (Run("mount", $"-t tmpfs -o size={DiskMiB}m tmpfs {_disk}") == 0) return;
        Directory.Delete(_disk);
        _disk = "";
        Assert.Ignore("A file system cannot be mounted by this user: run as root to test a full disk.");
    }

    [TearDown]
    public void Unmount()
    {
        if (_disk.Length == 0) return;
        Run("umount", $"-l {_disk}");
        Directory.Delete(_disk);
    }

    [Test]
    public void A_full_disk_refuses_blocks_with_a_clear_sentence_and_takes_them_again_when_there_is_space()
    {
        string folder = Path.Combine(_disk, "db");
        ChainModel model = new(31);
        ModelBlock head = model.Genesis;
        using (ChainDatabase database = ChainDatabase.Open(RocksDbStore.Open(folder, Small), model.GenesisBlock, Options))
        {
            head = Extend(database, model, head, 5);
            string ballast = Fill();
            ModelBlock refused = model.MakeChild(head);
            for (int attempt = 0; attempt < 3; attempt++)
            {
                StorageException? error = Assert.Throws<StorageException>(() => ChainModel.Commit(database, refused, makeHead: true));
                Assert.That(error!.Error, Is.EqualTo(StorageError.DiskFull));
                Assert.That(error.Message, Does.Contain(folder).And.Contain("bytes are free").And.Contain("are needed").And.Contain("Free space on the disk"));
            }
            ChainModel.AssertCanonical(database, head);
            ChainModel.AssertState(database.States.Head, head);

            File.Delete(ballast);
            ChainModel.Commit(database, refused, makeHead: true);
            head = Extend(database, model, refused, 5);
            ChainModel.AssertState(database.States.Head, head);
        }
        using ChainDatabase reopened = ChainDatabase.Open(RocksDbStore.Open(folder, Small), model.GenesisBlock, Options);
        ChainModel.AssertCanonical(reopened, head);
        Assert.That(reopened.Verify().Difference, Is.Null);
    }

    [Test]
    public void Opening_on_a_full_disk_is_refused_in_one_sentence_and_works_after_space_was_made()
    {
        string folder = Path.Combine(_disk, "db");
        ChainModel model = new(32);
        ModelBlock head = model.Genesis;
        using (ChainDatabase database = ChainDatabase.Open(RocksDbStore.Open(folder, Small), model.GenesisBlock, Options)) head = Extend(database, model, head, 5);
        string ballast = Fill();
        StorageException? error = Assert.Throws<StorageException>(() => RocksDbStore.Open(folder, Small));
        Assert.That(error!.Error, Is.EqualTo(StorageError.DiskFull));
        File.Delete(ballast);
        using ChainDatabase reopened = ChainDatabase.Open(RocksDbStore.Open(folder, Small), model.GenesisBlock, Options);
        ChainModel.AssertCanonical(reopened, head);
    }

    [Test]
    public void Blocks_written_until_the_disk_is_full_are_all_there_after_a_restart()
    {
        string folder = Path.Combine(_disk, "db");
        ChainModel model = new(33);
        ModelBlock head = model.Genesis;
        StorageException? error = null;
        using (ChainDatabase database = ChainDatabase.Open(RocksDbStore.Open(folder, Small), model.GenesisBlock, Options))
        {
            // Another process eats the disk while blocks are written.
            using FileStream eater = File.Create(Path.Combine(_disk, "eater"));
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 400 && error is null; i++)
            {
                if (eater.Length < (DiskMiB - 6L) << 20) eater.Write(chunk);
                eater.Flush();
                ModelBlock next = model.MakeChild(head);
                try
                {
                    ChainModel.Commit(database, next, makeHead: true);
                    head = next;
                }
                catch (StorageException e)
                {
                    error = e;
                }
            }
        }
        Assert.That(error?.Error, Is.EqualTo(StorageError.DiskFull));
        Assert.That(head.Number, Is.GreaterThan(5UL));
        File.Delete(Path.Combine(_disk, "eater"));
        using ChainDatabase reopened = ChainDatabase.Open(RocksDbStore.Open(folder, Small), model.GenesisBlock, Options);
        ChainModel.AssertCanonical(reopened, head);
        Assert.That(reopened.Verify().Difference, Is.Null);
    }

    private static ModelBlock Extend(ChainDatabase database, ChainModel model, ModelBlock head, int count)
    {
        for (int i = 0; i < count; i++)
        {
            head = model.MakeChild(head);
            ChainModel.Commit(database, head, makeHead: true);
        }
        return head;
    }

    /// <summary>Leaves 64 KiB free.</summary>
    private string Fill()
    {
        string ballast = Path.Combine(_disk, "ballast");
        using FileStream file = File.Create(ballast);
        byte[] chunk = new byte[64 << 10];
        DriveInfo drive = new(_disk);
        while (drive.AvailableFreeSpace > 2 * chunk.Length)
        {
            file.Write(chunk);
            file.Flush();
        }
        return ballast;
    }

    private static int Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
