using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <content>Wallets and their recovery.</content>
public sealed partial class KycRegistry
{
    /// <summary><c>linkWallet</c>.</summary>
    public byte[]? LinkWallet(in Hash256 identityId, in Address wallet, byte kind, ulong deadline, ReadOnlySpan<byte> consent)
    {
        if (kind > KycLimits.ProtocolContract) return InvalidField(FieldRules.Kind);
        UInt256 id = AbiWords.ToWord(identityId);
        if (!TryFind(id, out UInt256 slot, out IdentityWord identity)) return IdentityUnknown(id);
        bool isProtocol = identity.Kind == KycLimits.ProtocolContract;
        if (TestNewWallet(wallet, id, identityKind: 0, identity.WalletCount, mayRelink: true) is { } error) return error;
        if (isProtocol != (kind == KycLimits.ProtocolContract) || (isProtocol && !storage.HasCode(wallet))) return InvalidField(FieldRules.Kind);
        bool isConsented = consent.IsEmpty
            ? !ReadConfig().ConsentRequired || Authorities.IsOfficer(storage, caller)
            : now <= deadline && LinkConsent.Verify(storage, identityId, wallet, deadline, chainId, consent);
        if (!isConsented) return ConsentInvalid(wallet);

        storage.BeginEffects();
        Link(wallet, kind, id, ref identity, OnchainIdOf(id, slot));
        storage.Write(slot, identity.Pack());
        return null;
    }

    /// <summary><c>unlinkWallet</c>.</summary>
    public byte[]? UnlinkWallet(in Address wallet)
    {
        WalletWord word = WalletWord.Unpack(storage.Read(WalletSlot(wallet) + 1));
        if (word.Status == RecordStatus.None) return WalletUnknown(wallet);
        if (word.Status == RecordStatus.Revoked) return InvalidStatus(RecordStatus.Revoked, (byte)RecordStatus.Revoked);

        storage.BeginEffects();
        UInt256 id = storage.Read(WalletSlot(wallet));
        storage.Log(KycEvents.WalletUnlinked.Log(ModuleAddresses.Kyc, AbiWords.ToWord(wallet), id, _callerWord));
        Revoke(wallet, id);
        return null;
    }

    /// <summary><c>setWalletStatus</c>.</summary>
    public byte[]? SetWalletStatus(in Address wallet, byte status, in Hash256 reason)
    {
        UInt256 slot = WalletSlot(wallet);
        WalletWord word = WalletWord.Unpack(storage.Read(slot + 1));
        RecordStatus from = word.Status;
        if (from == RecordStatus.None) return WalletUnknown(wallet);
        if (!IsLegalMove(from, (RecordStatus)status)) return InvalidStatus(from, status);

        storage.BeginEffects();
        storage.Log(KycEvents.WalletStatusSet.Log(ModuleAddresses.Kyc, AbiWords.ToWord(wallet), _callerWord, (ulong)from, status, AbiWords.ToWord(reason)));
        if (status == (byte)RecordStatus.Revoked)
        {
            Revoke(wallet, storage.Read(slot));
            return null;
        }
        word.Status = (RecordStatus)status;
        word.StatusSince = now;
        storage.Write(slot + 1, word.Pack());
        return null;
    }

    /// <summary><c>proposeRecovery</c>; replaces a pending proposal.</summary>
    public byte[]? ProposeRecovery(in Address lost, in Address replacement, in Hash256 reason)
    {
        UInt256 lostSlot = WalletSlot(lost);
        WalletWord word = WalletWord.Unpack(storage.Read(lostSlot + 1));
        if (word.Status == RecordStatus.None) return WalletUnknown(lost);
        UInt256 id = storage.Read(lostSlot);
        IdentityWord identity = IdentityWord.Unpack(storage.Read(IdentitySlot(id)));
        if (TestReplacement(replacement, id, identity, word) is { } error) return error;

        storage.BeginEffects();
        UInt256 slot = RecoverySlot(lost);
        storage.Write(slot, new RecoveryWord(replacement, now).Pack());
        storage.Write(slot + 1, _callerWord);
        storage.Log(KycEvents.RecoveryProposed.Log(ModuleAddresses.Kyc, AbiWords.ToWord(lost), AbiWords.ToWord(replacement), _callerWord, AbiWords.ToWord(reason)));
        return null;
    }

