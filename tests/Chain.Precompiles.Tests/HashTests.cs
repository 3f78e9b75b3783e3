using System.Text;

namespace Chain.Precompiles.Tests;

public sealed class HashTests
{
    [TestCase("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [TestCase("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [TestCase("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [TestCase("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [TestCase("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "9b752e45573d4b39f4dbd3323cab82bf63326bfb")]
    public void Ripemd160_gives_the_vectors_of_its_paper(string text, string digest) =>
        Assert.That(Call.Run(3, Encoding.ASCII.GetBytes(text)), Is.EqualTo(new string('0', 24) + digest));

    [Test]
    public void Ripemd160_of_a_million_letters_is_the_vector_of_its_paper()
    {
        byte[] letters = new byte[1_000_000];
        Array.Fill(letters, (byte)'a');
        Assert.That(Call.Run(3, letters), Is.EqualTo(new string('0', 24) + "52783243c1697bdbe16d37f97f68f08325dc1528"));
    }

    [Test]
    public void Sha256_gives_the_vector_of_its_standard() =>
        Assert.That(Call.Run(2, "abc"u8.ToArray()), Is.EqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));

    [Test]
    public void Identity_returns_its_input() => Assert.That(Call.Run(4, "00ff17"), Is.EqualTo("00ff17"));

    [TestCase(2ul, 0, 60ul)]
    [TestCase(2ul, 33, 84ul)]
    [TestCase(3ul, 32, 720ul)]
    [TestCase(4ul, 1, 18ul)]
    public void Hashes_are_priced_by_the_word(ulong number, int bytes, ulong gas) => Assert.That(Call.Gas(number, new byte[bytes]), Is.EqualTo(gas));

    private const string State =
        "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
        + "6162630000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        + "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        + "03000000000000000000000000000000";

    [TestCase("00000000", "01", "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b")]
    [TestCase("0000000c", "01", "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")]
    [TestCase("0000000c", "00", "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d2875298743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735")]
    [TestCase("00000001", "01", "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fba551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421")]
    public void Blake2f_gives_the_vectors_of_EIP_152(string rounds, string final, string expected) => Assert.That(Call.Run(9, rounds + State + final), Is.EqualTo(expected));

    [TestCase("0000000c", "02")]
    [TestCase("00000c", "01")]
    [TestCase("000000000c", "01")]
    public void Blake2f_refuses_malformed_input(string rounds, string final) => Assert.That(Call.Run(9, rounds + State + final), Is.Null);

    [Test]
    public void Blake2f_costs_a_gas_per_round() => Assert.That(Call.Gas(9, Convert.FromHexString("ffffffff" + State + "01")), Is.EqualTo(uint.MaxValue));
}
