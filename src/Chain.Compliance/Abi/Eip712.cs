using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Abi;

/// <summary>Typed data of the modules and its signatures (EIP-712). Every module's domain is {name, version "1", chain id, module}.</summary>
public static class Eip712
{
    /// <summary>Size of a signature: r, s, v.</summary>
    public const int SignatureSizeBytes = 65;

    /// <summary>Gas of a digest (compliance specification, section 1.2).</summary>
    public const ulong DigestGas = 120;

    /// <summary>Gas of the recovery of a signer.</summary>
    public const ulong RecoverGas = 3_000;

    private static readonly Hash256 DomainTypeHash = Text("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    private static readonly Hash256 VersionHash = Text("1");

    /// <summary>Keccak-256 of a text: a type hash, or the hash of a string member.</summary>
    public static Hash256 Text(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    /// <summary>The domain separator of a module.</summary>
    public static Hash256 Domain(in Hash256 nameHash, ulong chainId, in Address module) => HashWords(
        AbiWords.ToWord(DomainTypeHash), AbiWords.ToWord(nameHash), AbiWords.ToWord(VersionHash), chainId, AbiWords.ToWord(module));

    /// <summary>The digest that is signed.</summary>
    /// <param name="domain">Domain separator.</param>
    /// <param name="message">Type hash and members of the message.</param>
    public static Hash256 Digest(in Hash256 domain, params ReadOnlySpan<UInt256> message) =>
        Keccak256.Hash([0x19, 0x01, .. domain.Bytes, .. HashWords(message).Bytes]);

    /// <summary>True for 65 bytes with v 27 or 28 and s in the lower half.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSizeBytes && signature[64] is (27 or 28) && UInt256.FromBigEndian(signature[32..64]) <= Secp256k1.HalfOrder;

    /// <summary>The signer of a digest by a well-formed signature; false when there is none.</summary>
    public static bool TryRecover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer) => Secp256k1.TryRecoverAddress(
        digest.Bytes, UInt256.FromBigEndian(signature[..32]), UInt256.FromBigEndian(signature[32..64]), (byte)(signature[64] - 27), out signer);

    private static Hash256 HashWords(params ReadOnlySpan<UInt256> words)
    {
        Span<byte> bytes = stackalloc byte[words.Length * UInt256.SizeBytes];
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(bytes.Slice(i * UInt256.SizeBytes, UInt256.SizeBytes));
        return Keccak256.Hash(bytes);
    }
}
