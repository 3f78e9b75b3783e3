using Chain.Consensus;
using Chain.Consensus.Building;
using Chain.Consensus.Pool;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm.State;
using static Chain.Compliance.Tests.Chains.PermissionedChain;

namespace Chain.Compliance.Tests.Chains;

/// <summary>Acceptance test 6: four modes, the ways value and code move, five kinds of eligibility; the answer of the pool, the builder, the validator and the receipt.</summary>
[Category("Acceptance 6")]
public sealed class EnforcementMatrixTests
{
    private const ulong ExpirySeconds = 30;

    private static readonly Address Helper = Address.FromNumber(0x4e19e4);
    private static readonly Address Target = Address.FromNumber(0x7a47);
    private static readonly Expected Fine = new(null, true, true, true);
    private static readonly byte[] StoresOne = [0x60, 0x01, 0x5f, 0x55, 0x00];

    /// <summary>Eligibility of the subject.</summary>
    public enum Eligibility
    {
        /// <summary>Active record.</summary>
        Eligible,

        /// <summary>No record.</summary>
        None,

        /// <summary>Identity frozen.</summary>
        Frozen,

        /// <summary>Record expired.</summary>
        Expired,

        /// <summary>Account and contract on the sanctions list.</summary>
        Sanctioned,
    }

    /// <summary>What must come of one transaction.</summary>
    /// <param name="Rule">Rule by which the pool refuses it; null when it takes it.</param>
    /// <param name="IsValid">Whether a block may contain it.</param>
    /// <param name="Succeeds">Status of its receipt, where a block may contain it.</param>
    /// <param name="Happens">Whether what it tries happens.</param>
    private sealed record Expected(char? Rule, bool IsValid, bool Succeeds, bool Happens);

    /// <summary>One way: the transaction, the effect to look for, and what the specification says of it.</summary>
    private sealed record Way(Func<PermissionedChain, Transaction> Make, Func<PermissionedChain, PermissionedChain, bool> Happened, Func<byte, Eligibility, Expected> Expect)
    {
        public IReadOnlyDictionary<Address, byte[]> Contracts { get; init; } = new Dictionary<Address, byte[]>();

        public Address[] Deployers { get; init; } = [];

        public Address? Coinbase { get; init; }
    }

