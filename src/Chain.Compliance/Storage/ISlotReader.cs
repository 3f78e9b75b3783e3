using Chain.Core.Numeric;

namespace Chain.Compliance.Storage;

/// <summary>Reads the storage of one module. Implemented with and without gas.</summary>
public interface ISlotReader
{
    /// <summary>Value of a slot.</summary>
    UInt256 Read(in UInt256 slot);

    /// <summary>Slot of a mapping's entry: keccak256(pad32(key) ++ pad32(position)).</summary>
    UInt256 Map(in UInt256 position, in UInt256 key);

    /// <summary>Slot of the first element of a dynamic array: keccak256(pad32(position)).</summary>
    UInt256 ArrayBase(in UInt256 position);

    /// <summary>keccak256(abi.encode(words)) of 1 to 4 words: part of a slot, or a transfer hash.</summary>
    UInt256 Hash(params ReadOnlySpan<UInt256> words);
}
