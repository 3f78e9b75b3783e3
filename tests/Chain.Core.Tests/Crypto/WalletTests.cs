using System.Text;
using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Core.Tests.Crypto;

public sealed class WalletTests
{
    private const string Mnemonic = "test test test test test test test test test test test junk";

    [Test]
    public void The_development_mnemonic_gives_its_well_known_account()
    {
        Assert.That(HdWallet.TryDeriveAccount(Mnemonic, 0, out byte[] key), Is.True);
        Assert.That(Hex.Encode(key), Is.EqualTo("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"));
        byte[] publicKey = new byte[Secp256k1.PublicKeySizeBytes];
        Secp256k1.TryGetPublicKey(key, publicKey);
        Assert.That(Secp256k1.AddressOf(publicKey).ToChecksumString(), Is.EqualTo("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    }

    [TestCase("")]
    [TestCase("44'/60'")]
    [TestCase("m/")]
    [TestCase("m/-1")]
    [TestCase("m/2147483648")]
    [TestCase("m/1''")]
    public void A_path_that_is_none_is_refused(string path) => Assert.That(HdWallet.TryDerive(new byte[64], path, out _), Is.False);

    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [TestCase("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [TestCase("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    public void Addresses_carry_the_checksum_of_eip_55(string text) => Assert.That(Address.Parse(text).ToChecksumString(), Is.EqualTo(text));

    [Test]
    public void Scrypt_gives_the_vector_of_rfc_7914()
    {
        byte[] key = new byte[64];
        Assert.That(Scrypt.TryDerive(Encoding.ASCII.GetBytes("password"), Encoding.ASCII.GetBytes("NaCl"), 1_024, 8, 16, key), Is.True);
        Assert.That(Convert.ToHexStringLower(key), Does.StartWith("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"));
    }

    [TestCase(3, 8, 1)]
    [TestCase(1 << 30, 8, 1)]
    [TestCase(2, int.MaxValue, int.MaxValue)]
    [TestCase(1_024, 0, 1)]
    public void Scrypt_refuses_parameters_out_of_its_limits(int n, int r, int p) => Assert.That(Scrypt.TryDerive("p"u8, "s"u8, n, r, p, new byte[32]), Is.False);
}
