using Chain.Compliance.Registry;
using Chain.Consensus;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using static Chain.Compliance.Tests.Chains.PermissionedChain;

namespace Chain.Compliance.Tests.Chains;

/// <summary>Acceptance test 7, and what becomes of pooled transactions when their sender may no longer send (section 3.7).</summary>
[Category("Acceptance 7")]
public sealed class SameBlockFreezeTests
{
    private static readonly Hash256 Reason = World.Id(1);

    [Test]
    public void A_builder_omits_what_follows_a_freeze_and_a_block_with_it_is_refused()
    {
        using PermissionedChain honest = new(1);
        using PermissionedChain liar = new(1, isLying: true);
        Transaction freeze = honest.Sign(Officer, ModuleAddresses.Kyc, World.Encode(Bypass.Attempt.SetWallet, AddressOf(Bob), 2, Reason), tipGwei: 5);
        Transaction after = honest.Sign(Bob, AddressOf(Alice), value: 1);
        Transaction later = honest.Sign(Bob, AddressOf(Alice), value: 1, nonce: 1);
        foreach (Transaction transaction in new[] { freeze, after, later }) Assert.That(honest.Pool.Add(transaction, isLocal: true).IsAccepted, Is.True);

        ImportResult refused = honest.Manager.Import(liar.BuildExactly([freeze, after]).Executed.Block);
        Assert.That((refused.Status, refused.TransactionError, refused.TransactionIndex), Is.EqualTo((ImportStatus.Invalid, TransactionError.SenderNotAuthorized, 1)));
        Assert.That(refused.Detail, Is.EqualTo("kyc: sender not authorized (transaction 1, code 2 WALLET_FROZEN)"));

        ExecutedBlock built = honest.Produce();
        Assert.That(built.Block.Transactions.Select(t => t.Hash), Is.EqualTo(new[] { freeze.Hash }), "the freeze pays more, so that it comes first; the rest is omitted");
        Assert.That(honest.Pool.Count, Is.Zero, "and dropped at the new head");
        IReadOnlyList<PoolDrop> drops = honest.Pool.DropsOf(AddressOf(Bob), null);
        Assert.That(drops.Select(d => (d.Hash, d.Nonce, d.Code, d.BlockNumber)), Is.EquivalentTo(new[] { (after.Hash, 0UL, ReasonCodes.WalletFrozen, 1UL), (later.Hash, 1UL, ReasonCodes.WalletFrozen, 1UL) }));
        Assert.That(honest.Pool.DropsOf(null, later.Hash).Single().Sender, Is.EqualTo(AddressOf(Bob)));
    }

    [Test]
    public void A_freeze_drops_every_nonce_and_an_unfreeze_brings_nothing_back()
    {
        using PermissionedChain chain = new(2);
        Transaction[] waiting = [chain.Sign(Bob, AddressOf(Alice), nonce: 0, tipGwei: 0), chain.Sign(Bob, AddressOf(Alice), nonce: 1, tipGwei: 0), chain.Sign(Bob, AddressOf(Alice), nonce: 7, tipGwei: 0)];
        foreach (Transaction transaction in waiting) Assert.That(chain.Pool.Add(transaction, isLocal: true).IsAccepted, Is.True);
        PoolAddResult other = chain.Pool.Add(chain.Sign(Alice, AddressOf(Bob), nonce: 3), isLocal: true);
        Assert.That(other.IsAccepted, Is.True);
        Import(chain, chain.Registry(Officer, Bypass.Attempt.SetIdentity, World.BobId, 2, Reason));
        Assert.That(chain.Pool.Count, Is.EqualTo(1), "the other sender's stays");
        Import(chain, chain.Registry(Officer, Bypass.Attempt.SetIdentity, World.BobId, 1, Reason));
        Assert.That(chain.Pool.Count, Is.EqualTo(1), "no stale intent comes back by itself");
        Assert.That(chain.Pool.Add(waiting[0], isLocal: true).IsAccepted, Is.True, "but the signature stays valid until its nonce is used");
    }

    [TestCase("a country block")]
    [TestCase("the least tier")]
    [TestCase("a sanction")]
    [TestCase("a role taken away")]
    [TestCase("a wallet unlinked")]
    [TestCase("the mode raised")]
    public void Each_kind_of_change_is_noticed(string change)
    {
        using PermissionedChain chain = new(change == "the mode raised" ? (byte)0 : (byte)1, isSubjectRegistered: change != "the mode raised");
        byte sender = change == "a role taken away" ? Agent : Subject;
        Assert.That(chain.Pool.Add(chain.Sign(sender, AddressOf(Bob), nonce: 5), isLocal: true).IsAccepted, Is.True);
        Import(chain, change switch
        {
            "a country block" => chain.Registry(Officer, "setCountryBlocked(uint16[],bool)", new ushort[] { 276 }, true),
            "the least tier" => chain.Registry(Admin, "setMinTier(uint8)", 3),
            "a sanction" => chain.Registry(Officer, Bypass.Attempt.Sanction, new[] { AddressOf(Subject) }, true, 1),
            "a role taken away" => chain.Sign(Admin, ModuleAddresses.TxAllowList, World.Encode("setNone(address)", AddressOf(Agent))),
            "a wallet unlinked" => chain.Registry(Agent, "unlinkWallet(address)", AddressOf(Subject)),
            _ => chain.Registry(Admin, "raiseMode(uint8)", 1),
        });
        Assert.That(chain.Pool.Count, Is.Zero);
        Assert.That(chain.Pool.DropsOf(AddressOf(sender), null), Has.Count.EqualTo(1));
    }

