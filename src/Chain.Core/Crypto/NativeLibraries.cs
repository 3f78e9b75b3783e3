using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Chain.Core.Crypto;

/// <summary>
/// The native libraries of the product and the one way to load them. A binding declares <c>LibraryImport</c> with a logical name of this
/// table and calls <see cref="Register"/> for its assembly before its first import. Thread safe.
/// </summary>
public static class NativeLibraries
{
    /// <summary>Logical name of libsecp256k1.</summary>
    public const string Secp256k1 = "secp256k1";

    /// <summary>Logical name of the c-kzg-4844 and blst library.</summary>
    public const string Ckzg = "ckzg";

    /// <summary>Logical name of libgmp.</summary>
    public const string Gmp = "gmp";

    /// <summary>Logical name of librocksdb.</summary>
    public const string RocksDb = "rocksdb";

    /// <summary>Environment variable that names a folder searched before the system's.</summary>
    public const string DirectoryVariable = "CHAIN_NATIVE_DIR";

    /// <summary>Every native library, by logical name.</summary>
    public static IReadOnlyList<NativeLibraryEntry> Table { get; } =
    [
        new(Secp256k1, "libsecp256k1", ["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so"],
            "apt-get install libsecp256k1-1", "transaction signatures and ECRECOVER"),
        new(Ckzg, "libchainkzg", ["libchainkzg.so"],
            "scripts/native-libs.sh", "KZG point evaluation and BLS12-381 precompiles"),
        new(Gmp, "libgmp", ["libgmp.so.10"],
            "apt-get install libgmp10", "large MODEXP operands"),
        new(RocksDb, "librocksdb", ["librocksdb.so.7.8", "librocksdb.so.7", "librocksdb.so.8", "librocksdb.so.9", "librocksdb.so.10", "librocksdb.so"],
            "apt-get install librocksdb7.8", "the database"),
    ];

    private static readonly ConcurrentDictionary<string, nint> Loaded = new(StringComparer.Ordinal);
    private static readonly HashSet<Assembly> Registered = [];

    /// <summary>Resolves this table's logical names for the imports of an assembly; calling it again does nothing.</summary>
    public static void Register(Assembly assembly)
    {
        lock (Registered)
        {
            if (Registered.Add(assembly)) NativeLibrary.SetDllImportResolver(assembly, Resolve);
        }
    }

    /// <summary>Loads a library of the table, once a process.</summary>
    /// <exception cref="NativeLibraryMissingException">No candidate file loads.</exception>
    /// <exception cref="ArgumentException">Not a name of the table.</exception>
    public static nint Load(string name) =>
        TryLoad(name, out nint handle) ? handle : throw new NativeLibraryMissingException(EntryOf(name)!);

    /// <summary>Loads a library of the table, once a process; false when no candidate file loads.</summary>
    /// <exception cref="ArgumentException">Not a name of the table.</exception>
    public static bool TryLoad(string name, out nint handle)
    {
        if (Loaded.TryGetValue(name, out handle)) return true;
        NativeLibraryEntry entry = EntryOf(name) ?? throw new ArgumentException($"'{name}' is not a native library of this product.", nameof(name));
        foreach (string candidate in Candidates(entry))
        {
            if (!NativeLibrary.TryLoad(candidate, out handle)) continue;
            handle = Loaded.GetOrAdd(name, handle);
            return true;
        }
        return false;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => EntryOf(name) is null ? 0 : Load(name);

    private static NativeLibraryEntry? EntryOf(string name)
    {
        foreach (NativeLibraryEntry entry in Table)
            if (string.Equals(entry.Name, name, StringComparison.Ordinal)) return entry;
        return null;
    }

    /// <summary>Path of a data file that is installed beside the native libraries; null when no searched folder has it.</summary>
    public static string? FindFile(string fileName) => Folders().Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    // Folders of the operator and of the installation come before the system's loader path.
    private static IEnumerable<string> Candidates(NativeLibraryEntry entry)
    {
        foreach (string folder in Folders())
        {
            foreach (string file in entry.FileNames)
            {
                string path = Path.Combine(folder, file);
                if (File.Exists(path)) yield return path;
            }
        }
        foreach (string file in entry.FileNames) yield return file;
    }

    private static IEnumerable<string> Folders()
    {
        string?[] folders =
        [
            Environment.GetEnvironmentVariable(DirectoryVariable),
            AppContext.BaseDirectory,
            "/usr/local/lib/defactor-chain",
            UserFolder(),
        ];
        foreach (string? folder in folders)
            if (!string.IsNullOrEmpty(folder)) yield return folder;
    }

    private static string? UserFolder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? null : Path.Combine(home, ".local", "share", "defactor-chain", "native");
    }
}

/// <summary>One native library.</summary>
/// <param name="Name">Logical name, as bindings import it.</param>
/// <param name="DisplayName">Name for messages.</param>
/// <param name="FileNames">Candidate file names, best first.</param>
/// <param name="InstallCommand">Command that installs it.</param>
/// <param name="UsedFor">What does not work without it.</param>
public sealed record NativeLibraryEntry(string Name, string DisplayName, IReadOnlyList<string> FileNames, string InstallCommand, string UsedFor);

/// <summary>A native library is not on this machine; the message is one sentence with the command that installs it.</summary>
public sealed class NativeLibraryMissingException : DllNotFoundException
{
    /// <summary>An unnamed library is missing.</summary>
    public NativeLibraryMissingException()
    {
    }

    /// <summary>With a message.</summary>
    public NativeLibraryMissingException(string message) : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public NativeLibraryMissingException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>For a library of the table.</summary>
    public NativeLibraryMissingException(NativeLibraryEntry library)
        : base($"{library.DisplayName} was not found (needed for {library.UsedFor}): install it with '{library.InstallCommand}'.") => Library = library;

    /// <summary>The missing library, when it is one of the table.</summary>
    public NativeLibraryEntry? Library { get; }
}
