using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain kyc roles</c> and <c>chain kyc set-role</c>: who may do what, in the registry and the other lists.</summary>
internal static class KycRoleCommands
{
    private static readonly (string Name, Address Module)[] Lists =
    [
        ("kyc", ModuleAddresses.Kyc), ("oracle", ModuleAddresses.Oracle), ("senders", ModuleAddresses.TxAllowList), ("deployers", ModuleAddresses.DeployerAllowList),
    ];

    private static readonly (string Name, string Signature)[] Setters =
        [("none", "setNone(address)"), ("agent", "setEnabled(address)"), ("enabled", "setEnabled(address)"), ("manager", "setManager(address)"), ("admin", "setAdmin(address)")];

    public static Command Roles()
    {
        Argument<string[]> accounts = new("ACCOUNT") { Description = "Accounts to look up.", Arity = ArgumentArity.OneOrMore };
        return new OperatorCommand("roles", """
            Tells the roles of accounts in the registry, the oracle and the two allow lists.

            Example:
              chain kyc roles 0xf39F...2266 0x7099...79C8
            """, signs: false).With(accounts).Does(run =>
        {
            JsonArray json = [];
            foreach (string text in run.Get(accounts))
            {
                Address account = UserText.Address(text, "ACCOUNT");
                JsonObject roles = new() { ["account"] = account.ToString() };
                foreach ((string name, Address module) in Lists)
                {
                    UInt256[] words = run.Node.View(module, AbiValue.Call("readAllowList(address)", AbiValue.Of(account)));
                    roles[name] = words.Length == 1 ? ((Role)words[0].U0).ToString() : null;
                }
                UInt256[] officer = run.Node.View(ModuleAddresses.Kyc, AbiValue.Call("isOfficer(address)", AbiValue.Of(account)));
                roles["officer"] = officer.Length == 1 && !officer[0].IsZero;
                json.Add(roles);
            }
            run.Answer(json, () =>
            {
                Console.WriteLine($"{"account",-42}  {string.Join("  ", Lists.Select(l => $"{l.Name,-9}"))}  officer");
                foreach (JsonNode? roles in json) Console.WriteLine($"{roles!["account"]}  {string.Join("  ", Lists.Select(l => $"{(string?)roles[l.Name] ?? "inactive",-9}"))}  {((bool)roles["officer"]! ? "yes" : "no")}");
            });
            return 0;
        });
    }

    public static Command SetRole()
    {
        Argument<string> account = new("ACCOUNT") { Description = "Account whose role changes." };
        Argument<string> role = new("ROLE") { Description = "none, agent (or enabled), manager, admin, officer, or no-officer." };
        Option<string> list = new("--list") { Description = "Which list: kyc, oracle, senders or deployers.", DefaultValueFactory = _ => "kyc", HelpName = "NAME" };
        return new OperatorCommand("set-role", """
            Sets the role of an account. Admins set every role, Managers move accounts between none and agent.

            Examples:
              chain kyc set-role 0x7099...79C8 agent --keystore admin.json
              chain kyc set-role 0x7099...79C8 officer --keystore admin.json
              chain kyc set-role 0x7099...79C8 enabled --list deployers --keystore admin.json
            """, signs: true).With(account, role, list).Does(run =>
        {
            AbiValue who = AbiValue.Of(UserText.Address(run.Get(account), "ACCOUNT"));
            string name = run.Get(role);
            string listName = run.Get(list)!;
            if (!Lists.Any(l => l.Name == listName)) throw new UserException($"--list {listName} is no list: {string.Join(", ", Lists.Select(l => l.Name))}.");
            if (name is "officer" or "no-officer")
            {
                if (listName != "kyc") throw new UserException($"ROLE {name} is of the registry alone: leave --list out.");
                return run.Send(ModuleAddresses.Kyc, "Role set", "setOfficer(address,bool)", who, AbiValue.Of(name == "officer"));
            }
            string signature = Setters.FirstOrDefault(s => s.Name == name).Signature ?? throw new UserException($"ROLE {name} is no role: {string.Join(", ", Setters.Select(s => s.Name))}, officer, no-officer.");
            return run.Send(Lists.First(l => l.Name == listName).Module, "Role set", signature, who);
        });
    }
}
