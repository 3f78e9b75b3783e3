using System.Globalization;

namespace Chain.Storage.RocksDb;

/// <summary>
/// Refuses writes while the disk is nearly full, before the library meets the error: builds of it with assertions (Debian's) abort the process when a write to the log fails, and
/// a failed flush or compaction stops all later writes. A refused write leaves everything as it was, so that reads go on, and writes do as soon as there is space again.
/// One system call a commit.
/// </summary>
internal sealed class DiskSpaceGuard
{
    /// <summary>What opening writes beside the tables: manifest, options, a diagnostic log.</summary>
    private const long OpeningBytes = 1 << 20;

    private readonly string _path;
    private readonly long _reserveBytes;
    private readonly Func<long> _freeBytes;

    /// <summary>A guard of the file system that holds a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="reserveBytes">Space that stays free for what the library writes by itself: buffers to flush, compactions.</param>
    /// <param name="freeBytes">Free space for this user; null asks the system.</param>
    public DiskSpaceGuard(string path, long reserveBytes, Func<long>? freeBytes = null)
    {
        _path = path;
        _reserveBytes = reserveBytes;
        DriveInfo drive = new(path);
        _freeBytes = freeBytes ?? (() => drive.AvailableFreeSpace);
    }

    /// <summary>Throws unless so many bytes can be written with the reserve left.</summary>
    /// <exception cref="StorageException">The disk is too full.</exception>
    public void Require(long bytes, string operation) => Require(bytes, _reserveBytes, operation, "reading works meanwhile, and writing goes on by itself once there is space");

    /// <summary>Throws unless the log of a folder can be written to tables, which opening does.</summary>
    /// <exception cref="StorageException">The disk is too full.</exception>
    public void RequireForOpening()
    {
        long logBytes = new DirectoryInfo(_path).EnumerateFiles("*.log").Sum(file => file.Length);
        Require(logBytes, OpeningBytes, "open", "then start again; no committed block is lost");
    }

    private void Require(long bytes, long reserveBytes, string operation, string outlook)
    {
        long free = _freeBytes();
        long needed = reserveBytes + bytes;
        if (free >= needed) return;
        throw new StorageException(StorageError.DiskFull, string.Create(CultureInfo.InvariantCulture,
            $"The database in '{_path}' did not {operation}: {free} bytes are free on its disk, and {needed} are needed ({bytes} to write, the rest a reserve for what the library writes by itself). Free space on the disk: {outlook}."));
    }
}
