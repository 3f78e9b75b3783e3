using Chain.Core.Rlp;

namespace Chain.Trie;

/// <summary>Paths in a trie as nibbles, one a byte, and their compact form in nodes (Yellow Paper, appendix C).</summary>
public static class TriePath
{
    /// <summary>Longest key in bytes: a Keccak-256 hash.</summary>
    public const int KeyBytesMax = 32;

    /// <summary>Longest path in nibbles.</summary>
    public const int NibblesMax = 2 * KeyBytesMax;

    private const byte OddFlag = 0x10;
    private const byte LeafFlag = 0x20;

    /// <summary>Writes the two nibbles of each byte, high one first; returns their number.</summary>
    /// <exception cref="ArgumentException">The key is longer than <see cref="KeyBytesMax"/>.</exception>
    public static int Unpack(ReadOnlySpan<byte> key, Span<byte> nibbles)
    {
        if (key.Length > KeyBytesMax) throw new ArgumentException($"A trie key has at most {KeyBytesMax} bytes, not {key.Length}.", nameof(key));
        for (int i = 0; i < key.Length; i++)
        {
            nibbles[2 * i] = (byte)(key[i] >> 4);
            nibbles[(2 * i) + 1] = (byte)(key[i] & 15);
        }
        return 2 * key.Length;
    }

    /// <summary>Joins pairs of nibbles to bytes. The number of nibbles is even.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> nibbles)
    {
        if ((nibbles.Length & 1) != 0) throw new ArgumentException($"{nibbles.Length} nibbles do not make whole bytes.", nameof(nibbles));
        byte[] key = new byte[nibbles.Length / 2];
        for (int i = 0; i < key.Length; i++) key[i] = (byte)((nibbles[2 * i] << 4) | nibbles[(2 * i) + 1]);
        return key;
    }

    /// <summary>Nibbles as hex digits, for messages.</summary>
    public static string Format(ReadOnlySpan<byte> nibbles)
    {
        Span<char> digits = stackalloc char[nibbles.Length];
        for (int i = 0; i < nibbles.Length; i++) digits[i] = "0123456789abcdef"[nibbles[i] & 15];
        return digits.ToString();
    }

    /// <summary>Writes the compact (hex-prefix) form as a byte string.</summary>
    internal static void WriteCompact(scoped ReadOnlySpan<byte> nibbles, bool isLeaf, ref RlpWriter rlp)
    {
        Span<byte> compact = stackalloc byte[KeyBytesMax + 1];
        int odd = nibbles.Length & 1;
        compact[0] = (byte)((isLeaf ? LeafFlag : 0) | (odd == 1 ? OddFlag | nibbles[0] : 0));
        int size = 1;
        for (int i = odd; i < nibbles.Length; i += 2) compact[size++] = (byte)((nibbles[i] << 4) | nibbles[i + 1]);
        rlp.WriteBytes(compact[..size]);
    }

    /// <summary>Reads the compact form; false when it is not canonical or longer than a path can be.</summary>
    internal static bool TryDecodeCompact(ReadOnlySpan<byte> compact, Span<byte> nibbles, out int length, out bool isLeaf)
    {
        length = 0;
        isLeaf = false;
        if (compact.IsEmpty || compact.Length > KeyBytesMax + 1) return false;
        byte flags = compact[0];
        isLeaf = (flags & LeafFlag) != 0;
        bool isOdd = (flags & OddFlag) != 0;
        if ((flags & 0xc0) != 0 || (!isOdd && (flags & 0x0f) != 0) || (isOdd && compact.Length > KeyBytesMax)) return false;
        if (isOdd) nibbles[length++] = (byte)(flags & 15);
        length += Unpack(compact[1..], nibbles[length..]);
        return true;
    }
}
