using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Chain.Rpc.Server;

/// <summary>
/// The keys of the public side (<c>--http.keys FILE</c>): who holds one signs JSON web tokens with it, and may call the methods listed for it. A token needs an "exp" in the future or
/// an "iat" within a minute; its header's "kid" names the key.
/// </summary>
public sealed class RpcKeys
{
    /// <summary>Keys in one file.</summary>
    public const int KeysMax = 1_000;

    private const long FileBytesMax = 1 << 20;
    private const long IssuedSecondsMax = 60;
    private const int TokensRememberedMax = 4_096;

    private readonly Dictionary<string, Key> _keys = new(StringComparer.Ordinal);

    // Verifying a public-key signature takes tens of microseconds, and clients send the same token again and again.
    private readonly ConcurrentDictionary<string, (Key Key, long ExpiresAt)> _verified = new(StringComparer.Ordinal);

    private RpcKeys()
    {
    }

    /// <summary>Names of the keys with their access.</summary>
    public IEnumerable<(string Id, MethodAccess Access)> Access => _keys.Values.Select(key => (key.Id, key.Access));

    /// <summary>
    /// Reads a file: <c>{"keys": [{"id": "ops", "algorithm": "RS256" | "ES256" | "HS256", "file": "ops.pem", "allow": ["eth_*"], "deny": ["debug_setHead"]}]}</c>. The file of a key
    /// is a PEM public key, or 64 hex digits for HS256; its path is relative to this file.
    /// </summary>
    /// <exception cref="RpcStartException">The file does not work; the message says why.</exception>
    public static RpcKeys Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > FileBytesMax) throw new RpcStartException($"'{path}' is larger than {FileBytesMax} bytes: it is no file of keys.");
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            RpcKeys keys = new();
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
                throw new RpcStartException($"'{path}' holds no list \"keys\".");
            if (list.GetArrayLength() is 0 or > KeysMax) throw new RpcStartException($"'{path}' holds {list.GetArrayLength()} keys: 1 to {KeysMax} are expected.");
            foreach (JsonElement item in list.EnumerateArray()) keys.Add(item, path);
            return keys;
        }
        catch (JsonException e)
        {
            throw new RpcStartException($"'{path}' is not JSON (line {e.LineNumber + 1}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcStartException($"The file of keys '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>What the holder of an Authorization header's token may call; null with the problem when it opens nothing.</summary>
    internal MethodAccess? Check(string? authorization, long nowSeconds, out string? problem)
    {
        problem = null;
        if (authorization is not null && _verified.TryGetValue(authorization, out (Key Key, long ExpiresAt) known) && nowSeconds < known.ExpiresAt) return known.Key.Access;
        problem = JwtToken.TryRead(authorization, out JwtToken token);
        if (problem is not null) return null;
        Key? key = null;
        if (token.KeyId is { } id) _keys.TryGetValue(id, out key);
        else if (_keys.Count == 1) key = _keys.Values.First();
        if (key is null) problem = token.KeyId is null ? "the token's header has no \"kid\" that names its key" : "the token's \"kid\" names no key of this node";
        else if (key.Algorithm != token.Algorithm) problem = $"the token's algorithm is not {key.Algorithm}, that of its key";
        else if (!key.Verifies(token)) problem = "the token's signature is not of its key";
        else if (token.NotBefore > nowSeconds + IssuedSecondsMax) problem = $"the token is not valid before {token.NotBefore}, the clock here says {nowSeconds}";
        else if (ExpiryOf(token) is not { } expiry) problem = "the token has neither \"exp\" nor \"iat\"";
        else if (nowSeconds >= expiry || token.IssuedAt > nowSeconds + IssuedSecondsMax) problem = $"the token is stale or of the future: it ends at {expiry}, the clock here says {nowSeconds}";
        else
        {
            if (_verified.Count >= TokensRememberedMax) _verified.Clear();
            if (token.NotBefore is null || token.NotBefore <= nowSeconds) _verified[authorization!] = (key, expiry);
            return key.Access;
        }
        return null;
    }

    private static long? ExpiryOf(JwtToken token) => token.ExpiresAt ?? (token.IssuedAt + IssuedSecondsMax + 1);

    private void Add(JsonElement item, string path)
    {
        string id = Text(item, "id") ?? throw new RpcStartException($"In '{path}', a key has no \"id\".");
        foreach (JsonProperty property in item.EnumerateObject())
        {
            if (property.Name is not ("id" or "algorithm" or "file" or "allow" or "deny"))
                throw new RpcStartException($"In '{path}', key '{id}' has \"{property.Name}\": id, algorithm, file, allow and deny are known.");
        }
        string algorithm = Text(item, "algorithm") ?? "";
        string file = Text(item, "file") ?? throw new RpcStartException($"In '{path}', key '{id}' has no \"file\".");
        string keyPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file);
        MethodAccess access = new(List(item, "allow", id, path), List(item, "deny", id, path));
        string text = File.ReadAllText(keyPath);
        Func<byte[], byte[], bool> verify;
        try
        {
            verify = algorithm switch
            {
                "HS256" => Hmac(text, keyPath),
                "RS256" => Rsa(text),
                "ES256" => Ecdsa(text, keyPath),
                _ => throw new RpcStartException($"In '{path}', key '{id}' has algorithm '{algorithm}': HS256, RS256 and ES256 are known."),
            };
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new RpcStartException($"'{keyPath}' holds no public key for {algorithm} in PEM form.", e);
        }
        if (!_keys.TryAdd(id, new Key(id, algorithm, access, verify))) throw new RpcStartException($"In '{path}', two keys have the id '{id}'.");
    }

    private static Func<byte[], byte[], bool> Hmac(string text, string path)
    {
        byte[] key;
        try
        {
            key = Convert.FromHexString(text.AsSpan().Trim() is ['0', 'x', .. var digits] ? digits : text.AsSpan().Trim());
        }
        catch (FormatException)
        {
            key = [];
        }
        if (key.Length < JwtSecret.SizeBytes) throw new RpcStartException($"'{path}' holds no secret: at least {2 * JwtSecret.SizeBytes} hex digits are expected.");
        return (signed, signature) => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, signed), signature);
    }

    private static Func<byte[], byte[], bool> Rsa(string pem)
    {
        RSA key = RSA.Create();
        key.ImportFromPem(pem);
        return (signed, signature) =>
        {
            lock (key) return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        };
    }

    private static Func<byte[], byte[], bool> Ecdsa(string pem, string path)
    {
        ECDsa key = ECDsa.Create();
        key.ImportFromPem(pem);
        if (key.KeySize != 256) throw new RpcStartException($"'{path}' holds a curve of {key.KeySize} bits: ES256 needs P-256.");
        return (signed, signature) =>
        {
            lock (key) return key.VerifyData(signed, signature, HashAlgorithmName.SHA256);
        };
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] List(JsonElement item, string name, string id, string path)
    {
        if (!item.TryGetProperty(name, out JsonElement list)) return [];
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.String))
            throw new RpcStartException($"In '{path}', \"{name}\" of key '{id}' is no list of method names.");
        return [.. list.EnumerateArray().Select(entry => entry.GetString()!)];
    }

    private sealed record Key(string Id, string Algorithm, MethodAccess Access, Func<byte[], byte[], bool> Verify)
    {
        public bool Verifies(JwtToken token) => Verify(token.Signed, token.Signature);
    }
}
