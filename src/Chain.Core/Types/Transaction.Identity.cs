using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Core.Types.Transactions;

namespace Chain.Core.Types;

public sealed partial class Transaction
{
    // One reference, so that a reader on another thread sees nothing or all of it.
    private Identity? _identity;
    private SenderResult? _sender;

    /// <summary>keccak256 of the envelope; computed at decoding, or once at first use.</summary>
    public Hash256 Hash => GetIdentity().Hash;

    /// <summary>Size of the envelope in bytes, without blobs.</summary>
    public int EncodedSizeBytes => GetIdentity().SizeBytes;

    /// <summary>The account that signed; recovered once. False when no key recovers, which no valid transaction does.</summary>
    public bool TryRecoverSender(out Address sender)
    {
        SenderResult? result = Volatile.Read(ref _sender);
        if (result is null)
        {
            Hash256 hash = TransactionCodec.SigningHash(this);
            bool recovered = Secp256k1.TryRecoverAddress(hash.Bytes, Signature.R, Signature.S, Signature.YParity, out Address address);
            result = new SenderResult(recovered, address);
            Volatile.Write(ref _sender, result);
        }
        sender = result.Address;
        return result.Recovered;
    }

    /// <summary>True when the sender was recovered before, so that asking for it costs nothing.</summary>
    public bool HasRecoveredSender => Volatile.Read(ref _sender) is not null;

    /// <summary>Gives the sender that was recovered elsewhere (in a batch, or by the signer itself).</summary>
    internal void SetSender(Address sender) => Volatile.Write(ref _sender, new SenderResult(true, sender));

    internal void SetIdentity(Hash256 hash, int sizeBytes) => Volatile.Write(ref _identity, new Identity(hash, sizeBytes));

    private Identity GetIdentity()
    {
        Identity? identity = Volatile.Read(ref _identity);
        if (identity is not null) return identity;
        byte[] envelope = TransactionCodec.Encode(this);
        identity = new Identity(Keccak256.Hash(envelope), envelope.Length);
        Volatile.Write(ref _identity, identity);
        return identity;
    }

    private sealed record SenderResult(bool Recovered, Address Address);

    private sealed record Identity(Hash256 Hash, int SizeBytes);
}
