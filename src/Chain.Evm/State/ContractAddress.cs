using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Evm.State;

/// <summary>Addresses of new contracts (Yellow Paper, section 7; EIP-1014).</summary>
public static class ContractAddress
{
    /// <summary>CREATE and creation transactions: keccak256(rlp([sender, nonce]))[12..].</summary>
    public static Address OfCreate(in Address creator, ulong nonce)
    {
        RlpWriter writer = new(stackalloc byte[64]);
        int list = writer.BeginList();
        writer.WriteAddress(creator);
        writer.WriteUInt64(nonce);
        writer.EndList(list);
        return FromHash(writer.Written);
    }

    /// <summary>CREATE2: keccak256(0xff ++ creator ++ salt ++ keccak256(initcode))[12..].</summary>
    public static Address OfCreate2(in Address creator, in UInt256 salt, ReadOnlySpan<byte> initCode)
    {
        Span<byte> preimage = stackalloc byte[1 + Address.SizeBytes + UInt256.SizeBytes + Hash256.SizeBytes];
        preimage[0] = 0xff;
        creator.Bytes.CopyTo(preimage[1..]);
        salt.WriteBigEndian(preimage[21..]);
        Keccak256.Hash(initCode, preimage[53..]);
        return FromHash(preimage);
    }

    private static Address FromHash(ReadOnlySpan<byte> preimage)
    {
        Span<byte> hash = stackalloc byte[Hash256.SizeBytes];
        Keccak256.Hash(preimage, hash);
        return new Address(hash[12..]);
    }
}
