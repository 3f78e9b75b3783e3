using System.CommandLine;
using System.CommandLine.Parsing;

namespace Chain.Node.Configuration;

/// <summary>Says in one sentence what is wrong with a command line: the word, and what would be right in its place.</summary>
internal static class CommandLineErrors
{
    /// <summary>The first mistake of a command line that has one.</summary>
    public static string Describe(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string help = $"'{PathOf(result.CommandResult)} --help'";
        if (result.UnmatchedTokens.Count > 0)
        {
            string word = result.UnmatchedTokens[0];
            return command.Subcommands.Count > 0
                ? $"Unknown command '{word}'{NearMatch.Hint(word, command.Subcommands.Select(c => c.Name), $"{help} lists the commands")}"
                : $"'{word}' is one argument too many: {help} shows what the command takes.";
        }
        ParseError error = result.Errors[0];
        return error.SymbolResult switch
        {
            CommandResult when command.Subcommands.Count > 0 => $"'{PathOf(result.CommandResult)}' needs a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}. {help} says what they do.",
            CommandResult when command.Arguments.Count > 0 => Missing(command.Arguments.FirstOrDefault(a => result.GetResult(a) is not { Tokens.Count: > 0 }) ?? command.Arguments[0], result, help),
            ArgumentResult { Parent: OptionResult option } => OfOption(option, error, help),
            OptionResult option => OfOption(option, error, help),
            ArgumentResult { Tokens.Count: 0 } argument => Missing(argument.Argument, result, help),
            ArgumentResult argument => NotOfType($"{argument.Argument.Name} '{argument.Tokens[0].Value}'", argument.Argument.ValueType) ?? error.Message,
            _ => error.Message,
        };
    }

    /// <summary>A command's name with those of its parents: <c>chain db stats</c>.</summary>
    public static string PathOf(CommandResult command) => command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "chain";

    private static string Missing(Argument argument, ParseResult result, string help) =>
        $"'{PathOf(result.CommandResult)}' needs {argument.Name}: {argument.Description} {help} shows an example.";

    private static string OfOption(OptionResult option, ParseError error, string help)
    {
        string name = option.Option.Name;
        if (option.Tokens.Count == 0) return $"{name} needs a value{(option.Option.HelpName is { } value ? $", {value}" : "")}: {option.Option.Description} {help} lists the flags.";
        return NotOfType($"{name} '{option.Tokens[^1].Value}'", option.Option.ValueType) ?? error.Message;
    }

    private static string? NotOfType(string what, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(ulong) || type == typeof(uint) || type == typeof(ushort)) return $"{what} is not a whole number from 0 on.";
        if (type == typeof(long) || type == typeof(int)) return $"{what} is not a whole number.";
        if (type == typeof(double) || type == typeof(decimal)) return $"{what} is not a number.";
        return null;
    }
}
