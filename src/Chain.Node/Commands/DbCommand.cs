using System.CommandLine;
using System.Globalization;
using Chain.Node.Chains;
using Chain.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain db</c>: looks after a chain's database. The node must not be running.</summary>
internal static class DbCommand
{
    private const int ProgressIntervalMs = 1_000;

    public static Command Create() => new("db", "Looks after the database of a chain, while no node runs on it.")
    {
        Make("stats", "Prints the head, the states kept and the size of each column.", Stats),
        CreateVerify(),
        Make("compact", "Rewrites all columns into their smallest form.", Compact),
        CreateRollback(),
        CreatePrune(),
    };

    private static Command Make(string name, string description, Func<ChainDatabase, StopSignal, int> action)
    {
        ChainOptions chain = new();
        Command command = new(name, $"{description}\n\nExample:\n  chain db {name} --datadir data");
        chain.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using OpenChain open = chain.Open(result);
            using StopSignal stop = new();
            return action(open.Database, stop);
        }));
        return command;
    }

    private static Command CreateVerify()
    {
        ChainOptions chain = new();
        Option<bool> stateOnly = new("--state-only") { Description = "Leave the blocks out." };
        Command command = new("verify", """
            Walks the account trie and all storage tries from the root of the head's state, compares them with the flat state and the code, then checks every block from the head down to
            the genesis: hashes, roots, receipts, indexes. Names the first difference (exit code 1).

            Example:
              chain db verify --datadir data
            """) { stateOnly };
        chain.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using OpenChain open = chain.Open(result);
            using StopSignal stop = new();
            long nextAt = Environment.TickCount64 + ProgressIntervalMs;
            VerifyReport report = open.Database.Verify(!result.GetValue(stateOnly), message =>
            {
                if (Environment.TickCount64 < nextAt) return;
                nextAt = Environment.TickCount64 + ProgressIntervalMs;
                Console.Error.WriteLine(message());
            }, stop.Token);
            Console.WriteLine($"{report.Accounts} accounts, {report.Slots} slots, {report.Codes} codes, {report.TrieNodes} trie nodes and {report.Blocks} blocks looked at; head {open.Database.Head.Number}, merged state {open.Database.States.BaseNumber}.");
            if (report.Difference is { } difference)
            {
                Console.Error.WriteLine($"Difference: {difference}.");
                Console.Error.WriteLine("Restore the folder from a backup, or delete it and import the chain again.");
                return 1;
            }
            if (report.WasCancelled)
            {
                Console.Error.WriteLine("Stopped as asked before the end; no difference up to here.");
                return 1;
            }
            Console.WriteLine("No difference.");
            return 0;
        }));
        return command;
    }

    private static Command CreateRollback()
    {
        ChainOptions chain = new();
        Argument<ulong> number = new("N") { Description = "Number of the block that becomes the head." };
        Command command = new("rollback", """
            Makes an older block the head and forgets all blocks above it. Possible as far back as states are kept (see --history).

            Example:
              chain db rollback 1200 --datadir data
            """) { number };
        chain.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using OpenChain open = chain.Open(result);
            ChainDatabase database = open.Database;
            ulong target = result.GetValue(number);
            if (target > database.Head.Number) throw new UserException($"Block {target} is above the head, block {database.Head.Number}.");
            if (database.RollBack(target) != MoveResult.Done) throw new UserException($"Block {target} cannot be gone back to: states are kept from block {database.States.OldestNumber} on.");
            Console.WriteLine($"The head is block {database.Head.Number} ({database.Head.Hash}).");
            return 0;
        }));
        return command;
    }

    private static Command CreatePrune()
    {
        ChainOptions chain = new();
        Option<string?> history = new("--history") { Description = "States to keep: 'full' those of the newest 90,000 blocks, 'archive' all, or a number of blocks. Default: what was chosen before.", HelpName = "full|archive|N" };
        Command command = new("prune", """
            Deletes the states of blocks older than --history says, and remembers it.

            Example:
              chain db prune --history 1000 --datadir data
            """) { history };
        chain.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            ChainFolder folder = ChainFolder.Existing(result.GetValue(chain.Folder)!);
            using OpenChain open = chain.Open(result);
            ulong keep = result.GetValue(history) is { } text ? HistoryMode.Parse(text) : folder.ReadHistoryBlocks() ?? HistoryMode.FullBlocks;
            open.Database.PruneHistory(keep);
            folder.WriteHistoryBlocks(keep);
            Console.WriteLine($"States are kept from block {open.Database.States.OldestNumber} on; 'chain db compact' gives the space back at once.");
            return 0;
        }));
        return command;
    }

    private static int Stats(ChainDatabase database, StopSignal stop)
    {
        Row("chain id", database.ChainId);
        Row("genesis", database.GenesisHash);
        Row("head", Format(database.Head));
        Row("safe", Format(database.Safe));
        Row("finalised", Format(database.Finalized));
        Row("merged state", $"block {database.States.BaseNumber}, {database.States.LayerCount} layers above it");
        Row("oldest state", $"block {database.States.OldestNumber}");
        long total = 0;
        foreach (Column column in Enum.GetValues<Column>())
        {
            long size = database.EstimateSizeBytes(column);
            total += size;
            Row($"column {column}", FormatSize(size));
        }
        Row("together", FormatSize(total));
        return 0;
    }

    private static int Compact(ChainDatabase database, StopSignal stop)
    {
        foreach (Column column in Enum.GetValues<Column>())
        {
            if (stop.Token.IsCancellationRequested) return 1;
            long before = database.EstimateSizeBytes(column);
            database.Compact(column);
            Row($"column {column}", $"{FormatSize(before)} to {FormatSize(database.EstimateSizeBytes(column))}");
        }
        return 0;
    }

    private static string Format(BlockId block) => $"block {block.Number} ({block.Hash})";

    private static string FormatSize(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.000} MiB");

    private static void Row(string name, object value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-22} {value}"));
}
