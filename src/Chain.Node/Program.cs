using System.CommandLine;
using System.CommandLine.Invocation;
using Chain.Node;
using Chain.Node.Commands;
using Chain.Node.Configuration;

RootCommand root = new("""
    Defactor Chain: an Ethereum-compatible execution engine and permissioned sidechain node for real-world assets.

    Examples:
      chain dev                       a development chain on 127.0.0.1:8545
      chain run --genesis FILE        a node driven by a consensus client
      chain init --genesis FILE       a chain of your own
      chain import FILE               blocks from a file
      chain kyc status ACCOUNT        an account in the KYC registry
      chain oracle list               the oracle's feeds
      chain conformance state DIR     official state tests
    """)
{
    DevCommand.Create(),
    RunCommand.Create(),
    InitCommand.Create(),
    ImportCommand.Create(),
    ExportCommand.Create(),
    DbCommand.Create(),
    GenesisCommand.Create(),
    KycCommand.Create(),
    OracleCommand.Create(),
    ConformanceCommand.Create(),
    DocsCommand.Create(),
};
root.Add(ConfigCommand.Create(root));
ParseResult parsed;
try
{
    EffectiveOptions options = EffectiveOptions.Settle(root, args, EffectiveOptions.ReadEnvironment());
    foreach (string warning in options.Warnings) await Console.Error.WriteLineAsync(warning).ConfigureAwait(false);
    parsed = options.Result;
}
catch (UserException e)
{
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 1;
}
// The mistake alone, not buried under a page of help.
if (parsed.Action is ParseErrorAction)
{
    await Console.Error.WriteLineAsync(CommandLineErrors.Describe(parsed)).ConfigureAwait(false);
    return 1;
}
// No handling of signals here: a second handler beside the node's own would race with it and end the process with another exit code.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }).ConfigureAwait(false);
