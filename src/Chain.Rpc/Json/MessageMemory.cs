using System.Buffers;

namespace Chain.Rpc.Json;

/// <summary>
/// Memory for messages. What messages usually take is pooled; large memory is left to the collector, because the shared pool keeps dozens of arrays of each size and gives them
/// back only when memory runs short: a burst of large requests would hold a gibibyte for good.
/// </summary>
internal static class MessageMemory
{
    /// <summary>Largest array that is pooled.</summary>
    public const int PooledBytesMax = 1 << 18;

    /// <summary>An array of at least so many bytes, of any content.</summary>
    public static byte[] Rent(int sizeBytes) => sizeBytes <= PooledBytesMax ? ArrayPool<byte>.Shared.Rent(sizeBytes) : GC.AllocateUninitializedArray<byte>(sizeBytes);

    /// <summary>Gives an array back, which nobody uses any more.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length <= PooledBytesMax) ArrayPool<byte>.Shared.Return(array);
    }
}