    /// <summary><c>confirmRecovery</c>: by an officer who did not propose it.</summary>
    public byte[]? ConfirmRecovery(in Address lost)
    {
        UInt256 slot = RecoverySlot(lost);
        RecoveryWord recovery = RecoveryWord.Unpack(storage.Read(slot));
        if (recovery.Replacement.IsZero || now - recovery.ProposedAt > KycLimits.RecoverySecondsMax) return RecoveryUnknown(lost);
        if (storage.Read(slot + 1) == _callerWord) return KycErrors.FourEyes.Encode(_callerWord);
        UInt256 lostSlot = WalletSlot(lost);
        WalletWord word = WalletWord.Unpack(storage.Read(lostSlot + 1));
        if (word.IsSanctioned) return InvalidStatus(word.Status, (byte)RecordStatus.Revoked);
        UInt256 id = storage.Read(lostSlot);
        UInt256 identitySlot = IdentitySlot(id);
        IdentityWord identity = IdentityWord.Unpack(storage.Read(identitySlot));
        if (identity.Status == RecordStatus.Revoked) return InvalidStatus(RecordStatus.Revoked, (byte)RecordStatus.Active);
        Address replacement = recovery.Replacement;
        if (TestReplacement(replacement, id, identity, word) is { } error) return error;

        storage.BeginEffects();
        storage.Log(KycEvents.RecoveryConfirmed.Log(ModuleAddresses.Kyc, AbiWords.ToWord(lost), AbiWords.ToWord(replacement), _callerWord, id));
        if (word.Status != RecordStatus.Revoked) Revoke(lost, id);
        identity = IdentityWord.Unpack(storage.Read(identitySlot));
        Link(replacement, KindByCode(replacement, identity.Kind), id, ref identity, OnchainIdOf(id, identitySlot));
        storage.Write(identitySlot, identity.Pack());
        storage.Write(slot, default);
        storage.Write(slot + 1, default);
        return null;
    }

    /// <summary><c>cancelRecovery</c>.</summary>
    public byte[]? CancelRecovery(in Address lost)
    {
        UInt256 slot = RecoverySlot(lost);
        if (storage.Read(slot).IsZero) return RecoveryUnknown(lost);

        storage.BeginEffects();
        storage.Write(slot, default);
        storage.Write(slot + 1, default);
        storage.Log(KycEvents.RecoveryCancelled.Log(ModuleAddresses.Kyc, AbiWords.ToWord(lost), _callerWord));
        return null;
    }

    private UInt256 RecoverySlot(in Address lost) => storage.Map(KycLayout.Recoveries, AbiWords.ToWord(lost));

    private Address OnchainIdOf(in UInt256 id, in UInt256 identitySlot)
    {
        Address own = ProviderWord.Unpack(storage.Read(identitySlot + 2)).OnchainId;
        return own.IsZero ? DefaultOnchainId(id) : own;
    }

    /// <summary>The kind of a wallet that nobody names: by the identity, else by its code, whose read warms the account.</summary>
    private byte KindByCode(in Address wallet, byte identityKind) =>
        identityKind == KycLimits.ProtocolContract ? KycLimits.ProtocolContract : storage.HasCode(wallet) ? (byte)1 : (byte)0;

