using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chain.Core.Primitives;

namespace Chain.Core.Crypto;

/// <summary>Decrypts key files of Web3 Secret Storage, version 3 (scrypt or PBKDF2, AES-128-CTR).</summary>
public static class KeyStore
{
    /// <summary>Longest key file, bytes.</summary>
    public const int FileSizeBytesMax = 64 * 1024;

    /// <summary>Most PBKDF2 iterations that a file may ask for: ten times and more what wallets write.</summary>
    public const int Pbkdf2IterationsMax = 10_000_000;

    private const int DerivedKeySizeBytes = 32;
    private const int BlockSizeBytes = 16;

    /// <summary>Decrypts a key file.</summary>
    /// <param name="utf8Json">The file's bytes.</param>
    /// <param name="password">Password, normalised by the caller if at all.</param>
    /// <param name="privateKey">32 bytes; empty on failure. The caller clears them after use.</param>
    /// <param name="error">Why not, in a sentence; empty on success.</param>
    public static bool TryDecrypt(ReadOnlyMemory<byte> utf8Json, string password, out byte[] privateKey, out string error)
    {
        privateKey = [];
        error = $"The key file is longer than {FileSizeBytesMax} bytes: is it the right file?";
        if (utf8Json.Length > FileSizeBytesMax) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8Json);
            return TryDecrypt(document.RootElement, password, out privateKey, out error);
        }
        catch (JsonException exception)
        {
            error = $"The key file is not JSON: {exception.Message}";
            return false;
        }
    }

    private static bool TryDecrypt(JsonElement file, string password, out byte[] privateKey, out string error)
    {
        privateKey = [];
        if (Number(file, "version") != 3) return Fail("The key file is not of version 3: export the key again with a current wallet.", out error);
        JsonElement crypto = Member(file, "crypto") ?? Member(file, "Crypto") ?? default;
        if (Text(crypto, "cipher") is not "aes-128-ctr") return Fail($"The cipher '{Text(crypto, "cipher")}' is not supported: only aes-128-ctr is.", out error);
        byte[]? iv = HexMember(Member(crypto, "cipherparams") ?? default, "iv");
        byte[]? cipherText = HexMember(crypto, "ciphertext");
        byte[]? mac = HexMember(crypto, "mac");
        if (iv is null || cipherText is null || mac is null || iv.Length > BlockSizeBytes || cipherText.Length != Secp256k1.PrivateKeySizeBytes)
        {
            return Fail("The key file lacks iv, mac or a ciphertext of 32 bytes: it is damaged.", out error);
        }
        byte[] derived = new byte[DerivedKeySizeBytes];
        if (!TryDeriveKey(crypto, Encoding.UTF8.GetBytes(password), derived, out error)) return false;

        byte[] macInput = [.. derived.AsSpan(BlockSizeBytes), .. cipherText];
        Hash256 computed = Keccak256.Hash(macInput);
        if (!CryptographicOperations.FixedTimeEquals(computed.Bytes, mac)) return Fail("The password does not open this key file.", out error);

        privateKey = ApplyCounterMode(derived.AsSpan(0, BlockSizeBytes), iv, cipherText);
        CryptographicOperations.ZeroMemory(derived);
        error = "";
        return true;
    }

    private static bool TryDeriveKey(JsonElement crypto, byte[] password, Span<byte> derived, out string error)
    {
        error = "";
        JsonElement parameters = Member(crypto, "kdfparams") ?? default;
        byte[]? salt = HexMember(parameters, "salt");
        if (salt is null || Number(parameters, "dklen") != DerivedKeySizeBytes) return Fail("The key file lacks a salt or derives a key of other than 32 bytes.", out error);
        switch (Text(crypto, "kdf"))
        {
            case "pbkdf2":
                long iterations = Number(parameters, "c") ?? 0;
                if (Text(parameters, "prf") is not "hmac-sha256") return Fail("The key file's prf is not hmac-sha256, the only one supported.", out error);
                if (iterations is < 1 or > Pbkdf2IterationsMax) return Fail($"The key file asks for {iterations} iterations: 1 to {Pbkdf2IterationsMax} are allowed.", out error);
                Rfc2898DeriveBytes.Pbkdf2(password, salt, derived, (int)iterations, HashAlgorithmName.SHA256);
                return true;
            case "scrypt":
                (int n, int r, int p) = (Small(parameters, "n"), Small(parameters, "r"), Small(parameters, "p"));
                return Scrypt.TryDerive(password, salt, n, r, p, derived)
                    || Fail($"The key file asks for scrypt with n {n}, r {r}, p {p}: n must be a power of two, and memory and work within limits.", out error);
            default:
                return Fail($"The key derivation '{Text(crypto, "kdf")}' is not supported: only scrypt and pbkdf2 are.", out error);
        }
    }

    private static byte[] ApplyCounterMode(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input)
    {
        using Aes aes = Aes.Create();
        aes.Key = key.ToArray();
        Span<byte> counter = stackalloc byte[BlockSizeBytes];
        Span<byte> stream = stackalloc byte[BlockSizeBytes];
        counter.Clear();
        iv.CopyTo(counter[(BlockSizeBytes - iv.Length)..]);
        byte[] output = new byte[input.Length];
        for (int i = 0; i < input.Length; i++)
        {
            if (i % BlockSizeBytes == 0)
            {
                aes.EncryptEcb(counter, stream, PaddingMode.None);
                for (int j = BlockSizeBytes - 1; j >= 0 && ++counter[j] == 0; j--)
                {
                }
            }
            output[i] = (byte)(input[i] ^ stream[i % BlockSizeBytes]);
        }
        return output;
    }

    private static bool Fail(string message, out string error)
    {
        error = message;
        return false;
    }

    private static JsonElement? Member(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement member) ? member : null;

    private static string? Text(JsonElement element, string key) =>
        Member(element, key) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    private static long? Number(JsonElement element, string key) =>
        Member(element, key) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt64(out long number) ? number : null;

    private static int Small(JsonElement element, string key) => Number(element, key) is { } number and >= 0 and <= int.MaxValue ? (int)number : 0;

    private static byte[]? HexMember(JsonElement element, string key) => Hex.TryDecode(Text(element, key) ?? "-", out byte[] bytes) ? bytes : null;
}
