using Chain.Precompiles.Native;

namespace Chain.Precompiles.Tests;

public sealed class Bls12Tests
{
    // The generators of EIP-2537 in its encoding.
    private const string G1 =
        "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        + "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";

    private const string NegatedG1 =
        "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        + "00000000000000000000000000000000114d1d6855d545a8aa7d76c8cf2e21f267816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca";

    private const string G2 =
        "00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        + "0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        + "000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
        + "000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";

    private const string Order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    private const string Modulus = "000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    private static readonly string Infinity1 = new('0', 256), Infinity2 = new('0', 512);

    [Test]
    public void A_multiple_is_a_repeated_sum()
    {
        string? sum1 = Infinity1, sum2 = Infinity2;
        for (ulong k = 0; k < 6; k++)
        {
            Assert.That(Call.Run(0x0c, G1 + Call.Word(k)), Is.EqualTo(sum1));
            Assert.That(Call.Run(0x0e, G2 + Call.Word(k)), Is.EqualTo(sum2));
            Assert.That(Call.Run(0x0c, string.Concat(Enumerable.Repeat(G1 + Call.Word(1), (int)k + 1))), Is.EqualTo(Call.Run(0x0c, G1 + Call.Word(k + 1))));
            Assert.That(Call.Run(0x0e, string.Concat(Enumerable.Repeat(G2 + Call.Word(1), (int)k + 1))), Is.EqualTo(Call.Run(0x0e, G2 + Call.Word(k + 1))));
            sum1 = Call.Run(0x0b, sum1 + G1);
            sum2 = Call.Run(0x0d, sum2 + G2);
        }
    }

    [Test]
    public void The_order_and_infinity_give_infinity()
    {
        Assert.That(Call.Run(0x0c, G1 + Order), Is.EqualTo(Infinity1));
        Assert.That(Call.Run(0x0e, G2 + Order), Is.EqualTo(Infinity2));
        Assert.That(Call.Run(0x0c, Infinity1 + Call.Word(5) + Infinity1 + Call.Word(6)), Is.EqualTo(Infinity1));
        Assert.That(Call.Run(0x0b, G1 + NegatedG1), Is.EqualTo(Infinity1));
    }

    [Test]
    public void The_pairing_is_bilinear()
    {
        string? p6 = Call.Run(0x0c, NegatedG1 + Call.Word(6)), p2 = Call.Run(0x0c, G1 + Call.Word(2)), q3 = Call.Run(0x0e, G2 + Call.Word(3));
        Assert.That(Call.Run(0x0f, p6 + G2 + p2 + q3), Is.EqualTo(Call.Word(1)));
        Assert.That(Call.Run(0x0f, p6 + G2 + G1 + q3), Is.EqualTo(Call.Word(0)));
        Assert.That(Call.Run(0x0f, G1 + Infinity2), Is.EqualTo(Call.Word(1)));
    }

    [TestCase(0x0bul, "")]
    [TestCase(0x0cul, "")]
    [TestCase(0x0ful, "")]
    [TestCase(0x0bul, G1)]
    [TestCase(0x0cul, G1)]
    [TestCase(0x10ul, Modulus)]
    [TestCase(0x10ul, "01")]
    [TestCase(0x11ul, Modulus + Modulus)]
    public void Malformed_input_is_refused(ulong number, string input) => Assert.That(Call.Run(number, input), Is.Null);

    [Test]
    public void Points_off_the_curve_and_padding_that_is_not_zero_are_refused()
    {
        Assert.That(Call.Run(0x0b, G1[..^1] + "0" + G1), Is.Null);
        Assert.That(Call.Run(0x0b, "01" + G1[2..] + G1), Is.Null);
    }

    [Test]
    public void A_mapped_element_is_in_the_group()
    {
        string? point = Call.Run(0x10, Call.Word(0) + Call.Word(7));
        Assert.That(Call.Run(0x0c, point + Order), Is.EqualTo(Infinity1));
        Assert.That(Call.Run(0x0e, Call.Run(0x11, Call.Word(0) + Call.Word(7) + Call.Word(0) + Call.Word(8)) + Order), Is.EqualTo(Infinity2));
    }

    [TestCase(0x0bul, 256, 375ul)]
    [TestCase(0x0cul, 160, 12_000ul)]
    [TestCase(0x0cul, 320, 22_776ul)]
    [TestCase(0x0cul, 160 * 200, 1_245_600ul)]
    [TestCase(0x0dul, 512, 600ul)]
    [TestCase(0x0eul, 288 * 3, 62_302ul)]
    [TestCase(0x0eul, 288 * 129, 1_520_910ul)]
    [TestCase(0x0ful, 768, 102_900ul)]
    [TestCase(0x10ul, 64, 5_500ul)]
    [TestCase(0x11ul, 128, 23_800ul)]
    public void Gas_is_that_of_EIP_2537(ulong number, int bytes, ulong gas) => Assert.That(Call.Gas(number, new byte[bytes]), Is.EqualTo(gas));

    // A blob of zeros: its polynomial is 0 everywhere, commitment and proofs are infinity.
    private static readonly byte[] InfinityPoint = [0xc0, .. new byte[47]];

    [Test]
    public void Point_evaluation_returns_the_field_and_refuses_a_wrong_value()
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(InfinityPoint);
        hash[0] = 1;
        byte[] input = [.. hash, .. new byte[64], .. InfinityPoint, .. InfinityPoint];
        Assert.That(Call.Run(0x0a, input), Is.EqualTo(Call.Word(4096) + Order));
        byte[] wrongValue = [.. input];
        wrongValue[95] = 1;
        Assert.That(Call.Run(0x0a, wrongValue), Is.Null);
        byte[] wrongHash = [.. input];
        wrongHash[31] ^= 1;
        Assert.That(Call.Run(0x0a, wrongHash), Is.Null);
        Assert.That(Call.Run(0x0a, [.. input, 0]), Is.Null);
    }

    [Test]
    public void Blob_sidecars_are_verified()
    {
        byte[] blob = new byte[Kzg.BlobBytes];
        byte[] cellProofs = [.. Enumerable.Repeat(InfinityPoint, Kzg.CellsPerBlob).SelectMany(p => p)];
        Assert.That(Kzg.VerifyBlobProofs(blob, InfinityPoint, InfinityPoint), Is.True);
        Assert.That(Kzg.VerifyBlobCellProofs(blob, InfinityPoint, cellProofs), Is.True);
        blob[^1] = 1;
        Assert.That(Kzg.VerifyBlobProofs(blob, InfinityPoint, InfinityPoint), Is.False);
        Assert.That(Kzg.VerifyBlobCellProofs(blob, InfinityPoint, cellProofs), Is.False);
        blob[0] = 0xff;
        Assert.That(Kzg.VerifyBlobProofs(blob, InfinityPoint, InfinityPoint), Is.False);
        Assert.That(() => Kzg.VerifyBlobProofs(blob, [], []), Throws.ArgumentException);
    }
}
