using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>
/// The writes of the KYC registry (compliance specification, section 2.5), steps 8 to 10 of a call; the caller's authority has been tested.
/// Each returns null, or the revert data of the first failed requirement.
/// </summary>
/// <param name="storage">The registry's storage.</param>
/// <param name="caller">Who asks.</param>
/// <param name="now">Block timestamp.</param>
/// <param name="chainId">Chain id, for consents.</param>
public sealed partial class KycRegistry(IModuleStorage storage, Address caller, ulong now, ulong chainId)
{
    private readonly UInt256 _callerWord = AbiWords.ToWord(caller);

    /// <summary>True during activation: protocol contracts need no code yet (section 7, rule 1).</summary>
    public bool IsActivation { get; init; }

    /// <summary>The default on-chain id of an identity: shaped as by CREATE2 from the registry, which never creates.</summary>
    public static Address DefaultOnchainId(in UInt256 identityId)
    {
        Span<byte> preimage = stackalloc byte[1 + Address.SizeBytes + (2 * UInt256.SizeBytes)];
        preimage.Clear();
        preimage[0] = 0xff;
        ModuleAddresses.Kyc.Bytes.CopyTo(preimage[1..]);
        identityId.WriteBigEndian(preimage.Slice(1 + Address.SizeBytes, UInt256.SizeBytes));
        return new Address(Keccak256.Hash(preimage).Bytes[12..]);
    }

    /// <summary><c>registerIdentity</c>.</summary>
    public byte[]? Register(in IdentityInput input, ReadOnlySpan<Address> wallets) => InvalidFieldOf(input) ?? RegisterValid(input, wallets);

    /// <summary><c>registerIdentityBatch</c>: all or nothing.</summary>
    public byte[]? RegisterBatch(ReadOnlySpan<IdentityInput> inputs, ReadOnlySpan<Address[]> wallets)
    {
        if (inputs.Length > KycLimits.BatchMax) return BatchTooLarge(inputs.Length);
        if (wallets.Length > KycLimits.BatchMax) return BatchTooLarge(wallets.Length);
        if (inputs.Length != wallets.Length) return KycErrors.LengthMismatch.Encode();
        foreach (ref readonly IdentityInput input in inputs)
        {
            if (InvalidFieldOf(input) is { } invalid) return invalid;
        }
        for (int i = 0; i < inputs.Length && !storage.IsExhausted; i++)
        {
            if (RegisterValid(inputs[i], wallets[i]) is { } error) return error;
        }
        return null;
    }

    /// <summary><c>updateIdentity</c>: everything but id, kind, status and creation time.</summary>
    public byte[]? Update(in IdentityInput input)
    {
        if (InvalidFieldOf(input) is { } invalid) return invalid;
        UInt256 id = AbiWords.ToWord(input.IdentityId);
        if (!TryFind(id, out UInt256 slot, out IdentityWord identity)) return IdentityUnknown(id);
        if (input.Kind != identity.Kind) return InvalidField(FieldRules.Kind);
        ProviderWord provider = ProviderWord.Unpack(storage.Read(slot + 2));
        bool setsOnchainId = !input.OnchainId.IsZero && input.OnchainId != provider.OnchainId;
        if (setsOnchainId && (!provider.OnchainId.IsZero || IsTaken(input.OnchainId))) return InvalidField(FieldRules.OnchainId);

        storage.BeginEffects();
        bool movesCountry = input.Country != identity.Country;
        identity.Tier = input.Tier;
        identity.InvestorType = input.InvestorType;
        identity.Country = input.Country;
        identity.TaxCountry = input.TaxCountry;
        identity.Attributes = input.Attributes;
        identity.Expiry = input.Expiry;
        identity.UpdatedAt = now;
        provider.ProviderId = input.ProviderId;
        if (setsOnchainId)
        {
            provider.OnchainId = input.OnchainId;
            storage.Write(OnchainIdSlot(input.OnchainId), id);
        }
        storage.Write(slot, identity.Pack());
        storage.Write(slot + 1, AbiWords.ToWord(input.ClaimsHash));
        storage.Write(slot + 2, provider.Pack());
        LogChanged(id, identity, AbiWords.ToWord(input.ClaimsHash));
        if (movesCountry && identity.WalletCount != 0)
        {
            UInt256 first = storage.Read(storage.ArrayBase(WalletListSlot(id)));
            storage.Log(KycEvents.CountryUpdated.Log(ModuleAddresses.Kyc, first, identity.Country));
        }
        return null;
    }

