using Chain.Core.Primitives;
using Chain.Core.Types.Transactions;

namespace Chain.Core.Types;

public sealed partial class Transaction
{
    // One reference, so that a reader on another thread sees nothing or all of it.
    private Identity? _identity;

    /// <summary>keccak256 of the envelope; computed at decoding, or once at first use.</summary>
    public Hash256 Hash => GetIdentity().Hash;

    /// <summary>Size of the envelope in bytes, without blobs.</summary>
    public int EncodedSizeBytes => GetIdentity().SizeBytes;

    internal void SetIdentity(Hash256 hash, int sizeBytes) => Volatile.Write(ref _identity, new Identity(hash, sizeBytes));

    private Identity GetIdentity()
    {
        Identity? identity = Volatile.Read(ref _identity);
        if (identity is not null) return identity;
        byte[] envelope = TransactionCodec.Encode(this);
        identity = new Identity(Crypto.Keccak256.Hash(envelope), envelope.Length);
        Volatile.Write(ref _identity, identity);
        return identity;
    }

    private sealed record Identity(Hash256 Hash, int SizeBytes);
}
