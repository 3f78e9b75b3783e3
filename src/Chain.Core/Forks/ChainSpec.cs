using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Core.Forks;

/// <summary>
/// One chain's schedule of forks and what else its configuration fixes. Forks up to Gray Glacier start at a block, Paris at a total
/// difficulty, later forks at a timestamp. Immutable.
/// </summary>
public sealed class ChainSpec
{
    /// <summary>Blocks from the DAO fork on that carry its extra data.</summary>
    public const ulong DaoExtraDataBlocks = 10;

    /// <summary>The deposit contract of mainnet (EIP-6110), which a chain has unless it names another.</summary>
    public static readonly Address MainnetDepositContract = Address.Parse("0x00000000219ab540356cbb839cbe05303d7705fa");

    private readonly (ulong At, ForkRules Rules)[] _byBlock;
    private readonly (ulong At, ForkRules Rules)[] _byTime;

    /// <summary>A chain with this schedule, which <see cref="ForkOrder.Check"/> accepts.</summary>
    /// <param name="chainId">Chain id (EIP-155).</param>
    /// <param name="activations">Start of each scheduled fork but Frontier and Paris: a block up to Gray Glacier, seconds from Shanghai on.</param>
    /// <param name="terminalTotalDifficulty">
    /// Total difficulty after which blocks follow Paris; 0 for a chain merged from genesis. Null: no merge, or merged from genesis when
    /// forks by time are scheduled.
    /// </param>
    /// <param name="blobSchedules">Blob parameters that differ from mainnet's; a later fork without an entry keeps the earlier fork's.</param>
    /// <param name="codeSizeMax">Largest deployed code in bytes in place of EIP-170's; initcode may be twice as long (EIP-3860).</param>
    public ChainSpec(
        ulong chainId, IReadOnlyDictionary<Fork, ulong> activations, UInt256? terminalTotalDifficulty,
        IReadOnlyDictionary<Fork, BlobSchedule>? blobSchedules = null, int? codeSizeMax = null)
    {
        ChainId = chainId;
        Activations = activations;
        TerminalTotalDifficulty = terminalTotalDifficulty;
        ForkRules[] rules = BuildRules(blobSchedules, codeSizeMax);
        List<(ulong, ForkRules)> byBlock = [(0, rules[(int)Fork.Frontier])];
        List<(ulong, ForkRules)> byTime = [(0, rules[(int)Fork.Paris])];
        foreach (Fork fork in Enum.GetValues<Fork>())
        {
            if (activations.TryGetValue(fork, out ulong at)) (fork < Fork.Paris ? byBlock : byTime).Add((at, rules[(int)fork]));
        }
        _byBlock = [.. byBlock];
        _byTime = [.. byTime];
    }

    /// <summary>Chain id (EIP-155).</summary>
    public ulong ChainId { get; }

    /// <summary>Start of each scheduled fork: a block number up to Gray Glacier, seconds since the Unix epoch from Shanghai on.</summary>
    public IReadOnlyDictionary<Fork, ulong> Activations { get; }

    /// <summary>Total difficulty after which blocks follow Paris.</summary>
    public UInt256? TerminalTotalDifficulty { get; }

    /// <summary>The block at which a chain with the merge gets a new fork id (EIP-2124); no rule depends on it.</summary>
    public ulong? MergeNetsplitBlock { get; init; }

    /// <summary>True when this chain makes the DAO fork's irregular state change and demands its extra data.</summary>
    public bool DaoForkSupport { get; init; }

    /// <summary>The contract whose logs are deposits (EIP-6110).</summary>
    public Address DepositContractAddress { get; init; } = MainnetDepositContract;

