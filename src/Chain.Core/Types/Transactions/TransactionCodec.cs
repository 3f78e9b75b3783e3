using System.Diagnostics.CodeAnalysis;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Rlp;

namespace Chain.Core.Types.Transactions;

/// <summary>
/// Bytes of transactions: the EIP-2718 envelope (type byte and list, or the bare list of kind 0), the same inside a block body, and the
/// network form of blob transactions. Decoding is strict: what decodes encodes to the same bytes.
/// </summary>
public static class TransactionCodec
{
    /// <summary>Type bytes are below this (EIP-2718).</summary>
    private const byte TypeByteEnd = 0x80;

    /// <summary>Largest envelope accepted by default: the block size limit of EIP-7934, which no included transaction can pass.</summary>
    public const int SizeBytesMax = 8 * 1024 * 1024;

    private delegate Transaction FieldsDecoder(ref TransactionReader fields);

    private delegate void FieldsEncoder(ref RlpWriter writer, Transaction tx, bool forSigning);

    /// <summary>The kinds; index is the type byte.</summary>
    private static readonly (FieldsDecoder Decode, FieldsEncoder Encode)[] Kinds =
    [
        (LegacyTransaction.Decode, LegacyTransaction.Encode),
        (AccessListTransaction.Decode, AccessListTransaction.Encode),
        (DynamicFeeTransaction.Decode, DynamicFeeTransaction.Encode),
        (BlobTransaction.Decode, BlobTransaction.Encode),
        (SetCodeTransaction.Decode, SetCodeTransaction.Encode),
    ];

    /// <summary>Decodes exactly one envelope. The hash and the size are those of these bytes.</summary>
    /// <param name="envelope">Type byte and list, or a list alone for kind 0.</param>
    /// <param name="tx">The transaction; null on failure.</param>
    /// <param name="error">Why not.</param>
    /// <param name="sizeBytesMax">Largest envelope accepted.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> envelope, [NotNullWhen(true)] out Transaction? tx, out TransactionError error, int sizeBytesMax = SizeBytesMax)
    {
        tx = null;
        error = TransactionError.RlpErrorSize;
        if (envelope.IsEmpty || envelope.Length > sizeBytesMax) return false;
        byte first = envelope[0];
        if (first >= TypeByteEnd) return TryDecodeFields(TransactionType.Legacy, envelope, envelope, out tx, out error);
        error = TransactionError.TypeNotSupported;
        if (first == (byte)TransactionType.Legacy || first >= Kinds.Length) return false;
        TransactionType type = (TransactionType)first;
        if (type == TransactionType.Blob && IsNetworkForm(envelope[1..]))
        {
            error = TransactionError.Type3TxWithFullBlobs;
            return false;
        }
        return TryDecodeFields(type, envelope[1..], envelope, out tx, out error);
    }

    /// <summary>
    /// Decodes the next item of a block's transaction list: a list is kind 0, a byte string holds a typed envelope. The block's size is the limit.
    /// </summary>
    public static bool TryDecodeInList(ref RlpReader reader, [NotNullWhen(true)] out Transaction? tx, out TransactionError error)
    {
        tx = null;
        error = TransactionError.RlpInvalid;
        if (reader.IsListNext)
        {
            ReadOnlySpan<byte> item = reader.ReadItem();
            return reader.Error == RlpError.None && TryDecode(item, out tx, out error, int.MaxValue);
        }
        ReadOnlySpan<byte> envelope = reader.ReadBytes();
        if (reader.Error != RlpError.None) return false;
        // A list wrapped in a string would be a second encoding of a kind 0 transaction.
        return !envelope.IsEmpty && envelope[0] < TypeByteEnd && TryDecode(envelope, out tx, out error, int.MaxValue);
    }

