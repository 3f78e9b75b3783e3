using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Policy;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Native;

/// <summary>The KYC registry behind <c>IKycRegistry</c> (compliance specification, section 2).</summary>
public sealed class KycModule : NativeModule
{
    private const int InputWords = 11;

    /// <summary>The registry of a chain on which these other modules are active.</summary>
    public KycModule(PolicyModules policyModules)
        : base("KYC_REGISTRY", ModuleAddresses.Kyc, [.. AllowListModule.Functions, .. Writes, .. Views, .. Facade, RaiseMode(policyModules)])
    {
    }

    private static ModuleFunction[] Writes =>
    [
        ModuleFunction.Write("setOfficer(address,bool)", Authority.Admin, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address account = arguments.Address();
            bool enabled = arguments.Boolean();
            return call.Refusal(arguments) ?? call.Kyc.SetOfficer(account, enabled);
        }),
        ModuleFunction.Write($"registerIdentity({InputType},address[])", Authority.Agent, static (ModuleCall call, ref AbiReader arguments) =>
        {
            IdentityInput input = ReadInput(ref arguments);
            Address[] wallets = arguments.Addresses();
            return call.Refusal(arguments) ?? call.Kyc.Register(input, wallets);
        }),
        ModuleFunction.Write($"registerIdentityBatch({InputType}[],address[][])", Authority.Agent, static (ModuleCall call, ref AbiReader arguments) =>
        {
            IdentityInput[] inputs = ReadInputs(ref arguments);
            Address[][] wallets = ReadWalletLists(ref arguments);
            return call.Refusal(arguments) ?? call.Kyc.RegisterBatch(inputs, wallets);
        }),
        ModuleFunction.Write($"updateIdentity({InputType})", Authority.Agent, static (ModuleCall call, ref AbiReader arguments) =>
        {
            IdentityInput input = ReadInput(ref arguments);
            return call.Refusal(arguments) ?? call.Kyc.Update(input);
        }),
        ModuleFunction.Write("renewIdentity(bytes32,uint64,bytes32)", Authority.Agent, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 id = arguments.Bytes32();
            ulong expiry = arguments.UInt64();
            Hash256 claims = arguments.Bytes32();
            return call.Refusal(arguments) ?? call.Kyc.Renew(id, expiry, claims);
        }),
        ModuleFunction.Write("linkWallet(bytes32,address,uint8,uint64,bytes)", Authority.AgentOrOfficer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 id = arguments.Bytes32();
            Address wallet = arguments.Address();
            byte kind = arguments.UInt8();
            ulong deadline = arguments.UInt64();
            ReadOnlySpan<byte> consent = arguments.Bytes();
            return call.Refusal(arguments) ?? call.Kyc.LinkWallet(id, wallet, kind, deadline, consent);
        }),
        ModuleFunction.Write("unlinkWallet(address)", Authority.Agent, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address wallet = arguments.Address();
            return call.Refusal(arguments) ?? call.Kyc.UnlinkWallet(wallet);
        }),
        ModuleFunction.Write("proposeRecovery(address,address,bytes32)", Authority.AgentOrOfficer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address lost = arguments.Address();
            Address replacement = arguments.Address();
            Hash256 reason = arguments.Bytes32();
            return call.Refusal(arguments) ?? call.Kyc.ProposeRecovery(lost, replacement, reason);
        }),
        ModuleFunction.Write("setIdentityStatus(bytes32,uint8,bytes32)", Authority.Officer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Hash256 id = arguments.Bytes32();
            byte status = arguments.UInt8();
            Hash256 reason = arguments.Bytes32();
            return call.Refusal(arguments) ?? call.Kyc.SetIdentityStatus(id, status, reason);
        }),
        ModuleFunction.Write("setWalletStatus(address,uint8,bytes32)", Authority.Officer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address wallet = arguments.Address();
            byte status = arguments.UInt8();
            Hash256 reason = arguments.Bytes32();
            return call.Refusal(arguments) ?? call.Kyc.SetWalletStatus(wallet, status, reason);
        }),
        ModuleFunction.Write("setSanctioned(address[],bool,uint32)", Authority.Officer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address[] wallets = arguments.Addresses();
            bool listed = arguments.Boolean();
            uint listId = arguments.UInt32();
            return call.Refusal(arguments) ?? call.Kyc.SetSanctioned(wallets, listed, listId);
        }),
        ModuleFunction.Write("setCountryBlocked(uint16[],bool)", Authority.Officer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            ushort[] countries = arguments.UInt16s();
            bool blocked = arguments.Boolean();
            return call.Refusal(arguments) ?? call.Kyc.SetCountryBlocked(countries, blocked);
        }),
        ModuleFunction.Write("confirmRecovery(address)", Authority.Officer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address lost = arguments.Address();
            return call.Refusal(arguments) ?? call.Kyc.ConfirmRecovery(lost);
        }),
        ModuleFunction.Write("cancelRecovery(address)", Authority.Officer, static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address lost = arguments.Address();
            return call.Refusal(arguments) ?? call.Kyc.CancelRecovery(lost);
        }),
        ModuleFunction.Write("setMinTier(uint8)", Authority.Admin, static (ModuleCall call, ref AbiReader arguments) =>
        {
            byte tier = arguments.UInt8();
            return call.Refusal(arguments) ?? call.Kyc.SetMinTier(tier);
        }),
        ModuleFunction.Write("setConsentRequired(bool)", Authority.Admin, static (ModuleCall call, ref AbiReader arguments) =>
        {
            bool required = arguments.Boolean();
            return call.Refusal(arguments) ?? call.Kyc.SetConsentRequired(required);
        }),
    ];

    private static ModuleFunction[] Views =>
    [
        AccountView("isOfficer(address)", static (call, account) => call.Return(Authorities.IsOfficer(call.Storage, account))),
        ModuleFunction.View("getIdentity(bytes32)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            return call.Refusal(arguments) ?? ReturnIdentity(call, KycViews.Identity(call.Storage, id));
        }),
        AccountView("getWallet(address)", static (call, account) =>
        {
            (UInt256 id, WalletWord wallet) = KycViews.Wallet(call.Storage, account);
            return call.Return(id, (ulong)wallet.Status, wallet.Kind, wallet.Flags, wallet.LinkedAt, wallet.Index, wallet.StatusSince);
        }),
        AccountView("identityIdOf(address)", static (call, account) => call.Return(KycViews.IdentityIdOf(call.Storage, account))),
        AccountView("kycStatus(address)", static (call, account) => call.Return((ulong)Status(call, account))),
        AccountView("isEligible(address)", static (call, account) => call.Return(Status(call, account) == ReasonCodes.Ok)),
        ModuleFunction.View("checkLevel(address,uint8,uint8)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            Address account = arguments.Address();
            byte minTier = arguments.UInt8();
            byte typeMask = arguments.UInt8();
            return call.Refusal(arguments)
                ?? call.Return((ulong)Eligibility.KycStatus(call.Storage, account, call.Block.Timestamp, minTier, typeMask));
        }),
        ModuleFunction.View("identityCount()", static (ModuleCall call, ref AbiReader _) => call.Return(call.Storage.Read(KycLayout.IdentityIds))),
        ModuleFunction.View("identities(uint256,uint256)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 offset = arguments.UInt256();
            UInt256 limit = arguments.UInt256();
            return call.Refusal(arguments) ?? call.ReturnArray(KycViews.Page(call.Storage, KycLayout.IdentityIds, offset, limit));
        }),
        ModuleFunction.View("walletsOf(bytes32,uint256,uint256)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 id = arguments.UInt256();
            UInt256 offset = arguments.UInt256();
            UInt256 limit = arguments.UInt256();
            return call.Refusal(arguments)
                ?? call.ReturnArray(KycViews.Page(call.Storage, call.Storage.Map(KycLayout.WalletsOf, id), offset, limit));
        }),
        ModuleFunction.View("sanctionedCount()", static (ModuleCall call, ref AbiReader _) => call.Return(call.Storage.Read(KycLayout.Sanctioned))),
        ModuleFunction.View("sanctioned(uint256,uint256)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            UInt256 offset = arguments.UInt256();
            UInt256 limit = arguments.UInt256();
            return call.Refusal(arguments) ?? call.ReturnArray(KycViews.Page(call.Storage, KycLayout.Sanctioned, offset, limit));
        }),
        ModuleFunction.View("isCountryBlocked(uint16)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            ushort country = arguments.UInt16();
            return call.Refusal(arguments) ?? call.Return(Eligibility.IsCountryBlocked(call.Storage, country));
        }),
        AccountView("pendingRecovery(address)", static (call, lost) =>
        {
            (RecoveryWord recovery, UInt256 proposer) = KycViews.Recovery(call.Storage, lost);
            return call.Return(AbiWords.ToWord(recovery.Replacement), proposer, recovery.ProposedAt);
        }),
        ModuleFunction.View("config()", static (ModuleCall call, ref AbiReader _) =>
        {
            KycConfigWord config = KycConfigWord.Unpack(call.Storage.Read(KycLayout.Config));
            return call.Return(config.Mode, config.MinTier, AbiWords.ToWord(config.ConsentRequired), config.ContractPolicy,
                AbiWords.ToWord(config.FeeSink), config.AdminCount);
        }),
        ModuleFunction.View("messageOf(uint8)", static (ModuleCall call, ref AbiReader arguments) =>
        {
            byte code = arguments.UInt8();
            return call.Refusal(arguments) ?? call.Return(ReasonCodes.MessageOf(code));
        }),
    ];

    /// <summary>Reading functions of ERC-3643's <c>IIdentityRegistry</c>.</summary>
    private static ModuleFunction[] Facade =>
    [
        AccountView("isVerified(address)", static (call, account) => call.Return(Status(call, account) == ReasonCodes.Ok)),
        AccountView("contains(address)", static (call, account) => call.Return(KycViews.IsLinked(call.Storage, account))),
        AccountView("identity(address)", static (call, account) => call.Return(KycViews.OnchainIdOf(call.Storage, account))),
        AccountView("investorCountry(address)", static (call, account) => call.Return((ulong)KycViews.CountryOf(call.Storage, account))),
        ModuleFunction.View("identityStorage()", static (ModuleCall call, ref AbiReader _) => call.Return(call.Module)),
        ModuleFunction.View("issuersRegistry()", static (ModuleCall call, ref AbiReader _) => call.Return(default(Address))),
        ModuleFunction.View("topicsRegistry()", static (ModuleCall call, ref AbiReader _) => call.Return(default(Address))),
        AccountView("isAgent(address)", static (call, account) => call.Return(AllowList.RoleOf(call.Storage, account) != Role.None)),
    ];

    private const string InputType = "(bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32)";

    private static ModuleFunction RaiseMode(PolicyModules modules) =>
        ModuleFunction.Write("raiseMode(uint8)", Authority.Admin, (ModuleCall call, ref AbiReader arguments) =>
        {
            byte mode = arguments.UInt8();
            if (call.Refusal(arguments) is { } refusal) return refusal;
            bool mayOriginSend = CompliancePolicy.SenderCode(call.State, call.Origin, call.Block.Timestamp, modules) == ReasonCodes.Ok;
            return call.Kyc.RaiseMode(mode, call.Origin, mayOriginSend);
        });

    private static ModuleFunction AccountView(string signature, Func<ModuleCall, Address, byte[]?> view) =>
        ModuleFunction.View(signature, (ModuleCall call, ref AbiReader arguments) =>
        {
            Address account = arguments.Address();
            return call.Refusal(arguments) ?? view(call, account);
        });

    private static byte Status(ModuleCall call, in Address account) => Eligibility.KycStatus(call.Storage, account, call.Block.Timestamp);

    private static byte[]? ReturnIdentity(ModuleCall call, in IdentityView view)
    {
        IdentityWord word = view.Word;
        return call.Return((ulong)word.Status, word.Kind, word.Tier, word.InvestorType, word.Country, word.TaxCountry, word.Attributes, word.Expiry,
            word.UpdatedAt, word.WalletCount, view.ClaimsHash, AbiWords.ToWord(view.OnchainId), view.ProviderId, view.CreatedAt);
    }

    private static IdentityInput ReadInput(ref AbiReader arguments) => new(
        arguments.Bytes32(), arguments.UInt8(), arguments.UInt8(), arguments.UInt8(), arguments.UInt16(), arguments.UInt16(),
        arguments.UInt32(), arguments.UInt64(), arguments.UInt32(), arguments.Address(), arguments.Bytes32());

    private static IdentityInput[] ReadInputs(ref AbiReader arguments)
    {
        int length = arguments.EnterArray(out (int, int) outer, InputWords);
        IdentityInput[] inputs = new IdentityInput[length];
        for (int i = 0; i < length && !arguments.Failed; i++) inputs[i] = ReadInput(ref arguments);
        arguments.Leave(outer);
        return inputs;
    }

    private static Address[][] ReadWalletLists(ref AbiReader arguments)
    {
        int length = arguments.EnterArray(out (int, int) outer);
        Address[][] lists = new Address[length][];
        for (int i = 0; i < length; i++) lists[i] = arguments.Failed ? [] : arguments.Addresses();
        arguments.Leave(outer);
        return lists;
    }
}
