using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chain.Core.Numeric;

namespace Chain.Core.Crypto;

/// <summary>Keys from a mnemonic: seed by BIP-39, derivation by BIP-32, Ethereum's accounts by BIP-44.</summary>
public static class HdWallet
{
    /// <summary>Path of an Ethereum account; its index follows.</summary>
    public const string EthereumPath = "m/44'/60'/0'/0/";

    /// <summary>Deepest path accepted (BIP-32 counts the depth in a byte).</summary>
    public const int PathDepthMax = 255;

    private const uint Hardened = 0x8000_0000;
    private const int SeedIterations = 2_048;
    private const int SeedSizeBytes = 64;

    /// <summary>The seed of a mnemonic (BIP-39). Words are normalised, not looked up: any sentence gives a seed.</summary>
    public static byte[] Seed(string mnemonic, string passphrase = "")
    {
        string sentence = string.Join(' ', mnemonic.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Normalize(NormalizationForm.FormKD);
        byte[] salt = Encoding.UTF8.GetBytes("mnemonic" + passphrase.Normalize(NormalizationForm.FormKD));
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(sentence), salt, SeedIterations, HashAlgorithmName.SHA512, SeedSizeBytes);
    }

    /// <summary>The private key of Ethereum account <c>m/44'/60'/0'/0/index</c>.</summary>
    public static bool TryDeriveAccount(string mnemonic, uint index, out byte[] privateKey, string passphrase = "") =>
        TryDerive(Seed(mnemonic, passphrase), EthereumPath + index.ToString(CultureInfo.InvariantCulture), out privateKey);

    /// <summary>
    /// The private key at a path such as <c>m/44'/60'/0'/0/0</c>. False when the path is not one, or (with probability 2^-127) a key of it
    /// does not exist.
    /// </summary>
    public static bool TryDerive(ReadOnlySpan<byte> seed, string path, out byte[] privateKey)
    {
        privateKey = [];
        string[] parts = path.Split('/');
        if (parts[0] != "m" || parts.Length - 1 > PathDepthMax) return false;
        Span<byte> node = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData("Bitcoin seed"u8, seed, node);
        if (!IsKey(UInt256.FromBigEndian(node[..32]))) return false;
        foreach (string part in parts.AsSpan(1))
        {
            if (!TryParseIndex(part, out uint index) || !TryDeriveChild(node, index)) return false;
        }
        privateKey = node[..32].ToArray();
        return true;
    }

    /// <summary>Private parent key to private child key; the node is key and chain code.</summary>
    private static bool TryDeriveChild(Span<byte> node, uint index)
    {
        Span<byte> data = stackalloc byte[37];
        data.Clear();
        if (index >= Hardened)
        {
            node[..32].CopyTo(data[1..]);
        }
        else
        {
            Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
            if (!Secp256k1.TryGetPublicKey(node[..32], publicKey)) return false;
            data[0] = (byte)(2 + (publicKey[63] & 1));
            publicKey[..32].CopyTo(data[1..]);
        }
        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        Span<byte> digest = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(node[32..], data, digest);
        UInt256 tweak = UInt256.FromBigEndian(digest[..32]);
        if (tweak >= Secp256k1.Order) return false;
        UInt256.AddMod(tweak, UInt256.FromBigEndian(node[..32]), Secp256k1.Order, out UInt256 key);
        key.WriteBigEndian(node);
        digest[32..].CopyTo(node[32..]);
        return !key.IsZero;
    }

    private static bool TryParseIndex(string part, out uint index)
    {
        bool isHardened = part.EndsWith('\'');
        bool isNumber = uint.TryParse(isHardened ? part.AsSpan(0, part.Length - 1) : part, NumberStyles.None, CultureInfo.InvariantCulture, out index);
        if (!isNumber || index >= Hardened) return false;
        if (isHardened) index |= Hardened;
        return true;
    }

    private static bool IsKey(in UInt256 value) => !value.IsZero && value < Secp256k1.Order;
}
