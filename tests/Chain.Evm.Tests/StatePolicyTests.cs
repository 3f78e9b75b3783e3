using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using static Chain.Evm.Tests.StateFixtures;

namespace Chain.Evm.Tests;

/// <summary>The policy's rules at the top level: which are asked, in which order, on which state, and what a refusal costs.</summary>
public sealed class StatePolicyTests
{
    private const ulong GasLimit = 100_000;
    private const ulong PriceWei = 10;
    private const ulong BaseFeeWei = 7;
    private const ulong FundsWei = 1_000_000_000_000;

    private static readonly Address Coinbase = Address.FromNumber(0xc01);
    private static readonly Address FeeSink = Address.FromNumber(0xfee);
    private static readonly byte[] AuthorityKey = [.. new byte[31], 5];
    private static readonly byte[] Denied = [0xde, 0xad];

    private readonly VirtualMachine _machine = new(DispatcherKind.Loop);
    private MemoryState _parent = null!;
    private RecordingPolicy _policy = null!;
    private WorldState _state = null!;

    [SetUp]
    public void SetUp()
    {
        _parent = new MemoryState();
        _parent.SetAccount(Alice, 1, FundsWei, default);
        // Stores 1 in slot 0.
        _parent.SetAccount(Contract, 1, 5, new byte[] { 0x60, 0x01, 0x5f, 0x55 });
        _policy = new RecordingPolicy();
        _state = new WorldState(_parent);
    }

