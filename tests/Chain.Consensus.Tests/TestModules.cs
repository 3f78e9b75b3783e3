using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Consensus.Tests;

/// <summary>Plain Ethereum, with a policy when a test gives one.</summary>
internal sealed class TestModules(ITxPolicy? policy = null) : INativeModules
{
    public PrecompileSet PrecompilesAt(ForkRules rules, ulong timestamp) => EthereumPrecompiles.For(rules.Fork);

    public void Activate(WorldState state, ulong? parentTimestamp, ulong timestamp)
    {
    }

    public ITxPolicy? PolicyAt(WorldState state, ulong timestamp) => policy;
}

/// <summary>A policy that knows one rule: these accounts may not send.</summary>
internal sealed class BlockedSenders : ITxPolicy
{
    public HashSet<Address> Blocked { get; } = [];

    public byte CheckSender(WorldState state, in Address sender) => (byte)(Blocked.Contains(sender) ? 4 : 0);

    public byte CheckAuthority(WorldState state, in Address authority) => 0;

    public byte[]? CheckDeploy(WorldState state, in Address origin, in Address creator) => null;

    public byte[]? CheckCall(WorldState state, in Address callee) => null;

    public byte[]? CheckValue(WorldState state, in Address from, in Address to, bool fromIsEligibleSender) => null;

    public byte[]? CheckEndowment(WorldState state, in Address from, in Address created, bool fromIsEligibleSender) => null;

    public Address? RedirectCredit(WorldState state, in Address recipient) => recipient;
}
