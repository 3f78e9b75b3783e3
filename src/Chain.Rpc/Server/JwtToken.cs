using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Chain.Rpc.Server;

/// <summary>A JSON web token in compact form (RFC 7519), taken apart but not verified.</summary>
/// <param name="Algorithm">"alg" of its header.</param>
/// <param name="KeyId">"kid" of its header; null without.</param>
/// <param name="IssuedAt">"iat", seconds since the Unix epoch.</param>
/// <param name="ExpiresAt">"exp", likewise.</param>
/// <param name="NotBefore">"nbf", likewise.</param>
/// <param name="Signed">What the signature is over.</param>
/// <param name="Signature">The signature.</param>
internal sealed record JwtToken(string Algorithm, string? KeyId, long? IssuedAt, long? ExpiresAt, long? NotBefore, byte[] Signed, byte[] Signature)
{
    private const int TokenCharsMax = 4_096;

    /// <summary>Reads the value of an Authorization header; the problem when it holds no token.</summary>
    public static string? TryRead(string? authorization, out JwtToken token)
    {
        const string Scheme = "Bearer ";
        token = null!;
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return "missing token: send Authorization: Bearer with a signed JWT";
        string text = authorization[Scheme.Length..].Trim();
        string[] parts = text.Length <= TokenCharsMax ? text.Split('.') : [];
        if (parts.Length != 3 || !TryDecode(parts[0], out byte[] header) || !TryDecode(parts[1], out byte[] claims) || !TryDecode(parts[2], out byte[] signature)) return "the token is not a JWT";
        try
        {
            using JsonDocument head = JsonDocument.Parse(header);
            using JsonDocument body = JsonDocument.Parse(claims);
            if (head.RootElement.ValueKind != JsonValueKind.Object || body.RootElement.ValueKind != JsonValueKind.Object) return "the token is not a JWT";
            if (Text(head.RootElement, "alg") is not { } algorithm) return "the token's header has no \"alg\"";
            token = new JwtToken(
                algorithm, Text(head.RootElement, "kid"), Seconds(body.RootElement, "iat"), Seconds(body.RootElement, "exp"), Seconds(body.RootElement, "nbf"),
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature);
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "the token is not a JWT";
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Seconds(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double seconds) && Math.Abs(seconds) < long.MaxValue / 2
            ? (long)seconds
            : null;

    private static bool TryDecode(string text, out byte[] bytes)
    {
        byte[] buffer = new byte[text.Length];
        bool done = Base64Url.TryDecodeFromChars(text, buffer, out int written);
        bytes = buffer[..written];
        return done;
    }
}
