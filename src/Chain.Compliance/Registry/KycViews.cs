using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>A whole record; all zero for an unknown identity.</summary>
/// <param name="Word">Word 0.</param>
/// <param name="ClaimsHash">Word 1.</param>
/// <param name="OnchainId">On-chain id, the default one included.</param>
/// <param name="ProviderId">Provider.</param>
/// <param name="CreatedAt">Seconds since the Unix epoch.</param>
public readonly record struct IdentityView(IdentityWord Word, UInt256 ClaimsHash, Address OnchainId, uint ProviderId, ulong CreatedAt);

/// <summary>What the registry shows. Unknown keys give zeros.</summary>
public static class KycViews
{
    /// <summary>A record by its id.</summary>
    public static IdentityView Identity(IModuleStorage storage, in UInt256 id)
    {
        UInt256 slot = storage.Map(KycLayout.Identities, id);
        IdentityWord word = IdentityWord.Unpack(storage.Read(slot));
        UInt256 claims = storage.Read(slot + 1);
        ProviderWord provider = ProviderWord.Unpack(storage.Read(slot + 2));
        bool hasDefaultId = word.Status != RecordStatus.None && provider.OnchainId.IsZero;
        return new IdentityView(word, claims, hasDefaultId ? KycRegistry.DefaultOnchainId(id) : provider.OnchainId, provider.ProviderId, provider.CreatedAt);
    }

    /// <summary>A wallet: the id of its identity, and its word.</summary>
    public static (UInt256 IdentityId, WalletWord Word) Wallet(IModuleStorage storage, in Address wallet)
    {
        UInt256 slot = WalletSlot(storage, wallet);
        return (storage.Read(slot), WalletWord.Unpack(storage.Read(slot + 1)));
    }

    /// <summary>The identity that the wallet belongs, or last belonged, to.</summary>
    public static UInt256 IdentityIdOf(IModuleStorage storage, in Address wallet) => storage.Read(WalletSlot(storage, wallet));

    /// <summary>True when the wallet has a status.</summary>
    public static bool IsLinked(IModuleStorage storage, in Address wallet) =>
        WalletWord.Unpack(storage.Read(WalletSlot(storage, wallet) + 1)).Status != RecordStatus.None;

    /// <summary>On-chain id of a wallet's identity; zero when the wallet has no status.</summary>
    public static Address OnchainIdOf(IModuleStorage storage, in Address wallet)
    {
        if (!IsLinked(storage, wallet)) return default;
        UInt256 id = IdentityIdOf(storage, wallet);
        Address own = ProviderWord.Unpack(storage.Read(storage.Map(KycLayout.Identities, id) + 2)).OnchainId;
        return own.IsZero ? KycRegistry.DefaultOnchainId(id) : own;
    }

    /// <summary>Country of a wallet's identity; 0 when the wallet has no status.</summary>
    public static ushort CountryOf(IModuleStorage storage, in Address wallet)
    {
        if (!IsLinked(storage, wallet)) return 0;
        return IdentityWord.Unpack(storage.Read(storage.Map(KycLayout.Identities, IdentityIdOf(storage, wallet)))).Country;
    }

    /// <summary>A proposed recovery and its proposer.</summary>
    public static (RecoveryWord Word, UInt256 Proposer) Recovery(IModuleStorage storage, in Address lost)
    {
        UInt256 slot = storage.Map(KycLayout.Recoveries, AbiWords.ToWord(lost));
        return (RecoveryWord.Unpack(storage.Read(slot)), storage.Read(slot + 1));
    }

    /// <summary>Elements of a dynamic array from an offset on; at most <see cref="KycLimits.PageMax"/>, none past the end.</summary>
    public static UInt256[] Page(IModuleStorage storage, in UInt256 arraySlot, in UInt256 offset, in UInt256 limit)
    {
        UInt256 length = storage.Read(arraySlot);
        if (offset >= length || limit.IsZero) return [];
        UInt256 count = UInt256.Min(UInt256.Min(limit, KycLimits.PageMax), length - offset);
        UInt256[] page = new UInt256[(int)count.U0];
        UInt256 first = storage.ArrayBase(arraySlot) + offset;
        for (int i = 0; i < page.Length && !storage.IsExhausted; i++) page[i] = storage.Read(first + (ulong)i);
        return page;
    }

    private static UInt256 WalletSlot(IModuleStorage storage, in Address wallet) => storage.Map(KycLayout.Wallets, AbiWords.ToWord(wallet));
}
