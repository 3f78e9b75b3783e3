namespace Chain.Storage;

/// <summary>Turns an engine's message into a sentence with a remedy.</summary>
internal static class StorageErrors
{
    public static StorageException Describe(string location, string operation, string message, Exception? inner = null)
    {
        (StorageError error, string remedy) = Classify(message);
        return new StorageException(error, $"The database in '{location}' could not {operation}: {message.TrimEnd('.')}. {remedy}", inner);
    }

    public static StorageException Damaged(string location, string what) =>
        new(StorageError.Corrupted, $"The database in '{location}' is damaged: {what}. Restore it from a backup, or delete the folder and import the chain again.");

    private static (StorageError Error, string Remedy) Classify(string message)
    {
        if (Has(message, "no space left") || Has(message, "disk quota") || Has(message, "not enough space"))
            return (StorageError.DiskFull, "Free space on the disk, then start again; no committed block is lost.");
        if (Has(message, "lock file") || Has(message, "lock hold by"))
            return (StorageError.Locked, "Another process has this folder open: stop it, or choose another folder.");
        if (Has(message, "permission denied") || Has(message, "read-only file system") || Has(message, "access to the path"))
            return (StorageError.PermissionDenied, "Give this user the right to read and write the folder, or choose another one.");
        if (Has(message, "column families not opened") || Has(message, "column family not found"))
            return (StorageError.WrongSchema, "The folder was written by another version of this program: use that version, or another folder.");
        if (Has(message, "corruption") || Has(message, "checksum mismatch") || Has(message, "bad table magic"))
            return (StorageError.Corrupted, "Restore the folder from a backup, or delete it and import the chain again.");
        return (StorageError.Failed, "Check the disk and the folder, then start again.");
    }

    private static bool Has(string message, string part) => message.Contains(part, StringComparison.OrdinalIgnoreCase);
}
