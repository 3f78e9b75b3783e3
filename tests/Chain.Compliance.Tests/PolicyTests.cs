using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>The chain's rules through whole transactions (section 3), on both dispatchers.</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
public sealed class PolicyTests(DispatcherKind dispatcher)
{
    private static readonly Address Contract = Address.FromNumber(0xc0de);
    private static readonly Address Stranger = Address.FromNumber(0x57a6);
    private static readonly Hash256 None = Hash256.Zero;

    /// <summary>Initcode that deploys nothing.</summary>
    private static readonly byte[] EmptyInit = [0x00];

    private World Make(byte mode, Func<Configuration.ModuleEntry, Configuration.ModuleEntry>? change = null, bool hasLists = true) =>
        new(mode, dispatcher, change, hasLists);

    [Test]
    public void Mode_0_has_no_policy()
    {
        using World world = Make(0);
        Assert.That(world.Block.Policy, Is.Null);
        Assert.That(world.Send(World.Nobody, Stranger, value: 5).Succeeded, Is.True);
        Assert.That(world.Send(World.Nobody, null, EmptyInit).Succeeded, Is.True);
    }

    [TestCase((byte)1)]
    [TestCase((byte)2)]
    [TestCase((byte)3)]
    public void Senders_need_a_record_a_role_or_to_be_admin(byte mode)
    {
        using World world = Make(mode);
        Assert.That(world.Send(World.Alice, World.Bob).Succeeded, Is.True);
        Assert.That(world.Send(World.Admin, World.Bob).Succeeded, Is.True);
        Assert.That(world.Send(World.Officer, World.Bob).Succeeded, Is.True, "a technical account");
        UInt256 before = world.Balance(World.Nobody);
        TransactionResult refused = world.Send(World.Nobody, World.Bob);
        Assert.That(refused.Error, Is.EqualTo(TransactionError.SenderNotAuthorized));
        Assert.That(refused.PolicyCode, Is.EqualTo(ReasonCodes.NotRegistered));
        Assert.That(world.Balance(World.Nobody), Is.EqualTo(before));
        Assert.That(world.State.GetAccount(World.Nobody).Nonce, Is.Zero);
    }

    [Test]
    public void A_freeze_binds_the_next_transaction_of_the_block()
    {
        using World world = Make(1);
        Assert.That(world.Send(World.Bob, Stranger).Succeeded, Is.True);
        Assert.That(Freeze(world, World.Bob).Succeeded, Is.True);
        Assert.That(world.Send(World.Bob, Stranger).PolicyCode, Is.EqualTo(ReasonCodes.WalletFrozen));
        Assert.That(world.Send(World.Officer, ModuleAddresses.Kyc, World.Encode("setWalletStatus(address,uint8,bytes32)", World.Bob, 1, None)).Succeeded, Is.True);
        Assert.That(world.Send(World.Bob, Stranger).Succeeded, Is.True);
    }

    [Test]
    public void No_role_lifts_a_sanction_but_that_of_a_registry_admin()
    {
        using World world = Make(1);
        byte[] sanction = World.Encode("setSanctioned(address[],bool,uint32)", new[] { World.Agent, World.Admin }, true, 1);
        Assert.That(world.Send(World.Officer, ModuleAddresses.Kyc, sanction).Succeeded, Is.True);
        Assert.That(world.Send(World.Agent, Stranger).PolicyCode, Is.EqualTo(ReasonCodes.Sanctioned));
        Assert.That(world.Send(World.Admin, Stranger).Succeeded, Is.True);
    }

    [Test]
    public void Records_expire_at_their_second()
    {
        using World world = Make(1);
        world.NextBlock(86_399);
        Assert.That(world.Send(World.Alice, Stranger).Succeeded, Is.True);
        world.NextBlock(1);
        Assert.That(world.Send(World.Alice, Stranger).PolicyCode, Is.EqualTo(ReasonCodes.Expired));
    }

