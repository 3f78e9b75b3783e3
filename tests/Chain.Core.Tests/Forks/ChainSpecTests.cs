using System.Text;
using Chain.Core.Forks;

namespace Chain.Core.Tests.Forks;

public sealed class ChainSpecTests
{
    private const string Blocks =
        "\"homesteadBlock\":0,\"eip150Block\":0,\"eip155Block\":0,\"eip158Block\":0,\"byzantiumBlock\":0,\"constantinopleBlock\":0,\"petersburgBlock\":0,"
        + "\"istanbulBlock\":0,\"berlinBlock\":0,\"londonBlock\":5";

    [Test]
    public void A_geth_file_gives_its_schedule_and_its_header()
    {
        string json = "{\"config\":{\"chainId\":7," + Blocks + ",\"terminalTotalDifficulty\":100,\"shanghaiTime\":10,\"cancunTime\":20,"
            + "\"blobSchedule\":{\"cancun\":{\"target\":1,\"max\":2,\"baseFeeUpdateFraction\":3}},\"kycConfig\":{\"mode\":2}},"
            + "\"gasLimit\":\"0x5f5e100\",\"difficulty\":\"131072\",\"alloc\":{\"00000000000000000000000000000000000000aa\":{\"balance\":\"1000000000000000000000\","
            + "\"storage\":{\"0x01\":\"0x02\",\"0x3\":\"0x0\"}}}}";
        Assert.That(GenesisFile.TryParse(Encoding.UTF8.GetBytes(json), out ChainSpec? spec, out Genesis? genesis, out string? error), Is.True, error);

        Assert.That(spec!.RulesAt(4, 0, false).Fork, Is.EqualTo(Fork.Berlin));
        Assert.That(spec.RulesAt(5, 0, false).Fork, Is.EqualTo(Fork.London));
        Assert.That(spec.RulesAt(9, 9, true).Fork, Is.EqualTo(Fork.Paris));
        Assert.That(spec.RulesAt(9, 10, true).Fork, Is.EqualTo(Fork.Shanghai));
        Assert.That(spec.RulesAt(9, ulong.MaxValue, true).Blobs, Is.EqualTo(new BlobSchedule(1, 2, 3)));
        Assert.That(spec.Modules["kycConfig"].GetProperty("mode").GetInt32(), Is.EqualTo(2));
        GenesisAccount account = genesis!.Alloc.Values.Single();
        Assert.That(account.Balance.ToString(), Is.EqualTo("1000000000000000000000"));
        Assert.That(account.Storage, Has.Count.EqualTo(1));
        Assert.That(genesis.ToHeader(default, spec.GenesisRules(genesis)).BaseFeePerGas, Is.Null);
    }

    [TestCase("\"chainId\":1,\"homesteadBlok\":0", "did you mean \"homesteadBlock\"")]
    [TestCase("\"chainId\":1,\"eip150Block\":0", "config.homesteadBlock is not")]
    [TestCase("\"chainId\":1,\"homesteadBlock\":5,\"eip150Block\":3", "at least 5")]
    [TestCase("\"chainId\":-1", "config.chainId = -1")]
    [TestCase("\"homesteadBlock\":0", "chainId is missing")]
    [TestCase("\"chainId\":1,\"eip155Block\":1,\"eip158Block\":2", "differ")]
    [TestCase("\"chainId\":1,\"chainId\":2", "not JSON")]
    [TestCase("\"chainId\":1e3", "config.chainId = 1e3")]
    public void A_wrong_config_is_refused_with_the_key_and_the_remedy(string config, string expected)
    {
        Assert.That(GenesisFile.TryParse(Encoding.UTF8.GetBytes("{\"config\":{" + config + "}}"), out _, out _, out string? error), Is.False);
        Assert.That(error, Does.Contain(expected));
    }

    [Test]
    public void Blob_parameters_of_a_fork_without_its_own_are_those_of_the_fork_before()
    {
        BlobSchedule own = new(4, 8, 1_000);
        ChainSpec spec = ChainSpec.ForFork(Fork.Osaka, 1, new Dictionary<Fork, BlobSchedule> { [Fork.Prague] = own });
        Assert.That(spec.RulesAt(0, 0, true).Blobs, Is.EqualTo(own));
    }

    [TestCase("ParisToShanghaiAtTime15k", 14_999UL, Fork.Paris, Fork.Shanghai)]
    [TestCase("BPO1ToBPO2AtTime15k", 14_999UL, Fork.Bpo1, Fork.Bpo2)]
    public void Networks_by_time_change_at_the_second(string network, ulong before, Fork first, Fork second)
    {
        Assert.That(FixtureNetworks.TryGet(network, 1, null, out ChainSpec? spec), Is.True);
        Assert.That((spec!.RulesAt(1, before, true).Fork, spec.RulesAt(1, before + 1, true).Fork), Is.EqualTo((first, second)));
    }

    [TestCase("LondonToShanghaiAtTime15k")]
    [TestCase("ShanghaiToParisAtTime15k")]
    [TestCase("NoSuchFork")]
    [TestCase("ToAt")]
    public void Networks_that_make_no_sense_are_not_known(string network) =>
        Assert.That(FixtureNetworks.TryGet(network, 1, null, out _), Is.False);
}
