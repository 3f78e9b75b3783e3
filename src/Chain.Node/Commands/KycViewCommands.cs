using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain kyc status</c> and <c>chain kyc list</c>: what the registry holds, by its views, which every node answers.</summary>
internal static class KycViewCommands
{
    private const int IdentityWords = 14;
    private const int PageMax = 100;

    private static readonly string[] Kinds = ["person", "legal entity", "protocol contract"];
    private static readonly string[] Types = ["unspecified", "retail", "professional", "institutional"];

    public static Command Status()
    {
        Argument<string> account = new("ACCOUNT") { Description = "Account to look up." };
        return new OperatorCommand("status", """
            Tells whether an account is eligible and why not, its wallet record and its identity.

            Example:
              chain kyc status 0xf39F...2266 --json
            """, signs: false).With(account).Does(run =>
        {
            Address address = UserText.Address(run.Get(account), "ACCOUNT");
            string[] views = ["kycStatus(address)", "getWallet(address)", "readAllowList(address)", "isOfficer(address)", "identityIdOf(address)"];
            UInt256[][] answers = run.Node.ViewMany(ModuleAddresses.Kyc, [.. views.Select(v => AbiValue.Call(v, AbiValue.Of(address)))]);
            if (answers.Any(a => a.Length == 0)) throw new UserException("The chain has no KYC registry: kycConfig is not active.");
            byte code = (byte)answers[0][0].U0;
            UInt256 id = answers[4][0];
            JsonObject json = new()
            {
                ["account"] = address.ToString(),
                ["code"] = code,
                ["reason"] = ReasonCodes.NameOf(code),
                ["role"] = ((Role)answers[2][0].U0).ToString(),
                ["isOfficer"] = !answers[3][0].IsZero,
                ["wallet"] = WalletJson(answers[1]),
                ["identity"] = id.IsZero ? null : IdentityJson(id, View(run.Node, "getIdentity(bytes32)", AbiValue.Word(id))),
            };
            run.Answer(json, () =>
            {
                Console.WriteLine($"{address}: {ReasonCodes.MessageOf(code)} (code {code})");
                foreach (string name in (string[])["role", "isOfficer"]) Console.WriteLine($"  {name,-14} {json[name]}");
                WriteAll("wallet", json["wallet"]);
                WriteAll("identity", json["identity"]);
            });
            return 0;
        });
    }

    public static Command List()
    {
        Option<ulong> offset = new("--offset") { Description = "Identities to leave out.", HelpName = "N" };
        Option<ulong> limit = new("--limit") { Description = "Most identities to list.", DefaultValueFactory = _ => PageMax, HelpName = "N" };
        return new OperatorCommand("list", """
            Lists the identities in the order of their registration, revoked ones too.

            Examples:
              chain kyc list --limit 20
              chain kyc list --offset 100 --limit 100 --json
            """, signs: false).With(offset, limit).Does(run =>
        {
            ulong total = View(run.Node, "identityCount()")[0].U0;
            ulong first = run.Get(offset);
            ulong last = first + Math.Min(run.Get(limit), total - Math.Min(first, total));
            JsonArray json = [];
            for (ulong at = first; at < last && !run.Stop.IsCancellationRequested; at += PageMax)
            {
                UInt256[] ids = ReturnedWords.List(View(run.Node, "identities(uint256,uint256)", AbiValue.Word(at), AbiValue.Word(Math.Min(PageMax, last - at))));
                UInt256[][] records = run.Node.ViewMany(ModuleAddresses.Kyc, [.. ids.Select(id => AbiValue.Call("getIdentity(bytes32)", AbiValue.Word(id)))]);
                for (int i = 0; i < ids.Length; i++)
                {
                    JsonObject record = IdentityJson(ids[i], records[i]);
                    json.Add(record);
                    if (!run.IsJson) Console.WriteLine($"{record["identityId"]}  {record["status"],-8} {record["kind"],-17} tier {record["tier"]}  country {record["country"],3}  wallets {record["walletCount"],2}  expires {record["expires"]}");
                }
            }
            run.Answer(new JsonObject { ["total"] = total, ["identities"] = json }, () => Console.WriteLine($"{json.Count} of {total} identities."));
            return 0;
        });
    }

    private static UInt256[] View(NodeClient node, string signature, params AbiValue[] arguments)
    {
        UInt256[] words = node.View(ModuleAddresses.Kyc, AbiValue.Call(signature, arguments));
        return words.Length > 0 ? words : throw new UserException("The chain has no KYC registry: kycConfig is not active.");
    }

    private static JsonObject? WalletJson(UInt256[] words) => words[1].IsZero ? null : new JsonObject
    {
        ["status"] = StatusName(words[1]),
        ["kind"] = words[2].U0,
        ["isSanctioned"] = words[3].Bit(0),
        ["linkedAt"] = words[4].U0,
        ["linked"] = UserText.Date(words[4].U0),
        ["statusSince"] = words[6].U0,
    };

    private static JsonObject IdentityJson(UInt256 id, UInt256[] words)
    {
        if (words.Length != IdentityWords) throw new UserException("The node answered something else than an identity.");
        return new JsonObject
        {
            ["identityId"] = AbiWords.ToHash(id).ToString(),
            ["status"] = StatusName(words[0]),
            ["kind"] = Name(Kinds, words[1]),
            ["tier"] = words[2].U0,
            ["investorType"] = Name(Types, words[3]),
            ["country"] = words[4].U0,
            ["taxCountry"] = words[5].U0,
            ["attributes"] = words[6].U0,
            ["expiry"] = words[7].U0,
            ["expires"] = UserText.Date(words[7].U0),
            ["updatedAt"] = words[8].U0,
            ["walletCount"] = words[9].U0,
            ["claimsHash"] = AbiWords.ToHash(words[10]).ToString(),
            ["onchainId"] = AbiWords.ToAddress(words[11]).ToString(),
            ["providerId"] = words[12].U0,
            ["createdAt"] = words[13].U0,
        };
    }

    private static string Name(string[] names, UInt256 word) => word < (ulong)names.Length ? names[word.U0] : word.ToString();

    private static string StatusName(UInt256 word) => ((RecordStatus)word.U0).ToString().ToLowerInvariant();

    private static void WriteAll(string title, JsonNode? node)
    {
        if (node is not JsonObject values) return;
        Console.WriteLine($"  {title}");
        foreach ((string name, JsonNode? value) in values) Console.WriteLine($"    {name,-14} {value}");
    }
}
