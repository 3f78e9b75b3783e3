using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Compliance.Storage;
using Chain.Consensus.Execution;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;

namespace Chain.Compliance.Tests;

/// <summary>The journal through real contracts on both dispatchers, its trees in the state, and proofs (section 5).</summary>
[TestFixture(DispatcherKind.Loop)]
[TestFixture(DispatcherKind.TailCalls)]
[Category("Acceptance 9")]
public sealed class AuditTests(DispatcherKind dispatcher)
{
    private static readonly Address Catching = Address.FromNumber(0xca7c4);
    private static readonly Address Reverting = Address.FromNumber(0x4e7e47);
    private static readonly Address Stopped = Address.FromNumber(0x570b);

    /// <summary>Calls a target with its own calldata, whatever comes of it, then ends as told.</summary>
    private static byte[] Forward(Address target, params byte[] end) =>
        [0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x73, .. target.Bytes, 0x5a, 0xf1, .. end];

    private EngineWorld Make(byte mode = 0)
    {
        EngineWorld world = new(hasAudit: true, dispatcher, mode);
        SetCode(world, Catching, Forward(ModuleAddresses.Engine, 0x00));
        SetCode(world, Reverting, Forward(ModuleAddresses.Engine, 0x5f, 0x5f, 0xfd));
        return world;
    }

    private static void SetCode(EngineWorld world, Address account, byte[] code) => world.Chain.State.SetCode(world.Chain.State.GetAccount(account), code);

    private static Decision[] Send(EngineWorld world, Address to, string signature, params object[] arguments) =>
        [.. world.Chain.Send(World.Alice, to, World.Encode(signature, arguments)).Decisions];

    [Test]
    public void A_refusal_that_the_token_catches_is_effective_and_one_that_it_reverts_is_not()
    {
        using EngineWorld world = Make();
        Decision expected = new()
        {
            Kind = DecisionKind.Transfer,
            Subject = Catching,
            From = World.Alice,
            To = World.Bob,
            Amount = 5,
            Code = 64,
            IsEffective = true,
        };
        Assert.That(Send(world, Catching, EngineWorld.Transferred, World.Alice, World.Bob, 5), Is.EqualTo(new[] { expected }));
        Assert.That(Send(world, Reverting, EngineWorld.Transferred, World.Alice, World.Bob, 5),
            Is.EqualTo(new[] { expected with { Subject = Reverting, IsEffective = false } }));
        Assert.That(Send(world, ModuleAddresses.Engine, EngineWorld.Transferred, World.Alice, World.Bob, 5),
            Is.EqualTo(new[] { expected with { Subject = World.Alice, IsEffective = false } }), "directly: the status tells");
    }

    [Test]
    public void Accepted_movements_of_a_reverted_frame_are_journalled_without_effect()
    {
        using EngineWorld world = Make();
        Decision registered = Send(world, Catching, "registerToken(address)", World.Bob).Single();
        Assert.That(registered, Is.EqualTo(new Decision
        {
            Kind = DecisionKind.ModuleWrite,
            Subject = ModuleAddresses.Engine,
            From = Catching,
            To = World.Bob,
            Amount = 0x09824a80,
            IsEffective = true,
        }));
        Assert.That(Send(world, Catching, EngineWorld.Created, World.Bob, 7).Single() is { Kind: DecisionKind.Mint, Code: 0, IsEffective: true }, Is.True);
        Assert.That(Send(world, Reverting, "registerToken(address)", World.Bob).Single().IsEffective, Is.False);
        Address outer = Address.FromNumber(0x07e4);
        SetCode(world, outer, Forward(Catching, 0x5f, 0x5f, 0xfd));
        Assert.That(Send(world, outer, EngineWorld.Created, World.Bob, 7).Single().IsEffective, Is.False, "an ancestor reverts");
        SetCode(world, outer, Forward(Catching, 0x00));
        Assert.That(Send(world, outer, EngineWorld.Destroyed, World.Bob, 7).Single() is { Kind: DecisionKind.Burn, IsEffective: true }, Is.True);
    }

    [Test]
    public void Registry_writes_name_their_first_address_and_reference()
    {
        using EngineWorld world = Make();
        world.Chain.Succeeds(World.Officer, "setWalletStatus(address,uint8,bytes32)", World.Bob, 2, World.Id(9));
        Assert.That(world.Chain.State.Decisions.Single(), Is.EqualTo(new Decision
        {
            Kind = DecisionKind.ModuleWrite,
            Subject = ModuleAddresses.Kyc,
            From = World.Officer,
            To = World.Bob,
            Amount = 0x1656d5b0,
            Reference = 9,
            IsEffective = true,
        }));
        world.Chain.Succeeds(World.Agent, EngineWorld.RegisterIdentity, World.Input(World.Id(88)), Array.Empty<Address>());
        Assert.That(world.Chain.State.Decisions.Single() is { To.IsZero: true, Reference.U0: 88 }, Is.True);
        world.Chain.Call(World.Nobody, "setMinTier(uint8)", 1);
        Assert.That(world.Chain.State.Decisions, Is.Empty, "other reverts make no entry");
        world.Chain.Call(World.Nobody, "kycStatus(address)", World.Bob);
        Assert.That(world.Chain.State.Decisions, Is.Empty, "nor do views");
    }

