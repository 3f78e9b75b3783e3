using System.Security.Cryptography;
using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>Writes key files of Web3 Secret Storage v3, with few iterations: for tests alone.</summary>
internal static class KeyFile
{
    private const int Iterations = 1_000;

    public static string Write(string folder, string name, byte[] privateKey, string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(32);
        byte[] iv = RandomNumberGenerator.GetBytes(16);
        byte[] derived = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        byte[] cipher = CounterMode(derived[..16], iv, privateKey);
        string mac = Text(Keccak256.Hash([.. derived[16..], .. cipher]).Bytes);
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, $$$"""
            {"version":3,"id":"00000000-0000-0000-0000-000000000000","crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"{{{Text(iv)}}}"},"ciphertext":"{{{Text(cipher)}}}",
            "kdf":"pbkdf2","kdfparams":{"c":{{{Iterations}}},"dklen":32,"prf":"hmac-sha256","salt":"{{{Text(salt)}}}"},"mac":"{{{mac}}}"}}
            """);
        return path;
    }

    /// <summary>AES-CTR of up to two blocks; the test's counter never carries out of its last byte.</summary>
    private static byte[] CounterMode(byte[] key, byte[] iv, byte[] data)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        iv[^1] &= 0x7f;
        byte[] next = [.. iv];
        next[^1]++;
        byte[] stream = aes.EncryptEcb([.. iv, .. next], PaddingMode.None);
        return [.. data.Select((b, i) => (byte)(b ^ stream[i]))];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Hex.Encode(bytes)[2..];
}