    [Test]
    public void Records_expire_in_the_pool_by_time_alone()
    {
        using PermissionedChain chain = new(1, subjectExpiry: GenesisTimestamp + 100);
        Transaction transaction = chain.Sign(Subject, AddressOf(Bob), nonce: 5);
        Assert.That(chain.Pool.Add(transaction, isLocal: true).IsAccepted, Is.True);
        Import(chain, chain.Sign(Alice, AddressOf(Bob)), seconds: 90);
        Assert.That(chain.Pool.Count, Is.EqualTo(1));
        Import(chain, chain.Sign(Alice, AddressOf(Bob)), seconds: 9);
        Assert.That(chain.Pool.Count, Is.Zero, "the next block is at 100 at the earliest");
        Assert.That(chain.Pool.DropsOf(null, transaction.Hash).Single().Code, Is.EqualTo(ReasonCodes.Expired));
        Assert.That(chain.Pool.Add(transaction, isLocal: true).Refusal, Is.EqualTo(new ComplianceRefusal('S', AddressOf(Subject), ReasonCodes.Expired)));
    }

    [Test]
    public void Admission_judges_by_the_clock_while_no_block_comes()
    {
        using PermissionedChain chain = new(1, subjectExpiry: GenesisTimestamp + 100);
        chain.Clock = GenesisTimestamp + 99;
        Assert.That(chain.Pool.Add(chain.Sign(Subject, AddressOf(Bob)), isLocal: true).IsAccepted, Is.True);
        chain.Clock = GenesisTimestamp + 100;
        Assert.That(chain.Pool.Add(chain.Sign(Subject, AddressOf(Bob), nonce: 1), isLocal: true).Refusal!.Code, Is.EqualTo(ReasonCodes.Expired));
    }

    [Test]
    public void Refused_hashes_are_remembered_until_the_next_head()
    {
        using PermissionedChain chain = new(1, isSubjectRegistered: false);
        Transaction transaction = chain.Sign(Subject, AddressOf(Bob));
        Assert.That(chain.Pool.Add(transaction, isLocal: false).Status, Is.EqualTo(PoolStatus.NotAuthorized));
        Assert.That(chain.Pool.Add(transaction, isLocal: false).Refusal, Is.EqualTo(new ComplianceRefusal('S', AddressOf(Subject), ReasonCodes.NotRegistered)));
        Import(chain, chain.Registry(Agent, Bypass.Attempt.Register, new IdentityInput(SubjectId, 0, 2, 1, 276, 276, 0, GenesisTimestamp + 10_000, 3, default, default), new[] { AddressOf(Subject) }));
        Assert.That(chain.Pool.Add(transaction, isLocal: false).IsAccepted, Is.True);
        Assert.That(chain.Pool.DropsOf(null, null), Is.Empty, "what never was in the pool was not dropped from it");
    }

    [Test]
    public void Drops_are_forgotten_after_a_day_and_beyond_ten_thousand()
    {
        using PermissionedChain chain = new(1);
        for (ulong nonce = 1; nonce <= 40; nonce++) chain.Pool.Add(chain.Sign(Bob, AddressOf(Alice), nonce: nonce), isLocal: false);
        Import(chain, chain.Registry(Officer, Bypass.Attempt.SetIdentity, World.BobId, 2, Reason));
        Assert.That(chain.Pool.DropsOf(null, null), Has.Count.EqualTo(40));
        chain.Clock += 86_400;
        Assert.That(chain.Pool.DropsOf(null, null), Has.Count.EqualTo(40));
        chain.Clock += 1;
        Assert.That(chain.Pool.DropsOf(null, null), Is.Empty);
    }

    [Test]
    public void Reorganised_transactions_are_judged_again()
    {
        using PermissionedChain chain = new(1);
        using PermissionedChain other = new(1);
        Transaction mined = chain.Sign(Bob, AddressOf(Alice), value: 1);
        chain.ProduceWith(mined);
        Import(other, other.Registry(Officer, Bypass.Attempt.SetIdentity, World.BobId, 2, Reason));
        Import(other, other.Sign(Alice, AddressOf(Bob)));
        for (ulong number = 1; number <= 2; number++)
        {
            Assert.That(other.Database.Blocks.TryGetCanonicalHash(number, out Hash256 hash), Is.True);
            Assert.That(chain.Manager.Import(other.Database.Blocks.GetBlock(hash)!).IsAccepted, Is.True);
        }
        Assert.That(chain.Manager.Head.Number, Is.EqualTo(2));
        Assert.That(chain.Pool.TryGet(mined.Hash, out _), Is.False, "on the new branch its sender is frozen");
    }

    /// <summary>Takes a block with one transaction in from another proposer, so that the pool does not build it.</summary>
    private static void Import(PermissionedChain chain, Transaction transaction, ulong seconds = 12)
    {
        ExecutedBlock block = chain.BuildExactly([transaction], seconds).Executed;
        Assert.That(block.Receipts.Single().Succeeded, Is.True);
        chain.Clock = block.Block.Header.Timestamp;
        Assert.That(chain.Manager.Import(block.Block).Status, Is.EqualTo(ImportStatus.BecameHead));
    }
}
