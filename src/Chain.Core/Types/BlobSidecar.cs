using System.Security.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types;

/// <summary>What a blob transaction carries beside its envelope while it travels. The KZG proofs are checked elsewhere.</summary>
/// <param name="Version">0: one proof a blob (EIP-4844). 1: <see cref="CellsPerBlob"/> cell proofs a blob (EIP-7594).</param>
/// <param name="Blobs">Blobs of <see cref="BlobSizeBytes"/> bytes.</param>
/// <param name="Commitments">A commitment of <see cref="CommitmentSizeBytes"/> bytes for each blob.</param>
/// <param name="Proofs">Proofs of <see cref="ProofSizeBytes"/> bytes.</param>
public sealed record BlobSidecar(
    byte Version, IReadOnlyList<ReadOnlyMemory<byte>> Blobs, IReadOnlyList<ReadOnlyMemory<byte>> Commitments, IReadOnlyList<ReadOnlyMemory<byte>> Proofs)
{
    /// <summary>Size of a blob: 4,096 field elements of 32 bytes.</summary>
    public const int BlobSizeBytes = 131_072;

    /// <summary>Size of a KZG commitment.</summary>
    public const int CommitmentSizeBytes = 48;

    /// <summary>Size of a KZG proof.</summary>
    public const int ProofSizeBytes = 48;

    /// <summary>Cells of an extended blob (EIP-7594).</summary>
    public const int CellsPerBlob = 128;

    /// <summary>The newest wrapper version.</summary>
    public const byte VersionMax = 1;

    /// <summary>The wrapper version that blocks of a fork take (EIP-7594).</summary>
    public static byte VersionAt(Forks.Fork fork) => fork >= Forks.Fork.Osaka ? (byte)1 : (byte)0;

    /// <summary>The hash by which a transaction names a blob: 0x01 and the tail of sha256(commitment) (EIP-4844).</summary>
    public static Hash256 VersionedHash(ReadOnlySpan<byte> commitment)
    {
        Span<byte> hash = stackalloc byte[Hash256.SizeBytes];
        SHA256.HashData(commitment, hash);
        hash[0] = Forks.TransactionRules.BlobVersionKzg;
        return new Hash256(hash);
    }

    /// <summary>True when the numbers of blobs, commitments and proofs are those of so many versioned hashes.</summary>
    public bool HasCountsFor(int hashes) =>
        Blobs.Count == hashes && Commitments.Count == hashes && Proofs.Count == (Version == 0 ? hashes : (long)hashes * CellsPerBlob);

    /// <summary>True when the counts fit and each commitment hashes to the transaction's versioned hash.</summary>
    public bool Matches(Transaction tx)
    {
        if (!HasCountsFor(tx.BlobVersionedHashes.Count)) return false;
        for (int i = 0; i < Commitments.Count; i++)
        {
            if (VersionedHash(Commitments[i].Span) != tx.BlobVersionedHashes[i]) return false;
        }
        return true;
    }

    internal static BlobSidecar Read(ref RlpReader reader)
    {
        byte version = 0;
        if (!reader.IsListNext)
        {
            ulong number = reader.ReadUInt64();
            if (number is 0 or > VersionMax) reader.Reject(RlpError.InvalidValue);
            version = (byte)number;
        }
        return new BlobSidecar(
            version, ReadList(ref reader, BlobSizeBytes), ReadList(ref reader, CommitmentSizeBytes), ReadList(ref reader, ProofSizeBytes));
    }

    internal void Write(ref RlpWriter writer)
    {
        if (Version > 0) writer.WriteUInt64(Version);
        WriteList(ref writer, Blobs);
        WriteList(ref writer, Commitments);
        WriteList(ref writer, Proofs);
    }

    private static List<ReadOnlyMemory<byte>> ReadList(ref RlpReader reader, int itemSizeBytes)
    {
        List<ReadOnlyMemory<byte>> items = [];
        RlpScope list = reader.EnterList();
        while (!reader.AtEnd) items.Add(reader.ReadBytes(itemSizeBytes).ToArray());
        reader.LeaveList(list);
        return items;
    }

    private static void WriteList(ref RlpWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        int list = writer.BeginList();
        for (int i = 0; i < items.Count; i++) writer.WriteBytes(items[i].Span);
        writer.EndList(list);
    }
}
