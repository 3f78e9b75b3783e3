using System.Collections.Concurrent;
using Chain.Core.Primitives;

namespace Chain.Evm.Code;

/// <summary>
/// Prepared code by code hash, for all machines of the process: a pure function of the hash, hence never stale. Two generations bound the memory: when the
/// young one is full it becomes the old one, and what is still used is taken back from there. Thread safe.
/// </summary>
internal sealed class CodeCache(long generationBytesMax)
{
    private const long DefaultGenerationBytesMax = 64L * 1024 * 1024;

    private readonly Lock _turn = new();
    private ConcurrentDictionary<Hash256, CodeInfo> _young = new();
    private ConcurrentDictionary<Hash256, CodeInfo> _old = new();
    private long _youngBytes;

    /// <summary>The cache of the process: at most about 128 MiB.</summary>
    public static CodeCache Shared { get; } = new(DefaultGenerationBytesMax);

    /// <summary>Finds prepared code.</summary>
    public bool TryGet(in Hash256 codeHash, out CodeInfo code)
    {
        if (_young.TryGetValue(codeHash, out code!)) return true;
        if (!_old.TryGetValue(codeHash, out code!)) return false;
        Add(codeHash, code);
        return true;
    }

    /// <summary>Adds prepared code.</summary>
    public void Add(in Hash256 codeHash, CodeInfo code)
    {
        if (!_young.TryAdd(codeHash, code)) return;
        if (Interlocked.Add(ref _youngBytes, code.MemoryBytes) <= generationBytesMax) return;
        lock (_turn)
        {
            if (Interlocked.Read(ref _youngBytes) <= generationBytesMax) return;
            _old = _young;
            _young = new ConcurrentDictionary<Hash256, CodeInfo>();
            Interlocked.Exchange(ref _youngBytes, 0);
        }
    }
}
