using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Chain.Consensus.Execution;
using Chain.Node.Chains;
using Chain.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain import</c>: takes a file of blocks in.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        ChainOptions chain = new();
        StorageFlags storage = new();
        Argument<string> file = new("FILE") { Description = "Blocks, one RLP item after another; gzip is recognised." };
        Command command = new("import", """
            Validates and stores the blocks of a file, as 'chain export' and go-ethereum's export write it. Blocks that are here already are passed quickly, so that an
            import that was stopped goes on when it is started again. Stops at the first bad block and says which rule it breaks (exit code 1).

            Examples:
              chain import blocks.rlp --genesis genesis.json --datadir data
              chain import more.rlp.gz --datadir data
            """) { file };
        chain.AddTo(command);
        storage.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using BlockStreamReader blocks = new(result.GetValue(file)!);
            using OpenChain open = chain.Create(result, storage.Read(result));
            using StopSignal stop = new();
            ImportProgress progress = new(Console.Error, isTerminal: !Console.IsErrorRedirected);
            ImportSummary summary;
            try
            {
                summary = new ChainImporter(open.Manager, progress).Run(blocks, stop.Token);
            }
            catch (StorageException e)
            {
                throw new UserException($"{e.Message} All blocks up to {open.Database.Head.Number} are stored; the same command goes on from there.");
            }
            finally
            {
                progress.End();
            }
            Print(summary, open.Database.Head.Number, open.Manager.ImportTimes);
            if (summary.Failure is { } failure) Console.Error.WriteLine(failure);
            if (summary.WasCancelled) Console.Error.WriteLine("Stopped as asked; the same command goes on from here.");
            return summary.Failure is null && !summary.WasCancelled ? 0 : 1;
        }));
        return command;
    }

    private static void Print(ImportSummary summary, ulong head, StageTimes times)
    {
        double seconds = Math.Max(summary.Elapsed.TotalSeconds, 1e-3);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Imported} blocks imported, {summary.Skipped} known before; {summary.Transactions} transactions, {summary.Gas / 1e6:0.0} Mgas in {seconds:0.0} s: {summary.Imported / seconds:0.0} blocks/s ({seconds * 1e6 / Math.Max(summary.Imported, 1):0} us each), {summary.Gas / 1e6 / seconds:0.0} Mgas/s. The head is block {head}."));
        if (summary.Imported == 0) return;
        using Process process = Process.GetCurrentProcess();
        double busySeconds = Math.Max(Enum.GetValues<Stage>().Sum(stage => times[stage].TotalSeconds), 1e-3);
        string shares = string.Join(", ", Enum.GetValues<Stage>().Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage} {times[stage].TotalSeconds / busySeconds * 100:0.0} %")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Work by stage: {shares} of {busySeconds:0.0} s; recovery runs ahead on all cores, the commit of a block beside the execution of the next. Processor time {process.TotalProcessorTime.TotalSeconds:0.0} s, memory at most {process.PeakWorkingSet64 >> 20} MiB."));
    }
}
