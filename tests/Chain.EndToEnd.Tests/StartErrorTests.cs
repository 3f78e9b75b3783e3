using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Chain.EndToEnd.Tests.Harness;
using Chain.Storage;
using Chain.Storage.Engines;
using Chain.Storage.RocksDb;

namespace Chain.EndToEnd.Tests;

/// <summary>Starts that cannot succeed: one sentence with the value and the remedy, exit code 1, nothing changed.</summary>
public sealed class StartErrorTests
{
    private TemporaryFolder _folder = null!;

    /// <summary>Exit code 1 and one line of text, without a stack trace, that holds all the words.</summary>
    internal static void AssertOneSentence(ToolResult result, params string[] words)
    {
        string text = result.Errors.Trim();
        Assert.That(result.ExitCode, Is.EqualTo(1), result.All);
        Assert.That(text.Split('\n'), Has.Length.EqualTo(1), text);
        Assert.That(text, Does.Not.Contain("   at ").And.Not.Contain("Exception"));
        Assert.That(result.Output, Does.Not.Contain("Listening on"));
        foreach (string word in words) Assert.That(text, Does.Contain(word).IgnoreCase);
    }

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task A_port_in_use()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        AssertOneSentence(await NodeProcess.RunToEndAsync("dev", "--in-memory", "--http.port", $"{port}"), $"{port}", "in use", "--http.port");
    }

    [TestCase("--chain-id", "7")]
    [TestCase("--fork", "Prague")]
    [TestCase("--balance", "1")]
    [TestCase("--accounts", "11")]
    [TestCase("--compliance-mode", "1")]
    public async Task A_folder_of_another_chain(string flag, string value)
    {
        await MakeChainAsync();
        AssertOneSentence(await DevAsync("--datadir", _folder.Path, flag, value), "--datadir", "another genesis");
        await using NodeProcess untouched = await NodeProcess.InFolderAsync(_folder.Path);
        Assert.That(await untouched.Rpc.NumberAsync("eth_chainId"), Is.EqualTo(31_337));
    }

    [Test]
    public async Task A_folder_of_another_genesis_file()
    {
        await MakeChainAsync();
        string genesis = _folder.Write("other.json", """{"config":{"chainId":9},"alloc":{}}""");
        AssertOneSentence(await DevAsync("--datadir", _folder.Path, "--genesis", genesis), genesis, "another genesis", "--datadir");
    }

    [Test]
    public async Task A_folder_of_a_newer_schema()
    {
        await MakeChainAsync();
        using (RocksDbStore store = RocksDbStore.Open(_folder.File("db")))
        using (IWriteBatch batch = store.CreateBatch())
        {
            batch.Put(Column.Meta, Schema.MetaVersion, [0, 0, 0, 99]);
            batch.Commit(sync: true);
        }
        AssertOneSentence(await DevAsync("--datadir", _folder.Path), "schema version 99", "newer version");
    }

    [Test]
    public async Task A_folder_that_is_a_file()
    {
        string file = _folder.Write("file", "");
        AssertOneSentence(await DevAsync("--datadir", file), file, "--datadir");
        AssertOneSentence(await DevAsync("--datadir", Path.Combine(file, "sub")), file, "--datadir");
    }

    [Test]
    public async Task A_read_only_folder()
    {
        string path = _folder.File("closed");
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] start = ["dotnet", Repository.Program, "dev", "--http.port", "0", "--datadir", path];
        // Root may write anywhere; without this capability it may not.
        if (Environment.UserName == "root") start = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-all", .. start];
        AssertOneSentence(await Tools.RunAsync(start[0], start[1..], Path.GetTempPath()), path, "cannot be written", "--datadir");
    }

    [TestCase("dev.json", "{", "dev.json")]
    [TestCase("genesis.json", "{", "stored genesis")]
    [TestCase("genesis.json", "{}", "stored genesis")]
    public async Task A_damaged_file_of_the_folder(string name, string text, string expected)
    {
        await MakeChainAsync();
        _folder.Write(name, text);
        AssertOneSentence(await DevAsync("--datadir", _folder.Path), expected);
    }

    [TestCase("""{"config":{"chainId":1,"prageTime":0},"alloc":{}}""", "prageTime")]
    [TestCase("""{"config":{"chainId":1},"alocation":{}}""", "alocation")]
    [TestCase("""{"config":{"chainId":1,"homesteadBlock":0,"cancunTime":5,"shanghaiTime":10},"alloc":{}}""", "shanghaiTime")]
    [TestCase("""{"config":{"chainId":1,"londonBlock":5,"berlinBlock":10},"alloc":{}}""", "berlinBlock")]
    [TestCase("""{"config":{},"alloc":{}}""", "chainId")]
    [TestCase("""{"config":{"chainId":"x"},"alloc":{}}""", "chainId")]
    [TestCase("""{"alloc":{}}""", "config")]
    [TestCase("""{"config":{"chainId":1},"alloc":{"0x12":{"balance":"1"}}}""", "0x12")]
    [TestCase("""{"config":{"chainId":1},"alloc":{"0000000000000000000000000000000000000001":{"balance":"-1"}}}""", "balance")]
    [TestCase("""{"config":{"chainId":1},"gasLimit":"0x10000000000000000","alloc":{}}""", "gasLimit")]
    [TestCase("not json", "JSON")]
    [TestCase("", "JSON")]
    [TestCase("[]", "genesis")]
    public async Task A_genesis_file_with_a_mistake(string genesis, string expected)
    {
        string path = _folder.Write("genesis.json", genesis);
        AssertOneSentence(await DevAsync("--in-memory", "--genesis", path), expected, path);
    }

    [Test]
    public async Task A_genesis_file_without_the_contracts_that_its_fork_calls()
    {
        string path = _folder.Write("genesis.json", GenesisFiles.Prague);
        AssertOneSentence(await DevAsync("--in-memory", "--genesis", path), "system contracts", "alloc");
    }

    [Test]
    public async Task A_genesis_file_that_is_not_there() => AssertOneSentence(await DevAsync("--in-memory", "--genesis", "/nowhere/genesis.json"), "/nowhere/genesis.json");

    [TestCase("--chain-id", "0")]
    [TestCase("--chain-id", "-1")]
    [TestCase("--chain-id", "abc")]
    [TestCase("--fork", "Londn")]
    [TestCase("--fork", "3")]
    [TestCase("--gas-limit", "100")]
    [TestCase("--gas-limit", "1e6")]
    [TestCase("--gas-limit", "18446744073709551615")]
    [TestCase("--base-fee", "-1")]
    [TestCase("--base-fee", "1gwei")]
    [TestCase("--accounts", "0")]
    [TestCase("--accounts", "1001")]
    [TestCase("--balance", "-5")]
    [TestCase("--balance", "1.5")]
    [TestCase("--mnemonic", "test test test")]
    [TestCase("--mnemonic", "")]
    [TestCase("--compliance-mode", "3")]
    [TestCase("--compliance-mode", "x")]
    [TestCase("--block-time", "0")]
    [TestCase("--block-time", "-1")]
    [TestCase("--block-time", "NaN")]
    [TestCase("--block-time", "1s")]
    [TestCase("--block-time", "1000000000")]
    [TestCase("--http.port", "65536")]
    [TestCase("--http.port", "-1")]
    [TestCase("--http.port", "http")]
    [TestCase("--http.addr", "300.1.1.1")]
    [TestCase("--http.addr", "203.0.113.7")]
    [TestCase("--rpc.gascap", "1")]
    public async Task A_wrong_value_of_a_flag(string flag, string value)
    {
        ToolResult result = await NodeProcess.RunToEndAsync("dev", "--in-memory", flag, value);
        // A value that is a secret, or that no reader can miss, is not repeated.
        string expected = flag == "--mnemonic" ? "mnemonic" : value;
        AssertOneSentence(result, flag, expected);
    }

    [TestCase("--in-memory", "--datadir", "/tmp/x")]
    [TestCase("--in-memory", "--no-mining", "--block-time", "1")]
    [TestCase("--in-memory", "--fork", "Paris", "--compliance-mode", "2")]
    [TestCase("--in-memory", "--genesis", "/tmp/x", "--chain-id", "5")]
    public async Task Flags_that_exclude_each_other(params string[] flags) => AssertOneSentence(await DevAsync(flags), flags[^2]);

    [TestCase("--blocktime", "--block-time")]
    [TestCase("--inmemory", "--in-memory")]
    [TestCase("--http.prt", "--http.port")]
    public async Task An_unknown_flag_is_shown_with_the_nearest_one(string flag, string near)
    {
        ToolResult result = await NodeProcess.RunToEndAsync("dev", flag);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.All, Does.Contain(flag).And.Contain(near));
        Assert.That(result.All.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.LessThan(6), result.All);
    }

    [TestCase("dve")]
    [TestCase("")]
    public async Task An_unknown_verb_is_an_error(string verb) => Assert.That((await NodeProcess.RunToEndAsync(verb)).ExitCode, Is.EqualTo(1));

    [Test]
    public async Task Every_flag_that_a_message_names_exists()
    {
        string help = (await NodeProcess.RunToEndAsync("dev", "--help")).Output;
        string[] named =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
                .SelectMany(path => Regex.Matches(File.ReadAllText(path), "--(?:http|ws|rpc)\\.[a-z-]+"))
                .Select(match => match.Value).Distinct(),
        ];
        Assert.That(named.Where(flag => !help.Contains($"{flag} ", StringComparison.Ordinal)), Is.Empty);
    }

    private static Task<ToolResult> DevAsync(params string[] flags) => NodeProcess.RunToEndAsync(["dev", "--http.port", "0", .. flags]);

    private async Task MakeChainAsync()
    {
        await using NodeProcess node = await NodeProcess.InFolderAsync(_folder.Path);
        await node.StopAsync();
    }
}
