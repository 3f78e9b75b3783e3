using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Commands;

namespace Chain.Node.Operators;

/// <summary>A command of officers and operators: the node it asks, the account that signs, and how it answers.</summary>
internal sealed class OperatorCommand
{
    private const int TimeoutSecondsMax = 86_400;

    private readonly Option<string> _url = new("--rpc-url") { Description = "JSON-RPC of any node of the chain.", DefaultValueFactory = _ => "http://127.0.0.1:8545", HelpName = "URL" };
    private readonly Option<bool> _json = new("--json") { Description = "Answer in JSON." };
    private readonly Option<int> _timeout = new("--timeout") { Description = "Longest wait for a block.", DefaultValueFactory = _ => 60, HelpName = "SECONDS" };
    private readonly bool _signs;

    public OperatorCommand(string name, string description, bool signs)
    {
        _signs = signs;
        Command = new Command(name, description) { _url, _json };
        if (!signs) return;
        Command.Add(_timeout);
        Accounts.AddTo(Command);
    }

    public Command Command { get; }

    public AccountOptions Accounts { get; } = new();

    public OperatorCommand With(params Symbol[] symbols)
    {
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument) Command.Add(argument);
            else Command.Add((Option)symbol);
        }
        return this;
    }

    /// <summary>What the command does; its failures become one sentence and exit code 1.</summary>
    public Command Does(Func<OperatorRun, int> action)
    {
        Command.SetAction(result => UserErrors.Guard(() =>
        {
            using NodeClient node = new(result.GetValue(_url)!);
            using StopSignal stop = new();
            int timeout = _signs ? result.GetValue(_timeout) : 1;
            if (timeout is < 1 or > TimeoutSecondsMax) throw new UserException($"--timeout {timeout} is out of range: 1 to {TimeoutSecondsMax} seconds.");
            return action(new OperatorRun(result, node, Accounts, timeout, result.GetValue(_json), stop.Token));
        }));
        return Command;
    }
}

/// <summary>One run of such a command.</summary>
internal sealed record OperatorRun(ParseResult Arguments, NodeClient Node, AccountOptions Accounts, int TimeoutSeconds, bool IsJson, CancellationToken Stop)
{
    public T Get<T>(Argument<T> argument) => Arguments.GetValue(argument)!;

    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    /// <summary>Sends one call and tells how it went.</summary>
    public int Send(in Address module, string what, string signature, params AbiValue[] arguments)
    {
        OperatorAccount account = Accounts.Read(Arguments);
        SentTransaction sent = new TransactionSender(Node, account, TimeoutSeconds).Send(module, AbiValue.Call(signature, arguments), Stop);
        Answer(what, sent);
        return 0;
    }

    /// <summary>Tells of a transaction.</summary>
    public void Answer(string what, SentTransaction sent, params (string Name, JsonNode? Value)[] more)
    {
        JsonObject json = new() { ["transactionHash"] = sent.Hash.ToString(), ["blockNumber"] = sent.BlockNumber, ["gasUsed"] = sent.GasUsed };
        foreach ((string name, JsonNode? value) in more) json[name] = value;
        Answer(json, () => Console.WriteLine($"{what}: block {sent.BlockNumber}, {sent.GasUsed.ToString("N0", CultureInfo.InvariantCulture)} gas, transaction {sent.Hash}"));
    }

    /// <summary>Writes JSON, or the text.</summary>
    public void Answer(JsonNode json, Action text)
    {
        if (IsJson) Console.WriteLine(JsonSerializer.Serialize(json, NodeJson.Default.JsonNode));
        else text();
    }
}

/// <summary>Reads what users type.</summary>
internal static class UserText
{
    public static Address Address(string text, string what) =>
        Core.Primitives.Address.TryParse(text, out Address address) ? address : throw new UserException($"{what} '{text}' is not an address: 0x and 40 hex digits are expected.");

    public static Hash256 Hash(string text, string what) =>
        Hash256.TryParse(text, out Hash256 hash) ? hash : throw new UserException($"{what} '{text}' is not 32 bytes: 0x and 64 hex digits are expected.");

    /// <summary>32 bytes in hex, or a text whose UTF-8 fits into them, right-padded.</summary>
    public static Hash256 NameOrHash(string text, string what)
    {
        if (Hash256.TryParse(text, out Hash256 hash)) return hash;
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        if (bytes.Length > Hash256.SizeBytes || text.StartsWith("0x", StringComparison.Ordinal)) throw new UserException($"{what} '{text}' is neither 32 bytes in hex nor a text of up to 32 bytes.");
        byte[] padded = new byte[Hash256.SizeBytes];
        bytes.CopyTo(padded, 0);
        return new Hash256(padded);
    }

    /// <summary>Seconds since the Unix epoch, or a date such as 2027-06-30 (UTC).</summary>
    public static ulong Time(string text, string what)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds)) return seconds;
        bool isDate = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date);
        return isDate && date >= DateTimeOffset.UnixEpoch ? (ulong)date.ToUnixTimeSeconds() : throw new UserException($"{what} '{text}' is no time: seconds since 1970 or a date like 2027-06-30 is expected.");
    }

    public static string Date(ulong seconds) => seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        ? "never"
        : DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
