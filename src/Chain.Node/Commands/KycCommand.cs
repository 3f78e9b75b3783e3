using System.CommandLine;
using Chain.Compliance;
using Chain.Compliance.Registry;
using Chain.Core.Primitives;
using Chain.Node.Operators;

namespace Chain.Node.Commands;

/// <summary><c>chain kyc</c>: the work of KYC agents and compliance officers, over JSON-RPC to any node.</summary>
internal static class KycCommand
{
    private const string SetIdentityStatus = "setIdentityStatus(bytes32,uint8,bytes32)";
    private const string SetWalletStatus = "setWalletStatus(address,uint8,bytes32)";

    public static Command Create() => new("kyc", """
        The KYC registry: identities, wallets, sanctions, roles and the audit log.

        Examples:
          chain kyc status 0xf39F...2266
          chain kyc register investors.csv --dry-run
          chain kyc register investors.csv --keystore agent.json
          chain kyc freeze 0xf39F...2266 --reason case-4711 --keystore officer.json
          chain kyc export-audit log.jsonl --from 1000 --to 2000
          chain kyc verify-audit log.jsonl
        """)
    {
        KycRegisterCommand.Create(),
        Link(),
        Unlink(),
        Renew(),
        Move("freeze", "Freezes a wallet, or an identity with all its wallets. Officers only.", RecordStatus.Frozen),
        Move("unfreeze", "Ends a freeze. Officers only.", RecordStatus.Active),
        Move("revoke", "Revokes a wallet, or an identity for ever. Officers only.", RecordStatus.Revoked),
        Sanction(),
        Country(),
        ProposeRecovery(),
        EndRecovery("recover-confirm", "Confirms a proposed recovery; an Officer other than the proposer.", "confirmRecovery(address)", "Confirmed"),
        EndRecovery("recover-cancel", "Cancels a proposed recovery. Officers only.", "cancelRecovery(address)", "Cancelled"),
        KycViewCommands.Status(),
        KycViewCommands.List(),
        KycRoleCommands.Roles(),
        KycRoleCommands.SetRole(),
        AuditExportCommand.Create(),
        AuditVerifyCommand.Create(),
    };

    private static Option<string> Reason() => new("--reason") { Description = "Reason to record: 32 bytes in hex (a document's hash), or up to 32 bytes of text.", DefaultValueFactory = _ => "", HelpName = "TEXT" };

    private static Command Link()
    {
        Argument<string> identity = new("IDENTITY") { Description = "Identity id, 32 bytes in hex." };
        Argument<string> wallet = new("WALLET") { Description = "Account to link." };
        Option<byte> kind = new("--kind") { Description = "0 an ordinary account, 1 a contract wallet, 2 a protocol contract.", HelpName = "N" };
        Option<string?> consent = new("--consent") { Description = "The wallet's signature over LinkWallet (EIP-712), 65 bytes in hex; needed where the registry requires consent.", HelpName = "HEX" };
        Option<string?> deadline = new("--deadline") { Description = "The time the consent names.", HelpName = "TIME" };
        return new OperatorCommand("link", """
            Links a wallet to an identity.

            Example:
              chain kyc link 0x50db...46a5 0xf39F...2266 --keystore agent.json
            """, signs: true).With(identity, wallet, kind, consent, deadline).Does(run =>
        {
            byte[] signature = [];
            if (run.Get(consent) is { } text && !Hex.TryDecode(text, out signature)) throw new UserException($"--consent {text} is not hex.");
            if (signature.Length != 0 && run.Get(deadline) is null) throw new UserException("--consent needs --deadline, the time that the wallet signed.");
            ulong until = run.Get(deadline) is { } time ? UserText.Time(time, "--deadline") : 0;
            return run.Send(ModuleAddresses.Kyc, "Linked", "linkWallet(bytes32,address,uint8,uint64,bytes)",
                AbiValue.Of(UserText.Hash(run.Get(identity), "IDENTITY")), AbiValue.Of(UserText.Address(run.Get(wallet), "WALLET")),
                AbiValue.Word(run.Get(kind)), AbiValue.Word(until), AbiValue.Bytes(signature));
        });
    }

    private static Command Unlink()
    {
        Argument<string> wallet = new("WALLET") { Description = "Account to unlink." };
        return new OperatorCommand("unlink", """
            Takes a wallet from its identity. It can come back only by an Officer, and into the same identity.

            Example:
              chain kyc unlink 0xf39F...2266 --keystore agent.json
            """, signs: true).With(wallet).Does(run => run.Send(ModuleAddresses.Kyc, "Unlinked", "unlinkWallet(address)", AbiValue.Of(UserText.Address(run.Get(wallet), "WALLET"))));
    }

