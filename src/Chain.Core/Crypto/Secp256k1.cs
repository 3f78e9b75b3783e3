using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Core.Crypto;

/// <summary>
/// ECDSA over secp256k1 through libsecp256k1 (API 0.2 or newer, with the recovery module). Thread safe: one context, randomized once
/// against side channels when it is created and only read afterwards, which the library allows from any number of threads.
/// The first use throws <see cref="NativeLibraryMissingException"/> when the library is not installed.
/// </summary>
public static unsafe partial class Secp256k1
{
    /// <summary>Size of a private key in bytes.</summary>
    public const int PrivateKeySizeBytes = 32;

    /// <summary>Size in bytes of a public key: big-endian x and y, without the 0x04 prefix.</summary>
    public const int PublicKeySizeBytes = 64;

    /// <summary>Order n of the group (SEC 2, section 2.4.1).</summary>
    public static readonly UInt256 Order = new(0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff);

    /// <summary>n / 2 rounded down: the largest s that transactions accept since Homestead (EIP-2).</summary>
    public static readonly UInt256 HalfOrder = new(0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff);

    private const int HashSizeBytes = 32;
    private const int CompactSizeBytes = 64;
    private const int SerializedKeySizeBytes = 65;
    private const int RecoverableSizeBytes = 65;
    private const uint ContextNone = 1;
    private const uint FlagUncompressed = 2;

    // Below this many signatures a parallel loop costs more than it saves.
    private const int ParallelCountMin = 8;

    /// <summary>
    /// Signs a 32-byte hash with a deterministic nonce (RFC 6979) and a low s. False when the hash has not 32 bytes or the private key is not
    /// 32 big-endian bytes in 1 to n - 1.
    /// </summary>
    public static bool TrySign(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> privateKey, out TransactionSignature signature)
    {
        signature = default;
        if (hash.Length != HashSizeBytes || privateKey.Length != PrivateKeySizeBytes) return false;
        byte* recoverable = stackalloc byte[RecoverableSizeBytes];
        byte* compact = stackalloc byte[CompactSizeBytes];
        int recoveryId;
        fixed (byte* hashBytes = hash, keyBytes = privateKey)
        {
            // A null nonce function is the library's default: RFC 6979 with SHA-256.
            if (SignRecoverable(Native.Context, recoverable, hashBytes, keyBytes, null, null) == 0) return false;
        }
        _ = SerializeRecoverable(Native.Context, compact, &recoveryId, recoverable);
        signature = new TransactionSignature((byte)recoveryId,
            UInt256.FromBigEndian(new ReadOnlySpan<byte>(compact, 32)), UInt256.FromBigEndian(new ReadOnlySpan<byte>(compact + 32, 32)));
        // An r of n or more would need recovery id 2 or 3, which no transaction can carry; nobody can make one happen.
        return recoveryId <= 1;
    }

    /// <summary>
    /// The public key that signed a 32-byte hash. r and s must be in 1 to n - 1 (a high s is accepted: EIP-2 is the caller's check) and
    /// <paramref name="yParity"/> 0 or 1. False when they are not, when the hash or the destination has another size, or when no key matches.
    /// </summary>
    public static bool TryRecoverPublicKey(ReadOnlySpan<byte> hash, in UInt256 r, in UInt256 s, byte yParity, Span<byte> publicKey64)
    {
        if (hash.Length != HashSizeBytes || publicKey64.Length != PublicKeySizeBytes || yParity > 1) return false;
        if (r.IsZero || s.IsZero || r >= Order || s >= Order) return false;
        byte* compact = stackalloc byte[CompactSizeBytes];
        byte* recoverable = stackalloc byte[RecoverableSizeBytes];
        byte* key = stackalloc byte[PublicKeySizeBytes];
        r.WriteBigEndian(new Span<byte>(compact, 32));
        s.WriteBigEndian(new Span<byte>(compact + 32, 32));
        if (ParseRecoverable(Native.Context, recoverable, compact, yParity) == 0) return false;
        fixed (byte* hashBytes = hash)
        {
            if (Recover(Native.Context, key, recoverable, hashBytes) == 0) return false;
        }
        SerializeKey(key, publicKey64);
        return true;
    }

    /// <summary>The account that signed a 32-byte hash; conditions as for <see cref="TryRecoverPublicKey"/>.</summary>
    [SkipLocalsInit]
    public static bool TryRecoverAddress(ReadOnlySpan<byte> hash, in UInt256 r, in UInt256 s, byte yParity, out Address address)
    {
        Span<byte> publicKey = stackalloc byte[PublicKeySizeBytes];
        bool ok = TryRecoverPublicKey(hash, r, s, yParity, publicKey);
        address = ok ? AddressOf(publicKey) : default;
        return ok;
    }

