using Chain.Core.Numeric;

namespace Chain.Compliance.Storage;

/// <summary>Fields packed into a word from the low-order end, as solc packs structs.</summary>
internal static class Packed
{
    public static ulong Field(in UInt256 word, int offset, int bits) => (word >> offset).U0 & (ulong.MaxValue >> (64 - bits));

    public static UInt256 At(ulong value, int offset) => new UInt256(value) << offset;
}
