using System.Globalization;
using Chain.Compliance.Configuration;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>
/// Random sequences of calls on the native modules and on their Solidity mirrors (contracts/mirror), which must agree in everything that can be seen (compliance specification, section 8.1).
/// CHAIN_MIRROR_SEQUENCES sets how many sequences each test runs, CHAIN_MIRROR_SEED where they begin.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class MirrorTests
{
    private const int DefaultSequences = 100;
    // With fewer sequences chance may miss a function.
    private const int SequencesThatReachAll = 100;

    private static int Sequences => Setting("CHAIN_MIRROR_SEQUENCES", DefaultSequences);

    private static int FirstSeed => Setting("CHAIN_MIRROR_SEED", 1);

    [Test]
    public void The_registry_and_the_allow_lists_do_what_their_mirrors_do() => RunAll(random => new KycOperations(random), ModuleAddresses.Kyc, ModuleAddresses.TxAllowList, ModuleAddresses.DeployerAllowList);

    [Test]
    public void Large_batches_and_lists_do_what_their_mirrors_do() => RunAll(random => new KycOperations(random, isLarge: true), Math.Max(1, Sequences / 20));

    [Test]
    public void The_oracle_does_what_its_mirror_does() => RunAll(random => new OracleOperations(random), ModuleAddresses.Oracle);

    [Test]
    public void The_engine_does_what_its_mirror_does() => RunAll(random => new EngineOperations(random), ModuleAddresses.Engine);

    private static int Setting(string name, int fallback) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : fallback;

    [Test]
    public void The_audit_log_does_what_its_mirror_does()
    {
        int operations = 0;
        for (int seed = FirstSeed; seed < FirstSeed + Sequences; seed++)
        {
            Random random = new(seed);
            using World native = new(more: ModuleAddresses.Audit);
            using MirrorPair pair = new(native, hasJournal: true);
            AuditOperations source = new(random);
            for (int i = 0; i < source.Operations; i++)
            {
                string? difference = random.Next(3) == 0 ? source.Append(pair) : pair.Run(source.Next(native.Time));
                Assert.That(difference, Is.Null, $"seed {seed}, operation {i}");
            }
            pair.NextBlock(1);
            operations += pair.Operations;
        }
        TestContext.Out.WriteLine($"{Sequences} sequences, {operations} operations.");
    }

    /// <summary>Runs sequences that between them must bring every function of the modules to accept a call and to refuse one.</summary>
    private static void RunAll(Func<Random, OperationSource> source, params Address[] modules)
    {
        (HashSet<string> accepted, HashSet<string> refused) = RunAll(source, Sequences);
        if (Sequences < SequencesThatReachAll) return;
        string[] writes = [.. MirrorSignatures.Writes.Where(w => modules.Contains(w.Key.Module)).Select(w => w.Value).Distinct()];
        Assert.That(writes.Except(accepted), Is.Empty, "never accepted");
        Assert.That(writes.Except(refused), Is.Empty, "never refused");
    }

    private static (HashSet<string> Accepted, HashSet<string> Refused) RunAll(Func<Random, OperationSource> source, int sequences)
    {
        int operations = 0;
        int refusals = 0;
        HashSet<string> accepted = [];
        HashSet<string> refused = [];
        for (int seed = FirstSeed; seed < FirstSeed + sequences; seed++)
        {
            Random random = new(seed);
            bool hasJournal = random.Next(2) == 0;
            ModuleEntry oracle = new() { Module = ModuleAddresses.Oracle, Timestamp = 0, Admins = [World.Admin], Managers = [World.Manager], Enabled = [World.Officer, OracleWorld.Reporters[0]] };
            using World native = new(extra: oracle, more: hasJournal ? [ModuleAddresses.Engine, ModuleAddresses.Audit] : [ModuleAddresses.Engine]);
            using MirrorPair pair = new(native, hasJournal);
            OperationSource operationSource = source(random);
            operationSource.Prepare(pair);
            for (int i = 0; i < operationSource.Operations; i++)
            {
                int seconds = operationSource.BlockSecondsMax;
                if (random.Next(3) == 0) pair.NextBlock((ulong)(random.Next(operationSource.BlocksPerJump) == 0 ? random.Next(1_000 * seconds * seconds) : random.Next(1, seconds)));
                ModuleOperation operation = operationSource.Next(native.Time);
                string? difference = pair.Run(operation);
                Assert.That(difference, Is.Null, $"seed {seed}, operation {i}: {operation}");
            }
            pair.NextBlock(1);
            operations += pair.Operations;
            refusals += pair.Refusals;
            accepted.UnionWith(pair.Accepted);
            refused.UnionWith(pair.Refused);
        }
        TestContext.Out.WriteLine($"{sequences} sequences, {operations} operations, {refusals} of them refused.");
        return (accepted, refused);
    }
}