    /// <summary><c>renewIdentity</c>: a later expiry and new claims; also of an expired identity.</summary>
    public byte[]? Renew(in Hash256 identityId, ulong expiry, in Hash256 claimsHash)
    {
        // Never is open to protocol contracts alone, which only the record tells: tested below.
        if (!FieldRules.IsExpiryValid(expiry, isProtocol: true, now)) return InvalidField(FieldRules.Expiry);
        UInt256 id = AbiWords.ToWord(identityId);
        if (!TryFind(id, out UInt256 slot, out IdentityWord identity)) return IdentityUnknown(id);
        bool isProtocol = identity.Kind == KycLimits.ProtocolContract;
        if (!FieldRules.IsExpiryValid(expiry, isProtocol, now) || expiry <= identity.Expiry) return InvalidField(FieldRules.Expiry);

        storage.BeginEffects();
        identity.Expiry = expiry;
        identity.UpdatedAt = now;
        storage.Write(slot, identity.Pack());
        storage.Write(slot + 1, AbiWords.ToWord(claimsHash));
        LogChanged(id, identity, AbiWords.ToWord(claimsHash));
        return null;
    }

    /// <summary><c>setIdentityStatus</c>.</summary>
    public byte[]? SetIdentityStatus(in Hash256 identityId, byte status, in Hash256 reason)
    {
        UInt256 id = AbiWords.ToWord(identityId);
        if (!TryFind(id, out UInt256 slot, out IdentityWord identity)) return IdentityUnknown(id);
        RecordStatus from = identity.Status;
        if (!IsLegalMove(from, (RecordStatus)status)) return InvalidStatus(from, status);

        storage.BeginEffects();
        identity.Status = (RecordStatus)status;
        identity.UpdatedAt = now;
        storage.Write(slot, identity.Pack());
        storage.Log(KycEvents.IdentityStatusSet.Log(ModuleAddresses.Kyc, id, _callerWord, (ulong)from, status, AbiWords.ToWord(reason)));
        return null;
    }

    private byte[]? RegisterValid(in IdentityInput input, ReadOnlySpan<Address> wallets)
    {
        UInt256 id = AbiWords.ToWord(input.IdentityId);
        storage.BeginTests();
        KycConfigWord config = ReadConfig();
        bool ownsOnchainId = !input.OnchainId.IsZero;
        if (ownsOnchainId && IsTaken(input.OnchainId)) return InvalidField(FieldRules.OnchainId);
        if (config.ConsentRequired && wallets.Length > 0 && !Authorities.IsOfficer(storage, caller)) return ConsentInvalid(wallets[0]);
        if (TryFind(id, out UInt256 slot, out _)) return KycErrors.IdentityExists.Encode(id);

        storage.BeginEffects();
        IdentityWord identity = new(RecordStatus.Active, input.Kind, input.Tier, input.InvestorType, input.Country, input.TaxCountry,
            input.Attributes, input.Expiry, now, 0);
        Append(KycLayout.IdentityIds, id);
        storage.Write(slot, identity.Pack());
        storage.Write(slot + 1, AbiWords.ToWord(input.ClaimsHash));
        storage.Write(slot + 2, new ProviderWord(input.OnchainId, input.ProviderId, now).Pack());
        if (ownsOnchainId) storage.Write(OnchainIdSlot(input.OnchainId), id);
        storage.Log(KycEvents.IdentityCreated.Log(ModuleAddresses.Kyc,
            id, _callerWord, input.Kind, input.Tier, input.InvestorType, input.Country, input.Expiry, AbiWords.ToWord(input.ClaimsHash)));

        Address onchainId = ownsOnchainId ? input.OnchainId : DefaultOnchainId(id);
        for (int i = 0; i < wallets.Length && !storage.IsExhausted; i++)
        {
            storage.BeginTests();
            if (TestNewWallet(wallets[i], id, identity.Kind, identity.WalletCount, mayRelink: false) is { } error) return error;
            storage.BeginEffects();
            Link(wallets[i], KindByCode(wallets[i], identity.Kind), id, ref identity, onchainId);
        }
        storage.Write(slot, identity.Pack());
        return null;
    }

