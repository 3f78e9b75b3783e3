using System.CommandLine;
using Chain.Node.Chains;
using Chain.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain init</c>: makes a chain in a data folder.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        ChainOptions chain = new();
        StorageFlags storage = new();
        Command command = new("init", """
            Makes a chain from a genesis file in a data folder, which remembers the file. Done again with the same genesis, it changes nothing but --history.

            Examples:
              chain init --genesis genesis.json --datadir data
              chain init --genesis genesis.json --datadir data --history archive
            """);
        chain.AddTo(command);
        storage.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using OpenChain open = chain.Create(result, storage.Read(result));
            ChainDatabase database = open.Database;
            Console.WriteLine($"Chain {database.ChainId} with genesis {database.GenesisHash} is in '{result.GetValue(chain.Folder)}'; the head is block {database.Head.Number}.");
            if (GenesisBuilder.MissingForBlocks(open.Genesis.Spec, open.Genesis.Genesis) is { } missing) Console.Error.WriteLine(missing);
            return 0;
        }));
        return command;
    }
}