    /// <summary>Sections of the configuration that other rooms read (consensus engines, compliance modules), by key, as they stand.</summary>
    public IReadOnlyDictionary<string, JsonElement> Modules { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>True when every block, genesis included, follows Paris or later.</summary>
    public bool IsMergedAtGenesis => TerminalTotalDifficulty is { } ttd ? ttd.IsZero : _byTime.Length > 1;

    /// <summary>True when blocks after the merge can occur.</summary>
    public bool CanBePostMerge => TerminalTotalDifficulty is not null || IsMergedAtGenesis;

    /// <summary>Block of the DAO fork; null when the chain has none or does not support it.</summary>
    public ulong? DaoForkBlock => DaoForkSupport && Activations.TryGetValue(Fork.Dao, out ulong block) ? block : null;

    /// <summary>A chain on which one fork holds from genesis on.</summary>
    public static ChainSpec ForFork(Fork fork, ulong chainId, IReadOnlyDictionary<Fork, BlobSchedule>? blobSchedules = null)
    {
        Dictionary<Fork, ulong> activations = [];
        foreach (Fork earlier in Enum.GetValues<Fork>())
        {
            if (earlier <= fork && ForkOrder.IsScheduled(earlier, target: fork)) activations.Add(earlier, 0);
        }
        return new ChainSpec(chainId, activations, fork >= Fork.Paris ? UInt256.Zero : null, blobSchedules) { DaoForkSupport = fork == Fork.Dao };
    }

    /// <summary>The rules of a block. Allocates nothing.</summary>
    /// <param name="number">Height.</param>
    /// <param name="timestamp">Seconds since the Unix epoch.</param>
    /// <param name="isPostMerge">True when the block is one after the merge (<see cref="IsPostMergeChild"/>).</param>
    public ForkRules RulesAt(ulong number, ulong timestamp, bool isPostMerge) => isPostMerge ? Last(_byTime, timestamp) : Last(_byBlock, number);

    /// <summary>The rules of the genesis block. A fork by time that is active there counts, merged or not, as in go-ethereum.</summary>
    public ForkRules GenesisRules(Genesis genesis) => RulesAt(
        genesis.Number, genesis.Timestamp, IsMergedAtGenesis || (_byTime.Length > 1 && _byTime[1].At <= genesis.Timestamp));

    /// <summary>True when a child of this block follows Paris or later (EIP-3675).</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="parentTotalDifficulty">Its total difficulty; matters only around the merge.</param>
    public bool IsPostMergeChild(BlockHeader parent, UInt256 parentTotalDifficulty = default)
    {
        if (IsMergedAtGenesis) return true;
        if (TerminalTotalDifficulty is not { } ttd) return false;
        return parentTotalDifficulty >= ttd || (parent.Difficulty.IsZero && parent.Number > 0);
    }

    /// <summary>True at the first London block, whose gas limit may double (EIP-1559).</summary>
    public bool IsLondonBlock(ulong number) => Activations.TryGetValue(Fork.London, out ulong block) && block == number;

    /// <summary>True for the blocks that must carry the DAO fork's extra data.</summary>
    public bool IsDaoExtraDataRequired(ulong number) => DaoForkBlock is { } block && number >= block && number - block < DaoExtraDataBlocks;

    private static ForkRules Last((ulong At, ForkRules Rules)[] forks, ulong position)
    {
        int i = forks.Length - 1;
        while (i > 0 && forks[i].At > position) i--;
        return forks[i].Rules;
    }

    private static ForkRules[] BuildRules(IReadOnlyDictionary<Fork, BlobSchedule>? blobSchedules, int? codeSizeMax)
    {
        Fork[] forks = Enum.GetValues<Fork>();
        ForkRules[] result = new ForkRules[forks.Length];
        BlobSchedule? tableBefore = null;
        BlobSchedule? before = null;
        foreach (Fork fork in forks)
        {
            ForkRules rules = ForkTable.Rules(fork);
            BlobSchedule? blobs = rules.Blobs == tableBefore ? before : rules.Blobs;
            if (blobSchedules is not null && blobSchedules.TryGetValue(fork, out BlobSchedule? own)) blobs = own;
            tableBefore = rules.Blobs;
            before = blobs;
            if (blobs != rules.Blobs) rules = rules with { Blobs = blobs };
            if (codeSizeMax is { } size && fork >= Fork.SpuriousDragon)
            {
                rules = rules with { CodeSizeMax = size, InitCodeSizeMax = fork >= Fork.Shanghai ? (int)Math.Min(2L * size, int.MaxValue) : rules.InitCodeSizeMax };
            }
            result[(int)fork] = rules;
        }
        return result;
    }
}
