using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Chain.Rpc.Server;

/// <summary>The secret shared with a consensus client, and the tokens made with it (Engine API, authentication: JWT with HS256, "iat" within 60 seconds).</summary>
public sealed class JwtSecret
{
    /// <summary>Size of the secret.</summary>
    public const int SizeBytes = 32;

    private const int TokenCharsMax = 4_096;
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
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return "missing token: send Authorization: Bearer with a JWT signed by the shared secret";
        string token = authorization[Scheme.Length..].Trim();
        string[] parts = token.Length <= TokenCharsMax ? token.Split('.') : [];
        if (parts.Length != 3 || !TryDecode(parts[0], out byte[] header) || !TryDecode(parts[1], out byte[] claims) || !TryDecode(parts[2], out byte[] signature)) return "the token is not a JWT";
        byte[] expected = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{parts[0]}.{parts[1]}"));
        if (!CryptographicOperations.FixedTimeEquals(expected, signature)) return "the token's signature is not of the shared secret (--authrpc.jwtsecret)";
        if (!HasAlgorithm(header)) return "the token's algorithm is not HS256";
        if (IssuedAt(claims) is not { } issuedAt) return "the token has no \"iat\"";
        return Math.Abs(nowSeconds - issuedAt) <= AgeSecondsMax ? null : $"the token is stale: its \"iat\" is {issuedAt}, the clock here says {nowSeconds}";
    }

    private static bool HasAlgorithm(byte[] header)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("alg"u8, out JsonElement algorithm)
                && algorithm.ValueKind == JsonValueKind.String && algorithm.ValueEquals("HS256"u8);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static long? IssuedAt(byte[] claims)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(claims);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("iat"u8, out JsonElement issued)
                && issued.ValueKind == JsonValueKind.Number && issued.TryGetDouble(out double seconds) && Math.Abs(seconds) < long.MaxValue / 2 ? (long)seconds : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static bool TryDecode(string text, out byte[] bytes)
    {
        byte[] buffer = new byte[text.Length];
        bool done = System.Buffers.Text.Base64Url.TryDecodeFromChars(text, buffer, out int written);
        bytes = buffer[..written];
        return done;
    }
}
