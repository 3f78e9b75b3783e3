using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Chain.Rpc.Server;

/// <summary>The secret shared with a consensus client, and the tokens made with it (Engine API, authentication: JWT with HS256, "iat" within 60 seconds).</summary>
public sealed class JwtSecret
{
    /// <summary>Size of the secret.</summary>
    public const int SizeBytes = 32;

    private const long AgeSecondsMax = 60;

    private readonly byte[] _key;

    private JwtSecret(byte[] key) => _key = key;

    /// <summary>Reads a secret as its file holds it: 64 hex digits, with or without 0x and space around.</summary>
    public static bool TryParse(string text, out JwtSecret secret)
    {
        secret = null!;
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) digits = digits[2..];
        if (digits.Length != 2 * SizeBytes) return false;
        byte[] key = new byte[SizeBytes];
        if (Convert.FromHexString(digits, key, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        secret = new JwtSecret(key);
        return true;
    }

    /// <summary>A new secret with its text.</summary>
    public static (JwtSecret Secret, string Text) Generate()
    {
        byte[] key = RandomNumberGenerator.GetBytes(SizeBytes);
        return (new JwtSecret(key), "0x" + Convert.ToHexStringLower(key));
    }

    /// <summary>A token issued at a time, seconds since the Unix epoch.</summary>
    public string MakeToken(long issuedAtSeconds)
    {
        string head = Encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8) + "." + Encode(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"iat\":{issuedAtSeconds}}}")));
        return head + "." + Encode(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(head)));
    }

    /// <summary>Why the value of an Authorization header does not open the door at this time; null when it does.</summary>
    public string? Problem(string? authorization, long nowSeconds)
    {
        if (JwtToken.TryRead(authorization, out JwtToken token) is { } problem) return problem;
        // The algorithm first: a token may not choose how it is verified.
        if (token.Algorithm != "HS256") return "the token's algorithm is not HS256";
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, token.Signed), token.Signature)) return "the token's signature is not of the shared secret (--authrpc.jwtsecret)";
        if (token.IssuedAt is not { } issuedAt) return "the token has no \"iat\"";
        return Math.Abs(nowSeconds - issuedAt) <= AgeSecondsMax ? null : $"the token is stale: its \"iat\" is {issuedAt}, the clock here says {nowSeconds}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
