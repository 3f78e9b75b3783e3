using System.CommandLine;
using Chain.Evm;
using Chain.Node.Conformance;

namespace Chain.Node.Commands;

/// <summary><c>chain conformance</c>: runs folders of official fixtures.</summary>
internal static class ConformanceCommand
{
    public static Command Create() => new("conformance", "Runs official Ethereum fixtures, of any folder.") { CreateState(), CreateBlockchain(), CreateEngine() };

    private static Command CreateState()
    {
        FixtureOptions fixtures = new();
        Option<bool> modules = new("--with-modules") { Description = "Run with every native module active in mode 0: nothing but the modules' own accounts may differ." };
        Command command = new("state", """
            Runs every state test below a folder, in the present and the older layout, on both dispatchers.
            Ends with 'N passed, M failed'; exit code 1 on a failure.

            Examples:
              chain conformance state DIR
              chain conformance state DIR --dispatcher loop --filter create2 --json report.json
              chain conformance state DIR --with-modules
            """) { modules };
        fixtures.AddTo(command);
        command.SetAction(result => fixtures.Guard(result, () => StateTestRunner.Run(
            new StateTestOptions
            {
                Folder = result.GetValue(fixtures.Folder)!,
                Dispatchers = fixtures.Dispatchers(result),
                Filter = result.GetValue(fixtures.Filter),
                JsonReportPath = result.GetValue(fixtures.JsonPath),
                HasModules = result.GetValue(modules),
            },
            Console.Out,
            Console.Error)));
        return command;
    }

    private static Command CreateBlockchain()
    {
        FixtureOptions fixtures = new();
        Option<string?> rocksDb = new("--rocksdb") { Description = "Give each case a RocksDB database in this folder while it runs; default: in memory.", HelpName = "DIR" };
        Command command = new("blockchain", """
            Imports the blocks of every blockchain test below a folder through the chain manager and a database of its own, on both dispatchers.
            Ends with 'N passed, M failed'; exit code 1 on a failure.

            Examples:
              chain conformance blockchain DIR
              chain conformance blockchain DIR --dispatcher tailcalls --rocksdb /tmp/databases
            """);
        fixtures.AddTo(command);
        command.Add(rocksDb);
        command.SetAction(result => fixtures.Guard(result, () => BlockchainTestRunner.Run(
            fixtures.BlockchainTests(result) with { RocksDbFolder = result.GetValue(rocksDb) }, Console.Out, Console.Error)));
        return command;
    }

    private static Command CreateEngine()
    {
        FixtureOptions fixtures = new();
        Command command = new("engine", """
            Runs the payloads of every engine-format test below a folder through the Engine API's methods in process, one case at a time, on both dispatchers, and prints the speed of each.
            Ends with 'N passed, M failed'; exit code 1 on a failure.

            Examples:
              chain conformance engine DIR
              chain conformance engine DIR --filter value_100M --dispatcher tailcalls --json report.json
            """);
        fixtures.AddTo(command);
        // One worker: two would slow each other down and the speeds would mean nothing.
        command.SetAction(result => fixtures.Guard(result, () => EngineTestRunner.Run(fixtures.BlockchainTests(result) with { Workers = 1 }, Console.Out, Console.Error)));
        return command;
    }

    /// <summary>The options that all fixture kinds share.</summary>
    private sealed class FixtureOptions
    {
        public Argument<string> Folder { get; } = new("DIR") { Description = "Folder with fixture files (JSON), searched through." };

        public Option<string> Dispatcher { get; } = new("--dispatcher") { Description = "loop, tailcalls or both.", DefaultValueFactory = _ => "both" };

        public Option<string?> Filter { get; } = new("--filter") { Description = "Only cases whose name contains this.", HelpName = "TEXT" };

        public Option<string?> JsonPath { get; } = new("--json") { Description = "Write the report here too.", HelpName = "FILE" };

        public void AddTo(Command command)
        {
            Dispatcher.AcceptOnlyFromAmong("loop", "tailcalls", "both");
            command.Add(Folder);
            command.Add(Dispatcher);
            command.Add(Filter);
            command.Add(JsonPath);
        }

        public IReadOnlyList<DispatcherKind> Dispatchers(ParseResult result) => result.GetValue(Dispatcher) switch
        {
            "loop" => [DispatcherKind.Loop],
            "tailcalls" => [DispatcherKind.TailCalls],
            _ => [DispatcherKind.Loop, DispatcherKind.TailCalls],
        };

        public BlockchainTestOptions BlockchainTests(ParseResult result) => new()
        {
            Folder = result.GetValue(Folder)!,
            Dispatchers = Dispatchers(result),
            Filter = result.GetValue(Filter),
            JsonReportPath = result.GetValue(JsonPath),
        };

        public int Guard(ParseResult result, Func<int> run)
        {
            string folder = result.GetValue(Folder)!;
            if (!Directory.Exists(folder))
            {
                Console.Error.WriteLine($"The folder '{folder}' does not exist.");
                return 2;
            }
            if (result.GetValue(JsonPath) is { } path && ProblemOf(path) is { } problem)
            {
                Console.Error.WriteLine($"The report '{path}' cannot be written ({problem}): name another file with --json.");
                return 2;
            }
            return run();
        }

        /// <summary>Looked at before the run, so that minutes of it are not lost.</summary>
        private static string? ProblemOf(string path)
        {
            try
            {
                using FileStream file = File.Open(path, FileMode.OpenOrCreate, FileAccess.Write);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                return e.Message;
            }
        }
    }
}
