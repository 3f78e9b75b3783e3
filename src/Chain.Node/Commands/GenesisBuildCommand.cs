using System.CommandLine;
using Chain.Node.Chains;
using Chain.Node.Predeploys;

namespace Chain.Node.Commands;

/// <summary><c>chain genesis build</c>: makes a genesis file with the contracts of the platform in it.</summary>
internal static class GenesisBuildCommand
{
    public static Command Create()
    {
        Option<string> configuration = new("--config") { Description = "Configuration: the genesis without contracts, and who holds which role.", Required = true, HelpName = "FILE" };
        Option<string?> output = new("--out") { Description = "Where to write the genesis file. Default: standard output.", HelpName = "FILE" };
        Command command = new("build", """
            Makes a genesis file: runs constructors and initialisers of the platform's contracts at their final addresses and writes their code and storage into the
            allocation, beside validators, native modules and accounts of the configuration. The same configuration gives the same bytes.

            Examples:
              chain genesis build --config genesis/dev.config.json --out genesis/dev.json
              chain genesis build --config mine.json | chain genesis hash /dev/stdin
            """)
        {
            configuration, output,
        };
        command.SetAction(result => UserErrors.Guard(() =>
        {
            byte[] genesis = PredeployGenesis.Build(GenesisSource.ReadFile(result.GetValue(configuration)!));
            if (result.GetValue(output) is not { } path)
            {
                using Stream standard = Console.OpenStandardOutput();
                standard.Write(genesis);
                return 0;
            }
            Write(path, genesis);
            GenesisSource source = GenesisSource.Parse(genesis, "the genesis built");
            Console.WriteLine($"{path}: chain {source.Spec.ChainId}, {source.Genesis.Alloc.Count} accounts, genesis hash {source.Build().Hash}.");
            return 0;
        }));
        return command;
    }

    private static void Write(string path, byte[] genesis)
    {
        try
        {
            File.WriteAllBytes(path, genesis);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{path}' cannot be written: {e.Message}");
        }
    }
}