    [Test]
    public void Refusals_of_the_chain_are_journalled()
    {
        using EngineWorld world = Make(mode: 3);
        Decision value = world.Chain.Send(World.Alice, World.Nobody, value: 5).Decisions.Single();
        Assert.That(value, Is.EqualTo(new Decision { Kind = DecisionKind.ValueRefused, From = World.Alice, To = World.Nobody, Amount = 5, Code = 1 }));
        Decision deploy = world.Chain.Send(World.Alice, null, [0]).Decisions.Single();
        Assert.That(deploy, Is.EqualTo(new Decision { Kind = DecisionKind.DeployRefused, From = World.Alice, To = World.Alice, Code = 48 }));

        SetCode(world, Stopped, [0]);
        world.Chain.Succeeds(World.Officer, "setSanctioned(address[],bool,uint32)", new[] { Stopped }, true, 1);
        Address caller = Address.FromNumber(0xca11);
        SetCode(world, caller, Forward(Stopped, Forward(Stopped, 0x00)));
        Decision blocked = world.Chain.Send(World.Alice, caller).Decisions.Single();
        Assert.That(blocked, Is.EqualTo(new Decision { Kind = DecisionKind.CallRefused, From = caller, To = Stopped, Code = 9, IsEffective = true }), "once for two calls");
        Assert.That(world.Chain.Send(World.Alice, Stopped).Decisions.Single() is { Kind: DecisionKind.CallRefused, IsEffective: false }, Is.True);
    }

    [Test]
    public void Without_the_audit_log_nothing_is_kept()
    {
        using EngineWorld world = new(hasAudit: false, dispatcher, mode: 3);
        Assert.That(world.Chain.Send(World.Alice, World.Nobody, value: 5).Decisions, Is.Empty);
        world.Mint(World.Alice, 5);
        Assert.That(world.Chain.State.Decisions, Is.Empty);
    }

    [Test]
    public void Entries_encode_their_twelve_fields()
    {
        Decision decision = new() { Kind = DecisionKind.ValueRefused, From = World.Alice, To = World.Bob, Amount = 5, Code = 6, Reference = 7, IsEffective = true };
        Assert.That(AuditEntry.Encode(3, new PlacedDecision(1, 2, decision)), Is.EqualTo(World.Words(
            1, 3, 1, 2, 6, AbiWords.ToWord(ModuleAddresses.Kyc), AbiWords.ToWord(World.Alice), AbiWords.ToWord(World.Bob), 5, 6, 7, 1)));
    }

    [Test]
    public void Proofs_of_every_entry_lead_to_the_root_and_mutated_ones_do_not()
    {
        using EngineWorld world = Make();
        List<Hash256> blockLeaves = [];
        List<(ulong Block, byte[][] Entries)> blocks = [];
        for (int b = 0; b < 6; b++)
        {
            PlacedDecision[] decisions = [.. Enumerable.Range(0, b + 1).Select(i => new PlacedDecision((uint)i, 0, new Decision { Kind = DecisionKind.Mint, Amount = (ulong)(100 * b) + (ulong)i }))];
            ulong number = 10 + (3 * (ulong)b);
            world.Chain.State.BeginTransaction();
            AuditLog.Instance.Append(world.Chain.State, number, decisions);
            blocks.Add((number, [.. decisions.Select(d => AuditEntry.Encode(number, d))]));
            blockLeaves.Add(AuditLog.BlockLeaf(number, decisions));
        }
        Hash256 root = AbiWords.ToHash(Word(world, "root()"));
        Assert.That(Words(world, "state()"), Is.EqualTo(new UInt256[] { 6, 21, 25 }));
        for (int b = 0; b < blocks.Count; b++)
        {
            for (int i = 0; i < blocks[b].Entries.Length; i++)
            {
                AuditProof proof = AuditProof.Of(blocks[b].Block, blocks[b].Entries, i, blockLeaves, b);
                Assert.That(proof.Verify(root), Is.True, $"block {b}, entry {i}");
                AssertMutationsFail(proof, root);
            }
            Hash256[] path = AuditTree.GlobalPath(blockLeaves, b);
            object[] Arguments(Hash256 leaf, ulong index) => [leaf, index, .. path.Cast<object>()];
            Assert.That(Word(world, "verify(bytes32,uint64,bytes32[32])", Arguments(blockLeaves[b], (ulong)b)), Is.EqualTo(UInt256.One));
            Assert.That(world.Chain.LastGas, Is.EqualTo(200 + (3 * 35) + 2_100 + (32 * 48) + 3));
            Assert.That(Word(world, "verify(bytes32,uint64,bytes32[32])", Arguments(blockLeaves[b], (ulong)b ^ 1)), Is.EqualTo(UInt256.Zero));
            Assert.That(Word(world, "verify(bytes32,uint64,bytes32[32])", Arguments(blockLeaves[b], (ulong)b + (1UL << 32))), Is.EqualTo(UInt256.Zero));
            Assert.That(Word(world, "verify(bytes32,uint64,bytes32[32])", Arguments(Keccak256.Hash([1]), (ulong)b)), Is.EqualTo(UInt256.Zero));
        }
    }

