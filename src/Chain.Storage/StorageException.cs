namespace Chain.Storage;

/// <summary>What went wrong in storage.</summary>
public enum StorageError
{
    /// <summary>The engine failed in a way that has no better name.</summary>
    Failed,

    /// <summary>No space left on the device.</summary>
    DiskFull,

    /// <summary>The user may not read or write the folder, or it is on a read-only file system.</summary>
    PermissionDenied,

    /// <summary>Another process holds the folder.</summary>
    Locked,

    /// <summary>A file or a record is damaged.</summary>
    Corrupted,

    /// <summary>The folder has a layout that this program does not know.</summary>
    WrongSchema,

    /// <summary>The folder belongs to another chain.</summary>
    WrongChain,

    /// <summary>The folder holds no chain and no genesis was given.</summary>
    NotInitialised,

    /// <summary>The native library is missing.</summary>
    LibraryMissing,

    /// <summary>Too many blocks lie above the last merged one without the head moving on, or their changes take too much memory.</summary>
    TooManyLayers,
}

/// <summary>A failure of storage. The message is one clear sentence or two: where, which operation, what was found, and what to do.</summary>
public sealed class StorageException : IOException
{
    /// <summary>A failure with its kind and message.</summary>
    public StorageException(StorageError error, string message, Exception? inner = null) : base(message, inner) => Error = error;

    /// <summary>Kind of the failure.</summary>
    public StorageError Error { get; }
}
