using Chain.Consensus.Engines;
using Chain.Rpc.Filters;

namespace Chain.Rpc.Tests;

/// <summary>What polled filters hold for clients that do not ask.</summary>
public sealed class FilterStoreTests
{
    [Test]
    public async Task Filters_together_hold_no_more_than_their_bound_and_the_one_asked_longest_ago_goes_first()
    {
        const int HeldMax = 100;
        Clock clock = new();
        await using ChainFixture chain = ChainFixture.Development(MiningMode.Manual);
        using RpcCaller rpc = new(chain.Table);
        using FilterStore filters = new(chain.Chain, clock, HeldMax);
        string forgotten = filters.InstallBlocks()!;
        string asked = filters.InstallBlocks()!;
        await rpc.ResultAsync("anvil_mine", "[40]");
        Wait();
        clock.Advance();
        Assert.That(filters.TakeChanges(asked), Has.Count.EqualTo(40));

        await rpc.ResultAsync("anvil_mine", "[30]");
        Wait();
        Assert.That(filters.Count, Is.EqualTo(2), "70 and 30 are within the bound");
        await rpc.ResultAsync("anvil_mine", "[1]");
        Wait();
        Assert.That(filters.TakeChanges(forgotten), Is.Null);
        Assert.That(filters.TakeChanges(asked), Has.Count.EqualTo(31));

        // What was taken counts no more: as much again fits.
        await rpc.ResultAsync("anvil_mine", "[100]");
        Wait();
        Assert.That(filters.TakeChanges(asked), Has.Count.EqualTo(100));
        await rpc.ResultAsync("anvil_mine", "[101]");
        Wait();
        Assert.That(filters.Count, Is.Zero);

        void Wait() => chain.Manager.WaitForListeners();
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now;

        public void Advance() => _now += TimestampFrequency;
    }
}
