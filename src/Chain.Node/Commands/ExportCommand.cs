using System.CommandLine;
using Chain.Node.Chains;

namespace Chain.Node.Commands;

/// <summary><c>chain export</c>: writes blocks to a file.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        ChainOptions chain = new();
        Argument<string> file = new("FILE") { Description = "File to write; compressed when its name ends in .gz." };
        Option<ulong> from = new("--from") { Description = "First block.", DefaultValueFactory = _ => 1, HelpName = "N" };
        Option<ulong?> to = new("--to") { Description = "Last block. Default: the head.", HelpName = "N" };
        Command command = new("export", """
            Writes blocks of the canonical chain to a file, one RLP item after another, as 'chain import' reads it.

            Examples:
              chain export blocks.rlp.gz --datadir data
              chain export part.rlp --from 1000 --to 1999 --datadir data
            """) { file, from, to };
        chain.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using OpenChain open = chain.Open(result);
            using StopSignal stop = new();
            ulong first = result.GetValue(from);
            ulong last = result.GetValue(to) ?? open.Database.Head.Number;
            if (open.Database.Head.Number == 0 && first > 0) throw new UserException("The chain has no block after its genesis: there is nothing to write ('--from 0' writes the genesis block).");
            try
            {
                long size = ChainExporter.Run(open.Database, first, last, result.GetValue(file)!, stop.Token);
                Console.WriteLine($"Blocks {first} to {last}, {size} bytes, are in '{result.GetValue(file)}'.");
                return 0;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("Stopped as asked; nothing was written.");
                return 1;
            }
        }));
        return command;
    }
}
