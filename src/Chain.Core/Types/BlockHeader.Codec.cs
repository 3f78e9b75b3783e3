using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types;

public sealed partial record BlockHeader
{
    /// <summary>Longest extra data that decodes; consensus engines set their own, lower limit.</summary>
    public const int ExtraDataSizeBytesMax = 64 * 1024;

    private const int NonceSizeBytes = 8;

    /// <summary>Hash of an empty ommer list: keccak256(rlp([])).</summary>
    public static readonly Hash256 EmptyOmmersHash = Hash256.Parse("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

    // Names its owner, because `with` copies it into a header with other fields.
    private HashCache? _hash;

    /// <summary>keccak256 of the encoding: the block hash. Computed at decoding, or once at first use.</summary>
    public Hash256 Hash
    {
        get
        {
            HashCache? cache = Volatile.Read(ref _hash);
            if (cache is not null && ReferenceEquals(cache.Owner, this)) return cache.Hash;
            RlpWriter writer = new(640);
            Encode(ref writer);
            Hash256 hash = Keccak256.Hash(writer.Written);
            writer.Dispose();
            SetHash(hash);
            return hash;
        }
    }

    /// <summary>Equal when the hashes are.</summary>
    public bool Equals(BlockHeader? other) => other is not null && (ReferenceEquals(this, other) || Hash == other.Hash);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>keccak256 of the encoded ommer list.</summary>
    public static Hash256 ComputeOmmersHash(IReadOnlyList<BlockHeader> ommers)
    {
        if (ommers.Count == 0) return EmptyOmmersHash;
        RlpWriter writer = new(640 * ommers.Count);
        int list = writer.BeginList();
        for (int i = 0; i < ommers.Count; i++) ommers[i].Encode(ref writer);
        writer.EndList(list);
        Hash256 hash = Keccak256.Hash(writer.Written);
        writer.Dispose();
        return hash;
    }

    /// <summary>Writes the header as a list. Optional fields follow in their order up to the first that is null.</summary>
    public void Encode(ref RlpWriter writer)
    {
        int list = writer.BeginList();
        writer.WriteHash(ParentHash);
        writer.WriteHash(OmmersHash);
        writer.WriteAddress(Beneficiary);
        writer.WriteHash(StateRoot);
        writer.WriteHash(TransactionsRoot);
        writer.WriteHash(ReceiptsRoot);
        writer.WriteBytes(LogsBloom.Bytes);
        writer.WriteUInt256(Difficulty);
        writer.WriteUInt64(Number);
        writer.WriteUInt64(GasLimit);
        writer.WriteUInt64(GasUsed);
        writer.WriteUInt64(Timestamp);
        writer.WriteBytes(ExtraData.Span);
        writer.WriteHash(MixHash);
        Span<byte> nonce = stackalloc byte[NonceSizeBytes];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, Nonce);
        writer.WriteBytes(nonce);
        WriteOptional(ref writer);
        writer.EndList(list);
    }

    /// <summary>Reads the next header; on failure the reader holds the error and the header is void.</summary>
    /// <param name="reader">Stands before the header.</param>
    /// <param name="extraDataSizeBytesMax">Longest extra data accepted.</param>
    public static BlockHeader Decode(ref RlpReader reader, int extraDataSizeBytesMax = ExtraDataSizeBytesMax)
    {
        RlpReader whole = reader;
        ReadOnlySpan<byte> encoded = whole.ReadItem();

        RlpScope list = reader.EnterList();
        Hash256 parentHash = reader.ReadHash();
        Hash256 ommersHash = reader.ReadHash();
        Address beneficiary = reader.ReadAddress();
        Hash256 stateRoot = reader.ReadHash();
        Hash256 transactionsRoot = reader.ReadHash();
        Hash256 receiptsRoot = reader.ReadHash();
        Bloom logsBloom = Bloom.FromSpan(reader.ReadBytes(Bloom.SizeBytes));
        UInt256 difficulty = reader.ReadUInt256();
        ulong number = reader.ReadUInt64();
        ulong gasLimit = reader.ReadUInt64();
        ulong gasUsed = reader.ReadUInt64();
        ulong timestamp = reader.ReadUInt64();
        ReadOnlySpan<byte> extraData = reader.ReadBytes();
        if (extraData.Length > extraDataSizeBytesMax) reader.Reject(RlpError.WrongLength);
        Hash256 mixHash = reader.ReadHash();
        ReadOnlySpan<byte> nonce = reader.ReadBytes(NonceSizeBytes);
        BlockHeader header = new()
        {
            ParentHash = parentHash,
            OmmersHash = ommersHash,
            Beneficiary = beneficiary,
            StateRoot = stateRoot,
            TransactionsRoot = transactionsRoot,
            ReceiptsRoot = receiptsRoot,
            LogsBloom = logsBloom,
            Difficulty = difficulty,
            Number = number,
            GasLimit = gasLimit,
            GasUsed = gasUsed,
            Timestamp = timestamp,
            ExtraData = extraData.ToArray(),
            MixHash = mixHash,
            Nonce = nonce.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(nonce),
            BaseFeePerGas = reader.AtEnd ? null : reader.ReadUInt256(),
            WithdrawalsRoot = reader.AtEnd ? null : reader.ReadHash(),
            BlobGasUsed = reader.AtEnd ? null : reader.ReadUInt64(),
            ExcessBlobGas = reader.AtEnd ? null : reader.ReadUInt64(),
            ParentBeaconBlockRoot = reader.AtEnd ? null : reader.ReadHash(),
            RequestsHash = reader.AtEnd ? null : reader.ReadHash(),
        };
        reader.LeaveList(list);
        if (reader.Error == RlpError.None) header.SetHash(Keccak256.Hash(encoded));
        return header;
    }

    /// <summary>Decodes exactly one header.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlockHeader? header, out RlpError error, int extraDataSizeBytesMax = ExtraDataSizeBytesMax)
    {
        RlpReader reader = new(encoded);
        BlockHeader read = Decode(ref reader, extraDataSizeBytesMax);
        bool complete = reader.Complete();
        error = reader.Error;
        header = complete ? read : null;
        return complete;
    }

    private void WriteOptional(ref RlpWriter writer)
    {
        if (BaseFeePerGas is not { } baseFee) return;
        writer.WriteUInt256(baseFee);
        if (WithdrawalsRoot is not { } withdrawalsRoot) return;
        writer.WriteHash(withdrawalsRoot);
        if (BlobGasUsed is not { } blobGasUsed) return;
        writer.WriteUInt64(blobGasUsed);
        if (ExcessBlobGas is not { } excessBlobGas) return;
        writer.WriteUInt64(excessBlobGas);
        if (ParentBeaconBlockRoot is not { } beaconRoot) return;
        writer.WriteHash(beaconRoot);
        if (RequestsHash is not { } requestsHash) return;
        writer.WriteHash(requestsHash);
    }

    private void SetHash(Hash256 hash) => Volatile.Write(ref _hash, new HashCache(this, hash));

    private sealed class HashCache(BlockHeader owner, Hash256 hash)
    {
        public BlockHeader Owner { get; } = owner;

        public Hash256 Hash { get; } = hash;
    }
}
