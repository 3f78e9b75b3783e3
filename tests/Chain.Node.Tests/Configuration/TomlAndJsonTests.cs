using Chain.Node.Configuration;

namespace Chain.Node.Tests.Configuration;

/// <summary>What a file of settings may look like, and what is said of one that does not.</summary>
public sealed class TomlAndJsonTests
{
    private const string Toml = """
        # a comment
        gas-limit = 30_000_000 # another
        quiet = true
        "http.port" = 1
        [http]
        addr = "a # b \"c\" \u0041"
        vhosts = ["x", # inside
          'y\n',
        ]
        [rpc.more] # tables may be dotted
        x.y = 0x10
        price = -1.5
        empty = []
        """;

    [Test]
    public void Toml_and_json_give_the_same_entries()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.File("a.toml"), Toml);
        File.WriteAllText(folder.File("a.json"), """
            { "gas-limit": 30000000, "quiet": true, "http.port": 1, "http": { "addr": "a # b \"c\" A", "vhosts": ["x", "y\\n"] }, "rpc": { "more": { "x": { "y": 16 }, "price": -1.5, "empty": [] } } }
            """);
        (string Key, string Values)[] expected =
        [
            ("gas-limit", "30000000"), ("quiet", "true"), ("http.port", "1"), ("http.addr", "a # b \"c\" A"), ("http.vhosts", "x|y\\n"), ("rpc.more.x.y", "16"), ("rpc.more.price", "-1.5"), ("rpc.more.empty", ""),
        ];
        Assert.That(Read(folder.File("a.toml")), Is.EqualTo(expected));
        Assert.That(Read(folder.File("a.json")), Is.EqualTo(expected));
        Assert.That(ConfigFile.Read(folder.File("a.toml"))[3].Line, Is.EqualTo(6));
    }

    [TestCase("a.toml", "a = 1\nb 2", "line 2")]
    [TestCase("a.toml", "a = nonsense", "line 1: 'nonsense' is no value")]
    [TestCase("a.toml", "a = \"x", "does not end")]
    [TestCase("a.toml", "a = \"\\q\"", "no escape")]
    [TestCase("a.toml", "a = [1, 2", "list")]
    [TestCase("a.toml", "[[a]]\n", "lists of tables")]
    [TestCase("a.toml", "a = 1 2", "stands after")]
    [TestCase("a.toml", "a = 1\n\na = 2", "'a' stands twice, again on line 3")]
    [TestCase("a.toml", "a =", "a value is expected")]
    [TestCase("a.json", "{\"a\": null}", "'a'")]
    [TestCase("a.json", "[]", "no JSON object")]
    [TestCase("a.json", "{", "not JSON at line 1")]
    public void What_is_not_understood_is_named(string name, string text, string expected)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.File(name), text);
        Assert.That(Assert.Throws<UserException>(() => ConfigFile.Read(folder.File(name)))!.Message, Does.Contain(expected));
    }

    [Test]
    public void A_missing_file_is_named() =>
        Assert.That(Assert.Throws<UserException>(() => ConfigFile.Read("/nowhere/chain.toml"))!.Message, Does.Contain("/nowhere/chain.toml"));

    private static (string, string)[] Read(string path) => [.. ConfigFile.Read(path).Select(entry => (entry.Key, string.Join('|', entry.Values)))];
}
