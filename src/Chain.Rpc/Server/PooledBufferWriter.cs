using System.Buffers;
using Chain.Rpc.Json;

namespace Chain.Rpc.Server;

/// <summary>A growing byte buffer on pooled memory. Not thread safe; disposing gives the memory back.</summary>
public sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 4_096;

    /// <summary>Writers ask for room for the longest form of a text: three bytes for each that the text may have.</summary>
    private const int BytesAskedPerByte = 3;

    private byte[] _buffer = MessageMemory.Rent(InitialBytes);
    private int _length;
    private long _sentBytes;
    private long _bytesMax = long.MaxValue;

    /// <summary>Bytes written. Setting it drops what follows.</summary>
    public int Length
    {
        get => _length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)_length, nameof(value));
            _length = value;
        }
    }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Where a full buffer is sent while more is written; null keeps all of it here.</summary>
    internal AnswerSink? Sink { get; set; }

    /// <summary>Lets at most so many bytes follow what is written; <see cref="CheckLimit"/> tells whether they were kept to.</summary>
    internal void Limit(long bytes) => _bytesMax = _sentBytes + _length + bytes;

    /// <summary>Takes the limit away.</summary>
    internal void Unlimit() => _bytesMax = long.MaxValue;

    /// <summary>Holds what was written against the limit; writing itself notices only when memory runs out.</summary>
    /// <exception cref="ResponseTooLargeException">More was written.</exception>
    internal void CheckLimit()
    {
        if (_sentBytes + _length > _bytesMax) throw new ResponseTooLargeException();
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Empties the buffer and gives large memory back, so that one large answer does not hold it.</summary>
    public void Clear()
    {
        _length = 0;
        _sentBytes = 0;
        Sink = null;
        Unlimit();
        if (_buffer.Length <= MessageMemory.PooledBytesMax) return;
        MessageMemory.Return(_buffer);
        _buffer = MessageMemory.Rent(InitialBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0) MessageMemory.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - _length < Math.Max(sizeHint, 1)) Grow(sizeHint);
    }

    private void Grow(int sizeHint)
    {
        CheckLimit();
        if (Sink is not null && _length >= AnswerSink.GatheredBytes)
        {
            Sink.Send(Written);
            _sentBytes += _length;
            _length = 0;
            if (_buffer.Length >= Math.Max(sizeHint, 256)) return;
        }
        long needed = (long)_length + Math.Max(sizeHint, 256);
        // One text far over the limit is not even begun.
        if (needed > Array.MaxLength || (sizeHint - InitialBytes) / BytesAskedPerByte > _bytesMax - _sentBytes - _length) throw new ResponseTooLargeException();
        byte[] larger = MessageMemory.Rent((int)Math.Min(Math.Max(needed, 2L * _buffer.Length), Array.MaxLength));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        MessageMemory.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>An answer outgrew its limit: an exception because it is met deep inside a writer.</summary>
internal sealed class ResponseTooLargeException : Exception;