    private static readonly Dictionary<string, Way> Ways = new()
    {
        ["transfer_by_the_subject"] = new(c => c.Sign(Subject, AddressOf(Bob), value: 5), Executed(Subject), BySender),
        ["transfer_to_the_subject"] = new(c => c.Sign(Alice, AddressOf(Subject), value: 5), (before, after) => after.BalanceOf(AddressOf(Subject)) == before.BalanceOf(AddressOf(Subject)) + 5,
            (mode, e) => mode == 3 && e != Eligibility.Eligible ? new('V', true, false, false) : Fine),
        ["call_by_the_subject"] = new(c => c.Sign(Subject, Helper), Stored(Helper), BySender) { Contracts = With((Helper, StoresOne)) },
        ["creation_by_the_subject"] = new(c => c.Sign(Subject, null, [0x60, 0x00, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xf3]), (_, after) => after.HasCode(ContractAddress.OfCreate(AddressOf(Subject), 0)),
            (mode, e) => BySender(mode, e) is { IsValid: false } refused ? refused : mode >= 2 ? new('D', true, false, false) : Fine),
        ["CREATE2_by_the_subject_contract"] = new(c => c.Sign(Alice, SubjectContract, [0x00]), (_, after) => after.BalanceOf(ContractAddress.OfCreate2(SubjectContract, 0, [0x00])) == 1,
            (mode, e) => ByFrame(mode, e))
        { Contracts = With((SubjectContract, Bypass.Attempt.Creator(isCreate2: true, 1))), Deployers = [SubjectContract] },
        ["factory_that_is_not_admitted"] = new(c => c.Sign(Subject, Helper, [0x00]), (_, after) => Exists(after, ContractAddress.OfCreate(Helper, 1)),
            (mode, e) => BySender(mode, e) is { IsValid: false } refused ? refused : new(null, true, true, mode < 2))
        { Contracts = With((Helper, Bypass.Attempt.Creator(isCreate2: false))) },
        ["factory_that_is_admitted"] = new(c => c.Sign(Subject, Helper, [0x00]), (_, after) => Exists(after, ContractAddress.OfCreate(Helper, 1)), BySender)
        {
            Contracts = With((Helper, Bypass.Attempt.Creator(isCreate2: false))),
            Deployers = [Helper],
        },
        ["SELFDESTRUCT_for_the_subject"] = new(c => c.Sign(Alice, Helper), (before, after) => after.BalanceOf(AddressOf(Subject)) == before.BalanceOf(AddressOf(Subject)) + 1_000,
            (mode, e) => mode == 3 && e != Eligibility.Eligible ? new(null, true, false, false) : Fine)
        { Contracts = With((Helper, [0x73, .. AddressOf(Subject).Bytes, 0xff])) },
        ["contract_that_pays_the_subject"] = new(c => c.Sign(Alice, Helper), (before, after) => after.BalanceOf(AddressOf(Subject)) == before.BalanceOf(AddressOf(Subject)) + 5,
            (mode, e) => mode == 3 && e != Eligibility.Eligible ? new(null, true, true, false) : Fine)
        { Contracts = With((Helper, Bypass.Attempt.Forward(0xf1, AddressOf(Subject), 5))) },
        ["sponsor_is_the_subject"] = new(c => c.Sign(Subject, AddressOf(Bob), tuples: [c.Authorize(Alice, Target)]), (_, after) => after.HasCode(AddressOf(Alice)), BySender),
        ["authority_is_the_subject"] = new(c => c.Sign(Alice, AddressOf(Bob), tuples: [c.Authorize(Subject, Target)]), (_, after) => after.HasCode(AddressOf(Subject)),
            (mode, e) => mode >= 1 && e != Eligibility.Eligible ? new('A', true, true, false) : Fine),
        ["one_authority_of_two_is_the_subject"] = new(c => c.Sign(Alice, AddressOf(Agent), tuples: [c.Authorize(Subject, Target), c.Authorize(Bob, Target)]), (_, after) => after.HasCode(AddressOf(Subject)),
            (mode, e) => new(null, true, true, mode == 0 || e == Eligibility.Eligible)),
        ["bundle_runs_the_subject_wallet"] = new(c => c.Sign(Alice, Helper), Stored(SubjectContract), (mode, e) => ByFrame(mode, e) is { Happens: false } stopped ? stopped with { Succeeds = true } : Fine)
        {
            Contracts = With((SubjectContract, StoresOne), (Helper, Bypass.Attempt.Forward(0xf1, SubjectContract))),
        },
        ["coinbase_is_the_subject"] = new(c => c.Sign(Alice, AddressOf(Bob)), (before, after) => after.BalanceOf(AddressOf(Subject)) > before.BalanceOf(AddressOf(Subject)),
            (mode, e) => new(null, true, true, mode < 3 || e == Eligibility.Eligible))
        { Coinbase = AddressOf(Subject) },
        ["precompile_with_value_by_the_subject"] = new(c => c.Sign(Subject, Address.FromNumber(4), value: 5), (_, after) => after.BalanceOf(Address.FromNumber(4)) == 5, BySender),
        ["precompile_with_value_by_the_subject_contract"] = new(c => c.Sign(Alice, SubjectContract), (_, after) => after.BalanceOf(Address.FromNumber(4)) == 5, ByFrame)
        {
            Contracts = With((SubjectContract, Bypass.Attempt.Forward(0xf1, Address.FromNumber(4), 5))),
        },
    };

    private static IEnumerable<TestCaseData> Cases() =>
        from way in Ways.Keys from mode in new byte[] { 0, 1, 2, 3 } from e in Enum.GetValues<Eligibility>() select new TestCaseData(way, mode, e).SetName($"Mode_{mode}_{e}_{way}");

