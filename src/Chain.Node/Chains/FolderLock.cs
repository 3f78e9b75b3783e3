using System.Globalization;

namespace Chain.Node.Chains;

/// <summary>Holds a data folder for one node at a time: the file <c>node.lock</c>, locked while the process lives, and <c>node.pid</c> with its number. A killed process leaves no lock behind.</summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="UserException">Another process has it.</exception>
    public static FolderLock Take(ChainFolder folder)
    {
        string path = Path.Combine(folder.Location, "node.lock");
        try
        {
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(PidPath(folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new FolderLock(file);
        }
        catch (IOException)
        {
            throw new UserException($"The data folder '{folder.Location}' is in use{Holder(PidPath(folder))}: stop that node, or name another folder with --datadir.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string PidPath(ChainFolder folder) => Path.Combine(folder.Location, "node.pid");

    private static string Holder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? string.Create(CultureInfo.InvariantCulture, $" by process {process}") : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
