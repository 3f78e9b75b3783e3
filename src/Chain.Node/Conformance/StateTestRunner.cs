using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Precompiles;
using Chain.Trie;

namespace Chain.Node.Conformance;

/// <summary>What to run.</summary>
public sealed record StateTestOptions
{
    /// <summary>Folder of state tests, searched with its subfolders; or one file.</summary>
    public required string Folder { get; init; }

    /// <summary>Dispatchers under which every case runs.</summary>
    public IReadOnlyList<DispatcherKind> Dispatchers { get; init; } = [DispatcherKind.Loop, DispatcherKind.TailCalls];

    /// <summary>Only cases whose name contains this; null for all.</summary>
    public string? Filter { get; init; }

    /// <summary>True to build and sign every transaction from its fields even when the fixture has its bytes.</summary>
    public bool IgnoresTransactionBytes { get; init; }

    /// <summary>
    /// True to run with every native module active in mode 0: gas, logs and the state after must be those of the fixture but for the modules' accounts (compliance specification, section 8, item 8).
    /// </summary>
    public bool HasModules { get; init; }

    /// <summary>Where to write the JSON report; null for nowhere.</summary>
    public string? JsonReportPath { get; init; }

    /// <summary>Files in work at the same time.</summary>
    public int Workers { get; init; } = 2;
}

/// <summary>Runs Ethereum state tests, of the execution-spec-tests layout and of the older ethereum/tests layout.</summary>
public static class StateTestRunner
{
    /// <summary>The command <c>chain conformance state</c>: progress to one writer, failures and the totals to the other.</summary>
    /// <returns>0 when all passed, 1 when something failed or nothing was found.</returns>
    public static int Run(StateTestOptions options, TextWriter output, TextWriter progress)
    {
        if (!Directory.Exists(options.Folder) && !File.Exists(options.Folder))
        {
            progress.WriteLine($"There is no folder '{options.Folder}'. Name a folder of state tests, such as eest-state/state_tests.");
            return 1;
        }
        ConformanceReport report = RunFolder(options, progress);
        if (options.JsonReportPath is { } path) report.WriteJson(path);
        return FixtureFolder.Conclude(report, options.Folder, output, progress);
    }

    /// <summary>Runs all cases of a folder.</summary>
    public static ConformanceReport RunFolder(StateTestOptions options, TextWriter? progress = null) =>
        FixtureFolder.Run(options.Folder, options.Workers, () => new StateTestWorker(options), progress);
}

/// <summary>One thread's machines and state.</summary>
internal sealed class StateTestWorker : IFixtureWorker
{
    private const int DifferencesMax = 6;

    private readonly WorldState _state = new(new MemoryState());
    private readonly List<(DispatcherKind Kind, VirtualMachine Machine, TransactionProcessor Processor)> _machines = [];
    private readonly StateTestOptions _options;

    public StateTestWorker(StateTestOptions options)
    {
        _options = options;
        foreach (DispatcherKind kind in options.Dispatchers)
        {
            VirtualMachine machine = new(kind);
            _machines.Add((kind, machine, new TransactionProcessor(machine)));
        }
    }

    public void Dispose()
    {
        foreach ((_, VirtualMachine machine, _) in _machines) machine.Dispose();
    }

    public FixtureFileResult RunFile(string path, string name)
    {
        List<ConformanceFailure> failures = [];
        int passed = 0, failed = 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (StateTestCase test in StateTestCase.ReadAll(name, document.RootElement))
            {
                if (_options.Filter is { } filter && !test.Name.Contains(filter, StringComparison.Ordinal)) continue;
                int before = failures.Count;
                foreach ((DispatcherKind kind, _, TransactionProcessor processor) in _machines)
                {
                    if (RunCase(test, processor) is { } reason) failures.Add(new ConformanceFailure(test.Name, kind.ToString(), reason));
                }
                if (failures.Count == before) passed++;
                else failed++;
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            failures.Add(new ConformanceFailure(name, "", $"cannot be read: {e.Message}"));
            failed++;
        }
        return new FixtureFileResult(passed, failed, failures);
    }

    /// <summary>Runs one case; null when it passed, else what went wrong.</summary>
    private string? RunCase(StateTestCase test, TransactionProcessor processor)
    {
        // A bug in the engine is a failed case here, not the end of the run.
        try
        {
            return Judge(test, processor);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }
    }