    [TestCaseSource(nameof(Cases))]
    public void Pool_builder_validator_and_receipt_agree_with_the_specification(string wayName, byte mode, Eligibility eligibility)
    {
        Way way = Ways[wayName];
        Expected expected = way.Expect(mode, eligibility);
        using PermissionedChain honest = Make(way, mode, eligibility, isLying: false);
        using PermissionedChain liar = Make(way, mode, eligibility, isLying: true);
        Prepare(honest, liar, eligibility);
        Transaction transaction = way.Make(honest);

        PoolAddResult pool = honest.Pool.Add(transaction, isLocal: true);
        Assert.That(pool.Refusal?.Rule, Is.EqualTo(expected.Rule), $"pool: {pool.Message}");
        Assert.That(pool.IsAccepted, Is.EqualTo(expected.Rule is null));

        BuiltBlock? forced = honest.Manager.BuildExactly(honest.Request(honest.Manager.Head, coinbase: way.Coinbase), [transaction], out (int Index, TransactionError Error) failed);
        Assert.That(forced is not null, Is.EqualTo(expected.IsValid), "builder");
        if (!expected.IsValid)
        {
            Assert.That(failed.Error, Is.EqualTo(TransactionError.SenderNotAuthorized));
            ImportResult refused = honest.Manager.Import(liar.BuildExactly([transaction], coinbase: way.Coinbase).Executed.Block);
            Assert.That((refused.Status, refused.TransactionError, refused.TransactionIndex), Is.EqualTo((ImportStatus.Invalid, TransactionError.SenderNotAuthorized, 0)), "validator");
            Assert.That(refused.Detail, Does.StartWith("kyc: sender not authorized"));
            return;
        }

        using PermissionedChain before = Make(way, mode, eligibility, isLying: false);
        Prepare(before, null, eligibility);
        Assert.That(honest.Manager.Import(forced!.Executed.Block).Status, Is.EqualTo(ImportStatus.BecameHead), "validator");
        Assert.That(forced.Executed.Receipts[0].Succeeded, Is.EqualTo(expected.Succeeds), "receipt");
        Assert.That(way.Happened(before, honest), Is.EqualTo(expected.Happens), "effect");

        Block lie = liar.BuildExactly([transaction], coinbase: way.Coinbase).Executed.Block;
        bool isSame = lie.Header.Hash == forced.Executed.Block.Header.Hash;
        Assert.That(isSame, Is.EqualTo(expected is { Succeeds: true, Happens: true }), "a proposer without rules makes another block exactly where a rule acts");
        if (isSame) return;
        using PermissionedChain third = Make(way, mode, eligibility, isLying: false);
        Prepare(third, null, eligibility);
        Assert.That(third.Manager.Import(lie).Status, Is.EqualTo(ImportStatus.Invalid), "validator, on the lie");
    }

    private static PermissionedChain Make(Way way, byte mode, Eligibility eligibility, bool isLying) => new(
        mode, way.Contracts, isLying, eligibility != Eligibility.None, eligibility == Eligibility.Expired ? GenesisTimestamp + ExpirySeconds : null, way.Deployers);

    /// <summary>Brings the subject into its state by a block of its own, on both chains.</summary>
    private static void Prepare(PermissionedChain honest, PermissionedChain? liar, Eligibility eligibility)
    {
        Transaction[] setup = eligibility switch
        {
            Eligibility.Frozen => [honest.Registry(Officer, Bypass.Attempt.SetIdentity, SubjectId, 2, World.Id(1))],
            Eligibility.Sanctioned => [honest.Registry(Officer, Bypass.Attempt.Sanction, new[] { AddressOf(Subject), SubjectContract }, true, 1)],
            _ => [],
        };
        foreach (Transaction transaction in setup) Assert.That(honest.Pool.Add(transaction, isLocal: true).IsAccepted, Is.True);
        ExecutedBlock block = honest.Produce(ExpirySeconds);
        Assert.That(block.Receipts.Count(r => r.Succeeded), Is.EqualTo(setup.Length));
        if (liar is not null) Assert.That(liar.Manager.Import(block.Block).Status, Is.EqualTo(ImportStatus.BecameHead));
    }

    private static Expected BySender(byte mode, Eligibility e) => mode >= 1 && e != Eligibility.Eligible ? new('S', false, false, false) : Fine;

    /// <summary>Rule F as <c>tx.to</c>; expiry does not stop code.</summary>
    private static Expected ByFrame(byte mode, Eligibility e) =>
        mode >= 1 && e is (Eligibility.Frozen or Eligibility.Sanctioned) ? new(null, true, false, false) : Fine;

    private static Func<PermissionedChain, PermissionedChain, bool> Executed(byte key) => (before, after) => after.NonceOf(key) == before.NonceOf(key) + 1;

    private static Func<PermissionedChain, PermissionedChain, bool> Stored(Address contract) => (_, after) => after.State.GetStorage(contract, UInt256.Zero) == UInt256.One;

    private static bool Exists(PermissionedChain chain, Address address) => chain.State.TryGetAccount(address, out _);

    private static Dictionary<Address, byte[]> With(params (Address Address, byte[] Code)[] contracts) => contracts.ToDictionary(c => c.Address, c => c.Code);
}
