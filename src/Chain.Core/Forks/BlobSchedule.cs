namespace Chain.Core.Forks;

/// <summary>Blob parameters of a fork (EIP-7840).</summary>
/// <param name="Target">Target blobs per block.</param>
/// <param name="Max">Most blobs per block.</param>
/// <param name="BaseFeeUpdateFraction">Divisor in the exponent of the blob base fee.</param>
public sealed record BlobSchedule(ulong Target, ulong Max, ulong BaseFeeUpdateFraction)
{
    /// <summary>Most blobs per block that a configuration may name: far above any network, far below an overflow of blob gas.</summary>
    public const ulong MaxLimit = 4_096;
}
