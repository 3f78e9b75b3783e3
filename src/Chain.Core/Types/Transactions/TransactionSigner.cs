using System.Diagnostics.CodeAnalysis;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Core.Types.Transactions;

/// <summary>Signs transactions of every kind.</summary>
public static class TransactionSigner
{
    /// <summary>The transaction with a signature in place of the one it had. False when the key is not 32 bytes in 1 to n - 1.</summary>
    /// <param name="unsigned">The transaction; a legacy one with a chain id gets replay protection (EIP-155).</param>
    /// <param name="privateKey">32 big-endian bytes.</param>
    /// <param name="signed">A new transaction, its sender already known.</param>
    public static bool TrySign(Transaction unsigned, ReadOnlySpan<byte> privateKey, [NotNullWhen(true)] out Transaction? signed)
    {
        signed = null;
        Hash256 hash = TransactionCodec.SigningHash(unsigned);
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
        if (!Secp256k1.TrySign(hash.Bytes, privateKey, out TransactionSignature signature)) return false;
        if (!Secp256k1.TryGetPublicKey(privateKey, publicKey)) return false;
        signed = unsigned.WithSignature(signature);
        signed.SetSender(Secp256k1.AddressOf(publicKey));
        return true;
    }

    /// <summary>As <see cref="TrySign"/>, for keys that are known to be good.</summary>
    /// <exception cref="ArgumentException">Not a private key.</exception>
    public static Transaction Sign(Transaction unsigned, ReadOnlySpan<byte> privateKey) =>
        TrySign(unsigned, privateKey, out Transaction? signed)
            ? signed
            : throw new ArgumentException("A private key has 32 bytes and a value from 1 to n - 1.", nameof(privateKey));
}
