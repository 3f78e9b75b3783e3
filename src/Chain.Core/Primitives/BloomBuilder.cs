using System.Numerics;
using System.Runtime.InteropServices;
using Chain.Core.Types;

namespace Chain.Core.Primitives;

/// <summary>A log filter under construction; reusable after <see cref="Clear"/>. Not thread safe.</summary>
public sealed class BloomBuilder
{
    private readonly byte[] _bits = new byte[Bloom.SizeBytes];
    private bool _isEmpty = true;

    /// <summary>The 256 bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bits;

    /// <summary>Adds one address or topic.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        Bloom.Set(_bits, entry);
        _isEmpty = false;
    }

    /// <summary>Adds a log: its address and its topics.</summary>
    public void Add(in Address address, ReadOnlySpan<Hash256> topics)
    {
        Add(address.Bytes);
        foreach (ref readonly Hash256 topic in topics) Add(topic.Bytes);
    }

    /// <summary>Adds a log.</summary>
    public void Add(LogEntry log)
    {
        Address address = log.Address;
        Add(address.Bytes);
        for (int i = 0; i < log.Topics.Count; i++)
        {
            Hash256 topic = log.Topics[i];
            Add(topic.Bytes);
        }
    }

    /// <summary>Adds every entry of another filter.</summary>
    public void Add(Bloom other)
    {
        if (ReferenceEquals(other, Bloom.Empty)) return;
        Span<Vector<byte>> mine = MemoryMarshal.Cast<byte, Vector<byte>>(_bits.AsSpan());
        ReadOnlySpan<Vector<byte>> theirs = MemoryMarshal.Cast<byte, Vector<byte>>(other.Bytes);
        for (int i = 0; i < mine.Length; i++) mine[i] |= theirs[i];
        _isEmpty = false;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        if (_isEmpty) return;
        Array.Clear(_bits);
        _isEmpty = true;
    }

    /// <summary>The filter so far; <see cref="Bloom.Empty"/> itself when nothing was added.</summary>
    public Bloom ToBloom() => _isEmpty ? Bloom.Empty : new Bloom(_bits);
}
