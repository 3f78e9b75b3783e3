using System.Security.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Core.Types;

/// <summary>Requests of the execution layer to the consensus layer (EIP-7685): byte strings of a type byte and data.</summary>
public static class ExecutionRequests
{
    /// <summary>Hash of no requests: sha256 of nothing.</summary>
    public static readonly Hash256 EmptyHash = Hash256.Parse("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    /// <summary>sha256(sha256(request 0) || sha256(request 1) ...); a request that is only its type byte is left out.</summary>
    public static Hash256 Hash(IReadOnlyList<ReadOnlyMemory<byte>> requests)
    {
        using IncrementalHash outer = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[Hash256.SizeBytes];
        for (int i = 0; i < requests.Count; i++)
        {
            if (requests[i].Length <= 1) continue;
            SHA256.HashData(requests[i].Span, digest);
            outer.AppendData(digest);
        }
        outer.GetHashAndReset(digest);
        return new Hash256(digest);
    }
}