    [Test]
    public void The_end_of_a_block_appends_its_entries_with_their_places()
    {
        using EngineWorld world = Make();
        BlockExecution execution = new(world.Chain.State, world.Chain.Block, world.Chain.Processor, default);
        Transaction Tx(ulong nonce, Address to) => new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = World.ChainId,
            Nonce = nonce,
            To = to,
            GasLimit = 1_000_000,
            MaxFeePerGas = World.BaseFee,
            Data = World.Encode(EngineWorld.Transferred, World.Alice, World.Bob, 5),
            Signature = new TransactionSignature(0, 1, 1),
        };
        execution.Execute(Tx(0, Catching), World.Alice);
        execution.Execute(Tx(1, World.Nobody), World.Alice);
        execution.Execute(Tx(2, Reverting), World.Alice);
        Assert.That(execution.Decisions.Select(d => (d.TransactionIndex, d.Sequence, d.Decision.IsEffective)), Is.EqualTo(new[] { (0u, 0u, true), (2u, 0u, false) }));
        execution.End([], []);
        Hash256 leaf = AuditLog.BlockLeaf(world.Chain.Block.Number, execution.Decisions);
        Assert.That(AbiWords.ToHash(Word(world, "root()")), Is.EqualTo(AuditTree.RootOf(leaf, 0, AuditTree.GlobalPath([leaf], 0))));
        Assert.That(Words(world, "state()"), Is.EqualTo(new UInt256[] { 1, 2, world.Chain.Block.Number }));
    }

    [Test]
    public void A_block_without_entries_writes_nothing()
    {
        using EngineWorld world = Make();
        new BlockExecution(world.Chain.State, world.Chain.Block, world.Chain.Processor, default).End([], []);
        Assert.That(Words(world, "state()"), Is.EqualTo(new UInt256[3]));
    }

    [Test]
    public void A_block_writes_three_slots()
    {
        using EngineWorld world = Make();
        WorldState state = world.Chain.State;
        state.BeginTransaction();
        AuditLog.Instance.Append(state, 5, [new PlacedDecision(0, 0, new Decision { Kind = DecisionKind.Mint })]);
        Assert.That(state.ToDelta().Accounts[ModuleAddresses.Audit].Storage.Keys,
            Is.EquivalentTo(new[] { AuditLayout.State, AuditLayout.Root, AuditLayout.Branch }));
        Assert.That(new DirectStorage(state, ModuleAddresses.Audit).Read(AuditLayout.State), Is.EqualTo(new AuditWord(1, 1, 5).Pack()));
    }

    private static void AssertMutationsFail(AuditProof proof, Hash256 root)
    {
        byte[] entry = proof.Entry.ToArray();
        entry[^1] ^= 1;
        Hash256[] global = [.. proof.GlobalPath];
        global[31] = Keccak256.Hash([2]);
        Assert.That((proof with { Entry = entry }).Verify(root), Is.False);
        Assert.That((proof with { Block = proof.Block + 1 }).Verify(root), Is.False);
        Assert.That((proof with { EntryCount = proof.EntryCount + 1 }).Verify(root), Is.False);
        Assert.That((proof with { EntryIndex = proof.EntryIndex + 1 }).Verify(root), Is.False);
        Assert.That((proof with { LeafIndex = proof.LeafIndex ^ 2 }).Verify(root), Is.False);
        Assert.That((proof with { GlobalPath = global }).Verify(root), Is.False);
        Assert.That((proof with { GlobalPath = global[..31] }).Verify(root), Is.False);
        Assert.That((proof with { BlockPath = [.. proof.BlockPath, default] }).Verify(root), Is.False);
        Assert.That(proof.Verify(Keccak256.Hash([3])), Is.False);
    }

    private static UInt256[] Words(EngineWorld world, string signature, params object[] arguments)
    {
        ExecutionResult result = world.Chain.CallAt(ModuleAddresses.Audit, World.Nobody, World.Encode(signature, arguments));
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success));
        return [.. result.Output.ToArray().Chunk(32).Select(w => UInt256.FromBigEndian(w))];
    }

    private static UInt256 Word(EngineWorld world, string signature, params object[] arguments) => Words(world, signature, arguments)[0];
}
