using System.Text.RegularExpressions;
using Chain.EndToEnd.Tests.Harness;

namespace Chain.EndToEnd.Tests;

/// <summary>forge with the pinned compiler, which needs no download, over HTTP and WebSocket, with blocks at once and every second.</summary>
[TestFixture("instant")]
[TestFixture("1")]
public sealed partial class ForgeTests(string blockTime)
{
    private const string Script = """
        // SPDX-License-Identifier: Apache-2.0
        pragma solidity 0.8.30;

        import {Ledger} from "../src/Ledger.sol";

        interface Vm {
            function startBroadcast() external;
            function stopBroadcast() external;
        }

        contract Deploy {
            Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
            bool public constant IS_SCRIPT = true;

            function run() external returns (Ledger ledger) {
                VM.startBroadcast();
                ledger = new Ledger(5);
                ledger.record(1, 11, "one");
                ledger.record(2, 22, "two");
                VM.stopBroadcast();
            }
        }
        """;

    private TemporaryFolder _project = null!;
    private NodeProcess _node = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Tools.RequirePackages(Repository.Clients);
        _project = new TemporaryFolder();
        Directory.CreateDirectory(_project.File("src"));
        Directory.CreateDirectory(_project.File("script"));
        File.Copy(Path.Combine(Repository.Clients, "Ledger.sol"), _project.File("src/Ledger.sol"));
        _project.Write("script/Deploy.s.sol", Script);
        string compiler = _project.Write("solc", $"#!/bin/sh\nexec '{Tools.Node}' '{Repository.Clients}/solc.mjs' \"$@\"\n");
        File.SetUnixFileMode(compiler, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _project.Write("foundry.toml", $"[profile.default]\nsolc = \"{compiler}\"\nevm_version = \"prague\"\noffline = true\n");
        _node = await NodeProcess.InMemoryAsync(BlockTimes.Flags(blockTime));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_node is not null) await _node.DisposeAsync();
        _project?.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Forge_create_deploys(bool overWebSocket)
    {
        string output = await ForgeAsync("create", "src/Ledger.sol:Ledger", "--broadcast", "--rpc-url", overWebSocket ? _node.WebSocketUrl : _node.Url, "--private-key", DevWallet.KeyText(2), "--constructor-args", "9");
        string address = DeployedTo().Match(output).Groups[1].Value;
        Assert.That((await _node.Rpc.CallAsync("eth_getCode", address, "latest")).GetString(), Does.StartWith("0x6080"));
    }

    [TestCase("--slow", false)]
    [TestCase("--legacy", false)]
    [TestCase("--slow", true)]
    public async Task Forge_script_deploys_and_calls(string flag, bool overWebSocket)
    {
        ulong before = await _node.Rpc.NumberAsync("eth_getTransactionCount", DevWallet.Address(3), "latest");
        string output = await ForgeAsync("script", "script/Deploy.s.sol", "--broadcast", flag, "--rpc-url", overWebSocket ? _node.WebSocketUrl : _node.Url, "--private-key", DevWallet.KeyText(3));
        Assert.That(output, Does.Contain("ONCHAIN EXECUTION COMPLETE & SUCCESSFUL."));
        Assert.That(await _node.Rpc.NumberAsync("eth_getTransactionCount", DevWallet.Address(3), "latest"), Is.EqualTo(before + 3));
    }

    [GeneratedRegex("Deployed to: (0x[0-9a-fA-F]{40})")]
    private static partial Regex DeployedTo();

    private async Task<string> ForgeAsync(params string[] arguments)
    {
        ToolResult result = await Tools.RunAsync(Tools.Forge, arguments, _project.Path);
        Assert.That(result.ExitCode, Is.Zero, result.All);
        return result.Output;
    }
}
