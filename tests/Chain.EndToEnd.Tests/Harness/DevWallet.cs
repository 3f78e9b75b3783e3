using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.EndToEnd.Tests.Harness;

/// <summary>The accounts of the development mnemonic and transactions signed with their keys.</summary>
internal static class DevWallet
{
    public const string Mnemonic = "test test test test test test test test test test test junk";

    private const ulong ChainId = 31_337;
    private const ulong PlainTransferGas = 21_000;

    private static readonly byte[] Seed = HdWallet.Seed(Mnemonic);

    public static string Address(int index)
    {
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
        Assert.That(Secp256k1.TryGetPublicKey(Key(index), publicKey), Is.True);
        return Secp256k1.AddressOf(publicKey).ToString();
    }

    public static byte[] Key(int index)
    {
        Assert.That(HdWallet.TryDerive(Seed, $"{HdWallet.EthereumPath}{index}", out byte[] key), Is.True);
        return key;
    }

    public static string KeyText(int index) => Hex.Encode(Key(index));

    /// <summary>A signed transfer of one wei to account 9.</summary>
    public static string SignTransfer(byte[] key, ulong nonce, ulong maxFeeGwei = 10)
    {
        Transaction transaction = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonce,
            GasLimit = PlainTransferGas,
            MaxFeePerGas = (UInt256)maxFeeGwei * 1_000_000_000,
            MaxPriorityFeePerGas = 1_000_000_000,
            To = Core.Primitives.Address.Parse(Address(9)),
            Value = UInt256.One,
        };
        return Hex.Encode(TransactionCodec.Encode(TransactionSigner.Sign(transaction, key)));
    }
}
