using System.CommandLine;
using System.Globalization;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Types;
using Chain.Node.Chains;
using Chain.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain genesis</c>: looks at a genesis file, or makes one.</summary>
internal static class GenesisCommand
{
    public static Command Create() => new("genesis", "Looks at a genesis file, or at the one of a data folder; makes one with the platform's contracts.")
    {
        GenesisBuildCommand.Create(),
        Make("show", "Prints the chain that the genesis makes: forks, first block, state root, hash.", Show),
        Make("validate", "Checks the genesis strictly; exit code 1 and one sentence when something is wrong with it.", Validate),
        Make("hash", "Prints the hash of block 0.", source =>
        {
            Console.WriteLine(source.Build().Hash);
            return 0;
        }),
    };

    private static Command Make(string name, string description, Func<GenesisSource, int> action)
    {
        ChainOptions chain = new();
        Argument<string?> file = new("FILE") { Description = "Genesis file, in place of --genesis.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new(name, $"{description}\n\nExample:\n  chain genesis {name} --genesis genesis.json") { file };
        chain.AddTo(command);
        command.SetAction(result => UserErrors.Guard(() =>
        {
            string? path = result.GetValue(file) ?? result.GetValue(chain.Genesis);
            return action(path is not null
                ? GenesisSource.FromFile(path, result.GetValue(chain.Upgrade))
                : GenesisSource.Choose(null, ChainFolder.Existing(result.GetValue(chain.Folder)!), result.GetValue(chain.Upgrade)));
        }));
        return command;
    }

    private static int Validate(GenesisSource source)
    {
        GenesisBlock block = source.Build();
        if (GenesisBuilder.MissingForBlocks(source.Spec, source.Genesis) is { } missing) throw new UserException(missing);
        Console.WriteLine($"The genesis of chain {source.Spec.ChainId} is valid; its hash is {block.Hash}.");
        return 0;
    }

    private static int Show(GenesisSource source)
    {
        GenesisBlock block = source.Build();
        BlockHeader header = block.Block.Header;
        Genesis genesis = source.Genesis;
        UInt256 supply = default;
        foreach (GenesisAccount account in genesis.Alloc.Values) supply += account.Balance;
        Row("chain id", source.Spec.ChainId);
        Row("hash", block.Hash);
        Row("state root", header.StateRoot);
        Row("timestamp", string.Create(CultureInfo.InvariantCulture, $"{header.Timestamp} ({DateTimeOffset.UnixEpoch.AddSeconds(header.Timestamp):yyyy-MM-dd HH:mm:ss} UTC)"));
        Row("gas limit", header.GasLimit);
        Row("difficulty", header.Difficulty);
        if (header.BaseFeePerGas is { } baseFee) Row("base fee", $"{baseFee} wei");
        Row("merge", source.Spec.IsMergedAtGenesis ? "at genesis" : source.Spec.TerminalTotalDifficulty is { } ttd ? $"at total difficulty {ttd}" : "never");
        Row("accounts", $"{genesis.Alloc.Count}, of which {genesis.Alloc.Values.Count(a => !a.Code.IsEmpty)} with code; {supply} wei together");
        if (source.Spec.Modules.Count > 0) Row("modules", string.Join(", ", source.Spec.Modules.Keys.Order(StringComparer.Ordinal)));
        foreach ((Fork fork, ulong at) in source.Spec.Activations.OrderBy(a => a.Key))
            Row($"fork {fork}", fork > Fork.Paris ? $"from time {at}" : $"from block {at}");
        return 0;
    }

    private static void Row(string name, object value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} {value}"));
}