    private void LogChanged(in UInt256 id, in IdentityWord identity, in UInt256 claimsHash) => storage.Log(KycEvents.IdentityChanged.Log(
        ModuleAddresses.Kyc, id, _callerWord, identity.Tier, identity.InvestorType, identity.Country, identity.Expiry, claimsHash));

    private byte[]? InvalidFieldOf(in IdentityInput input) => FieldRules.FirstInvalid(input, now) is { } field ? InvalidField(field) : null;

    private KycConfigWord ReadConfig() => KycConfigWord.Unpack(storage.Read(KycLayout.Config));

    private UInt256 IdentitySlot(in UInt256 id) => storage.Map(KycLayout.Identities, id);

    private UInt256 WalletSlot(in Address wallet) => storage.Map(KycLayout.Wallets, AbiWords.ToWord(wallet));

    private UInt256 WalletListSlot(in UInt256 id) => storage.Map(KycLayout.WalletsOf, id);

    private UInt256 OnchainIdSlot(in Address onchainId) => storage.Map(KycLayout.OnchainIds, AbiWords.ToWord(onchainId));

    private bool IsTaken(in Address onchainId) => !storage.Read(OnchainIdSlot(onchainId)).IsZero;

    private bool TryFind(in UInt256 id, out UInt256 slot, out IdentityWord identity)
    {
        slot = IdentitySlot(id);
        identity = IdentityWord.Unpack(storage.Read(slot));
        return identity.Status != RecordStatus.None;
    }

    /// <summary>Appends to a dynamic array; returns the index of the new element.</summary>
    private ulong Append(in UInt256 arraySlot, in UInt256 value)
    {
        ulong length = storage.Read(arraySlot).U0;
        storage.Write(arraySlot, length + 1);
        storage.Write(storage.ArrayBase(arraySlot) + length, value);
        return length;
    }

    /// <summary>Removes an element by moving the last one into its place; gives the element that moved, if one did.</summary>
    private bool RemoveAt(in UInt256 arraySlot, ulong index, out UInt256 moved)
    {
        ulong last = storage.Read(arraySlot).U0 - 1;
        UInt256 first = storage.ArrayBase(arraySlot);
        moved = default;
        if (index != last)
        {
            moved = storage.Read(first + last);
            storage.Write(first + index, moved);
        }
        storage.Write(first + last, default);
        storage.Write(arraySlot, last);
        return index != last;
    }

    private static bool IsLegalMove(RecordStatus from, RecordStatus to) => (from, to) is
        (RecordStatus.Active, RecordStatus.Frozen) or (RecordStatus.Frozen, RecordStatus.Active)
        or (RecordStatus.Active or RecordStatus.Frozen, RecordStatus.Revoked);

    private static byte[] BatchTooLarge(int size) => KycErrors.BatchTooLarge.Encode((ulong)size, KycLimits.BatchMax);

    private static byte[] InvalidField(byte field) => KycErrors.InvalidField.Encode(field);

    private static byte[] InvalidStatus(RecordStatus from, byte to) => KycErrors.InvalidStatus.Encode((ulong)from, to);

    private static byte[] IdentityUnknown(in UInt256 id) => KycErrors.IdentityUnknown.Encode(id);

    private static byte[] WalletUnknown(in Address wallet) => KycErrors.WalletUnknown.Encode(AbiWords.ToWord(wallet));

    private static byte[] ConsentInvalid(in Address wallet) => KycErrors.ConsentInvalid.Encode(AbiWords.ToWord(wallet));
}
