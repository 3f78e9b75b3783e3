using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Chain.ImportBench;
using Chain.Node.Chains;

// Makes chains and measures 'chain import' on each, on RocksDB with the write-ahead log on, in a process of its own.
Option<int> total = new("--transactions") { Description = "Transactions of each chain.", DefaultValueFactory = _ => 100_000, HelpName = "COUNT" };
Option<int> perBlock = new("--per-block") { Description = "Transactions of each block.", DefaultValueFactory = _ => 500, HelpName = "COUNT" };
Option<string?> folder = new("--dir") { Description = "Folder for the chains, kept afterwards. Default: a temporary one.", HelpName = "DIR" };
Option<LoadKind[]> kinds = new("--load") { Description = "Loads to measure. Default: all.", DefaultValueFactory = _ => Enum.GetValues<LoadKind>(), AllowMultipleArgumentsPerToken = true };
RootCommand root = new("""
    Measures the import of blocks: transfers, ERC-20 transfers over 50,000 holders, transfers with 1 % storage-heavy contract calls, and empty blocks.

    Examples:
      ./chain import-bench
      ./chain import-bench --load Tokens --dir /tmp/bench
    """) { total, perBlock, folder, kinds };
root.SetAction(result =>
{
    string directory = result.GetValue(folder) ?? Directory.CreateTempSubdirectory("chain-import-bench").FullName;
    foreach (LoadKind kind in result.GetValue(kinds)!) Measure(kind, Path.Combine(directory, kind.ToString()), result.GetValue(total), result.GetValue(perBlock));
    if (result.GetValue(folder) is null) Directory.Delete(directory, recursive: true);
});
return root.Parse(args).Invoke();

static void Measure(LoadKind kind, string directory, int total, int perBlock)
{
    string data = Path.Combine(directory, "data");
    if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
    Console.Error.WriteLine(kind == LoadKind.Empty ? "Empty: making blocks without transactions" : $"{kind}: making {total} transactions in blocks of {perBlock}");
    ImportLoad.Write(kind, directory, total, perBlock);
    Console.WriteLine($"{kind}:");
    Run("import", Path.Combine(directory, "blocks.rlp"), "--genesis", Path.Combine(directory, "genesis.json"), "--datadir", data);
    if (kind == LoadKind.Empty) return;
    PrintSize("on disk after the import, log included");
    Run("db", "compact", "--datadir", data);
    PrintSize("after 'chain db compact'");

    void PrintSize(string when)
    {
        long bytes = new DirectoryInfo(Path.Combine(data, "db")).EnumerateFiles().Sum(file => file.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {bytes} bytes {when}: {(double)bytes / total:0} per transaction"));
    }
}

static void Run(params string[] arguments)
{
    ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
    start.ArgumentList.Add(typeof(OpenChain).Assembly.Location);
    foreach (string argument in arguments) start.ArgumentList.Add(argument);
    using Process process = Process.Start(start)!;
    bool isImport = arguments[0] == "import";
    while (process.StandardOutput.ReadLine() is { } line)
        if (isImport) Console.WriteLine($"  {line}");
    process.WaitForExit();
    if (process.ExitCode != 0) throw new InvalidOperationException($"'chain {string.Join(' ', arguments)}' ended with exit code {process.ExitCode}.");
}
