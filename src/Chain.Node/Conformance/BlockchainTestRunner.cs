using System.Text.Json;
using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Storage;

namespace Chain.Node.Conformance;

/// <summary>Runs Ethereum blockchain tests through the chain manager and the chain's database, as live blocks go.</summary>
public static class BlockchainTestRunner
{
    /// <summary>The command <c>chain conformance blockchain</c>: progress to one writer, failures and the totals to the other.</summary>
    /// <returns>0 when all passed, 1 when something failed or nothing was found.</returns>
    public static int Run(BlockchainTestOptions options, TextWriter output, TextWriter progress)
    {
        if (!Directory.Exists(options.Folder) && !File.Exists(options.Folder))
        {
            progress.WriteLine($"There is no folder '{options.Folder}'. Name a folder of blockchain tests, such as eest-blockchain.");
            return 1;
        }
        ConformanceReport report = RunFolder(options, progress);
        if (options.JsonReportPath is { } path) report.WriteJson(path);
        return FixtureFolder.Conclude(report, options.Folder, output, progress);
    }

    /// <summary>Runs all cases of a folder.</summary>
    public static ConformanceReport RunFolder(BlockchainTestOptions options, TextWriter? progress = null) =>
        FixtureFolder.Run(options.Folder, options.Workers, () => new BlockchainTestWorker(options), progress);
}

/// <summary>One thread's machines.</summary>
internal class BlockchainTestWorker : IFixtureWorker
{
    private readonly BlockchainTestOptions _options;
    private readonly List<(DispatcherKind Kind, VirtualMachine Machine)> _machines;

    public BlockchainTestWorker(BlockchainTestOptions options)
    {
        _options = options;
        _machines = [.. options.Dispatchers.Select(kind => (kind, new VirtualMachine(kind)))];
    }

    public void Dispose()
    {
        foreach ((_, VirtualMachine machine) in _machines) machine.Dispose();
        GC.SuppressFinalize(this);
    }

    public FixtureFileResult RunFile(string path, string name)
    {
        List<ConformanceFailure> failures = [];
        int passed = 0, failed = 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (JsonProperty test in document.RootElement.EnumerateObject())
            {
                string fullName = $"{name}::{test.Name}";
                if (_options.Filter is { } filter && !fullName.Contains(filter, StringComparison.Ordinal)) continue;
                int before = failures.Count;
                foreach ((DispatcherKind kind, VirtualMachine machine) in _machines)
                {
                    if (RunCase(test.Value, fullName, kind, machine) is { } reason) failures.Add(new ConformanceFailure(fullName, kind.ToString(), reason));
                }
                if (failures.Count == before) passed++;
                else failed++;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            failures.Add(new ConformanceFailure(name, "", $"cannot be read: {e.Message}"));
            failed++;
        }
        return new FixtureFileResult(passed, failed, failures);
    }

    /// <summary>Imports the test's blocks; null when every verdict was the expected one.</summary>
    protected virtual string? Import(JsonElement test, string name, DispatcherKind kind, BlockchainTestChain chain)
    {
        int index = 0;
        foreach (JsonElement block in test.GetProperty("blocks").EnumerateArray())
        {
            string? expected = block.TryMember("expectException", out JsonElement value) ? value.GetString() : null;
            BlockId before = chain.Manager.Database.Head;
            ImportResult result = Import(chain.Manager, FixtureJson.Bytes(block.GetProperty("rlp")), out bool isUndecodable);
            if (BlockchainTestChain.JudgeVerdict(expected, result, isUndecodable) is { } reason) return $"blocks[{index}]: {reason}";
            if (!result.IsAccepted && chain.Manager.Database.Head != before) return $"blocks[{index}] was refused and moved the head";
            index++;
        }
        return null;
    }

    private static ImportResult Import(ChainManager manager, byte[] bytes, out bool isUndecodable)
    {
        isUndecodable = !Block.TryDecode(bytes, out Block? block, out BlockError error, out TransactionError transactionError);
        return block is null ? new ImportResult(ImportStatus.Invalid, Hash256.Zero, error, transactionError) : manager.Import(block);
    }

    private string? RunCase(JsonElement test, string name, DispatcherKind kind, VirtualMachine machine)
    {
        // A bug in the engine is a failed case here, not the end of the run.
        try
        {
            using BlockchainTestChain chain = BlockchainTestChain.Open(test, machine, _options.RocksDbFolder);
            return Import(test, name, kind, chain) ?? chain.JudgeEnd(test);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }
    }
}
