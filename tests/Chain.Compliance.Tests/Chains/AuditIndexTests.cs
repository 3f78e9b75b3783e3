using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Consensus.Audit;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Storage;
using Chain.Storage.Engines;
using static Chain.Compliance.Tests.Chains.PermissionedChain;

namespace Chain.Compliance.Tests.Chains;

/// <summary>The index of the audit log: proofs of every entry at every later block, records that were lost, branches that were left (section 5).</summary>
[Category("Acceptance 9")]
public sealed class AuditIndexTests
{
    [Test]
    public void Every_entry_is_proved_at_every_later_block()
    {
        using PermissionedChain chain = new(1);
        using Simulator simulator = new(chain.Manager, DispatcherKind.Loop, 50_000_000);
        AuditIndex index = new(simulator);
        for (int i = 0; i < 11; i++) Fill(chain, entries: i % 4);
        int proved = 0;
        foreach (BlockHeader anchor in Headers(chain))
        {
            Hash256 root = AbiWords.ToHash(chain.Manager.StateAt(anchor.Hash).View!.GetStorage(ModuleAddresses.Audit, AuditLayout.Root));
            foreach (BlockHeader block in Headers(chain).Where(h => h.Number <= anchor.Number))
            {
                Assert.That(index.TryGet(block, block.Hash, out AuditRecord record, out string problem), Is.True, problem);
                for (int i = 0; i < record.Decisions.Count; i++)
                {
                    Assert.That(index.TryProve(block, block.Hash, i, anchor, out AuditProof proof, out problem), Is.True, problem);
                    Assert.That(proof.Verify(root), Is.True, $"entry {i} of block {block.Number} at {anchor.Number}");
                    Assert.That((proof with { EntryIndex = proof.EntryIndex + 1 }).Verify(root), Is.False);
                    proved++;
                }
            }
        }
        Assert.That(proved, Is.GreaterThan(60));
    }

    [Test]
    public void A_lost_record_is_made_again_by_executing_its_block()
    {
        using PermissionedChain chain = new(1);
        using Simulator simulator = new(chain.Manager, DispatcherKind.Loop, 50_000_000);
        AuditIndex index = new(simulator);
        for (int i = 0; i < 5; i++) Fill(chain, entries: 2);
        BlockHeader[] headers = Headers(chain);
        byte[][] stored = [.. headers.Select(h => chain.Database.Blocks.GetAuditRecord(h.Hash)!)];
        using (IWriteBatch batch = chain.Store.CreateBatch())
        {
            foreach (BlockHeader header in headers) batch.Delete(Column.AuditRecords, Schema.BlockKey(new byte[Schema.BlockKeySizeBytes], header.Number, header.Hash));
            batch.Commit(false);
        }
        for (int i = 0; i < headers.Length; i++)
        {
            Assert.That(chain.Database.Blocks.GetAuditRecord(headers[i].Hash), Is.Null);
            Assert.That(index.TryGet(headers[i], headers[i].Hash, out AuditRecord record, out string problem), Is.True, problem);
            Assert.That(record.Encode(), Is.EqualTo(stored[i]));
        }
        Assert.That(index.TryProve(headers[1], headers[1].Hash, 1, headers[^1], out AuditProof proof, out _), Is.True);
        Assert.That(proof.Verify(AbiWords.ToHash(chain.State.GetStorage(ModuleAddresses.Audit, AuditLayout.Root))), Is.True);
    }

    [Test]
    public void A_branch_that_was_left_leaves_nothing_in_the_proofs_of_the_other()
    {
        using PermissionedChain chain = new(1);
        using PermissionedChain other = new(1);
        using Simulator simulator = new(chain.Manager, DispatcherKind.Loop, 50_000_000);
        for (int i = 0; i < 3; i++) Fill(chain, entries: 3);
        for (int i = 0; i < 5; i++) Fill(other, entries: 1 + (i % 2));
        foreach (BlockHeader header in Headers(other)) Assert.That(chain.Manager.Import(other.Database.Blocks.GetBlock(header.Hash)!).IsAccepted, Is.True);
        Assert.That(chain.Manager.Head.Hash, Is.EqualTo(other.Manager.Head.Hash));
        Hash256 root = AbiWords.ToHash(chain.State.GetStorage(ModuleAddresses.Audit, AuditLayout.Root));
        foreach (BlockHeader header in Headers(chain))
        {
            Assert.That(new AuditIndex(simulator).TryProve(header, header.Hash, 0, chain.Manager.Head, out AuditProof proof, out string problem), Is.True, problem);
            Assert.That(proof.Verify(root), Is.True);
        }
    }

    [Test]
    public void No_proof_is_given_out_of_two_branches()
    {
        using PermissionedChain chain = new(1);
        using PermissionedChain other = new(1);
        using Simulator simulator = new(chain.Manager, DispatcherKind.Loop, 50_000_000);
        AuditIndex index = new(simulator);
        for (int i = 0; i < 3; i++) Fill(chain, entries: 3);
        for (int i = 0; i < 5; i++) Fill(other, entries: 1 + (i % 2));
        // Who asks found these blocks in the chain, and it is reorganised before their proof is made.
        BlockHeader[] left = Headers(chain);
        Assert.That(index.TryProve(left[0], left[0].Hash, 0, left[^1], out _, out string problem), Is.True, problem);
        foreach (BlockHeader header in Headers(other)) Assert.That(chain.Manager.Import(other.Database.Blocks.GetBlock(header.Hash)!).IsAccepted, Is.True);
        Assert.That(chain.Manager.Head.Hash, Is.EqualTo(other.Manager.Head.Hash));
        Assert.That(index.TryProve(left[0], left[0].Hash, 0, left[^1], out _, out problem), Is.False);
        Assert.That(problem, Does.Contain("reorganised").And.Contain("ask again"));
        Assert.That(index.TryProve(left[1], left[1].Hash, 0, chain.Manager.Head, out _, out _), Is.False, "an entry that is not in the log");
    }

    [Test]
    public void Records_survive_encoding_and_damaged_ones_are_refused()
    {
        using PermissionedChain chain = new(1);
        Fill(chain, entries: 3);
        byte[] stored = chain.Database.Blocks.GetAuditRecord(chain.Manager.Head.Hash)!;
        Assert.That(AuditRecord.TryDecode(stored, out AuditRecord record), Is.True);
        Assert.That((record.LeafCount, record.Nodes.Count, record.Decisions.Count), Is.EqualTo((1UL, 1, 3)));
        Assert.That(record.Encode(), Is.EqualTo(stored));
        Assert.That(AuditRecord.TryDecode(stored.AsSpan(0, stored.Length - 1), out _), Is.False);
        Assert.That(AuditRecord.TryDecode([], out _), Is.False);
    }

    /// <summary>A block with so many registry writes.</summary>
    private static void Fill(PermissionedChain chain, int entries)
    {
        bool isFrozen = chain.Manager.Head.Number % 2 == 1;
        ulong nonce = chain.NonceOf(Admin);
        Transaction[] writes = [.. Enumerable.Range(0, entries).Select(i =>
            chain.Sign(Admin, ModuleAddresses.Kyc, World.Encode("setOfficer(address,bool)", Address.FromNumber(0x5000 + (ulong)i), !isFrozen), nonce: nonce + (ulong)i))];
        chain.ProduceWith(writes);
    }

    private static BlockHeader[] Headers(PermissionedChain chain)
    {
        List<BlockHeader> headers = [];
        for (ulong number = 1; number <= chain.Manager.Head.Number; number++) headers.Add(chain.Database.Blocks.GetHeader(number)!);
        return [.. headers];
    }
}
