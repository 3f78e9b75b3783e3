using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Chain.Node.Configuration;

/// <summary>An option of a command as it holds.</summary>
/// <param name="Name">The flag.</param>
/// <param name="Value">Its value as text.</param>
/// <param name="Origin">Where it comes from: the flag, an environment variable, a file, or the default.</param>
public sealed record EffectiveOption(string Name, string Value, string Origin);

/// <summary>
/// Settles the options of a command: what the command line leaves out is taken from the environment (<c>CHAIN_HTTP_PORT</c> for <c>--http.port</c>), what that leaves out from the
/// file that <c>--config</c> or <c>CHAIN_CONFIG</c> names, and the rest is the default. The values found are given to the command as flags, so that each is read and checked in one place.
/// </summary>
public sealed partial class EffectiveOptions
{
    /// <summary>What environment names begin with.</summary>
    public const string Prefix = "CHAIN_";

    private const string ConfigFlag = "--config";

    /// <summary>Variables of this project's scripts and tests.</summary>
    private static readonly string[] OtherVariables = ["CHAIN_NATIVE_DIR", "CHAIN_ETHEREUM_TESTS", "CHAIN_CRASH_KILLS", "CHAIN_CRASH_SEED", "CHAIN_MIRROR_SEQUENCES", "CHAIN_MIRROR_SEED"];

    private readonly Dictionary<string, string> _origins;

    private EffectiveOptions(ParseResult result, Dictionary<string, string> origins, IReadOnlyList<string> warnings)
    {
        Result = result;
        _origins = origins;
        Warnings = warnings;
    }

    /// <summary>What was left out and is no mistake of the user's: one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The command line with what was added.</summary>
    public ParseResult Result { get; }

    /// <summary>The option that makes a command one whose options are read from the environment and a file too.</summary>
    public static Option<string?> CreateConfigOption() => new SettingsFileOption
    {
        Description = "File of settings, TOML or (named *.json) JSON: keys are the flags without their dashes. A flag wins over the environment (CHAIN_HTTP_PORT for --http.port), that over the file.",
        HelpName = "FILE",
    };

    /// <summary>Settles the options.</summary>
    /// <param name="root">The program's commands.</param>
    /// <param name="args">The command line.</param>
    /// <param name="environment">Environment variables.</param>
    /// <exception cref="UserException">A flag, a variable or a key is unknown, or the file cannot be read.</exception>
    public static EffectiveOptions Settle(RootCommand root, IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment)
    {
        ParseResult given = root.Parse(args);
        Command command = given.CommandResult.Command;
        CheckFlags(given, command);
        Dictionary<string, string> origins = new(StringComparer.Ordinal);
        if (!IsConfigurable(command)) return new EffectiveOptions(given, origins, []);

        Command[] configurable = [.. root.Subcommands.Where(IsConfigurable)];
        string[] links = [.. environment.Where(IsServiceLink).Select(variable => variable.Key).Order(StringComparer.Ordinal)];
        environment = environment.Where(variable => !links.Contains(variable.Key)).ToDictionary(StringComparer.Ordinal);
        string[] warnings = links.Length == 0 ? [] : [$"{string.Join(", ", links)}: left out, they are Kubernetes' links to a service, not settings (enableServiceLinks: false keeps them out of the pod)."];
        CheckVariables(environment, configurable);
        Dictionary<string, Option> open = command.Options.Where(IsSetting).ToDictionary(option => option.Name, StringComparer.Ordinal);
        foreach (Option option in command.Options)
        {
            if (given.GetResult(option) is { Implicit: false } && open.Remove(option.Name)) origins[option.Name] = "flag";
        }
        List<string> added = [];
        foreach ((string name, Option option) in open.ToArray())
        {
            if (!environment.TryGetValue(VariableOf(name), out string? value)) continue;
            Add(added, option, TakesMany(option) ? value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [value]);
            origins[name] = $"environment {VariableOf(name)}";
            open.Remove(name);
        }
        string? file = given.GetValue<string?>(ConfigFlag) ?? environment.GetValueOrDefault(VariableOf(ConfigFlag));
        if (file is not null && given.GetValue<string?>(ConfigFlag) is null) added.Add($"{ConfigFlag}={file}");
        if (file is not null) AddFile(file, command, configurable, open, added, origins);
        return new EffectiveOptions(added.Count == 0 ? given : root.Parse([.. args, .. added]), origins, warnings);
    }

