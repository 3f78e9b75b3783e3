using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>A wallet's signed consent to being linked (EIP-712; compliance specification, section 2.5).</summary>
public static class LinkConsent
{
    /// <summary>keccak256 of <c>LinkWallet(bytes32 identityId,address wallet,uint64 deadline)</c>.</summary>
    public static readonly Hash256 TypeHash = Eip712.Text("LinkWallet(bytes32 identityId,address wallet,uint64 deadline)");

    private static readonly Hash256 NameHash = Eip712.Text("DefactorKyc");

    /// <summary>The digest that the wallet signs.</summary>
    public static Hash256 Digest(in Hash256 identityId, in Address wallet, ulong deadline, ulong chainId) => Eip712.Digest(
        Eip712.Domain(NameHash, chainId, ModuleAddresses.Kyc), AbiWords.ToWord(TypeHash), AbiWords.ToWord(identityId), AbiWords.ToWord(wallet), deadline);

    /// <summary>True when the wallet signed; charges the digest and the recovery once the signature has its form.</summary>
    public static bool Verify(IModuleStorage storage, in Hash256 identityId, in Address wallet, ulong deadline, ulong chainId, ReadOnlySpan<byte> consent)
    {
        if (!Eip712.IsWellFormed(consent)) return false;
        storage.Charge(Eip712.DigestGas + Eip712.RecoverGas);
        if (storage.IsExhausted) return false;
        return Eip712.TryRecover(Digest(identityId, wallet, deadline, chainId), consent, out Address signer) && signer == wallet;
    }
}
