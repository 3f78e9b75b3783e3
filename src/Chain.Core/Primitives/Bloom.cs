namespace Chain.Core.Primitives;

/// <summary>The 2,048-bit log filter of headers and receipts (Yellow Paper, section 4.4.1). Immutable once published.</summary>
public sealed class Bloom
{
    /// <summary>Size in bytes.</summary>
    public const int SizeBytes = 256;

    private readonly byte[] _bits;

    /// <summary>Copies 256 bytes.</summary>
    public Bloom(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes) throw new ArgumentException($"A bloom has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        _bits = bytes.ToArray();
    }

    /// <summary>The filter of no logs.</summary>
    public static Bloom Empty { get; } = new(new byte[SizeBytes]);

    /// <summary>The 256 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bits;
}
