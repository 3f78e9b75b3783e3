using System.Text;
using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>A wallet's signed consent to being linked (EIP-712; compliance specification, section 2.5).</summary>
public static class LinkConsent
{
    /// <summary>Size of a consent: r, s, v.</summary>
    public const int SizeBytes = 65;

    private const ulong DigestGas = 120;
    private const ulong RecoverGas = 3_000;

    /// <summary>keccak256 of <c>LinkWallet(bytes32 identityId,address wallet,uint64 deadline)</c>.</summary>
    public static readonly Hash256 TypeHash = Text("LinkWallet(bytes32 identityId,address wallet,uint64 deadline)");

    private static readonly Hash256 DomainTypeHash = Text("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    private static readonly Hash256 NameHash = Text("DefactorKyc");
    private static readonly Hash256 VersionHash = Text("1");

    /// <summary>The digest that the wallet signs.</summary>
    public static Hash256 Digest(in Hash256 identityId, in Address wallet, ulong deadline, ulong chainId)
    {
        Hash256 domain = HashWords(AbiWords.ToWord(DomainTypeHash), AbiWords.ToWord(NameHash), AbiWords.ToWord(VersionHash), chainId, AbiWords.ToWord(ModuleAddresses.Kyc));
        Hash256 message = HashWords(AbiWords.ToWord(TypeHash), AbiWords.ToWord(identityId), AbiWords.ToWord(wallet), deadline);
        return Keccak256.Hash([0x19, 0x01, .. domain.Bytes, .. message.Bytes]);
    }

    /// <summary>True when the wallet signed; charges the digest and the recovery once the signature has its form.</summary>
    public static bool Verify(IModuleStorage storage, in Hash256 identityId, in Address wallet, ulong deadline, ulong chainId, ReadOnlySpan<byte> consent)
    {
        if (consent.Length != SizeBytes || consent[64] is not (27 or 28)) return false;
        UInt256 s = UInt256.FromBigEndian(consent[32..64]);
        if (s > Secp256k1.HalfOrder) return false;
        storage.Charge(DigestGas + RecoverGas);
        if (storage.IsExhausted) return false;
        Hash256 digest = Digest(identityId, wallet, deadline, chainId);
        return Secp256k1.TryRecoverAddress(digest.Bytes, UInt256.FromBigEndian(consent[..32]), s, (byte)(consent[64] - 27), out Address signer) && signer == wallet;
    }

    private static Hash256 Text(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    private static Hash256 HashWords(params ReadOnlySpan<UInt256> words)
    {
        Span<byte> bytes = stackalloc byte[words.Length * UInt256.SizeBytes];
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(bytes.Slice(i * UInt256.SizeBytes, UInt256.SizeBytes));
        return Keccak256.Hash(bytes);
    }
}