    private static Command Renew()
    {
        Argument<string> identity = new("IDENTITY") { Description = "Identity id, 32 bytes in hex." };
        Argument<string> expiry = new("EXPIRY") { Description = "New expiry, later than the old one and within five years: seconds or a date." };
        Option<string> claims = new("--claims-hash") { Description = "Root of the identity's claims.", DefaultValueFactory = _ => Hash256.Zero.ToString(), HelpName = "HASH" };
        return new OperatorCommand("renew", """
            Renews an identity after its periodic review, also after it has expired.

            Example:
              chain kyc renew 0x50db...46a5 2028-01-31 --keystore agent.json
            """, signs: true).With(identity, expiry, claims).Does(run => run.Send(ModuleAddresses.Kyc, "Renewed", "renewIdentity(bytes32,uint64,bytes32)",
                AbiValue.Of(UserText.Hash(run.Get(identity), "IDENTITY")), AbiValue.Word(UserText.Time(run.Get(expiry), "EXPIRY")),
                AbiValue.Of(UserText.Hash(run.Get(claims)!, "--claims-hash"))));
    }

    private static Command Move(string name, string description, RecordStatus status)
    {
        Argument<string> target = new("TARGET") { Description = "A wallet's address, or an identity id (32 bytes in hex)." };
        Option<string> reason = Reason();
        return new OperatorCommand(name, $"""
            {description}

            Examples:
              chain kyc {name} 0xf39F...2266 --reason case-4711 --keystore officer.json
              chain kyc {name} 0x50db...46a5 --dev-account 1
            """, signs: true).With(target, reason).Does(run =>
        {
            string text = run.Get(target);
            AbiValue why = AbiValue.Of(UserText.NameOrHash(run.Get(reason)!, "--reason"));
            string what = status == RecordStatus.Active ? "Active again" : status.ToString();
            if (Hash256.TryParse(text, out Hash256 id)) return run.Send(ModuleAddresses.Kyc, what, SetIdentityStatus, AbiValue.Of(id), AbiValue.Word((ulong)status), why);
            return run.Send(ModuleAddresses.Kyc, what, SetWalletStatus, AbiValue.Of(UserText.Address(text, "TARGET")), AbiValue.Word((ulong)status), why);
        });
    }

    private static Command Sanction()
    {
        Argument<string[]> wallets = new("WALLET") { Description = "Accounts, registered or not.", Arity = ArgumentArity.OneOrMore };
        Option<bool> remove = new("--remove") { Description = "Take them off the list." };
        Option<uint> list = new("--list-id") { Description = "Number of the sanctions list.", HelpName = "N" };
        return new OperatorCommand("sanction", $"""
            Puts accounts on the sanctions list, or takes them off: at most {KycLimits.BatchMax} at once. Officers only.

            Examples:
              chain kyc sanction 0xf39F...2266 --list-id 7 --keystore officer.json
              chain kyc sanction 0xf39F...2266 --remove --keystore officer.json
            """, signs: true).With(wallets, remove, list).Does(run => run.Send(ModuleAddresses.Kyc, run.Get(remove) ? "Delisted" : "Listed", "setSanctioned(address[],bool,uint32)",
                AbiValue.List(run.Get(wallets).Select(w => AbiValue.Of(UserText.Address(w, "WALLET")))), AbiValue.Of(!run.Get(remove)), AbiValue.Word(run.Get(list))));
    }

    private static Command Country()
    {
        Argument<ushort[]> countries = new("COUNTRY") { Description = "ISO 3166-1 numbers, such as 276.", Arity = ArgumentArity.OneOrMore };
        Option<bool> remove = new("--remove") { Description = "Unblock them." };
        return new OperatorCommand("block-country", """
            Blocks all identities of countries, or unblocks them. Officers only.

            Example:
              chain kyc block-country 408 364 --keystore officer.json
            """, signs: true).With(countries, remove).Does(run => run.Send(ModuleAddresses.Kyc, run.Get(remove) ? "Unblocked" : "Blocked", "setCountryBlocked(uint16[],bool)",
                AbiValue.List(run.Get(countries).Select(c => AbiValue.Word(c))), AbiValue.Of(!run.Get(remove))));
    }

    private static Command ProposeRecovery()
    {
        Argument<string> lost = new("LOST") { Description = "The wallet whose key is lost." };
        Argument<string> replacement = new("REPLACEMENT") { Description = "The wallet that takes its place." };
        Option<string> reason = Reason();
        return new OperatorCommand("recover", """
            Proposes to replace a lost wallet by another of the same identity. An Officer, and another person, confirms within 30 days.

            Example:
              chain kyc recover 0xf39F...2266 0x7099...79C8 --reason ticket-12 --keystore agent.json
            """, signs: true).With(lost, replacement, reason).Does(run => run.Send(ModuleAddresses.Kyc, "Proposed", "proposeRecovery(address,address,bytes32)",
                AbiValue.Of(UserText.Address(run.Get(lost), "LOST")), AbiValue.Of(UserText.Address(run.Get(replacement), "REPLACEMENT")),
                AbiValue.Of(UserText.NameOrHash(run.Get(reason)!, "--reason"))));
    }

    private static Command EndRecovery(string name, string description, string signature, string what)
    {
        Argument<string> lost = new("LOST") { Description = "The lost wallet." };
        return new OperatorCommand(name, $"""
            {description}

            Example:
              chain kyc {name} 0xf39F...2266 --keystore officer.json
            """, signs: true).With(lost).Does(run => run.Send(ModuleAddresses.Kyc, what, signature, AbiValue.Of(UserText.Address(run.Get(lost), "LOST"))));
    }
}