    /// <summary>The requirements on a wallet to be linked. An identity of kind 2 takes contracts only.</summary>
    private byte[]? TestNewWallet(in Address wallet, in UInt256 id, byte identityKind, uint walletCount, bool mayRelink)
    {
        if (wallet.IsZero || SystemAddresses.IsFixed(wallet)) return WalletUnknown(wallet);
        UInt256 slot = WalletSlot(wallet);
        RecordStatus status = WalletWord.Unpack(storage.Read(slot + 1)).Status;
        if (status != RecordStatus.None)
        {
            UInt256 owner = storage.Read(slot);
            bool mayReturn = mayRelink && status == RecordStatus.Revoked && owner == id && Authorities.IsOfficer(storage, caller);
            if (!mayReturn) return KycErrors.WalletAlreadyLinked.Encode(AbiWords.ToWord(wallet), owner);
        }
        if (walletCount >= KycLimits.WalletsMax) return KycErrors.TooManyWallets.Encode(id);
        bool needsCode = identityKind == KycLimits.ProtocolContract && !IsActivation;
        return needsCode && !storage.HasCode(wallet) ? InvalidField(FieldRules.Kind) : null;
    }

    /// <summary>The same for the replacement of a wallet, whose place it takes unless that one has left already.</summary>
    private byte[]? TestReplacement(in Address replacement, in UInt256 id, in IdentityWord identity, in WalletWord lost)
    {
        uint countAfter = lost.Status == RecordStatus.Revoked ? identity.WalletCount : identity.WalletCount - 1;
        return TestNewWallet(replacement, id, identity.Kind, countAfter, mayRelink: false);
    }

    /// <summary>Makes a tested wallet active in the identity, whose word the caller writes.</summary>
    private void Link(in Address wallet, byte kind, in UInt256 id, ref IdentityWord identity, in Address onchainId)
    {
        UInt256 walletWord = AbiWords.ToWord(wallet);
        UInt256 slot = WalletSlot(wallet);
        ushort flags = WalletWord.Unpack(storage.Read(slot + 1)).Flags;
        uint index = (uint)Append(WalletListSlot(id), walletWord);
        identity.WalletCount++;
        storage.Write(slot, id);
        storage.Write(slot + 1, new WalletWord(RecordStatus.Active, kind, flags, now, index, now).Pack());
        storage.Log(KycEvents.WalletLinked.Log(ModuleAddresses.Kyc, walletWord, id, _callerWord, kind));
        storage.Log(KycEvents.IdentityRegistered.Log(ModuleAddresses.Kyc, walletWord, AbiWords.ToWord(onchainId)));
    }

    /// <summary>Moves a linked wallet to status 3: it leaves the identity's list but keeps its id.</summary>
    private void Revoke(in Address wallet, in UInt256 id)
    {
        UInt256 slot = WalletSlot(wallet);
        WalletWord word = WalletWord.Unpack(storage.Read(slot + 1));
        if (RemoveAt(WalletListSlot(id), word.Index, out UInt256 moved))
        {
            UInt256 movedSlot = WalletSlot(AbiWords.ToAddress(moved)) + 1;
            WalletWord movedWord = WalletWord.Unpack(storage.Read(movedSlot));
            movedWord.Index = word.Index;
            storage.Write(movedSlot, movedWord.Pack());
        }
        word.Status = RecordStatus.Revoked;
        word.Index = 0;
        word.StatusSince = now;
        storage.Write(slot + 1, word.Pack());

        UInt256 identitySlot = IdentitySlot(id);
        IdentityWord identity = IdentityWord.Unpack(storage.Read(identitySlot));
        identity.WalletCount--;
        storage.Write(identitySlot, identity.Pack());
        storage.Log(KycEvents.IdentityRemoved.Log(ModuleAddresses.Kyc, AbiWords.ToWord(wallet), AbiWords.ToWord(OnchainIdOf(id, identitySlot))));
    }

    private static byte[] RecoveryUnknown(in Address lost) => KycErrors.RecoveryUnknown.Encode(AbiWords.ToWord(lost));
}
