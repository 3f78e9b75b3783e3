using System.Text.Json;
using Chain.Rpc.Ports;

namespace Chain.Rpc.Tests;

/// <summary>The namespace admin with what the program lends, and without.</summary>
public sealed class AdminTests
{
    [Test]
    public async Task Without_ports_the_methods_say_what_is_missing()
    {
        await using DevStory dev = DevStory.Start();
        Assert.That((await dev.ErrorAsync("admin_peers")).Message, Does.Contain("without peers"));
        Assert.That((await dev.ErrorAsync("admin_exportChain", "[\"x\"]")).Message, Does.Contain("--datadir"));
        Assert.That((await dev.ErrorAsync("admin_changeLogLevel", "[\"INFO\"]")).Message, Does.Contain("cannot be changed"));
        Assert.That((await dev.ResultAsync("admin_datadir")).ValueKind, Is.EqualTo(JsonValueKind.Null));
        JsonElement info = await dev.ResultAsync("admin_nodeInfo");
        Assert.That(info.GetProperty("protocols").GetProperty("eth").GetProperty("network").GetInt32(), Is.EqualTo(31_337));
    }

    [Test]
    public async Task Files_stay_inside_the_data_folder()
    {
        string folder = Directory.CreateTempSubdirectory("chain-admin-").FullName;
        try
        {
            Files files = new();
            await using DevStory dev = DevStory.Start(new NodePorts { Files = files, DataFolder = folder });
            foreach (string outside in (string[])["../x", "/etc/passwd", folder + "-other/x", "a/../../x"])
                Assert.That((await dev.ErrorAsync("admin_exportChain", $"[\"{outside}\"]")).Message, Does.Contain("outside of the data folder"), outside);
            foreach (string own in (string[])["upgrade.json", "db/CURRENT"]) Assert.That((await dev.ErrorAsync("admin_exportChain", $"[\"{own}\"]")).Message, Does.Contain(".rlp"), own);
            Assert.That((await dev.ErrorAsync("admin_exportChain", "[\"\"]")).Code, Is.EqualTo(-32602));
            Assert.That((await dev.ResultAsync("admin_exportChain", "[\"x.rlp\",\"0x1\",5]")).GetBoolean(), Is.True);
            Assert.That(files.Exported, Is.EqualTo((Path.Combine(folder, "x.rlp"), 1UL, 5UL)));
            await File.WriteAllTextAsync(Path.Combine(folder, "y.rlp"), "");
            Assert.That((await dev.ErrorAsync("admin_exportChain", "[\"y.rlp\"]")).Message, Does.StartWith("location would overwrite an existing file"));
            Assert.That((await dev.ResultAsync("admin_importChain", "[\"y.rlp\"]")).GetBoolean(), Is.True);
            Assert.That((await dev.ErrorAsync("admin_importChain", "[\"z.rlp\"]")).Message, Does.Contain("there is no file"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task The_level_of_the_log_is_changed_by_name()
    {
        Log log = new();
        await using DevStory dev = DevStory.Start(new NodePorts { Log = log });
        Assert.That(await dev.TextAsync("admin_changeLogLevel", "[\"DEBUG\"]"), Is.EqualTo("Success"));
        Assert.That(log.Level, Is.EqualTo("DEBUG"));
        Assert.That((await dev.ErrorAsync("admin_changeLogLevel", "[\"LOUD\"]")).Message, Does.Contain("is none of DEBUG, INFO, WARN"));
        await dev.ResultAsync("hardhat_setLoggingEnabled", "[false]");
        Assert.That(log.Level, Is.EqualTo("WARN"));
    }

    private sealed class Files : IChainFiles
    {
        public (string, ulong, ulong) Exported { get; private set; }

        public string? Export(string path, ulong first, ulong last, CancellationToken cancellation)
        {
            Exported = (path, first, last);
            return null;
        }

        public string? Import(string path, CancellationToken cancellation) => null;
    }

    private sealed class Log : ILogLevelControl
    {
        public IReadOnlyList<string> Levels => ["DEBUG", "INFO", "WARN"];

        public string Level { get; private set; } = "INFO";

        public bool TrySet(string level)
        {
            if (!Levels.Contains(level)) return false;
            Level = level;
            return true;
        }
    }
}