    /// <summary>
    /// Decodes the form in which transactions travel: as <see cref="TryDecode"/>, but a blob transaction may carry its sidecar
    /// (EIP-4844: [fields, blobs, commitments, proofs]; EIP-7594: [fields, 1, blobs, commitments, cell proofs]).
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="tx">The transaction; null on failure.</param>
    /// <param name="sidecar">The sidecar, or null without one.</param>
    /// <param name="error">Why not.</param>
    /// <param name="sizeBytesMax">Largest input accepted; a blob alone has 131,072 bytes.</param>
    public static bool TryDecodeNetwork(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Transaction? tx, out BlobSidecar? sidecar, out TransactionError error, int sizeBytesMax = SizeBytesMax)
    {
        sidecar = null;
        if (bytes.Length < 2 || bytes.Length > sizeBytesMax || bytes[0] != (byte)TransactionType.Blob || !IsNetworkForm(bytes[1..]))
        {
            return TryDecode(bytes, out tx, out error, sizeBytesMax);
        }
        tx = null;
        error = TransactionError.RlpInvalid;
        RlpReader reader = new(bytes[1..]);
        RlpScope list = reader.EnterList();
        ReadOnlySpan<byte> fields = reader.ReadItem();
        BlobSidecar read = BlobSidecar.Read(ref reader);
        reader.LeaveList(list);
        if (!reader.Complete()) return false;

        byte[] envelope = [(byte)TransactionType.Blob, .. fields];
        if (!TryDecodeFields(TransactionType.Blob, fields, envelope, out tx, out error)) return false;
        if (read.HasCountsFor(tx.BlobVersionedHashes.Count))
        {
            sidecar = read;
            return true;
        }
        tx = null;
        error = TransactionError.RlpInvalid;
        return false;
    }

    /// <summary>The envelope in a new array.</summary>
    public static byte[] Encode(Transaction tx)
    {
        RlpWriter writer = new(256 + tx.Data.Length);
        Encode(ref writer, tx);
        byte[] bytes = writer.ToArray();
        writer.Dispose();
        return bytes;
    }

    /// <summary>Writes the envelope: also the value in the transactions trie.</summary>
    public static void Encode(ref RlpWriter writer, Transaction tx) => EncodeFields(ref writer, tx, forSigning: false);

    /// <summary>Writes the item of a block's transaction list: kind 0 as it is, others as a byte string.</summary>
    public static void EncodeInList(ref RlpWriter writer, Transaction tx)
    {
        if (tx.Type == TransactionType.Legacy) Encode(ref writer, tx);
        else writer.WriteBytes(Encode(tx));
    }

    /// <summary>The network form: the envelope, and for a blob transaction its sidecar.</summary>
    public static byte[] EncodeNetwork(Transaction tx, BlobSidecar? sidecar)
    {
        if (sidecar is null) return Encode(tx);
        RlpWriter writer = new(512 + tx.Data.Length + (sidecar.Blobs.Count * (BlobSidecar.BlobSizeBytes + 64)));
        writer.WriteRaw((byte)TransactionType.Blob);
        int list = writer.BeginList();
        Kinds[(int)TransactionType.Blob].Encode(ref writer, tx, false);
        sidecar.Write(ref writer);
        writer.EndList(list);
        byte[] bytes = writer.ToArray();
        writer.Dispose();
        return bytes;
    }

    /// <summary>The hash that the sender signs: that of the envelope without the signature (with chain id, 0, 0 for EIP-155).</summary>
    public static Hash256 SigningHash(Transaction tx)
    {
        RlpWriter writer = new(256 + tx.Data.Length);
        EncodeFields(ref writer, tx, forSigning: true);
        Hash256 hash = Keccak256.Hash(writer.Written);
        writer.Dispose();
        return hash;
    }

    private static void EncodeFields(ref RlpWriter writer, Transaction tx, bool forSigning)
    {
        if (tx.Type != TransactionType.Legacy) writer.WriteRaw((byte)tx.Type);
        Kinds[(int)tx.Type].Encode(ref writer, tx, forSigning);
    }

    private static bool TryDecodeFields(
        TransactionType type, ReadOnlySpan<byte> list, ReadOnlySpan<byte> envelope, [NotNullWhen(true)] out Transaction? tx, out TransactionError error)
    {
        TransactionReader fields = new(list);
        Transaction read = Kinds[(int)type].Decode(ref fields);
        error = fields.Finish();
        tx = error == TransactionError.None ? read : null;
        tx?.SetIdentity(Keccak256.Hash(envelope), envelope.Length);
        return tx is not null;
    }

    /// <summary>True when the first item of the list is itself a list: the plain form begins with the chain id.</summary>
    private static bool IsNetworkForm(ReadOnlySpan<byte> list)
    {
        RlpReader reader = new(list);
        if (!reader.IsListNext) return false;
        reader.EnterList();
        return reader.Error == RlpError.None && reader.IsListNext;
    }
}
