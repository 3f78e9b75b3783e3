using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Chain.Core.Crypto;

/// <summary>The scrypt key derivation (RFC 7914).</summary>
public static class Scrypt
{
    /// <summary>Most memory that one derivation may take, 128 * N * r bytes: four times what go-ethereum's strongest key files need.</summary>
    public const long MemoryBytesMax = 1L << 30;

    /// <summary>Most work, N * r * p: four times that of go-ethereum's strongest key files.</summary>
    public const long WorkMax = 1L << 23;

    /// <summary>Longest key derived, bytes.</summary>
    public const int KeySizeBytesMax = 1_024;

    private const int WordsPerBlock = 16;

    /// <summary>Derives a key. False when N is not a power of two above 1, or a parameter is out of its limits.</summary>
    /// <param name="password">Password.</param>
    /// <param name="salt">Salt.</param>
    /// <param name="n">Cost N.</param>
    /// <param name="r">Block size r.</param>
    /// <param name="p">Parallelization p.</param>
    /// <param name="key">Receives the key.</param>
    public static bool TryDerive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, Span<byte> key)
    {
        if (n < 2 || !BitOperations.IsPow2(n) || r < 1 || p < 1 || key.Length is 0 or > KeySizeBytesMax) return false;
        // In 128 bits, because the three are chosen by whoever wrote the file.
        if ((Int128)n * r * 128 > MemoryBytesMax || (Int128)n * r * p > WorkMax || (Int128)r * p * 128 > MemoryBytesMax) return false;

        int blockWords = 32 * r;
        byte[] blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, p * blockWords * sizeof(uint));
        uint[][] table = new uint[n][];
        for (int i = 0; i < n; i++) table[i] = new uint[blockWords];
        uint[] x = new uint[blockWords];
        uint[] y = new uint[blockWords];
        for (int i = 0; i < p; i++)
        {
            Span<byte> block = blocks.AsSpan(i * blockWords * sizeof(uint), blockWords * sizeof(uint));
            for (int w = 0; w < blockWords; w++) x[w] = BinaryPrimitives.ReadUInt32LittleEndian(block[(w * sizeof(uint))..]);
            Mix(ref x, ref y, table, r);
            for (int w = 0; w < blockWords; w++) BinaryPrimitives.WriteUInt32LittleEndian(block[(w * sizeof(uint))..], x[w]);
        }
        Rfc2898DeriveBytes.Pbkdf2(password, blocks, key, 1, HashAlgorithmName.SHA256);
        CryptographicOperations.ZeroMemory(blocks);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(x.AsSpan()));
        return true;
    }

    /// <summary>ROMix: fills the table with the states, then reads it in the order that the state dictates.</summary>
    private static void Mix(ref uint[] x, ref uint[] y, uint[][] table, int r)
    {
        int n = table.Length;
        int lastBlock = ((2 * r) - 1) * WordsPerBlock;
        for (int i = 0; i < n; i++)
        {
            x.CopyTo(table[i], 0);
            MixBlocks(x, y, r);
            (x, y) = (y, x);
        }
        for (int i = 0; i < n; i++)
        {
            uint[] row = table[(int)(x[lastBlock] & (uint)(n - 1))];
            for (int w = 0; w < x.Length; w++) x[w] ^= row[w];
            MixBlocks(x, y, r);
            (x, y) = (y, x);
        }
    }

    /// <summary>BlockMix: chains Salsa20/8 over the blocks; even results go to the first half, odd ones to the second.</summary>
    private static void MixBlocks(uint[] source, uint[] destination, int r)
    {
        Span<uint> state = stackalloc uint[WordsPerBlock];
        source.AsSpan(((2 * r) - 1) * WordsPerBlock, WordsPerBlock).CopyTo(state);
        for (int i = 0; i < 2 * r; i++)
        {
            ReadOnlySpan<uint> block = source.AsSpan(i * WordsPerBlock, WordsPerBlock);
            for (int w = 0; w < WordsPerBlock; w++) state[w] ^= block[w];
            Salsa8(state);
            state.CopyTo(destination.AsSpan(((i / 2) + ((i & 1) * r)) * WordsPerBlock));
        }
    }

    private static void Salsa8(Span<uint> state)
    {
        Span<uint> x = stackalloc uint[WordsPerBlock];
        state.CopyTo(x);
        for (int round = 0; round < 4; round++)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }
        for (int i = 0; i < WordsPerBlock; i++) state[i] += x[i];
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
