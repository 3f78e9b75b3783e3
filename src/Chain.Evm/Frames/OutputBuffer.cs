namespace Chain.Evm.Frames;

/// <summary>A growing byte buffer that is reused from call to call: return data of frames and precompiles.</summary>
public sealed class OutputBuffer
{
    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes in use.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes in use; invalid after the next change.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Empties it.</summary>
    public void Clear() => Length = 0;

    /// <summary>Replaces the content.</summary>
    public void Set(ReadOnlySpan<byte> data) => data.CopyTo(Resize(data.Length));

    /// <summary>Sets the length and returns the (uncleared) bytes to fill.</summary>
    public Span<byte> Resize(int length)
    {
        if (length > _bytes.Length) _bytes = new byte[Math.Max(length, _bytes.Length * 2)];
        Length = length;
        return _bytes.AsSpan(0, length);
    }
}
