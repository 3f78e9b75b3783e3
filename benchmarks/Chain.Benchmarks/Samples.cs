using System.Buffers.Binary;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Benchmarks;

/// <summary>Inputs, the same in every run: words, accounts, signed transactions of all kinds, blocks.</summary>
internal static class Samples
{
    public const ulong ChainId = 31_337;
    public const ulong GweiWei = 1_000_000_000;
    public const ulong TimestampSeconds = 1_760_000_000;

    /// <summary>Words whose top bit of the given width is set.</summary>
    public static UInt256[] Words(int count, int bits, int seed)
    {
        Random random = new(seed);
        UInt256[] words = new UInt256[count];
        Span<byte> bytes = stackalloc byte[UInt256.SizeBytes];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            words[i] = (UInt256.FromBigEndian(bytes) >> (256 - bits)) | (UInt256.One << (bits - 1));
        }
        return words;
    }

    public static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Key(int index)
    {
        byte[] key = new byte[Secp256k1.PrivateKeySizeBytes];
        key[0] = 0x42;
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(28), index + 1);
        return key;
    }

    public static Address Sender(int index)
    {
        byte[] publicKey = new byte[Secp256k1.PublicKeySizeBytes];
        return Secp256k1.TryGetPublicKey(Key(index), publicKey) ? Secp256k1.AddressOf(publicKey) : throw new InvalidOperationException($"Key {index} is not a key.");
    }

    /// <summary>An account that exists and never sends.</summary>
    public static Address Recipient(int index) => Address.FromNumber(0x1_0000_0000 + (ulong)index);

    public static Transaction Call(int sender, ulong nonce, Address to, UInt256 value, byte[] data, ulong gasLimit) => TransactionSigner.Sign(
        new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonce,
            MaxPriorityFeePerGas = GweiWei,
            MaxFeePerGas = 20 * GweiWei,
            GasLimit = gasLimit,
            To = to,
            Value = value,
            Data = data,
        },
        Key(sender));

    /// <summary>Transfers from as many senders, of all kinds as a block has them: half with calldata, some with access lists, blobs, authorizations.</summary>
    public static Transaction[] MixedTransactions(int count)
    {
        Transaction[] transactions = new Transaction[count];
        for (int i = 0; i < count; i++) transactions[i] = TransactionSigner.Sign(Unsigned(i), Key(i));
        return transactions;
    }

    /// <summary>A block of these, with a header as full as today's.</summary>
    public static Block Block(IReadOnlyList<Transaction> transactions) => new()
    {
        Header = new BlockHeader
        {
            ParentHash = Hash(1),
            OmmersHash = BlockHeader.EmptyOmmersHash,
            Beneficiary = Recipient(1),
            StateRoot = Hash(2),
            TransactionsRoot = Hash(3),
            ReceiptsRoot = Hash(4),
            Number = 23_000_000,
            GasLimit = 60_000_000,
            GasUsed = 31_234_567,
            Timestamp = TimestampSeconds,
            ExtraData = Bytes(20, 5),
            MixHash = Hash(6),
            BaseFeePerGas = 12_345_678,
            WithdrawalsRoot = Hash(7),
            BlobGasUsed = 786_432,
            ExcessBlobGas = 0,
            ParentBeaconBlockRoot = Hash(8),
            RequestsHash = Hash(9),
        },
        Transactions = transactions,
        Withdrawals = [.. Enumerable.Range(0, 16).Select(i => new Withdrawal((ulong)i, (ulong)(1_000 + i), Recipient(i), 32_000_000))],
    };

    private static Hash256 Hash(int seed) => Keccak256.Hash(Bytes(8, seed));

    private static Transaction Unsigned(int index)
    {
        TransactionType type = (index % 20) switch
        {
            < 5 => TransactionType.Legacy,
            5 => TransactionType.AccessList,
            6 => TransactionType.Blob,
            7 => TransactionType.SetCode,
            _ => TransactionType.DynamicFee,
        };
        UInt256 fee = 15 * GweiWei + (ulong)index;
        return new Transaction
        {
            Type = type,
            ChainId = ChainId,
            Nonce = (ulong)index * 7,
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = type is TransactionType.Legacy or TransactionType.AccessList ? fee : GweiWei,
            GasLimit = 21_000 + (ulong)index * 1_000,
            To = Recipient(index),
            Value = index % 2 == 0 ? Words(1, 60, index)[0] : default,
            Data = index % 2 == 0 ? default : Bytes(4 + index % 9 * 32, index),
            AccessList = type == TransactionType.AccessList ? [new AccessListEntry(Recipient(index), Words(4, 256, index))] : [],
            MaxFeePerBlobGas = type == TransactionType.Blob ? GweiWei : default,
            BlobVersionedHashes = type == TransactionType.Blob ? [Hash(index), Hash(index + 1)] : [],
            AuthorizationList = type == TransactionType.SetCode ? [Authorize(index)] : [],
        };
    }

    private static Authorization Authorize(int index)
    {
        Authorization draft = new(ChainId, Recipient(index), 0, 0, default, default);
        return Secp256k1.TrySign(draft.SigningHash().Bytes, Key(10_000 + index), out TransactionSignature signature)
            ? draft with { YParity = signature.YParity, R = signature.R, S = signature.S }
            : throw new InvalidOperationException($"Authorization {index} was not signed.");
    }
}
