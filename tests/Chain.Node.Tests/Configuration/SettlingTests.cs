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
    [TestCase("dev --in-memory --http.port 0 --http.api eth,debgu", null, "--http.api debgu is no namespace of this node: did you mean 'debug'?")]
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
        Assert.That(code, Is.EqualTo(1), output + error);
        Assert.That(error, Does.Contain(expected).And.Not.Contain("   at "));
    }

    [Test]
    public void Links_of_Kubernetes_to_a_service_are_left_out_with_a_warning()
    {
        // What a pod finds beside services named chain and chain-http.
        (string, string)[] links =
        [
            ("CHAIN_SERVICE_HOST", "10.3.0.7"), ("CHAIN_SERVICE_PORT", "8545"), ("CHAIN_SERVICE_PORT_HTTP", "8545"), ("CHAIN_PORT", "tcp://10.3.0.7:8545"), ("CHAIN_PORT_8545_TCP", "tcp://10.3.0.7:8545"),
            ("CHAIN_PORT_8545_TCP_ADDR", "10.3.0.7"), ("CHAIN_PORT_8545_TCP_PORT", "8545"), ("CHAIN_PORT_8545_TCP_PROTO", "tcp"), ("CHAIN_HTTP_PORT", "tcp://10.3.0.8:80"), ("CHAIN_HTTP_SERVICE_HOST", "10.3.0.8"),
        ];
        (int code, string output, string error) = Run("config show dev", links);
        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Match("--http.port +8545 +default"));
        (_, _, error) = Run("dev --in-memory --http.port 0 --otlp.endpoint nonsense", links);
        Assert.That(error, Does.Contain("CHAIN_HTTP_PORT, CHAIN_HTTP_SERVICE_HOST, CHAIN_PORT, CHAIN_PORT_8545_TCP,").And.Contain("enableServiceLinks").And.Contain("'nonsense' is no URL"), "left out, and the node goes on to its next mistake");
    }

    [TestCase("CHAIN_HTP_PORT=8545")]
    [TestCase("CHAIN_PORT=8545")]
    [TestCase("CHAIN_SERVICE_HOSTS=x")]
    [TestCase("CHAIN_PORT_8545_TPC=x")]
    public void What_only_looks_like_a_link_is_refused(string variable)
    {
        (int code, _, string error) = Run("config show dev", [(variable.Split('=')[0], variable.Split('=')[1])]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.StartWith($"Unknown environment variable '{variable.Split('=')[0]}'"));
    }

    [Test]
    public async Task The_level_of_the_log_changes_while_the_node_runs()
    {
        using TempFolder folder = new();
        string file = folder.File("chain.toml");
        await File.WriteAllTextAsync(file, "log.level = \"warn\"");
        using NodeProcess node = await NodeProcess.StartDevAsync(folder.File("data"), $"--config {file}");
        await node.CallAsync("evm_mine");
        await File.WriteAllTextAsync(file, "log.level = \"loud\"");
        node.Signal("HUP");
        Assert.That(() => node.Output, Does.Contain("--log.level loud is none of").After(10_000, 50));
        Assert.That(node.Output, Does.Not.Contain("block 1 "), "a warning is told, a block not");

        await File.WriteAllTextAsync(file, "log.level = \"info\"");
        node.Signal("HUP");
        Assert.That(() => node.Output, Does.Contain("log level Information").After(10_000, 50));
        await node.CallAsync("evm_mine");
        Assert.That(() => node.Output, Does.Contain("block 2 ").After(10_000, 50));

        Assert.That((await node.CallAsync("admin_changeLogLevel", "WARN")).GetString(), Is.EqualTo("Success"));
        await node.CallAsync("evm_mine");
        await node.CallAsync("admin_changeLogLevel", "INFO");
        await node.CallAsync("evm_mine");
        Assert.That(() => node.Output, Does.Contain("block 4 ").After(10_000, 50));
        Assert.That(node.Output, Does.Not.Contain("block 3 "));
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
