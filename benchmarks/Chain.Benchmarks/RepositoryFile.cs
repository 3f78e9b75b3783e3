namespace Chain.Benchmarks;

/// <summary>Files of this repository, found above the program: benchmarks run in folders of their own.</summary>
internal static class RepositoryFile
{
    public static string Find(params string[] parts)
    {
        string name = Path.Combine(parts);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, name);
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException($"{name} was not found above the program.");
    }
}
