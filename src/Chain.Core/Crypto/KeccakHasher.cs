using System.Runtime.CompilerServices;
using Chain.Core.Primitives;

namespace Chain.Core.Crypto;

/// <summary>
/// Keccak-256 over bytes that come in pieces. The default value is ready; <see cref="Finish(Span{byte})"/> makes it ready again.
/// A mutable value: keep it in one variable, pass it by reference. Allocates nothing.
/// </summary>
public struct KeccakHasher
{
    private LaneArray _state;
    private BlockArray _block;
    private int _filledBytes;

    /// <summary>Appends bytes to the message.</summary>
    public unsafe void Update(ReadOnlySpan<byte> data)
    {
        Span<byte> block = _block;
        if (_filledBytes > 0)
        {
            int taken = Math.Min(Keccak256.RateBytes - _filledBytes, data.Length);
            data[..taken].CopyTo(block[_filledBytes..]);
            _filledBytes += taken;
            data = data[taken..];
            if (_filledBytes < Keccak256.RateBytes) return;
            Absorb(block);
            _filledBytes = 0;
        }
        while (data.Length >= Keccak256.RateBytes)
        {
            Absorb(data);
            data = data[Keccak256.RateBytes..];
        }
        data.CopyTo(block);
        _filledBytes = data.Length;
    }

    /// <summary>Writes the 32-byte hash of the message and starts a new one.</summary>
    /// <exception cref="ArgumentException">The digest is shorter than 32 bytes.</exception>
    public unsafe void Finish(Span<byte> digest)
    {
        Span<byte> block = _block;
        block[_filledBytes..].Clear();
        block[_filledBytes] = 0x01;
        block[Keccak256.RateBytes - 1] |= 0x80;
        Absorb(block);
        // Safe: the array has the state's 25 lanes and is pinned while they are used.
        fixed (ulong* state = (Span<ulong>)_state) Keccak256.WriteDigest(state, digest);
        this = default;
    }

    /// <summary>The hash of the message; starts a new one.</summary>
    public Hash256 Finish()
    {
        Span<byte> digest = stackalloc byte[Hash256.SizeBytes];
        Finish(digest);
        return new Hash256(digest);
    }

    private unsafe void Absorb(ReadOnlySpan<byte> block)
    {
        // Safe: as in Finish.
        fixed (ulong* state = (Span<ulong>)_state) Keccak256.AbsorbBlock(state, block);
    }

    [InlineArray(Keccak256.Lanes)]
    private struct LaneArray
    {
        private ulong _lane;
    }

    [InlineArray(Keccak256.RateBytes)]
    private struct BlockArray
    {
        private byte _byte;
    }
}
