using Chain.Core.Primitives;
using Chain.Core.Rlp;

namespace Chain.Core.Types;

/// <summary>A validator withdrawal (EIP-4895).</summary>
/// <param name="Index">Running index.</param>
/// <param name="ValidatorIndex">Validator.</param>
/// <param name="Address">Recipient.</param>
/// <param name="AmountGwei">Amount in gwei.</param>
public sealed record Withdrawal(ulong Index, ulong ValidatorIndex, Address Address, ulong AmountGwei)
{
    /// <summary>Writes rlp([index, validator, address, amount]): also the value in the withdrawals trie.</summary>
    public void Encode(ref RlpWriter writer)
    {
        int list = writer.BeginList();
        writer.WriteUInt64(Index);
        writer.WriteUInt64(ValidatorIndex);
        writer.WriteAddress(Address);
        writer.WriteUInt64(AmountGwei);
        writer.EndList(list);
    }

    /// <summary>Reads the next withdrawal; on failure the reader holds the error.</summary>
    public static Withdrawal Decode(ref RlpReader reader)
    {
        RlpScope list = reader.EnterList();
        Withdrawal withdrawal = new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadAddress(), reader.ReadUInt64());
        reader.LeaveList(list);
        return withdrawal;
    }
}
