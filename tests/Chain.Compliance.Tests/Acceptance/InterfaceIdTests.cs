using Chain.Compliance.Abi;
using Chain.Compliance.Engine;
using Chain.Compliance.Policy;
using Chain.Precompiles.Native;

namespace Chain.Compliance.Tests.Acceptance;

/// <summary>Acceptance test 5: the selectors that tools of other standards call.</summary>
[Category("Acceptance 5")]
public sealed class InterfaceIdTests
{
    /// <summary>Reading functions of ERC-3643's <c>IIdentityRegistry</c>, with the selectors of its published interface.</summary>
    [TestCase("isVerified(address)", 0xb9209e33u)]
    [TestCase("contains(address)", 0x5dbe47e8u)]
    [TestCase("identity(address)", 0xf0eb5e54u)]
    [TestCase("investorCountry(address)", 0x7e42683bu)]
    [TestCase("identityStorage()", 0xf11abfd8u)]
    [TestCase("issuersRegistry()", 0xb4f3fcb7u)]
    [TestCase("topicsRegistry()", 0x3b3e12f4u)]
    [TestCase("isAgent(address)", 0x1ffbb064u)]
    public void The_registry_answers_the_reading_functions_of_ERC_3643(string signature, uint selector)
    {
        Assert.That(AbiWords.Selector(signature), Is.EqualTo(selector));
        Assert.That(new KycModule(default(PolicyModules)).Signatures[selector], Is.EqualTo(signature));
    }

    /// <summary>Hooks and check of ERC-3643's <c>ICompliance</c>.</summary>
    [TestCase("transferred(address,address,uint256)", 0x8baf29b4u)]
    [TestCase("created(address,uint256)", 0x5f8dead3u)]
    [TestCase("destroyed(address,uint256)", 0x8d2ea772u)]
    [TestCase("canTransfer(address,address,uint256)", 0xe46638e6u)]
    public void The_engine_answers_the_functions_of_an_ERC_3643_compliance(string signature, uint selector)
    {
        Assert.That(AbiWords.Selector(signature), Is.EqualTo(selector));
        Assert.That(new ComplianceEngineModule(NoPriceFeed.Instance).Signatures[selector], Is.EqualTo(signature));
    }

    [Test]
    public void The_interface_id_of_ERC_1404_is_that_of_its_two_functions()
    {
        uint detect = AbiWords.Selector("detectTransferRestriction(address,address,uint256)");
        uint message = AbiWords.Selector("messageForTransferRestriction(uint8)");
        Assert.That(detect ^ message, Is.EqualTo(0xab84a5c8u));
        Assert.That(new ComplianceEngineModule(NoPriceFeed.Instance).Signatures[message], Is.EqualTo("messageForTransferRestriction(uint8)"));
    }

    /// <summary>AggregatorV3Interface and the older AggregatorInterface.</summary>
    [TestCase("latestRoundData()", 0xfeaf968cu)]
    [TestCase("getRoundData(uint80)", 0x9a6fc8f5u)]
    [TestCase("decimals()", 0x313ce567u)]
    [TestCase("description()", 0x7284e416u)]
    [TestCase("version()", 0x54fd4d50u)]
    [TestCase("latestAnswer()", 0x50d25bcdu)]
    [TestCase("latestTimestamp()", 0x8205bf6au)]
    [TestCase("latestRound()", 0x668a0f02u)]
    [TestCase("getAnswer(uint256)", 0xb5ab58dcu)]
    [TestCase("getTimestamp(uint256)", 0xb633620cu)]
    public void The_oracle_answers_the_functions_of_an_aggregator(string signature, uint selector)
    {
        Assert.That(AbiWords.Selector(signature), Is.EqualTo(selector));
        Assert.That(OracleModule.Instance.Signatures.ContainsKey(selector), Is.True);
    }
}