    /// <summary>The public key of a private one. False when the key is not 32 big-endian bytes in 1 to n - 1 or the destination has not 64 bytes.</summary>
    public static bool TryGetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey64)
    {
        if (privateKey.Length != PrivateKeySizeBytes || publicKey64.Length != PublicKeySizeBytes) return false;
        byte* key = stackalloc byte[PublicKeySizeBytes];
        fixed (byte* keyBytes = privateKey)
        {
            if (CreatePublicKey(Native.Context, key, keyBytes) == 0) return false;
        }
        SerializeKey(key, publicKey64);
        return true;
    }

    /// <summary>The account of a 64-byte public key: the last 20 bytes of its Keccak-256 (Yellow Paper, appendix F).</summary>
    /// <exception cref="ArgumentException">Not 64 bytes.</exception>
    public static Address AddressOf(ReadOnlySpan<byte> publicKey64)
    {
        if (publicKey64.Length != PublicKeySizeBytes)
            throw new ArgumentException($"A public key has {PublicKeySizeBytes} bytes, not {publicKey64.Length}.", nameof(publicKey64));
        Hash256 hash = Keccak256.Hash(publicKey64);
        return new Address(hash.Bytes[12..]);
    }

    /// <summary>
    /// Recovers the signers of many hashes on all processors. Result i is of request i: the address, or null under the conditions of
    /// <see cref="TryRecoverPublicKey"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer results than requests.</exception>
    public static void RecoverMany(ReadOnlyMemory<RecoverRequest> requests, Memory<Address?> results, CancellationToken cancellation = default)
    {
        if (results.Length < requests.Length)
            throw new ArgumentException($"{requests.Length} requests need as many results, not {results.Length}.", nameof(results));
        if (requests.Length < ParallelCountMin)
        {
            for (int i = 0; i < requests.Length; i++) RecoverOne(i);
            return;
        }
        // Loading the library first keeps a missing one from coming back as an AggregateException.
        _ = Native.Context;
        ParallelOptions options = new() { CancellationToken = cancellation };
        Parallel.For(0, requests.Length, options, RecoverOne);

        void RecoverOne(int i)
        {
            ref readonly RecoverRequest request = ref requests.Span[i];
            TransactionSignature signature = request.Signature;
            Hash256 hash = request.Hash;
            results.Span[i] = TryRecoverAddress(hash.Bytes, signature.R, signature.S, signature.YParity, out Address address) ? address : null;
        }
    }

    private static void SerializeKey(byte* key, Span<byte> publicKey64)
    {
        byte* serialized = stackalloc byte[SerializedKeySizeBytes];
        nuint size = SerializedKeySizeBytes;
        _ = SerializePublicKey(Native.Context, serialized, &size, key, FlagUncompressed);
        new ReadOnlySpan<byte>(serialized + 1, PublicKeySizeBytes).CopyTo(publicKey64);
    }

    // Safe: every pointer above is to a stack buffer or a pinned span of the exact size that secp256k1.h and secp256k1_recovery.h give for
    // its opaque type (65-byte recoverable signature, 64-byte key) or its bytes; sizes are checked first. The library keeps none of them.
    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_context_create")]
    private static partial nint CreateContext(uint flags);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_context_randomize")]
    private static partial int RandomizeContext(nint context, byte* seed32);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    private static partial int SignRecoverable(nint context, byte* signature, byte* hash, byte* privateKey, void* nonceFunction, void* nonceData);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    private static partial int SerializeRecoverable(nint context, byte* compact64, int* recoveryId, byte* signature);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    private static partial int ParseRecoverable(nint context, byte* signature, byte* compact64, int recoveryId);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_recover")]
    private static partial int Recover(nint context, byte* publicKey, byte* signature, byte* hash);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_create")]
    private static partial int CreatePublicKey(nint context, byte* publicKey, byte* privateKey);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    private static partial int SerializePublicKey(nint context, byte* output, nuint* outputSize, byte* publicKey, uint flags);

    private static class Native
    {
        private static readonly Lazy<nint> Lazy = new(Create, LazyThreadSafetyMode.PublicationOnly);

        /// <summary>The context; a failure to load is thrown as it is, and tried again by the next use.</summary>
        public static nint Context => Lazy.Value;

        private static nint Create()
        {
            NativeLibraries.Register(typeof(Secp256k1).Assembly);
            nint context = CreateContext(ContextNone);
            byte* seed = stackalloc byte[32];
            RandomNumberGenerator.Fill(new Span<byte>(seed, 32));
            _ = RandomizeContext(context, seed);
            return context;
        }
    }
}

/// <summary>One signature whose signer is wanted.</summary>
/// <param name="Hash">The signed hash.</param>
/// <param name="Signature">r, s and parity.</param>
public readonly record struct RecoverRequest(Hash256 Hash, TransactionSignature Signature);
