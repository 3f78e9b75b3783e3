using Chain.Compliance.Tests.Chains;
using Chain.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Types;
using static Chain.Compliance.Tests.Bypass.Attempt;
using static Chain.Compliance.Tests.Chains.PermissionedChain;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Whole blocks by a proposer who follows no rule: no honest validator takes them.</summary>
public sealed class ChainAttempts
{
    private static readonly Address Payer = Address.FromNumber(0x9a7e4);
    private static readonly Address Outsider = Address.FromNumber(0x0075);

    [TestCaseSource(nameof(Lies))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Lies()
    {
        yield return Lie("A_lying_proposer_includes_an_account_without_record", 1, chain => [chain.Sign(Subject, AddressOf(Bob), value: 1)], isSubjectRegistered: false);
        yield return Lie("A_lying_proposer_includes_an_expired_sender", 1, chain => [chain.Sign(Subject, AddressOf(Bob), value: 1)], subjectExpiry: GenesisTimestamp + 12);
        yield return Lie("A_lying_proposer_includes_what_follows_a_freeze", 1, chain => [chain.Registry(Officer, SetIdentity, World.BobId, 2, Reason), chain.Sign(Bob, AddressOf(Alice), value: 1)]);
        yield return Lie("A_lying_proposer_includes_what_follows_a_sanction", 1, chain => [chain.Registry(Officer, Sanction, new[] { AddressOf(Bob) }, true, 1), chain.Sign(Bob, AddressOf(Alice), value: 1)]);
        yield return Lie("A_lying_proposer_lets_an_investor_deploy", 2, chain => [chain.Sign(Alice, null, [0x60, 0x00, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xf3])]);
        yield return Lie("A_lying_proposer_pays_an_outsider", 3, chain => [chain.Sign(Alice, Outsider, value: 5)]);
        yield return Lie("A_lying_proposer_lets_a_contract_pay_an_outsider", 3, chain => [chain.Sign(Alice, Payer)]);
        yield return Lie("A_lying_proposer_takes_its_fee_without_record", 3, chain => [chain.Sign(Alice, AddressOf(Bob))], coinbase: Outsider);
        yield return Lie("A_lying_proposer_sets_the_code_of_an_authority_without_record", 1, chain => [chain.Sign(Alice, AddressOf(Bob), tuples: [chain.Authorize(Subject, Payer)])], isSubjectRegistered: false);
        yield return Lie("A_lying_proposer_runs_a_frozen_wallet", 1, chain => [chain.Registry(Officer, SetIdentity, SubjectId, 2, Reason), chain.Sign(Alice, SubjectContract)]);
        yield return Lie("A_lying_proposer_hides_a_refusal_from_the_audit_log", 3, chain => [chain.Sign(Alice, Payer)]);
        yield return Case("A_mode_raised_in_a_block_binds_within_it", () =>
        {
            // One block has one mode: the raise binds from the next block on, for proposer and validator alike.
            using PermissionedChain chain = new(1);
            Block raised = chain.BuildExactly([chain.Registry(Admin, "raiseMode(uint8)", 3), chain.Sign(Alice, Outsider, value: 5)]).Executed.Block;
            Assert.That(chain.Manager.Import(raised).Status, Is.EqualTo(ImportStatus.BecameHead));
            Assert.That(chain.BalanceOf(Outsider), Is.EqualTo((Core.Numeric.UInt256)5));
            Assert.That(chain.Pool.Add(chain.Sign(Alice, Outsider, value: 5), isLocal: true).Refusal!.Rule, Is.EqualTo('V'));
        });
        yield return Case("A_pool_takes_what_the_builder_must_leave_out", () =>
        {
            using PermissionedChain chain = new(1, subjectExpiry: GenesisTimestamp + 20);
            Assert.That(chain.Pool.Add(chain.Sign(Subject, AddressOf(Bob), value: 1), isLocal: true).IsAccepted, Is.True);
            Assert.That(chain.Produce(seconds: 20).Receipts, Is.Empty, "expired by the block's time");
        });
        yield return Case("A_transaction_of_another_chain_is_replayed", () =>
        {
            using PermissionedChain chain = new(1);
            Transaction foreign = Core.Types.Transactions.TransactionSigner.Sign(
                new Transaction
                {
                    Type = TransactionType.DynamicFee,
                    ChainId = ChainId + 1,
                    To = AddressOf(Alice),
                    GasLimit = 21_000,
                    MaxFeePerGas = 100 * GweiWei,
                    MaxPriorityFeePerGas = GweiWei,
                },
                KeyOf(Bob));
            Assert.That(chain.Pool.Add(foreign, isLocal: true).IsAccepted, Is.False);
        });
        yield return Case("An_authorization_of_another_chain_is_replayed", () =>
        {
            using PermissionedChain chain = new(1);
            Authorization foreign = chain.Authorize(Bob, Payer, chainId: ChainId + 1);
            chain.ProduceWith(chain.Sign(Alice, AddressOf(Officer), tuples: [foreign]));
            Assert.That(chain.HasCode(AddressOf(Bob)), Is.False);
        });
    }

    private static TestCaseData Lie(
        string name, byte mode, Func<PermissionedChain, Transaction[]> make, bool isSubjectRegistered = true, ulong? subjectExpiry = null, Address? coinbase = null) => Case(name, () =>
    {
        Dictionary<Address, byte[]> contracts = new() { [Payer] = Forward(0xf1, Outsider, 5), [SubjectContract] = [0x60, 0x01, 0x5f, 0x55, 0x00] };
        using PermissionedChain honest = new(mode, contracts, false, isSubjectRegistered, subjectExpiry);
        using PermissionedChain liar = new(mode, contracts, isLying: true, isSubjectRegistered, subjectExpiry);
        Block lie = liar.BuildExactly(make(honest), coinbase: coinbase).Executed.Block;
        Assert.That(liar.Manager.Import(lie).Status, Is.EqualTo(ImportStatus.BecameHead), "it is a sound block but for the rules");
        ImportResult result = honest.Manager.Import(lie);
        Assert.That(result.Status, Is.EqualTo(ImportStatus.Invalid));
        Assert.That(honest.Manager.Head.Number, Is.Zero);
    });
}
