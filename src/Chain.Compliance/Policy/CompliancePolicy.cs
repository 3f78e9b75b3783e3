using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;

namespace Chain.Compliance.Policy;

/// <summary>The modules besides the registry that a chain's rules read; an inactive list gives nobody a role.</summary>
/// <param name="HasTxAllowList">The transaction allow list is active.</param>
/// <param name="HasDeployerAllowList">The deployer allow list is active.</param>
/// <param name="HasOracle">The oracle is active: tokens may value amounts by its feeds.</param>
public readonly record struct PolicyModules(bool HasTxAllowList, bool HasDeployerAllowList, bool HasOracle = false);

/// <summary>The chain's rules in one block (compliance specification, section 3), in a mode of 1 to 3. Reads state free of gas and warms nothing.</summary>
/// <param name="mode">1 senders, 2 and deployers, 3 and value.</param>
/// <param name="timestamp">Block timestamp.</param>
/// <param name="modules">Active modules.</param>
public sealed class CompliancePolicy(byte mode, ulong timestamp, PolicyModules modules) : ITxPolicy
{
    private const byte DeployersMode = 2;
    private const byte FullMode = 3;
    private const byte RegisteredContractsOnly = 1;

    /// <summary>The policy of a block, from the registry's configuration in its state; null in mode 0.</summary>
    public static CompliancePolicy? Read(WorldState state, ulong timestamp, PolicyModules modules)
    {
        byte mode = KycConfigWord.Unpack(Kyc(state).Read(KycLayout.Config)).Mode;
        return mode == 0 ? null : new CompliancePolicy(mode, timestamp, modules);
    }

    /// <summary>The mode that binds the whole block.</summary>
    public byte Mode => mode;

    /// <inheritdoc/>
    public byte CheckSender(WorldState state, in Address sender) => SenderCode(state, sender);

    /// <inheritdoc/>
    public object Terms => (mode, modules);

    /// <inheritdoc/>
    public IReadOnlyList<SlotPlace> SharedSlots { get; } =
        [.. Enumerable.Range(0, 4).Select(i => new SlotPlace(ModuleAddresses.Kyc, KycLayout.BlockedCountries + (ulong)i)), new SlotPlace(ModuleAddresses.Kyc, KycLayout.Config)];

    /// <inheritdoc/>
    public SenderBasis BasisOf(WorldState state, in Address sender)
    {
        UInt256 role = AbiWords.ToWord(sender);
        UInt256 wallet = Slots.Map(KycLayout.Wallets, role);
        DirectStorage kyc = Kyc(state);
        UInt256 identity = Slots.Map(KycLayout.Identities, kyc.Read(wallet));
        ulong expiry = IdentityWord.Unpack(kyc.Read(identity)).Expiry;
        return new SenderBasis(
            [
                new(ModuleAddresses.Kyc, role), new(ModuleAddresses.TxAllowList, role), new(ModuleAddresses.Kyc, wallet), new(ModuleAddresses.Kyc, wallet + 1),
                new(ModuleAddresses.Kyc, identity),
            ],
            timestamp < expiry ? expiry : ulong.MaxValue);
    }

    /// <inheritdoc/>
    public byte CheckAuthority(WorldState state, in Address authority) => SenderCode(state, authority);

    /// <inheritdoc/>
    public byte[]? CheckDeploy(WorldState state, in Address origin, in Address creator)
    {
        if (mode < DeployersMode) return null;
        if (modules.HasDeployerAllowList)
        {
            DirectStorage list = new(state, ModuleAddresses.DeployerAllowList);
            if (AllowList.RoleOf(list, origin) != Role.None || AllowList.RoleOf(list, creator) != Role.None) return null;
        }
        return KycErrors.KycDeployDenied.Encode(AbiWords.ToWord(origin), AbiWords.ToWord(creator), ReasonCodes.DeployerNotAllowed);
    }

