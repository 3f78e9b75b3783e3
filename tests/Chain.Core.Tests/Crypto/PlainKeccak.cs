using System.Numerics;

namespace Chain.Core.Tests.Crypto;

/// <summary>Keccak-256 as FIPS 202 defines the permutation, step by step, constants computed; slow and plain on purpose.</summary>
internal static class PlainKeccak
{
    private const int RateBytes = 136;

    public static byte[] Hash(ReadOnlySpan<byte> message)
    {
        byte[] padded = new byte[(message.Length / RateBytes + 1) * RateBytes];
        message.CopyTo(padded);
        padded[message.Length] |= 0x01;
        padded[^1] |= 0x80;
        ulong[,] a = new ulong[5, 5];
        for (int start = 0; start < padded.Length; start += RateBytes)
        {
            for (int i = 0; i < RateBytes / 8; i++) a[i % 5, i / 5] ^= BitConverter.ToUInt64(padded, start + 8 * i);
            a = Permute(a);
        }
        byte[] digest = new byte[32];
        for (int i = 0; i < 4; i++) BitConverter.TryWriteBytes(digest.AsSpan(8 * i), a[i, 0]);
        return digest;
    }

    public static ulong[,] Permute(ulong[,] a)
    {
        int register = 1;
        for (int round = 0; round < 24; round++)
        {
            ulong[] c = new ulong[5];
            for (int x = 0; x < 5; x++) for (int y = 0; y < 5; y++) c[x] ^= a[x, y];
            for (int x = 0; x < 5; x++) for (int y = 0; y < 5; y++) a[x, y] ^= c[(x + 4) % 5] ^ BitOperations.RotateLeft(c[(x + 1) % 5], 1);

            ulong[,] b = new ulong[5, 5];
            b[0, 0] = a[0, 0];
            int px = 1, py = 0;
            for (int t = 0; t < 24; t++)
            {
                b[py, (2 * px + 3 * py) % 5] = BitOperations.RotateLeft(a[px, py], (t + 1) * (t + 2) / 2 % 64);
                (px, py) = (py, (2 * px + 3 * py) % 5);
            }
            for (int x = 0; x < 5; x++) for (int y = 0; y < 5; y++) a[x, y] = b[x, y] ^ (~b[(x + 1) % 5, y] & b[(x + 2) % 5, y]);

            for (int j = 0; j <= 6; j++)
            {
                if ((register & 1) != 0) a[0, 0] ^= 1UL << ((1 << j) - 1);
                register = (register << 1) ^ ((register >> 7) * 0x171);
            }
        }
        return a;
    }
}
