using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Chain.Node.Tests.Monitoring;

/// <summary>The files under <c>ops/</c> fit the program and their own tools.</summary>
public sealed class OpsFilesTests
{
    private static readonly string Ops = Path.Combine(MonitoringTests.RepositoryRoot(), "ops");

    [Test]
    public void The_sample_settings_are_known_keys()
    {
        (int code, string output, string error) = NodeProcess.Run($"config show run --config {Path.Combine(Ops, "chain.toml")}");
        Assert.That(code, Is.Zero, error);
        Assert.That(Regex.Count(output, "chain.toml', line"), Is.EqualTo(12));
    }

    [Test]
    public void The_settings_in_the_manifest_are_known_and_so_are_the_flags_of_unit_and_manifest()
    {
        using TempFolder folder = new();
        string manifest = File.ReadAllText(Path.Combine(Ops, "kubernetes", "chain.yaml"));
        Assert.That(manifest, Does.Contain("enableServiceLinks: false"), "the variables of links begin as the node's settings do");
        string toml = Regex.Match(manifest, @"chain\.toml: \|\n((    .*\n)+)").Groups[1].Value;
        File.WriteAllText(folder.File("chain.toml"), toml);
        string arguments = Regex.Match(manifest, @"args: \[(.*)\]").Groups[1].Value.Replace("\"", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace("/config/chain.toml", folder.File("chain.toml"), StringComparison.Ordinal);
        (int code, string output, string error) = NodeProcess.Run($"config show {arguments}");
        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain("/secret/jwt.hex").And.Contain("/data"));

        string unit = File.ReadAllText(Path.Combine(Ops, "systemd", "defactor-chain.service"));
        string line = Regex.Match(unit, @"ExecStart=\S+ (.*)").Groups[1].Value.Replace("/etc/defactor-chain/chain.toml", folder.File("chain.toml"), StringComparison.Ordinal);
        Assert.That(NodeProcess.Run($"config show {line}").ExitCode, Is.Zero);
    }

    [Test]
    public void The_variables_of_the_image_are_known()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Ops, "docker", "Dockerfile"));
        (string, string)[] variables = [.. lines.Select(line => Regex.Match(line, @"(CHAIN_[A-Z_]+)=(\S+)")).Where(match => match.Success).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];
        Assert.That(variables, Has.Length.EqualTo(4));
        ProcessStartInfo start = new("dotnet", $"{typeof(UserException).Assembly.Location} config show run") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(Regex.Count(output, "environment CHAIN_"), Is.EqualTo(variables.Length));
        Assert.That(lines.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)), Is.EqualTo(3), "built in stages");
        Assert.That(lines, Has.Some.StartsWith("USER 10001").And.Some.StartsWith("HEALTHCHECK"));
    }

    [Test]
    public void The_dashboard_is_whole()
    {
        JsonElement dashboard = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Ops, "grafana", "defactor-chain.json"))).RootElement;
        JsonElement[] panels = [.. dashboard.GetProperty("panels").EnumerateArray()];
        Assert.That(panels.Select(panel => panel.GetProperty("id").GetInt32()), Is.Unique);
        foreach (JsonElement panel in panels.Where(panel => panel.GetProperty("type").GetString() != "row"))
        {
            Assert.That(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString(), Is.Not.Empty);
            Assert.That(panel.GetProperty("targets").GetArrayLength(), Is.Positive);
            JsonElement place = panel.GetProperty("gridPos");
            Assert.That(place.GetProperty("x").GetInt32() + place.GetProperty("w").GetInt32(), Is.LessThanOrEqualTo(24));
        }
    }

    [TestCase("promtool", "check rules alerts.yml")]
    [TestCase("promtool", "test rules alerts_test.yml")]
    [TestCase("promtool", "check config prometheus.yml")]
    public void Prometheus_takes_the_rules(string tool, string arguments) => RunTool(tool, arguments, Path.Combine(Ops, "prometheus"));

    [Test]
    public void Systemd_takes_the_unit()
    {
        using TempFolder folder = new();
        string unit = File.ReadAllText(Path.Combine(Ops, "systemd", "defactor-chain.service"));
        // The program is not installed here; a program that is stands for it.
        File.WriteAllText(folder.File("defactor-chain.service"), unit.Replace("/opt/defactor-chain/chain", "/bin/true", StringComparison.Ordinal));
        Assert.That(RunTool("systemd-analyze", $"verify {folder.File("defactor-chain.service")}", folder.Path), Does.Not.Contain("defactor-chain.service:"));
    }

    private static string RunTool(string tool, string arguments, string folder)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, tool)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Ignore($"{tool} is not installed here: apt-get install {(tool == "promtool" ? "prometheus" : "systemd")}");
        using Process process = Process.Start(new ProcessStartInfo(path!, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);
        return output;
    }
}