    /// <inheritdoc/>
    public byte[]? CheckCall(WorldState state, in Address callee)
    {
        byte code = FrameCode(state, callee);
        return code == 0 ? null : KycErrors.KycBlocked.Encode(AbiWords.ToWord(callee), code);
    }

    /// <inheritdoc/>
    public byte[]? CheckValue(WorldState state, in Address from, in Address to, bool fromIsEligibleSender)
    {
        if (mode < FullMode) return null;
        byte code = fromIsEligibleSender ? (byte)0 : ValueCode(state, from);
        if (code == 0) code = ValueCode(state, to);
        return code == 0 ? null : TransferDenied(from, to, code);
    }

    /// <inheritdoc/>
    public byte[]? CheckEndowment(WorldState state, in Address from, in Address created, bool fromIsEligibleSender)
    {
        if (mode < FullMode) return null;
        byte code = fromIsEligibleSender ? (byte)0 : ValueCode(state, from);
        if (code == 0) code = FrameCode(state, created);
        return code == 0 ? null : TransferDenied(from, created, code);
    }

    /// <inheritdoc/>
    public Address? RedirectCredit(WorldState state, in Address recipient)
    {
        if (mode < FullMode || ValueCode(state, recipient) == 0) return recipient;
        Address sink = KycConfigWord.Unpack(Kyc(state).Read(KycLayout.Config)).FeeSink;
        return sink.IsZero ? null : sink;
    }

    /// <summary><c>senderCode</c> (section 3.2).</summary>
    public byte SenderCode(WorldState state, in Address account) => SenderCode(state, account, timestamp, modules);

    /// <summary><c>senderCode</c> (section 3.2), also asked where no policy binds the block.</summary>
    public static byte SenderCode(WorldState state, in Address account, ulong timestamp, PolicyModules modules)
    {
        DirectStorage kyc = Kyc(state);
        byte code = Eligibility.KycStatus(kyc, account, timestamp);
        if (code == 0 || AllowList.RoleOf(kyc, account) == Role.Admin) return 0;
        bool isTechnical = code == ReasonCodes.NotRegistered && modules.HasTxAllowList
            && AllowList.RoleOf(new DirectStorage(state, ModuleAddresses.TxAllowList), account) != Role.None;
        return isTechnical ? (byte)0 : code;
    }

    private static byte FrameCode(WorldState state, in Address account)
    {
        DirectStorage kyc = Kyc(state);
        byte code = Eligibility.FrameStatus(kyc, account);
        return code == 0 || AllowList.RoleOf(kyc, account) == Role.Admin || IsSystem(state, account) ? (byte)0 : code;
    }

    private byte ValueCode(WorldState state, in Address account)
    {
        if (IsSystem(state, account)) return 0;
        AccountEntry entry = state.GetAccount(account);
        if (!entry.IsBeingCreated && !CodeOf.IsContract(state, entry)) return SenderCode(state, account);
        DirectStorage kyc = Kyc(state);
        if (KycConfigWord.Unpack(kyc.Read(KycLayout.Config)).ContractPolicy != RegisteredContractsOnly) return FrameCode(state, account);
        byte code = Eligibility.KycStatus(kyc, account, timestamp);
        return code == ReasonCodes.NotRegistered ? ReasonCodes.ContractNotRegistered : code;
    }

    /// <summary>Facades are told by the oracle's storage, which outlives the module: like the modules' own addresses they stay exempt when it is disabled (section 3.4).</summary>
    private static bool IsSystem(WorldState state, in Address account)
    {
        if (SystemAddresses.IsFixed(account)) return true;
        DirectStorage oracle = new(state, ModuleAddresses.Oracle);
        return !oracle.Read(oracle.Map(OracleLayout.Facades, AbiWords.ToWord(account))).IsZero;
    }

    private static DirectStorage Kyc(WorldState state) => new(state, ModuleAddresses.Kyc);

    private static byte[] TransferDenied(in Address from, in Address to, byte code) =>
        KycErrors.KycTransferDenied.Encode(AbiWords.ToWord(from), AbiWords.ToWord(to), code);
}
