using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types;

/// <summary>One authorization tuple (EIP-7702).</summary>
/// <param name="ChainId">Chain id, or 0 for any.</param>
/// <param name="Address">Delegation target; zero removes the delegation.</param>
/// <param name="Nonce">Nonce the authority must have.</param>
/// <param name="YParity">Signature parity, below 256 as it came.</param>
/// <param name="R">Signature r.</param>
/// <param name="S">Signature s.</param>
public sealed record Authorization(UInt256 ChainId, Address Address, ulong Nonce, byte YParity, UInt256 R, UInt256 S)
{
    /// <summary>First byte of the message that the authority signs.</summary>
    public const byte Magic = 0x05;

    /// <summary>The hash that the authority signs: keccak256(0x05 || rlp([chain id, address, nonce])).</summary>
    public Hash256 SigningHash()
    {
        RlpWriter writer = new(stackalloc byte[96]);
        writer.WriteRaw(Magic);
        int list = writer.BeginList();
        writer.WriteUInt256(ChainId);
        writer.WriteAddress(Address);
        writer.WriteUInt64(Nonce);
        writer.EndList(list);
        return Keccak256.Hash(writer.Written);
    }

    /// <summary>
    /// The account that signed. False when the parity is above 1, r or s out of range, s above n/2 (EIP-2), or no key recovers: such a tuple
    /// is skipped, the transaction stays valid.
    /// </summary>
    public bool TryRecoverAuthority(out Address authority)
    {
        authority = default;
        return new TransactionSignature(YParity, R, S).IsInRange(allowHighS: false)
            && Secp256k1.TryRecoverAddress(SigningHash().Bytes, R, S, YParity, out authority);
    }
}