    private string? Judge(StateTestCase test, TransactionProcessor processor)
    {
        BlockContext block = test.ReadBlock(_options.HasModules ? IdleModules.Instance : EthereumModules.Instance);
        TransactionError error = ReadTransaction(test, out Transaction? tx, out Address sender);
        _state.Reset(test.Pre);
        if (_options.HasModules) IdleModules.Instance.Activate(_state, null, block.Timestamp);
        IReadOnlyList<LogEntry> logs = [];
        if (error == TransactionError.None)
        {
            BlockGas available = new(block.GasLimit, (block.Rules.Blobs?.Max ?? 0) * FeeMarket.GasPerBlob);
            TransactionResult result = processor.Execute(_state, block, tx!, sender, available);
            error = result.Error;
            logs = result.Logs;
        }

        if (test.HasZeroReward)
        {
            _state.BeginTransaction();
            _state.AddBalance(_state.GetAccount(block.Coinbase), UInt256.Zero);
            _state.EndTransaction(block.Rules);
        }

        if (JudgeRefusal(test.ExpectedException, error) is { } reason) return reason;
        if (HashOf(logs) != test.ExpectedLogsHash) return $"expected logs hash {test.ExpectedLogsHash}, got {HashOf(logs)} of {logs.Count} logs";

        MemoryState post = new(test.Pre);
        StateDelta delta = _state.ToDelta();
        if (_options.HasModules) IdleModules.Forget(delta);
        post.Apply(delta);
        Hash256 root = StateTrie.ComputeRoot(post.ToDelta());
        return root == test.ExpectedRoot ? null : $"expected state root {test.ExpectedRoot}, got {root}{Differences(test.ExpectedState, post)}";
    }

    /// <summary>The transaction and its sender: from its bytes, or built from the fields and signed.</summary>
    private TransactionError ReadTransaction(StateTestCase test, out Transaction? tx, out Address sender)
    {
        sender = default;
        if (!_options.IgnoresTransactionBytes && test.TransactionBytes is { } bytes)
        {
            if (!TransactionCodec.TryDecode(bytes, out tx, out TransactionError error)) return error;
        }
        else
        {
            try
            {
                tx = TransactionSigner.Sign(test.BuildTransaction(), test.SecretKey);
            }
            catch (FormatException) when (test.ExpectedException is not null)
            {
                tx = null;
                return TransactionError.RlpInvalid;
            }
        }
        return tx.TryRecoverSender(out sender) ? TransactionError.None : TransactionError.InvalidSignatureVrs;
    }

    private static string? JudgeRefusal(string? expected, TransactionError error)
    {
        if (expected is null) return error == TransactionError.None ? null : $"expected it to run, got {RefusalNames.Of(error)}";
        if (error == TransactionError.None) return $"expected {expected}, but it ran";
        return RefusalNames.Agree(expected, RefusalNames.Of(error)) ? null : $"expected {expected}, got {RefusalNames.Of(error)}";
    }

    private static Hash256 HashOf(IReadOnlyList<LogEntry> logs)
    {
        RlpWriter rlp = new(1024);
        int list = rlp.BeginList();
        foreach (LogEntry log in logs) log.Encode(ref rlp);
        rlp.EndList(list);
        Hash256 hash = Keccak256.Hash(rlp.Written);
        rlp.Dispose();
        return hash;
    }

    /// <summary>The first differences between the expected and the computed state, for the eye.</summary>
    private static string Differences(MemoryState? expected, MemoryState actual)
    {
        if (expected is null) return "";
        List<string> lines = [];
        foreach (Address address in expected.Accounts.Keys.Union(actual.Accounts.Keys).Order())
        {
            bool isExpected = expected.Accounts.TryGetValue(address, out MemoryAccount? want);
            bool isThere = actual.Accounts.TryGetValue(address, out MemoryAccount? got);
            if (isExpected != isThere)
            {
                lines.Add($"{address} {(isExpected ? "is missing" : "should not exist")}");
                continue;
            }
            if (want!.Nonce != got!.Nonce) lines.Add($"{address} nonce {want.Nonce}, got {got.Nonce}");
            if (want.Balance != got.Balance) lines.Add($"{address} balance {want.Balance.ToBigInteger()}, got {got.Balance.ToBigInteger()}");
            if (want.CodeHash != got.CodeHash) lines.Add($"{address} code hash {want.CodeHash}, got {got.CodeHash}");
            foreach (UInt256 slot in want.Storage.Keys.Union(got.Storage.Keys).Order())
            {
                UInt256 wantValue = want.Storage.GetValueOrDefault(slot), gotValue = got.Storage.GetValueOrDefault(slot);
                if (wantValue != gotValue) lines.Add($"{address} slot {slot.ToBigInteger()} = {wantValue.ToBigInteger()}, got {gotValue.ToBigInteger()}");
            }
        }
        return $"; {string.Join("; ", lines.Take(DifferencesMax))}{(lines.Count > DifferencesMax ? $"; and {lines.Count - DifferencesMax} more" : "")}";
    }
}