    /// <summary>Every option of the command with its value and origin, by name.</summary>
    public IReadOnlyList<EffectiveOption> List() =>
    [
        .. Result.CommandResult.Command.Options.Where(option => IsSetting(option) || option.Name == ConfigFlag).OrderBy(option => option.Name, StringComparer.Ordinal)
            .Select(option => new EffectiveOption(option.Name, ValueOf(option), _origins.GetValueOrDefault(option.Name, "default"))),
    ];

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ReadEnvironment()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            string name = (string)entry.Key;
            if (name.StartsWith(Prefix, StringComparison.Ordinal)) variables[name] = (string?)entry.Value ?? "";
        }
        return variables;
    }

    private static bool IsConfigurable(Command command) => command.Options.Any(option => option is SettingsFileOption);

    private static bool IsSetting(Option option) => option.Name is not (ConfigFlag or "--help" or "--version");

    private static bool TakesMany(Option option) => option.ValueType.IsArray;

    private static string VariableOf(string flag) => Prefix + flag.TrimStart('-').ToUpperInvariant().Replace('.', '_').Replace('-', '_');

    private static void CheckFlags(ParseResult given, Command command)
    {
        if (given.UnmatchedTokens.FirstOrDefault(token => token.StartsWith("--", StringComparison.Ordinal)) is not { } token) return;
        // The flags of a command that is not known are not known either: the command is the mistake.
        if (command.Subcommands.Count > 0 && !given.UnmatchedTokens[0].StartsWith("--", StringComparison.Ordinal)) return;
        string flag = token.Split('=', 2)[0];
        throw new UserException($"Unknown flag '{flag}'{NearMatch.Hint(flag, command.Options.Select(option => option.Name), $"'{CommandLineErrors.PathOf(given.CommandResult)} --help' lists the flags")}");
    }

    private static void CheckVariables(IReadOnlyDictionary<string, string> environment, Command[] commands)
    {
        string[] known = [.. commands.SelectMany(command => command.Options).Select(option => VariableOf(option.Name)).Concat(OtherVariables).Distinct()];
        foreach (string name in environment.Keys.Order(StringComparer.Ordinal))
        {
            if (!known.Contains(name)) throw new UserException($"Unknown environment variable '{name}'{NearMatch.Hint(name, known, $"names that begin with {Prefix} are flags, CHAIN_HTTP_PORT for --http.port; unset it")}");
        }
    }

    /// <summary>
    /// True for what Kubernetes puts into the environment about each service of the namespace, under the service's name: a service "chain" gives CHAIN_SERVICE_HOST, CHAIN_SERVICE_PORT_HTTP,
    /// CHAIN_PORT_8545_TCP_ADDR and others. CHAIN_PORT, and CHAIN_HTTP_PORT of a service "chain-http", are told from settings by their value, which is a URL.
    /// </summary>
    private static bool IsServiceLink(KeyValuePair<string, string> variable) => ServiceLinkName().IsMatch(variable.Key) || (variable.Key.EndsWith("_PORT", StringComparison.Ordinal) && ServiceLinkValue().IsMatch(variable.Value));

    [GeneratedRegex("^CHAIN_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$")]
    private static partial Regex ServiceLinkName();

    [GeneratedRegex("^(tcp|udp|sctp)://")]
    private static partial Regex ServiceLinkValue();

    private static void AddFile(string file, Command command, Command[] configurable, Dictionary<string, Option> open, List<string> added, Dictionary<string, string> origins)
    {
        Dictionary<string, Option> all = command.Options.Where(IsSetting).ToDictionary(option => option.Name, StringComparer.Ordinal);
        foreach (ConfigEntry entry in ConfigFile.Read(file))
        {
            string name = "--" + entry.Key;
            string place = entry.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"'{file}', line {entry.Line}") : $"'{file}'";
            if (!all.TryGetValue(name, out Option? option))
            {
                if (configurable.FirstOrDefault(other => other.Options.Any(o => o.Name == name)) is { } other)
                    throw new UserException($"In {place}, '{entry.Key}' is a key of 'chain {other.Name}', not of 'chain {command.Name}'.");
                throw new UserException($"In {place}, unknown key '{entry.Key}'{NearMatch.Hint(entry.Key, all.Keys.Select(key => key[2..]), $"keys are the flags of 'chain {command.Name} --help' without their dashes")}");
            }
            if (entry.Values.Count != 1 && !TakesMany(option)) throw new UserException($"In {place}, '{entry.Key}' takes one value, not {entry.Values.Count}.");
            if (!open.ContainsKey(name)) continue;
            Add(added, option, entry.Values);
            origins[name] = $"file {place}";
        }
    }

    private static void Add(List<string> added, Option option, IReadOnlyList<string> values)
    {
        foreach (string value in values) added.Add($"{option.Name}={value}");
    }

    private string ValueOf(Option option)
    {
        // A mnemonic opens accounts: it is shown nowhere.
        if (option.Name == "--mnemonic" && _origins.ContainsKey(option.Name)) return "(hidden)";
        OptionResult? result = Result.GetResult(option);
        if (result is { Implicit: false } && result.Tokens.Count > 0) return string.Join(',', result.Tokens.Select(token => token.Value));
        object? value = result is { Implicit: false } || option.HasDefaultValue ? Result.CommandResult.GetValue<object?>(option.Name) : null;
        return value switch
        {
            null => DescribedDefault(option),
            string[] many => string.Join(',', many),
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
    }

    /// <summary>Defaults that depend on what the folder holds are told by the option's description.</summary>
    private static string DescribedDefault(Option option)
    {
        const string Mark = "Default: ";
        int at = option.Description?.IndexOf(Mark, StringComparison.Ordinal) ?? -1;
        return at < 0 ? "" : option.Description![(at + Mark.Length)..].TrimEnd('.');
    }

    /// <summary>Told apart from other commands' option of that name, which means another file.</summary>
    private sealed class SettingsFileOption() : Option<string?>(ConfigFlag);
}
