using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Core.Tests.Crypto;

/// <summary>Signing and recovery through libsecp256k1.</summary>
public sealed class Secp256k1Tests
{
    /// <summary>The signing example of EIP-155.</summary>
    [Test]
    public void The_example_of_EIP_155_is_signed_and_recovered()
    {
        byte[] hash = Hex.Decode("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
        byte[] key = Hex.Decode("0x4646464646464646464646464646464646464646464646464646464646464646");
        Assert.That(Secp256k1.TrySign(hash, key, out TransactionSignature signature), Is.True);
        Assert.That(signature, Is.EqualTo(new TransactionSignature(0,
            UInt256.Parse("0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"),
            UInt256.Parse("46948507304638947509940763649030358759909902576025900602547168820602576006531"))));
        Assert.That(Secp256k1.TryRecoverAddress(hash, signature.R, signature.S, signature.YParity, out Address address), Is.True);
        Assert.That(address, Is.EqualTo(Address.Parse("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f")));
    }

    [Test]
    public void Private_key_one_has_the_generator_as_its_public_key()
    {
        byte[] key = new byte[32];
        key[31] = 1;
        byte[] publicKey = new byte[64];
        Assert.That(Secp256k1.TryGetPublicKey(key, publicKey), Is.True);
        Assert.That(Hex.Encode(publicKey), Is.EqualTo(
            "0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));
        Assert.That(Secp256k1.AddressOf(publicKey), Is.EqualTo(Address.Parse("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf")));
    }

    [Test]
    public void Every_signature_has_a_low_s_and_recovers_to_its_signer_also_with_the_high_s()
    {
        Random random = new(1);
        byte[] key = new byte[32], hash = new byte[32], expected = new byte[64], recovered = new byte[64];
        for (int i = 0; i < 300; i++)
        {
            random.NextBytes(key);
            random.NextBytes(hash);
            Assert.That(Secp256k1.TrySign(hash, key, out TransactionSignature signature) && Secp256k1.TryGetPublicKey(key, expected), Is.True);
            Assert.That(signature.S, Is.LessThanOrEqualTo(Secp256k1.HalfOrder));
            Assert.That(Secp256k1.TryRecoverPublicKey(hash, signature.R, signature.S, signature.YParity, recovered), Is.True);
            Assert.That(recovered, Is.EqualTo(expected));
            Assert.That(Secp256k1.TryRecoverPublicKey(hash, signature.R, Secp256k1.Order - signature.S, (byte)(1 - signature.YParity), recovered), Is.True);
            Assert.That(recovered, Is.EqualTo(expected));
        }
    }

    private static IEnumerable<TestCaseData> BadSignatures()
    {
        UInt256 one = UInt256.One;
        yield return new TestCaseData(UInt256.Zero, one, (byte)0).SetArgDisplayNames("r is 0");
        yield return new TestCaseData(one, UInt256.Zero, (byte)0).SetArgDisplayNames("s is 0");
        yield return new TestCaseData(Secp256k1.Order, one, (byte)0).SetArgDisplayNames("r is n");
        yield return new TestCaseData(one, Secp256k1.Order, (byte)0).SetArgDisplayNames("s is n");
        yield return new TestCaseData(UInt256.MaxValue, one, (byte)0).SetArgDisplayNames("r is 2^256 - 1");
        yield return new TestCaseData(one, one, (byte)2).SetArgDisplayNames("parity is 2");
        yield return new TestCaseData(new UInt256(5), one, (byte)0).SetArgDisplayNames("r is no x coordinate");
    }

    [TestCaseSource(nameof(BadSignatures))]
    public void A_signature_out_of_range_has_no_signer(UInt256 r, UInt256 s, byte yParity)
    {
        Assert.That(Secp256k1.TryRecoverAddress(new byte[32], r, s, yParity, out Address address), Is.False);
        Assert.That(address, Is.EqualTo(Address.Zero));
    }

    [Test]
    public void A_private_key_out_of_range_is_refused()
    {
        byte[] hash = new byte[32], publicKey = new byte[64];
        foreach (byte[] key in (byte[][])[new byte[32], Secp256k1.Order.ToBigEndian(), UInt256.MaxValue.ToBigEndian(), new byte[31], []])
        {
            Assert.That(Secp256k1.TrySign(hash, key, out _), Is.False);
            Assert.That(Secp256k1.TryGetPublicKey(key, publicKey), Is.False);
        }
    }

    [Test]
    public void Half_the_order_is_half_the_order() =>
        Assert.That(Secp256k1.HalfOrder + Secp256k1.HalfOrder + 1, Is.EqualTo(Secp256k1.Order));

    [TestCase(3)]
    [TestCase(100)]
    public void A_batch_recovers_each_signer_at_its_index_and_null_for_a_bad_signature(int count)
    {
        Random random = new(count);
        byte[] key = new byte[32], hash = new byte[32], publicKey = new byte[64];
        RecoverRequest[] requests = new RecoverRequest[count];
        Address?[] expected = new Address?[count];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(key);
            random.NextBytes(hash);
            Secp256k1.TrySign(hash, key, out TransactionSignature signature);
            Secp256k1.TryGetPublicKey(key, publicKey);
            bool bad = i % 7 == 2;
            requests[i] = new RecoverRequest(new Hash256(hash), bad ? signature with { S = UInt256.Zero } : signature);
            expected[i] = bad ? null : Secp256k1.AddressOf(publicKey);
        }
        Address?[] results = new Address?[count];
        Secp256k1.RecoverMany(requests, results);
        Assert.That(results, Is.EqualTo(expected));
    }
}
