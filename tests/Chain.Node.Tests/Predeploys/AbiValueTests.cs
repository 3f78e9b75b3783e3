using System.Text;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Node.Tests.Predeploys;

/// <summary>The encoder against the examples of the Solidity ABI specification.</summary>
public class AbiValueTests
{
    [Test]
    public void Dynamic_arguments_stand_behind_offsets()
    {
        byte[] call = AbiValue.Call(
            "sam(bytes,bool,uint256[])", AbiValue.Of(Encoding.ASCII.GetBytes("dave")), AbiValue.Of(UInt256.One),
            AbiValue.List(AbiValue.Of((UInt256)1UL), AbiValue.Of((UInt256)2UL), AbiValue.Of((UInt256)3UL)));
        Assert.That(Hex.Encode(call), Is.EqualTo(
            "0xa5643bf2"
            + "0000000000000000000000000000000000000000000000000000000000000060"
            + "0000000000000000000000000000000000000000000000000000000000000001"
            + "00000000000000000000000000000000000000000000000000000000000000a0"
            + "0000000000000000000000000000000000000000000000000000000000000004"
            + "6461766500000000000000000000000000000000000000000000000000000000"
            + "0000000000000000000000000000000000000000000000000000000000000003"
            + "0000000000000000000000000000000000000000000000000000000000000001"
            + "0000000000000000000000000000000000000000000000000000000000000002"
            + "0000000000000000000000000000000000000000000000000000000000000003"));
    }

    [Test]
    public void Nested_arrays_count_their_offsets_from_their_own_start()
    {
        AbiValue numbers = AbiValue.List(
            AbiValue.List(AbiValue.Of((UInt256)1UL), AbiValue.Of((UInt256)2UL)), AbiValue.List(AbiValue.Of((UInt256)3UL)));
        byte[] encoded = AbiValue.Encode(numbers, AbiValue.List(AbiValue.Of("one"), AbiValue.Of("two"), AbiValue.Of("three")));
        UInt256[] words = [.. encoded.Chunk(32).Select(w => UInt256.FromBigEndian(w))];
        UInt256[] heads = [0x40, 0x140, 2, 0x40, 0xa0, 2, 1, 2, 1, 3, 3, 0x60, 0xa0, 0xe0, 3];
        Assert.That(words[..15], Is.EqualTo(heads));
        Assert.That(words, Has.Length.EqualTo(20));
    }

    [Test]
    public void A_struct_without_dynamic_members_stands_in_place()
    {
        AbiValue tuple = AbiValue.Tuple(AbiValue.Of((UInt256)7UL), AbiValue.Of(Address.FromNumber(9)));
        Assert.That(AbiValue.Encode(AbiValue.Of((UInt256)1UL), tuple), Has.Length.EqualTo(96));
        Assert.That(AbiValue.Encode(AbiValue.Tuple(AbiValue.Of("x"))), Has.Length.EqualTo(32 + 32 + 64));
    }
}
