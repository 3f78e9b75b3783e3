using System.Security.Cryptography;

namespace Chain.Precompiles.Tests;

public sealed class SignatureTests
{
    private const string Hash = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c";
    private const string R = "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f";
    private const string S = "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";

    [Test]
    public void Ecrecover_finds_the_signer() =>
        Assert.That(Call.Run(1, Hash + Call.Word(28) + R + S), Is.EqualTo("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b"));

    [TestCase(26ul)]
    [TestCase(29ul)]
    [TestCase(0ul)]
    public void Ecrecover_of_a_wrong_v_is_empty(ulong v) => Assert.That(Call.Run(1, Hash + Call.Word(v) + R + S), Is.Empty);

    [Test]
    public void Ecrecover_of_nothing_or_a_zero_or_huge_part_is_empty()
    {
        Assert.That(Call.Run(1, ""), Is.Empty);
        Assert.That(Call.Run(1, Hash + Call.Word(28) + Call.Word(0) + S), Is.Empty);
        Assert.That(Call.Run(1, Hash + Call.Word(28) + R + new string('f', 64)), Is.Empty);
        Assert.That(Call.Run(1, Hash + "01" + Call.Word(28)[2..] + R + S), Is.Empty);
    }

    [Test]
    public void P256_verifies_what_a_key_signed_and_nothing_else()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECParameters parameters = key.ExportParameters(false);
        byte[] hash = SHA256.HashData("message"u8);
        byte[] input = [.. hash, .. key.SignHash(hash), .. parameters.Q.X!, .. parameters.Q.Y!];
        Assert.That(Call.Run(0x100, input), Is.EqualTo(Call.Word(1)));
        for (int i = 0; i < 160; i += 13)
        {
            byte[] changed = [.. input];
            changed[i] ^= 1;
            Assert.That(Call.Run(0x100, changed), Is.Empty, $"byte {i}");
        }
        Assert.That(Call.Run(0x100, [.. input, 0]), Is.Empty);
        Assert.That(Call.Run(0x100, input[..159]), Is.Empty);
    }

    private const string P256Prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    private const string P256Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    private const string P256Hash = "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d";
    private const string P256R = "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac";
    private const string P256S = "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60";
    private const string P256X = "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3";
    private const string P256Y = "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e";

    [TestCase(P256R, P256S, P256X, P256Y, true)]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", P256S, P256X, P256Y, false)]
    [TestCase(P256R, "0000000000000000000000000000000000000000000000000000000000000000", P256X, P256Y, false)]
    [TestCase(P256Order, P256S, P256X, P256Y, false)]
    [TestCase(P256R, P256Order, P256X, P256Y, false)]
    [TestCase(P256R, P256S, P256Prime, P256Y, false)]
    [TestCase(P256R, P256S, P256X, P256Prime, false)]
    [TestCase(P256R, P256S, P256Y, P256X, false)]
    [TestCase(P256R, P256S, "0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000000", false)]
    public void P256_checks_ranges_and_the_curve(string r, string s, string x, string y, bool valid) =>
        Assert.That(Call.Run(0x100, P256Hash + r + s + x + y), Is.EqualTo(valid ? Call.Word(1) : ""));
}
