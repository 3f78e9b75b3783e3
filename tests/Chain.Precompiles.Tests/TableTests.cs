using Chain.Core.Forks;
using Chain.Core.Primitives;

namespace Chain.Precompiles.Tests;

public sealed class TableTests
{
    [TestCase(Fork.Frontier, 4)]
    [TestCase(Fork.SpuriousDragon, 4)]
    [TestCase(Fork.Byzantium, 8)]
    [TestCase(Fork.Istanbul, 9)]
    [TestCase(Fork.Shanghai, 9)]
    [TestCase(Fork.Cancun, 10)]
    [TestCase(Fork.Prague, 17)]
    [TestCase(Fork.Osaka, 18)]
    [TestCase(Fork.Bpo5, 18)]
    public void A_fork_has_its_number_of_precompiles(Fork fork, int count) => Assert.That(EthereumPrecompiles.For(fork).Addresses, Has.Count.EqualTo(count));

    [Test]
    public void A_set_is_made_once_per_fork()
    {
        Evm.Precompiles.PrecompileSet first = EthereumPrecompiles.For(Fork.Prague);
        Assert.That(EthereumPrecompiles.For(Fork.Prague), Is.SameAs(first));
    }

    [Test]
    public void Addresses_and_names_are_those_of_EIP_7910()
    {
        string[] names =
        [
            "ECREC", "SHA256", "RIPEMD160", "ID", "MODEXP", "BN254_ADD", "BN254_MUL", "BN254_PAIRING", "BLAKE2F", "KZG_POINT_EVALUATION", "BLS12_G1ADD", "BLS12_G1MSM",
            "BLS12_G2ADD", "BLS12_G2MSM", "BLS12_PAIRING_CHECK", "BLS12_MAP_FP_TO_G1", "BLS12_MAP_FP2_TO_G2", "P256VERIFY",
        ];
        ulong[] numbers = [.. Enumerable.Range(1, 17).Select(n => (ulong)n), 0x100];
        Assert.That(numbers.Select(n => Call.Find(n).Name), Is.EqualTo(names));
        Assert.That(EthereumPrecompiles.For(Fork.Osaka).Addresses, Is.EqualTo(numbers.Select(Address.FromNumber)));
    }
}
