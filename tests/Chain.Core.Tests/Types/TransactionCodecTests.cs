using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Core.Tests.Types;

public sealed class TransactionCodecTests
{
    private static readonly byte[] Key = Hex.Decode("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    private static readonly Address Signer = Address.Parse("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");

    [Test]
    public void Every_kind_comes_back_with_hash_size_and_sender([Values] TransactionType type)
    {
        Random random = new((int)type);
        for (int round = 0; round < 50; round++)
        {
            Transaction tx = TransactionSigner.Sign(Make(type, random), Key);
            byte[] bytes = TransactionCodec.Encode(tx);

            Assert.That(TransactionCodec.TryDecode(bytes, out Transaction? decoded, out TransactionError error), Is.True, error.ToString());
            Assert.That(TransactionCodec.Encode(decoded!), Is.EqualTo(bytes));
            Assert.That((decoded!.Hash, decoded.EncodedSizeBytes, decoded.Type, decoded.ChainId), Is.EqualTo((tx.Hash, bytes.Length, tx.Type, tx.ChainId)));
            Assert.That(decoded.TryRecoverSender(out Address sender) ? sender : default, Is.EqualTo(Signer));

            RlpWriter writer = new(64);
            TransactionCodec.EncodeInList(ref writer, tx);
            RlpReader reader = new(writer.ToArray());
            Assert.That(TransactionCodec.TryDecodeInList(ref reader, out decoded, out _) && reader.Complete(), Is.True);
            Assert.That(decoded!.Hash, Is.EqualTo(tx.Hash));
            writer.Dispose();
        }
    }

    [Test]
    public void Mutated_bytes_give_an_error_or_another_canonical_transaction([Values] TransactionType type)
    {
        Random random = new(100 + (int)type);
        byte[] original = TransactionCodec.Encode(TransactionSigner.Sign(Make(type, random), Key));
        int refused = 0;
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = [.. original];
            for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            if (TransactionCodec.TryDecode(bytes, out Transaction? tx, out TransactionError error))
            {
                Assert.That(error, Is.EqualTo(TransactionError.None));
                Assert.That(TransactionCodec.Encode(tx), Is.EqualTo(bytes));
                tx.TryRecoverSender(out _);
            }
            else
            {
                refused++;
                Assert.That((error, tx), Is.Not.EqualTo((TransactionError.None, tx)));
            }
            TransactionCodec.TryDecodeNetwork(bytes, out _, out _, out _);
        }
        Assert.That(refused, Is.GreaterThan(100));
    }

    [TestCase(0, 1)]
    [TestCase(1, BlobSidecar.CellsPerBlob)]
    public void A_blob_transaction_travels_with_its_sidecar_and_is_refused_with_it_in_a_block(byte version, int proofsPerBlob)
    {
        byte[] blob = new byte[BlobSidecar.BlobSizeBytes];
        byte[] commitment = new byte[BlobSidecar.CommitmentSizeBytes];
        ReadOnlyMemory<byte>[] proofs = [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[BlobSidecar.ProofSizeBytes], proofsPerBlob)];
        Transaction tx = TransactionSigner.Sign(
            new Transaction
            {
                Type = TransactionType.Blob,
                ChainId = 1,
                To = Signer,
                BlobVersionedHashes = [BlobSidecar.VersionedHash(commitment)],
            },
            Key);
        byte[] bytes = TransactionCodec.EncodeNetwork(tx, new BlobSidecar(version, [blob], [commitment], proofs));

        Assert.That(TransactionCodec.TryDecodeNetwork(bytes, out Transaction? decoded, out BlobSidecar? sidecar, out TransactionError error), Is.True, error.ToString());
        Assert.That(decoded!.Hash, Is.EqualTo(tx.Hash));
        Assert.That(sidecar!.Version, Is.EqualTo(version));
        Assert.That(sidecar.Matches(decoded), Is.True);
        Assert.That(TransactionCodec.EncodeNetwork(decoded, sidecar), Is.EqualTo(bytes));
        Assert.That(TransactionCodec.TryDecode(bytes, out _, out error), Is.False);
        Assert.That(error, Is.EqualTo(TransactionError.Type3TxWithFullBlobs));
    }

    [Test]
    public void A_legacy_list_inside_a_byte_string_is_no_second_encoding()
    {
        byte[] bytes = TransactionCodec.Encode(TransactionSigner.Sign(Make(TransactionType.Legacy, new Random(9)), Key));
        RlpWriter writer = new(64);
        writer.WriteBytes(bytes);
        RlpReader reader = new(writer.ToArray());
        Assert.That(TransactionCodec.TryDecodeInList(ref reader, out _, out TransactionError error), Is.False);
        Assert.That(error, Is.Not.EqualTo(TransactionError.None));
        writer.Dispose();
    }

    private static Transaction Make(TransactionType type, Random random)
    {
        bool isTyped = type != TransactionType.Legacy;
        UInt256 fee = (ulong)random.NextInt64();
        AccessListEntry[] accessList = [new(Signer, [UInt256.One, UInt256.MaxValue]), new(default, [])];
        byte[] data = new byte[random.Next(100)];
        random.NextBytes(data);
        return new Transaction
        {
            Type = type,
            ChainId = isTyped || random.Next(2) == 0 ? (ulong)random.NextInt64() : null,
            Nonce = (ulong)random.Next(300),
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = type >= TransactionType.DynamicFee ? UInt256.One : fee,
            GasLimit = (ulong)random.NextInt64(),
            To = random.Next(3) == 0 ? null : Signer,
            Value = UInt256.MaxValue >> random.Next(256),
            Data = data,
            AccessList = isTyped ? accessList : [],
            MaxFeePerBlobGas = type == TransactionType.Blob ? 7 : UInt256.Zero,
            BlobVersionedHashes = type == TransactionType.Blob ? [Hash256.Zero] : [],
            AuthorizationList = type == TransactionType.SetCode ? [new(0, Signer, ulong.MaxValue, 255, UInt256.MaxValue, 0)] : [],
        };
    }
}
