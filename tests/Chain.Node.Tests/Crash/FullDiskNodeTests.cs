using System.Diagnostics;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Types.Transactions;

namespace Chain.Node.Tests.Crash;

/// <summary>A running node whose disk fills up. Needs the right to mount a file system.</summary>
[Platform("Linux")]
public class FullDiskNodeTests
{
    private const int DiskMiB = 480;
    private const int WaitMs = 20_000;

    [Test]
    public async Task A_node_on_a_full_disk_answers_and_goes_on_by_itself_when_there_is_space()
    {
        using TempFolder folder = new();
        if (Run("mount", $"-t tmpfs -o size={DiskMiB}m tmpfs {folder.Path}") != 0) Assert.Ignore("A file system cannot be mounted by this user: run as root to test a full disk.");
        try
        {
            using NodeProcess node = await NodeProcess.StartDevAsync(folder.File("data"));
            await SendAsync(node, 0);
            await WaitAsync(async () => await node.BlockNumberAsync() == 1, "the first block");

            string ballast = folder.File("ballast");
            File.WriteAllBytes(ballast, new byte[200 << 20]);
            string waiting = await SendAsync(node, 1);
            await WaitAsync(() => Task.FromResult(node.Output.Contains("No block could be made", StringComparison.Ordinal)), "the report");
            await Task.Delay(2_500);
            Assert.That(node.Output.Split("No block could be made"), Has.Length.EqualTo(2), "said once");
            Assert.That(node.Output, Does.Contain("bytes are free").And.Contain("Free space on the disk"));
            Assert.That(await node.BlockNumberAsync(), Is.EqualTo(1), "reads go on");
            Assert.That((await node.CallAsync("eth_getTransactionByHash", waiting)).GetProperty("blockHash").ValueKind, Is.EqualTo(JsonValueKind.Null), "the transaction waits");

            File.Delete(ballast);
            await WaitAsync(async () => await node.BlockNumberAsync() == 2, "the block after space was made");
            Assert.That((await node.CallAsync("eth_getTransactionReceipt", waiting)).GetProperty("status").GetString(), Is.EqualTo("0x1"));
            node.Kill();
            (int exitCode, string output, string error) = NodeProcess.Run($"db verify --datadir {folder.File("data")}");
            Assert.That(exitCode, Is.Zero, error);
            Assert.That(output, Does.Contain("No difference."));
        }
        finally
        {
            Run("umount", $"-l {folder.Path}");
        }
    }

    private static async Task<string> SendAsync(NodeProcess node, ulong nonce) => (await node.CallAsync(
        "eth_sendRawTransaction", "0x" + Convert.ToHexStringLower(TransactionCodec.Encode(TestChain.Transfer(0, nonce, Address.FromNumber(0x7000), 1))))).GetString()!;

    private static async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        long deadline = Environment.TickCount64 + WaitMs;
        while (!await condition())
        {
            Assert.That(Environment.TickCount64, Is.LessThan(deadline), what);
            await Task.Delay(20);
        }
    }

    private static int Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
