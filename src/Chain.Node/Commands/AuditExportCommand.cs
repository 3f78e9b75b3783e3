using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain kyc export-audit</c>: entries of the audit log with their proofs, into a file that anyone can verify offline.</summary>
internal static class AuditExportCommand
{
    private const ulong BlocksPerRequest = 10_000;
    private const int EntriesPerRequest = 1_000;
    private const int ProofsPerRequest = 50;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "File to write, one JSON object a line." };
        Option<ulong> from = new("--from") { Description = "First block.", HelpName = "N" };
        Option<ulong?> to = new("--to") { Description = "Last block, and the block whose state the proofs end in. Default: the head.", HelpName = "N" };
        return new OperatorCommand("export-audit", """
            Exports entries of the audit log with their proofs, all anchored in the state root of one block.

            Examples:
              chain kyc export-audit log.jsonl
              chain kyc export-audit year.jsonl --from 120000 --to 240000 --rpc-url http://node:8545
            """, signs: false).With(file, from, to).Does(run =>
        {
            ulong head = NodeClient.Number(run.Node.Call("eth_blockNumber"));
            ulong first = run.Get(from);
            ulong last = run.Get(to) ?? head;
            if (last > head) throw new UserException($"--to {last} lies after the head, block {head}.");
            if (first > last) throw new UserException($"--from {first} lies after --to {last}.");
            string path = run.Get(file);
            string part = path + ".part";
            int entries;
            try
            {
                using (StreamWriter writer = new(part)) entries = Write(run, writer, first, last);
                File.Move(part, path, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UserException($"'{path}' cannot be written: check its folder, permissions and free space.");
            }
            run.Answer(new JsonObject { ["file"] = path, ["entries"] = entries, ["fromBlock"] = first, ["toBlock"] = last },
                () => Console.WriteLine($"{entries} entries of blocks {first} to {last} are in '{path}'. Verify them with 'chain kyc verify-audit {path}'."));
            return 0;
        });
    }

    private static int Write(OperatorRun run, StreamWriter writer, ulong first, ulong last)
    {
        string anchor = Quantity(last);
        JsonNode block = run.Node.Call("eth_getBlockByNumber", anchor, false) ?? throw new UserException($"The node does not have block {last}.");
        JsonNode proof = run.Node.Call("eth_getProof", ModuleAddresses.Audit.ToString(), new JsonArray(Slot(AuditLayout.State), Slot(AuditLayout.Root)), anchor)!;
        WriteLine(writer, new JsonObject
        {
            ["format"] = AuditFile.Format,
            ["chainId"] = run.Node.Call("eth_chainId")!.DeepClone(),
            ["blockNumber"] = anchor,
            ["blockHash"] = block["hash"]!.DeepClone(),
            ["stateRoot"] = block["stateRoot"]!.DeepClone(),
            ["proof"] = new JsonObject { ["accountProof"] = proof["accountProof"]!.DeepClone(), ["storageProof"] = proof["storageProof"]!.DeepClone() },
        });
        ProgressBar progress = new("blocks", (int)Math.Min(last - first + 1, int.MaxValue));
        int entries = 0;
        for (ulong at = first; at <= last; at += BlocksPerRequest)
        {
            ulong end = Math.Min(last, at + BlocksPerRequest - 1);
            entries += WriteRange(run, writer, at, end, anchor);
            progress.Show((int)Math.Min(end - first + 1, int.MaxValue));
        }
        return entries;
    }

    private static int WriteRange(OperatorRun run, StreamWriter writer, ulong first, ulong last, string anchor)
    {
        int written = 0;
        string? cursor = null;
        do
        {
            if (run.Stop.IsCancellationRequested) throw new UserException("Stopped as asked; nothing was written.");
            JsonObject query = new() { ["fromBlock"] = Quantity(first), ["toBlock"] = Quantity(last), ["limit"] = Quantity(EntriesPerRequest) };
            if (cursor is not null) query["cursor"] = cursor;
            JsonNode page = run.Node.Call("compliance_getDecisions", query)!;
            JsonArray entries = page["entries"]!.AsArray();
            foreach (JsonNode?[] part in entries.Chunk(ProofsPerRequest))
            {
                JsonNode?[][] places = [.. part.Select(e => new JsonNode?[] { e!["blockNumber"], e["transactionIndex"], e["seq"], anchor })];
                foreach (JsonNode? proof in run.Node.CallMany("audit_getProof", places))
                {
                    JsonObject line = proof!.AsObject();
                    // The state proof is the same for all; it stands in the first line.
                    line.Remove("proof");
                    WriteLine(writer, line);
                    written++;
                }
            }
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        return written;
    }

    private static JsonNode Slot(in Core.Numeric.UInt256 slot) => AbiWords.ToHash(slot).ToString();

    private static string Quantity(ulong value) => $"0x{value:x}";

    private static void WriteLine(StreamWriter writer, JsonNode json) => writer.WriteLine(JsonSerializer.Serialize(json, NodeJson.Default.JsonNode));
}
