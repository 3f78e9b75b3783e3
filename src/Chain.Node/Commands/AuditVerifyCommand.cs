using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain kyc verify-audit</c>: checks an exported log without a node.</summary>
internal static class AuditVerifyCommand
{
    private const int ProgressEvery = 1_000;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "File made by 'chain kyc export-audit'." };
        Option<string?> stateRoot = new("--state-root") { Description = "State root of the anchor block, from a source you trust.", HelpName = "HASH" };
        Option<bool> json = new("--json") { Description = "Answer in JSON." };
        Command command = new("verify-audit", """
            Verifies an exported audit log offline: every entry leads to its block's root, that to the log's root, and that to the state root of the anchor block, by hashes alone.
            What is left to trust is that this state root is the chain's: compare it with a header you trust, or give it with --state-root.

            Examples:
              chain kyc verify-audit log.jsonl
              chain kyc verify-audit log.jsonl --state-root 0x1a2b...
            """) { file, stateRoot, json };
        command.SetAction(result => UserErrors.Guard(() =>
        {
            using StopSignal stop = new();
            Hash256? trusted = result.GetValue(stateRoot) is { } text ? UserText.Hash(text, "--state-root") : null;
            AuditVerdict verdict;
            try
            {
                verdict = AuditFile.Verify(result.GetValue(file)!, n => { if (n % ProgressEvery == 0) Console.Error.WriteLine($"{n} entries"); }, stop.Token);
            }
            catch (OperationCanceledException)
            {
                throw new UserException("Stopped as asked before the end.");
            }
            if (trusted is { } root && root != verdict.StateRoot) throw new UserException($"The file is anchored in state root {verdict.StateRoot}, not in {root}: it proves nothing about your chain.");
            Answer(verdict, trusted is not null, result.GetValue(json));
            return 0;
        }));
        return command;
    }

    private static void Answer(AuditVerdict verdict, bool isTrusted, bool isJson)
    {
        string extent = verdict.IsComplete ? "the whole log" : verdict.IsGapless ? "a part of the log without gaps" : "a selection from the log";
        if (isJson)
        {
            JsonObject json = new()
            {
                ["entries"] = verdict.Entries,
                ["blocks"] = verdict.Blocks,
                ["logEntries"] = verdict.LogEntries,
                ["logBlocks"] = verdict.LogBlocks,
                ["isComplete"] = verdict.IsComplete,
                ["isGapless"] = verdict.IsGapless,
                ["blockNumber"] = verdict.Anchor,
                ["stateRoot"] = verdict.StateRoot.ToString(),
                ["isStateRootTrusted"] = isTrusted,
            };
            Console.WriteLine(JsonSerializer.Serialize(json, NodeJson.Default.JsonNode));
            return;
        }
        Console.WriteLine($"All {verdict.Entries} entries of {verdict.Blocks} blocks are proved: {extent} ({verdict.LogEntries} entries of {verdict.LogBlocks} blocks at block {verdict.Anchor}).");
        Console.WriteLine(isTrusted ? $"The state root {verdict.StateRoot} is the one you gave." : $"Compare the state root {verdict.StateRoot} with that of block {verdict.Anchor} of chain {verdict.ChainId}.");
    }
}
