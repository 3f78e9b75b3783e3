using System.Buffers.Binary;
using System.Numerics;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;

namespace Chain.Storage.State;

/// <summary>
/// Values of the flat columns. An account: one byte with flags (bit 0 code, bit 1 storage) and the size of the nonce (from bit 2), one byte with the size of the balance, both
/// numbers big-endian without leading zeros, then the code hash and the storage root if flagged. A slot: big-endian without leading zeros.
/// </summary>
internal static class FlatCodec
{
    public const int AccountSizeBytesMax = 2 + 8 + UInt256.SizeBytes + (2 * Hash256.SizeBytes);

    private const int CodeFlag = 1;
    private const int StorageFlag = 2;
    private const int NonceSizeShift = 2;

    public static ReadOnlySpan<byte> EncodeAccount(in Account account, Span<byte> destination)
    {
        int nonceSize = (64 - BitOperations.LeadingZeroCount(account.Nonce) + 7) / 8;
        destination[0] = (byte)((account.HasCode ? CodeFlag : 0) | (account.HasStorage ? StorageFlag : 0) | (nonceSize << NonceSizeShift));
        Span<byte> nonce = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, account.Nonce);
        nonce[(8 - nonceSize)..].CopyTo(destination[2..]);
        int size = 2 + nonceSize;
        ReadOnlySpan<byte> balance = EncodeSlot(account.Balance, destination.Slice(size, UInt256.SizeBytes));
        destination[1] = (byte)balance.Length;
        size += balance.Length;
        if (account.HasCode)
        {
            account.CodeHash.Bytes.CopyTo(destination[size..]);
            size += Hash256.SizeBytes;
        }
        if (account.HasStorage)
        {
            account.StorageRoot.Bytes.CopyTo(destination[size..]);
            size += Hash256.SizeBytes;
        }
        return destination[..size];
    }

    public static bool TryDecodeAccount(ReadOnlySpan<byte> data, out Account account)
    {
        account = default;
        if (data.Length < 2) return false;
        int nonceSize = data[0] >> NonceSizeShift;
        int balanceSize = data[1];
        bool hasCode = (data[0] & CodeFlag) != 0;
        bool hasStorage = (data[0] & StorageFlag) != 0;
        int size = 2 + nonceSize + balanceSize + (hasCode ? Hash256.SizeBytes : 0) + (hasStorage ? Hash256.SizeBytes : 0);
        if (nonceSize > 8 || balanceSize > UInt256.SizeBytes || size != data.Length) return false;
        ulong nonce = 0;
        foreach (byte b in data.Slice(2, nonceSize)) nonce = (nonce << 8) | b;
        data = data[(2 + nonceSize)..];
        UInt256 balance = UInt256.FromBigEndian(data[..balanceSize]);
        data = data[balanceSize..];
        account = new Account(nonce, balance, hasCode ? new Hash256(data[..Hash256.SizeBytes]) : Keccak256.EmptyHash, hasStorage ? new Hash256(data[^Hash256.SizeBytes..]) : Account.EmptyTrieRoot);
        return true;
    }

    /// <summary>Writes a number without leading zeros at the start of a 32-byte buffer; zero is empty.</summary>
    public static ReadOnlySpan<byte> EncodeSlot(in UInt256 value, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        value.WriteBigEndian(bytes);
        int size = (value.BitLength + 7) / 8;
        bytes[(UInt256.SizeBytes - size)..].CopyTo(destination);
        return destination[..size];
    }
}