    [OneTimeTearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void A_call_with_value_asks_S_then_F_then_V_then_where_the_fee_goes()
    {
        TransactionResult result = Execute(Call(Contract, value: 3));

        Assert.That(result.Succeeded, Is.True);
        Assert.That(_policy.Asked, Is.EqualTo(new[] { "S", "F", "V", "fee" }));
        Assert.That(_state.SlotValue(Contract, 0), Is.EqualTo(UInt256.One));
    }

    [Test]
    public void A_call_without_value_is_not_asked_V_and_an_account_without_code_not_F()
    {
        Execute(Call(Contract));
        string[] withCode = [.. _policy.Asked];
        _policy.Asked.Clear();
        Execute(Call(Bob, nonce: 2));

        Assert.That(withCode, Is.EqualTo(new[] { "S", "F", "fee" }));
        Assert.That(_policy.Asked, Is.EqualTo(new[] { "S", "fee" }));
    }

    [Test]
    public void A_creation_with_value_asks_S_then_D_then_V_for_the_endowment()
    {
        TransactionResult result = Execute(Create(value: 3));

        Assert.That(result.Succeeded, Is.True);
        Assert.That(_policy.Asked, Is.EqualTo(new[] { "S", "D", "endowment", "fee" }));
    }

    [Test]
    public void S_makes_the_transaction_invalid_and_changes_nothing()
    {
        _policy.Refused = "S";

        TransactionResult result = Execute(Call(Contract, value: 3));

        Assert.That(result.Error, Is.EqualTo(TransactionError.SenderNotAuthorized));
        Assert.That(result.PolicyCode, Is.EqualTo(RecordingPolicy.Code));
        Assert.That(_state.ToDelta().Accounts, Is.Empty);
    }

    [Test]
    public void S_is_asked_only_of_a_transaction_that_is_valid_otherwise()
    {
        TransactionResult result = Execute(Call(Contract, nonce: 9));

        Assert.That(result.Error, Is.EqualTo(TransactionError.NonceMismatchTooHigh));
        Assert.That(_policy.Asked, Is.Empty);
    }

    [TestCase("F")]
    [TestCase("V")]
    public void A_refused_call_costs_its_intrinsic_gas_and_the_nonce_and_moves_nothing(string rule)
    {
        _policy.Refused = rule;

        TransactionResult result = Execute(Call(Contract, value: 3));

        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(result.GasUsed, Is.EqualTo(21_000ul));
        Assert.That(result.Output.ToArray(), Is.EqualTo(Denied));
        Assert.That(result.Logs, Is.Empty);
        Assert.That(_state.GetAccount(Contract).Balance, Is.EqualTo((UInt256)5));
        Assert.That(_state.SlotValue(Contract, 0), Is.EqualTo(UInt256.Zero));
        Assert.That(_state.GetAccount(Alice).Nonce, Is.EqualTo(2ul));
        Assert.That(_state.GetAccount(Alice).Balance, Is.EqualTo((UInt256)(FundsWei - (21_000 * PriceWei))));
    }

    [TestCase("D", new[] { "S", "D", "fee" })]
    [TestCase("endowment", new[] { "S", "D", "endowment", "fee" })]
    public void A_refused_creation_makes_no_account(string rule, string[] asked)
    {
        _policy.Refused = rule;

        TransactionResult result = Execute(Create(value: 3));

        Assert.That(_policy.Asked, Is.EqualTo(asked));
        Assert.That(result.Succeeded, Is.False);
        Assert.That(result.GasUsed, Is.EqualTo(21_000ul + 32_000 + 2 + 16));
        Assert.That(_state.GetAccount(result.ContractAddress!.Value).Exists, Is.False);
        Assert.That(_state.ToDelta().Accounts.Keys, Is.EquivalentTo(new[] { Alice, Coinbase }));
    }

    [Test]
    public void A_refused_call_still_pays_the_calldata_floor()
    {
        _policy.Refused = "F";

        TransactionResult result = Execute(Call(Contract, data: [.. Enumerable.Repeat((byte)1, 100)]));

        Assert.That(result.GasUsed, Is.EqualTo(21_000ul + (100 * 40)));
    }

    [Test]
    public void A_is_asked_of_valid_tuples_only_and_skips_the_tuple_without_refund()
    {
        Authorization good = Sign(nonce: 0, chainId: 1), stale = Sign(nonce: 7, chainId: 1), foreign = Sign(nonce: 0, chainId: 99);
        Assert.That(good.TryRecoverAuthority(out Address authority), Is.True);
        _parent.SetAccount(authority, 0, 1, default);
        _policy.Refused = "A";

        TransactionResult refused = Execute(SetCode(1, stale, foreign, good));
        bool delegatedWhenRefused = _state.GetAccount(authority).HasCode;
        string[] asked = [.. _policy.Asked];
        _policy.Refused = "";
        TransactionResult allowed = Execute(SetCode(2, stale, foreign, good));

        Assert.That(asked, Is.EqualTo(new[] { "S", "A", "fee" }));
        Assert.That(delegatedWhenRefused, Is.False);
        Assert.That(refused.GasUsed, Is.EqualTo(21_000ul + (3 * 25_000)));
        Assert.That(allowed.GasUsed, Is.EqualTo(21_000ul + (3 * 25_000) - 12_500));
        Assert.That(_state.GetCode(_state.GetAccount(authority)).ToArray(), Is.EqualTo(Delegation.Encode(Contract)));
        Assert.That(_state.GetAccount(authority).Nonce, Is.EqualTo(1ul));
    }

    [Test]
    public void Tuples_are_applied_before_F_sees_the_recipient_and_stand_when_it_refuses()
    {
        Authorization tuple = Sign(nonce: 0, chainId: 0);
        Assert.That(tuple.TryRecoverAuthority(out Address authority), Is.True);
        _policy.Refused = "F";

        TransactionResult result = Execute(SetCode(1, authority, tuple));

        Assert.That(_policy.Asked, Is.EqualTo(new[] { "S", "A", "F", "fee" }));
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(_state.GetAccount(authority).HasCode, Is.True);
    }

    [Test]
    public void The_zero_address_clears_a_delegation()
    {
        Authorization tuple = Sign(nonce: 3, chainId: 0, target: Address.Zero);
        Assert.That(tuple.TryRecoverAuthority(out Address authority), Is.True);
        _parent.SetAccount(authority, 3, 0, Delegation.Encode(Contract));

        Execute(SetCode(1, tuple));

        Assert.That(_state.GetAccount(authority).HasCode, Is.False);
        Assert.That(_state.GetAccount(authority).Nonce, Is.EqualTo(4ul));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_priority_fee_follows_the_redirection_or_burns(bool burns)
    {
        _policy.Redirects = true;
        _policy.Payee = burns ? null : FeeSink;

        TransactionResult result = Execute(Call(Bob, value: 1));

        UInt256 fee = (PriceWei - BaseFeeWei) * result.GasUsed;
        Assert.That(_state.GetAccount(FeeSink).Balance, Is.EqualTo(burns ? UInt256.Zero : fee));
        Assert.That(_state.GetAccount(Coinbase).Exists, Is.False);
    }

    [Test]
    public void Without_a_policy_nothing_is_asked()
    {
        TransactionResult result = new TransactionProcessor(_machine).Execute(_state, Block(null), Call(Contract, value: 3), Alice, Available);

        Assert.That(result.Succeeded, Is.True);
        Assert.That(_policy.Asked, Is.Empty);
        Assert.That(_state.GetAccount(Coinbase).Balance, Is.EqualTo((UInt256)((PriceWei - BaseFeeWei) * result.GasUsed)));
    }

    [Test]
    public void A_simulated_call_needs_no_nonce_no_fee_and_no_S()
    {
        Transaction call = new() { Type = TransactionType.DynamicFee, Nonce = 77, GasLimit = GasLimit, To = Contract };

        TransactionResult result = new TransactionProcessor(_machine).Call(_state, Block(_policy), call, Bob);

        Assert.That(result.Succeeded, Is.True);
        Assert.That(_policy.Asked, Is.EqualTo(new[] { "F" }));
        Assert.That(result.EffectiveGasPrice, Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void A_simulated_call_with_a_fee_must_afford_it()
    {
        Transaction call = new() { Type = TransactionType.DynamicFee, GasLimit = GasLimit, To = Contract, MaxFeePerGas = PriceWei };

        TransactionResult result = new TransactionProcessor(_machine).Call(_state, Block(null), call, Bob);

        Assert.That(result.Error, Is.EqualTo(TransactionError.InsufficientAccountFunds));
    }

    [Test]
    public void A_system_call_asks_no_rule_and_pays_nothing()
    {
        ExecutionResult result = new TransactionProcessor(_machine).SystemCall(_state, Block(_policy), Contract, default);

        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        Assert.That(_policy.Asked, Is.Empty);
        Assert.That(_state.SlotValue(Contract, 0), Is.EqualTo(UInt256.One));
        Assert.That(_state.ToDelta().Accounts.Keys, Is.EqualTo(new[] { Contract }));
    }

    [Test]
    public void A_system_call_to_an_absent_account_leaves_no_trace()
    {
        new TransactionProcessor(_machine).SystemCall(_state, Block(_policy), Bob, new byte[32]);

        Assert.That(_state.ToDelta().Accounts, Is.Empty);
    }

    [Test]
    public void A_plain_transfer_allocates_its_result_only()
    {
        const int Count = 1_000;
        const int ResultBytesMax = 192;
        TransactionProcessor processor = new(_machine);
        BlockContext block = Block(null);
        Transaction[] transfers = [.. Enumerable.Range(1, 2 * Count).Select(n => Call(Bob, value: 1, nonce: (ulong)n))];
        for (int i = 0; i < Count; i++) processor.Execute(_state, block, transfers[i], Alice, Available);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = Count; i < 2 * Count; i++) processor.Execute(_state, block, transfers[i], Alice, Available);
        long bytesEach = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;

        TestContext.Out.WriteLine($"{bytesEach} bytes per transfer");
        Assert.That(_state.GetAccount(Bob).Balance, Is.EqualTo((UInt256)(2 * Count)));
        Assert.That(bytesEach, Is.LessThanOrEqualTo(ResultBytesMax));
    }

    private static BlockGas Available => new(30_000_000, 0);

    private static Transaction Call(Address to, ulong value = 0, ulong nonce = 1, byte[]? data = null) => new()
    {
        Nonce = nonce,
        MaxFeePerGas = PriceWei,
        MaxPriorityFeePerGas = PriceWei,
        GasLimit = value == 1 ? 21_000 : GasLimit,
        To = to,
        Value = value,
        Data = data,
        Signature = new TransactionSignature(0, 1, 1),
    };

    /// <summary>Initcode that is one PUSH0 and deploys nothing.</summary>
    private static Transaction Create(ulong value) => new()
    {
        Nonce = 1,
        MaxFeePerGas = PriceWei,
        MaxPriorityFeePerGas = PriceWei,
        GasLimit = GasLimit,
        Value = value,
        Data = new byte[] { 0x5f },
        Signature = new TransactionSignature(0, 1, 1),
    };

    private static Transaction SetCode(ulong nonce, params Authorization[] tuples) => SetCode(nonce, Bob, tuples);

    private static Transaction SetCode(ulong nonce, Address to, params Authorization[] tuples) => new()
    {
        Type = TransactionType.SetCode,
        ChainId = 1,
        Nonce = nonce,
        MaxFeePerGas = PriceWei,
        MaxPriorityFeePerGas = PriceWei,
        GasLimit = GasLimit * 2,
        To = to,
        AuthorizationList = tuples,
        Signature = new TransactionSignature(0, 1, 1),
    };

    private static Authorization Sign(ulong nonce, ulong chainId, Address? target = null)
    {
        Authorization unsigned = new(chainId, target ?? Contract, nonce, 0, 0, 0);
        Assert.That(Chain.Core.Crypto.Secp256k1.TrySign(unsigned.SigningHash().Bytes, AuthorityKey, out TransactionSignature signature), Is.True);
        return unsigned with { YParity = signature.YParity, R = signature.R, S = signature.S };
    }

    private static BlockContext Block(ITxPolicy? policy) => new()
    {
        Rules = ForkTable.Rules(Fork.Prague),
        ChainId = 1,
        Number = 1,
        Timestamp = 1,
        GasLimit = 30_000_000,
        Coinbase = Coinbase,
        BaseFee = BaseFeeWei,
        BlockHashes = new NoHashes(),
        Precompiles = PrecompileSet.Empty,
        Policy = policy,
    };

    private TransactionResult Execute(Transaction tx) => new TransactionProcessor(_machine).Execute(_state, Block(_policy), tx, Alice, Available);

    private sealed class NoHashes : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => default;
    }

    /// <summary>Records the questions and refuses one kind of them.</summary>
    private sealed class RecordingPolicy : ITxPolicy
    {
        public const byte Code = 2;

        public List<string> Asked { get; } = [];

        public string Refused { get; set; } = "";

        public bool Redirects { get; set; }

        public Address? Payee { get; set; }

        public byte CheckSender(WorldState state, in Address sender) => Judge("S") is null ? (byte)0 : Code;

        public byte CheckAuthority(WorldState state, in Address authority) => Judge("A") is null ? (byte)0 : Code;

        public byte[]? CheckDeploy(WorldState state, in Address origin, in Address creator) => Judge("D");

        public byte[]? CheckCall(WorldState state, in Address callee) => Judge("F");

        public byte[]? CheckValue(WorldState state, in Address from, in Address to, bool fromIsEligibleSender) => fromIsEligibleSender ? Judge("V") : Denied;

        public byte[]? CheckEndowment(WorldState state, in Address from, in Address created, bool fromIsEligibleSender) =>
            fromIsEligibleSender ? Judge("endowment") : Denied;

        public Address? RedirectCredit(WorldState state, in Address recipient)
        {
            Asked.Add("fee");
            return Redirects ? Payee : recipient;
        }

        private byte[]? Judge(string rule)
        {
            Asked.Add(rule);
            return rule == Refused ? Denied : null;
        }
    }
}