    [Test]
    public void A_creation_transaction_of_one_who_may_not_deploy_fails_at_intrinsic_gas()
    {
        using World world = Make(2);
        TransactionResult denied = world.Send(World.Alice, null, EmptyInit, value: 0);
        Assert.That(denied.Error, Is.EqualTo(TransactionError.None));
        Assert.That(denied.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(denied.Output.ToArray(), Is.EqualTo(KycErrors.KycDeployDenied.Encode(AbiWords.ToWord(World.Alice), AbiWords.ToWord(World.Alice), 48)));
        Assert.That(denied.GasUsed, Is.EqualTo(53_000 + 2 + 4), "intrinsic gas: creation, one word of initcode, one zero byte");
        Assert.That(world.State.GetAccount(World.Alice).Nonce, Is.EqualTo(1));
        Assert.That(world.Send(World.Bob, null, EmptyInit).Succeeded, Is.True);
        using World senders = Make(1);
        Assert.That(senders.Send(World.Alice, null, EmptyInit).Succeeded, Is.True, "mode 1 lets every sender deploy");
        using World bare = Make(2, hasLists: false);
        Assert.That(bare.Send(World.Bob, null, EmptyInit).Succeeded, Is.False, "without the list nobody deploys");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void CREATE_by_a_factory_that_is_not_admitted_returns_zero_and_the_error(bool isCreate2)
    {
        using World world = Make(2);
        Put(world, Contract, Creator(isCreate2));
        TransactionResult denied = world.Send(World.Alice, Contract);
        Assert.That(denied.Succeeded, Is.True);
        byte[] error = KycErrors.KycDeployDenied.Encode(AbiWords.ToWord(World.Alice), AbiWords.ToWord(Contract), 48);
        Assert.That(denied.Output.ToArray(), Is.EqualTo((byte[])[.. World.Words(0), .. error]));
        Assert.That(world.State.GetAccount(Contract).Nonce, Is.EqualTo(1), "the creator's nonce stays");

        Assert.That(world.Send(World.Bob, Contract).Output.Length, Is.EqualTo(32), "an admitted origin");
        Assert.That(world.Send(World.Admin, ModuleAddresses.DeployerAllowList, World.Encode("setEnabled(address)", Contract)).Succeeded, Is.True);
        TransactionResult clone = world.Send(World.Alice, Contract);
        Assert.That(clone.Output.Length, Is.EqualTo(32), "an admitted factory serves anyone");
        Assert.That(UInt256.FromBigEndian(clone.Output.Span).IsZero, Is.EqualTo(isCreate2), "CREATE2 collides with the clone made before");
    }

    [Test]
    public void Frozen_code_stops_for_calls_and_stays_readable()
    {
        using World world = Make(1);
        Put(world, Contract, [0x60, 0x2a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
        Put(world, Stranger, Caller(0xf1, Contract, 0));
        Link(world, Contract);
        Assert.That(world.Send(World.Alice, Stranger).Output.ToArray(), Is.EqualTo(World.Words(1, 42)));
        Assert.That(Freeze(world, Contract).Succeeded, Is.True);

        byte[] blocked = KycErrors.KycBlocked.Encode(AbiWords.ToWord(Contract), ReasonCodes.WalletFrozen);
        TransactionResult direct = world.Send(World.Bob, Contract);
        Assert.That(direct.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(direct.Output.ToArray(), Is.EqualTo(blocked));
        Assert.That(direct.GasUsed, Is.EqualTo(21_000));
        Assert.That(world.Send(World.Bob, Stranger).Output.ToArray(), Is.EqualTo((byte[])[.. World.Words(0), .. blocked]));
        Put(world, Stranger, Caller(0xfa, Contract, 0));
        Assert.That(world.Send(World.Bob, Stranger).Output.ToArray(), Is.EqualTo(World.Words(1, 42)), "STATICCALL");
    }

    [Test]
    public void Full_mode_admits_value_to_records_and_contracts_only()
    {
        using World world = Make(3);
        Assert.That(world.Send(World.Alice, World.Bob, value: 5).Succeeded, Is.True);
        Assert.That(world.Send(World.Alice, Stranger).Succeeded, Is.True, "without value");
        UInt256 before = world.Balance(World.Alice);
        TransactionResult denied = world.Send(World.Alice, Stranger, value: 5);
        Assert.That(denied.Output.ToArray(), Is.EqualTo(Denied(World.Alice, Stranger, ReasonCodes.NotRegistered)));
        Assert.That(world.Balance(World.Alice), Is.EqualTo(before - (denied.GasUsed * World.BaseFee)));
        Assert.That(world.State.GetAccount(Stranger).Exists, Is.False);
        Assert.That(world.Send(World.Alice, Address.Zero, value: 1).Succeeded, Is.False, "no accidental burn");
        Put(world, Contract, [0x00]);
        Assert.That(world.Send(World.Alice, Contract, value: 5).Succeeded, Is.True);
    }

    [Test]
    public void Facades_stay_exempt_when_the_oracle_is_disabled()
    {
        using OracleWorld oracle = new(dispatcher: dispatcher);
        Evm.State.WorldState state = oracle.World.State;
        Policy.CompliancePolicy policy = new(3, World.Now, new Policy.PolicyModules(false, false, HasOracle: false));
        Assert.That(policy.CheckValue(state, World.Alice, OracleWorld.Facade, fromIsEligibleSender: true), Is.Null);
        Assert.That(policy.CheckValue(state, World.Alice, Stranger, fromIsEligibleSender: true), Is.Not.Null);
    }

    [Test]
    public void Contract_policy_1_wants_contracts_registered()
    {
        using World world = Make(3, kyc => kyc with { ContractPolicy = 1 });
        Put(world, Contract, [0x00]);
        Assert.That(world.Send(World.Alice, Contract, value: 5).Output.ToArray(), Is.EqualTo(Denied(World.Alice, Contract, ReasonCodes.ContractNotRegistered)));
        Link(world, Contract);
        Assert.That(world.Send(World.Alice, Contract, value: 5).Succeeded, Is.True);
    }

    [Test]
    public void CALL_with_value_checks_giver_then_taker_and_returns_the_stipend()
    {
        using World world = Make(3);
        Put(world, Contract, Caller(0xf1, Stranger, 5), 100);
        TransactionResult denied = world.Send(World.Alice, Contract);
        Assert.That(denied.Output.ToArray(), Is.EqualTo((byte[])[.. World.Words(0), .. Denied(Contract, Stranger, ReasonCodes.NotRegistered)]));
        Assert.That(world.Balance(Contract), Is.EqualTo((UInt256)100));
        Put(world, Contract, Caller(0xf1, World.Bob, 5), 100);
        UInt256 before = world.Balance(World.Bob);
        Assert.That(world.Send(World.Alice, Contract).Output.ToArray(), Is.EqualTo(World.Words(1)));
        Assert.That(world.Balance(World.Bob), Is.EqualTo(before + 5));
    }

    [Test]
    public void SELFDESTRUCT_in_favour_of_a_stranger_reverts()
    {
        using World world = Make(3);
        Put(world, Contract, [0x73, .. Stranger.Bytes, 0xff], 100);
        TransactionResult denied = world.Send(World.Alice, Contract);
        Assert.That(denied.Status, Is.EqualTo(FrameStatus.Revert));
        Assert.That(denied.Output.ToArray(), Is.EqualTo(Denied(Contract, Stranger, ReasonCodes.NotRegistered)));
        Assert.That(world.Balance(Contract), Is.EqualTo((UInt256)100));
    }

    [Test]
    public void Code_in_creation_counts_as_code_and_a_creation_that_left_none_does_not()
    {
        using World world = Make(3);
        // Initcode that sends 1 wei of its endowment to Bob and deploys nothing.
        byte[] init = [0x5f, 0x5f, 0x5f, 0x5f, 0x60, 0x01, 0x73, .. World.Bob.Bytes, 0x5a, 0xf1, 0x15, 0x60, 34, 0x57, 0x00, 0x5b, 0x5f, 0x5f, 0xfd];
        UInt256 before = world.Balance(World.Bob);
        TransactionResult result = world.Send(World.Bob, null, init, value: 10);
        Assert.That(result.Succeeded, Is.True, KycErrors.Describe(result.Output.Span));
        Address made = result.ContractAddress!.Value;
        Assert.That(world.Balance(made), Is.EqualTo((UInt256)9), "it could send while it was being created");
        Assert.That(world.Balance(World.Bob), Is.EqualTo(before - 9 - (result.GasUsed * World.BaseFee)));
        Assert.That(world.Send(World.Alice, made, value: 1).Output.ToArray(), Is.EqualTo(Denied(World.Alice, made, ReasonCodes.NotRegistered)));
    }

    [TestCase((byte)0, true)]
    [TestCase((byte)1, false)]
    public void Authorizations_of_an_account_without_record_are_skipped(byte mode, bool isSet)
    {
        using World world = Make(mode);
        byte[] key = [.. new byte[31], 9];
        byte[] publicKey = new byte[64];
        Assert.That(Secp256k1.TryGetPublicKey(key, publicKey), Is.True);
        Authorization unsigned = new(World.ChainId, Contract, 0, 0, default, default);
        Assert.That(Secp256k1.TrySign(unsigned.SigningHash().Bytes, key, out TransactionSignature signature), Is.True);
        TransactionResult result = world.Send(World.Alice, new Transaction
        {
            Type = TransactionType.SetCode,
            ChainId = World.ChainId,
            To = World.Bob,
            GasLimit = 100_000,
            MaxFeePerGas = World.BaseFee,
            Signature = new TransactionSignature(0, 1, 1),
            AuthorizationList = [unsigned with { YParity = signature.YParity, R = signature.R, S = signature.S }],
        });
        Assert.That(result.Succeeded, Is.True);
        Assert.That(result.GasUsed, Is.EqualTo(21_000 + 25_000), "a skipped tuple stays paid");
        Assert.That(world.State.GetAccount(Secp256k1.AddressOf(publicKey)).HasCode, Is.EqualTo(isSet));
    }

    [Test]
    public void Priority_fees_of_a_coinbase_without_record_go_to_the_fee_sink_or_burn()
    {
        using World sink = Make(3, kyc => kyc with { FeeSink = World.Manager });
        UInt256 before = sink.Balance(World.Manager);
        TransactionResult paid = sink.Send(World.Alice, World.Bob, tip: 2);
        Assert.That(sink.Balance(World.Manager), Is.EqualTo(before + (paid.GasUsed * 2)));
        Assert.That(sink.Balance(World.Coinbase), Is.EqualTo(UInt256.Zero));
        using World burn = Make(3);
        burn.Send(World.Alice, World.Bob, tip: 2);
        Assert.That(burn.Balance(World.Coinbase), Is.EqualTo(UInt256.Zero));
        using World open = Make(2);
        TransactionResult plain = open.Send(World.Alice, World.Bob, tip: 2);
        Assert.That(open.Balance(World.Coinbase), Is.EqualTo((UInt256)(plain.GasUsed * 2)));
    }

    [Test]
    public void A_registration_through_a_transaction_admits_its_wallet_at_once()
    {
        using World world = Make(2);
        const string register = "registerIdentity((bytes32,uint8,uint8,uint8,uint16,uint16,uint32,uint64,uint32,address,bytes32),address[])";
        TransactionResult registered = world.Send(World.Agent, ModuleAddresses.Kyc, World.Encode(register, World.Input(World.Id(7)), new[] { World.Nobody }));
        Assert.That(registered.Succeeded, Is.True);
        Assert.That(registered.Logs, Has.Count.EqualTo(3));
        Assert.That(world.Send(World.Nobody, World.Bob).Succeeded, Is.True);
    }

    [Test]
    public void Rules_cost_no_gas_and_warm_nothing()
    {
        ulong[] used = [.. new byte[] { 0, 1, 2, 3 }.Select(mode =>
        {
            using World world = Make(mode);
            Put(world, Contract, Caller(0xf1, ModuleAddresses.Kyc, 0, World.Encode("kycStatus(address)", World.Alice)));
            return world.Send(World.Alice, Contract, gas: 200_000).GasUsed;
        })];
        Assert.That(used, Is.All.EqualTo(used[0]));
    }

    private static byte[] Denied(Address from, Address to, byte code) => KycErrors.KycTransferDenied.Encode(AbiWords.ToWord(from), AbiWords.ToWord(to), code);

    private static void Put(World world, Address address, byte[] code, ulong balance = 0)
    {
        world.State.BeginTransaction();
        world.State.SetNonce(world.State.GetAccount(address), 1);
        world.State.SetCode(world.State.GetAccount(address), code);
        world.State.SetBalance(world.State.GetAccount(address), balance);
    }

    private static TransactionResult Freeze(World world, Address wallet) =>
        world.Send(World.Officer, ModuleAddresses.Kyc, World.Encode("setWalletStatus(address,uint8,bytes32)", wallet, 2, None));

    private static void Link(World world, Address wallet) => Assert.That(
        world.Send(World.Agent, ModuleAddresses.Kyc, World.Encode("linkWallet(bytes32,address,uint8,uint64,bytes)", World.AliceId, wallet, 1, 0, Array.Empty<byte>())).Succeeded, Is.True);

    /// <summary>Calls the target with all gas and returns the result word followed by the return data.</summary>
    private static byte[] Caller(byte opcode, Address target, byte value, byte[]? data = null)
    {
        List<byte> code = [];
        byte[] input = data ?? [];
        for (int i = 0; i < input.Length; i++) code.AddRange([0x60, input[i], 0x60, (byte)i, 0x53]);
        code.AddRange([0x5f, 0x5f, 0x60, (byte)input.Length, 0x5f]);
        if (opcode == 0xf1) code.AddRange([0x60, value]);
        code.AddRange([0x73, .. target.Bytes, 0x5a, opcode]);
        return [.. code, .. ReturnResultAndBuffer];
    }

    /// <summary>Creates with empty initcode and returns the address word followed by the return data.</summary>
    private static byte[] Creator(bool isCreate2) =>
        [.. (byte[])(isCreate2 ? [0x5f, 0x5f, 0x5f, 0x5f, 0xf5] : [0x5f, 0x5f, 0x5f, 0xf0]), .. ReturnResultAndBuffer];

    /// <summary>MSTORE(0, top); RETURNDATACOPY(32, 0, size); RETURN(0, 32 + size).</summary>
    private static ReadOnlySpan<byte> ReturnResultAndBuffer => [0x5f, 0x52, 0x3d, 0x5f, 0x60, 0x20, 0x3e, 0x3d, 0x60, 0x20, 0x01, 0x5f, 0xf3];
}
