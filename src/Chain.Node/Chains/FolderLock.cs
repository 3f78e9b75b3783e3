using System.Globalization;

namespace Chain.Node.Chains;

/// <summary>Holds a data folder for one node at a time: the file <c>node.lock</c>, locked while the process lives, with its number inside. A killed process leaves no lock behind.</summary>
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
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new FolderLock(file);
        }
        catch (IOException)
        {
            throw new UserException($"The data folder '{folder.Location}' is in use{Holder(path)}: stop that node, or name another folder with --datadir.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            // Sharing all asks for no lock of its own.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return int.TryParse(reader.ReadToEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? string.Create(CultureInfo.InvariantCulture, $" by process {process}") : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
