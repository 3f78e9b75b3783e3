using System.CommandLine;
using Chain.Node.Configuration;

namespace Chain.Node.Commands;

/// <summary><c>chain config show</c>: the settings a node would run with, and where each comes from.</summary>
internal static class ConfigCommand
{
    public static Command Create(RootCommand root)
    {
        Argument<string[]> line = new("COMMAND") { Description = "dev or run, and its flags.", Arity = ArgumentArity.OneOrMore };
        Command show = new("show", """
            Prints every setting of 'chain dev' or 'chain run' with its value and its origin: flag, environment, file or default.

            Examples:
              chain config show dev
              chain config show run --config chain.toml --http.port 9000
              CHAIN_HTTP_PORT=9000 chain config show dev
            """) { line };
        // The flags belong to the command that is shown.
        show.TreatUnmatchedTokensAsErrors = false;
        show.SetAction(result => UserErrors.Guard(() =>
        {
            string[] args = [.. result.Tokens.Select(token => token.Value).SkipWhile(token => token != "show").Skip(1)];
            EffectiveOptions options = EffectiveOptions.Settle(root, args, EffectiveOptions.ReadEnvironment());
            IReadOnlyList<EffectiveOption> list = options.List();
            if (options.Result.CommandResult.Command.Name is not ("dev" or "run")) throw new UserException("Settings are shown of a node: 'chain config show dev' or 'chain config show run'.");
            if (options.Result.Errors.Count > 0) throw new UserException(options.Result.Errors[0].Message);
            int nameWidth = list.Max(option => option.Name.Length);
            int valueWidth = Math.Min(40, list.Max(option => option.Value.Length));
            foreach (EffectiveOption option in list) Console.WriteLine($"{option.Name.PadRight(nameWidth)}  {option.Value.PadRight(valueWidth)}  {option.Origin}");
            return 0;
        }));
        return new Command("config", "Settings of a node: from flags, the environment (CHAIN_HTTP_PORT for --http.port) and a file (--config), in this order.") { show };
    }
}
