using System.Diagnostics;

namespace Chain.Node.Tests.Configuration;

/// <summary>Flag before environment before file before default, on the real program.</summary>
public sealed class SettlingTests
{
    [Test]
    public void Each_source_wins_over_the_next_and_is_named()
    {
        using TempFolder folder = new();
        string file = folder.File("chain.toml");
        File.WriteAllText(file, "[http]\nport = 1001\nvhosts = [\"a\", \"b\"]\nbody-limit = 2000\n[ws]\nping = 3000\n");
        Dictionary<string, string> shown = Show($"run --config {file} --http.port 1003", ("CHAIN_HTTP_PORT", "1002"), ("CHAIN_HTTP_BODY_LIMIT", "4000"));
        Assert.That(shown["--http.port"], Is.EqualTo("1003 flag"));
        Assert.That(shown["--http.body-limit"], Is.EqualTo("4000 environment CHAIN_HTTP_BODY_LIMIT"));
        Assert.That(shown["--ws.ping"], Is.EqualTo($"3000 file '{file}', line 6"));
        Assert.That(shown["--http.vhosts"], Does.StartWith("a,b file"));
        Assert.That(shown["--rpc.filters"], Is.EqualTo("10000 default"));
        Assert.That(Show("run", ("CHAIN_CONFIG", file))["--http.port"], Does.StartWith("1001 file"), "the file by the environment");
    }

    [Test]
    public void A_mnemonic_is_not_shown() =>
        Assert.That(Show("dev", ("CHAIN_MNEMONIC", "test test test test test test test test test test test junk"))["--mnemonic"], Is.EqualTo("(hidden) environment CHAIN_MNEMONIC"));

    [TestCase("dev --htpp.port 1", null, "Unknown flag '--htpp.port': did you mean '--http.port'?")]
    [TestCase("run --http.prot=1", null, "Unknown flag '--http.prot': did you mean '--http.port'?")]
    [TestCase("run --zzzzzzzz 1", null, "'chain run --help' lists the flags")]
    [TestCase("dev", "CHAIN_HTP_PORT=1", "Unknown environment variable 'CHAIN_HTP_PORT': did you mean 'CHAIN_HTTP_PORT'?")]
    [TestCase("run --config FILE", "http.prot = 1", "unknown key 'http.prot': did you mean 'http.port'?")]
    [TestCase("dev --config FILE", "authrpc.port = 1", "is a key of 'chain run', not of 'chain dev'")]
    [TestCase("run --config FILE", "http.port = [1, 2]", "takes one value, not 2")]
    [TestCase("run --config FILE", "log.level = \"loud\"", "--log.level loud is none of")]
    [TestCase("run --config FILE --genesis none.json", "rpc.heavy-calls = 0", "--rpc.heavy-calls 0 is out of range: 1 to 1000.")]
    [TestCase("dev --in-memory --ipc", null, "--ipcpath")]
    [TestCase("dev --in-memory --http.port 0 --rpc.deny debgu_*", null, "'debgu_*'")]
    [TestCase("dev --in-memory --http.port 0 --http.keys /nowhere.json", null, "/nowhere.json")]
    [TestCase("dev --in-memory --http.port 0 --http.tls-cert /nowhere.pem", null, "--http.tls-cert '/nowhere.pem'")]
    [TestCase("dev --in-memory --http.port 0 --otlp.endpoint nonsense", null, "--otlp.endpoint 'nonsense' is no URL")]
    public void Mistakes_are_one_sentence_with_the_remedy(string arguments, string? source, string expected)
    {
        using TempFolder folder = new();
        string file = folder.File("c.toml");
        List<(string, string)> environment = [];
        if (source is not null && source.StartsWith("CHAIN_", StringComparison.Ordinal)) environment.Add((source.Split('=')[0], source.Split('=')[1]));
        else File.WriteAllText(file, source ?? "");
        (int code, string output, string error) = Run(arguments.Replace("FILE", file, StringComparison.Ordinal) + (arguments.StartsWith("run", StringComparison.Ordinal) ? $" --datadir {folder.Path}" : ""), environment);
        Assert.That((code, error.Trim()), Is.EqualTo((1, error.Trim())), output);
        Assert.That(error, Does.Contain(expected).And.Not.Contain("   at "));
    }

    private static Dictionary<string, string> Show(string arguments, params (string, string)[] environment)
    {
        (int code, string output, string error) = Run("config show " + arguments, environment);
        Assert.That(code, Is.Zero, error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(
            line => line.Split(' ')[0], line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]));
    }

    private static (int Code, string Output, string Error) Run(string arguments, IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new("dotnet", $"{typeof(UserException).Assembly.Location} {arguments}") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(60_000))
        {
            process.Kill();
            Assert.Fail($"'{arguments}' did not end");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
