using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain kyc register</c>: identities from a file.</summary>
internal static class KycRegisterCommand
{
    private const string RegisterBatch = "registerIdentityBatch((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)[],address[][])";

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "CSV file, with a header." };
        Option<bool> dryRun = new("--dry-run") { Description = "Check everything, simulate every batch, and send nothing." };
        Option<int> batch = new("--batch") { Description = $"Identities per transaction, 1 to {KycLimits.BatchMax}.", DefaultValueFactory = _ => 40, HelpName = "N" };
        return new OperatorCommand("register", $"""
            Registers the identities of a CSV file, in batches. The first line names the columns, in any order:
              identityId, kind, tier, investorType, country, taxCountry, expiry    (needed)
              attributes, providerId, onchainId, claimsHash, wallets               (may be left out; wallets are separated by ';')
            The expiry is in seconds or a date. Every line is checked before anything is sent; a run that ended early goes on
            where it stopped when called again with --skip-existing.

            Examples:
              chain kyc register investors.csv --dry-run
              chain kyc register investors.csv --keystore agent.json --password-file secret
              chain kyc register investors.csv --skip-existing --keystore agent.json
            """, signs: true).With(file, dryRun, batch, SkipExisting).Does(run => Register(run, run.Get(file), run.Get(dryRun), run.Get(batch)));
    }

    private static Option<bool> SkipExisting { get; } = new("--skip-existing") { Description = "Leave out identities that the registry has already." };

    private static int Register(OperatorRun run, string file, bool isDryRun, int batchSize)
    {
        if (batchSize is < 1 or > KycLimits.BatchMax) throw new UserException($"--batch {batchSize} is out of range: 1 to {KycLimits.BatchMax}.");
        ulong now = run.Node.Now();
        IReadOnlyList<IdentityRow> rows = IdentityFile.Read(file, now);
        OperatorAccount? account = isDryRun ? run.Accounts.TryRead(run.Arguments) : run.Accounts.Read(run.Arguments);
        int known = LeaveOutExisting(run, file, ref rows);
        CheckWallets(run, file, rows);

        IdentityRow[][] batches = [.. rows.Chunk(batchSize)];
        ProgressBar progress = new("identities", rows.Count);
        TransactionSender? sender = account is null ? null : new TransactionSender(run.Node, account, run.TimeoutSeconds);
        JsonArray transactions = [];
        ulong gas = 0;
        int done = 0;
        foreach (IdentityRow[] part in batches)
        {
            if (run.Stop.IsCancellationRequested) throw new UserException($"Stopped as asked: {done} of {rows.Count} identities are registered; go on with --skip-existing.");
            byte[] calldata = AbiValue.Call(RegisterBatch, AbiValue.List(part.Select(r => Encode(r.Input))), AbiValue.List(part.Select(r => AbiValue.List(r.Wallets.Select(w => AbiValue.Of(w))))));
            if (isDryRun)
            {
                gas += sender?.Estimate(ModuleAddresses.Kyc, calldata) ?? 0;
            }
            else
            {
                SentTransaction sent = sender!.Send(ModuleAddresses.Kyc, calldata, run.Stop);
                transactions.Add(new JsonObject { ["transactionHash"] = sent.Hash.ToString(), ["blockNumber"] = sent.BlockNumber, ["gasUsed"] = sent.GasUsed, ["identities"] = part.Length });
                gas += sent.GasUsed;
            }
            done += part.Length;
            progress.Show(done);
        }
        JsonObject json = new()
        {
            ["isDryRun"] = isDryRun,
            ["identities"] = rows.Count,
            ["wallets"] = rows.Sum(r => r.Wallets.Length),
            ["skipped"] = known,
            ["transactions"] = isDryRun ? batches.Length : transactions,
            ["gas"] = gas,
        };
        string skipped = known == 0 ? "" : $", {known} known already";
        string cost = gas == 0 ? " (give a key and the batches are simulated too)" : $", {gas:N0} gas";
        run.Answer(json, () => Console.WriteLine(isDryRun
            ? $"Nothing sent. {rows.Count} identities with {rows.Sum(r => r.Wallets.Length)} wallets would be registered in {batches.Length} transactions{skipped}{cost}."
            : $"Registered {rows.Count} identities in {batches.Length} transactions{skipped}{cost}."));
        return 0;
    }

    private static int LeaveOutExisting(OperatorRun run, string file, ref IReadOnlyList<IdentityRow> rows)
    {
        UInt256[][] records = run.Node.ViewMany(ModuleAddresses.Kyc, [.. rows.Select(r => AbiValue.Call("getIdentity(bytes32)", AbiValue.Of(r.Input.IdentityId)))]);
        if (records.Any(r => r.Length == 0)) throw new UserException("The chain has no KYC registry: kycConfig is not active.");
        List<IdentityRow> unknown = [];
        for (int i = 0; i < rows.Count; i++)
        {
            if (records[i][0].IsZero) unknown.Add(rows[i]);
            else if (!run.Get(SkipExisting)) throw new UserException($"{file}, line {rows[i].Line}: identity {rows[i].Input.IdentityId} is registered already; --skip-existing leaves such lines out.");
        }
        int known = rows.Count - unknown.Count;
        rows = unknown;
        return known;
    }

    private static void CheckWallets(OperatorRun run, string file, IReadOnlyList<IdentityRow> rows)
    {
        (int Line, Address Wallet)[] wallets = [.. rows.SelectMany(r => r.Wallets.Select(w => (r.Line, w)))];
        UInt256[][] records = run.Node.ViewMany(ModuleAddresses.Kyc, [.. wallets.Select(w => AbiValue.Call("getWallet(address)", AbiValue.Of(w.Wallet)))]);
        for (int i = 0; i < wallets.Length; i++)
        {
            if (!records[i][1].IsZero) throw new UserException($"{file}, line {wallets[i].Line}: wallet {wallets[i].Wallet} belongs to identity {AbiWords.ToHash(records[i][0])} already.");
        }
    }

    private static AbiValue Encode(in IdentityInput i) => AbiValue.Tuple(
        AbiValue.Of(i.IdentityId), AbiValue.Word(i.Kind), AbiValue.Word(i.Tier), AbiValue.Word(i.InvestorType), AbiValue.Word(i.Country), AbiValue.Word(i.TaxCountry),
        AbiValue.Word(i.Attributes), AbiValue.Word(i.Expiry), AbiValue.Word(i.ProviderId), AbiValue.Of(i.OnchainId), AbiValue.Of(i.ClaimsHash));
}
