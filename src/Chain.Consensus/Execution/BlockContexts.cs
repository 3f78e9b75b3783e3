using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Consensus.Execution;

/// <summary>Makes the execution context of a block from its header: the one place where header fields become what the EVM sees.</summary>
public sealed class BlockContexts
{
    private readonly ChainSpec _spec;
    private readonly INativeModules _modules;

    /// <summary>Contexts for a chain.</summary>
    public BlockContexts(ChainSpec spec, INativeModules modules)
    {
        _spec = spec;
        _modules = modules;
    }

    /// <summary>The chain's native modules.</summary>
    public INativeModules Modules => _modules;

    /// <summary>Rules of the block with this header.</summary>
    public ForkRules RulesOf(BlockHeader header) => _spec.RulesAt(header.Number, header.Timestamp, IsPostMerge(header));

    /// <summary>True when the block is one of proof of stake (or of an engine without proof of work).</summary>
    public bool IsPostMerge(BlockHeader header) => header.Difficulty.IsZero && _spec.CanBePostMerge && (header.Number > 0 || _spec.IsMergedAtGenesis);

    /// <summary>
    /// The context of the block; makes the fork's irregular state change and runs the modules' activation step on the state first, because the policy is read from
    /// what that leaves.
    /// </summary>
    /// <param name="header">The block's header; for a block being built the fields known so far.</param>
    /// <param name="rules">Rules of the block.</param>
    /// <param name="parentTimestamp">Timestamp of the parent.</param>
    /// <param name="state">State after the parent.</param>
    /// <param name="hashes">Source of BLOCKHASH.</param>
    public BlockContext Begin(BlockHeader header, ForkRules rules, ulong parentTimestamp, WorldState state, IBlockHashes hashes)
    {
        if (header.Number == _spec.DaoForkBlock) DaoFork.Apply(state, rules);
        _modules.Activate(state, parentTimestamp, header.Timestamp);
        return Of(header, rules, hashes, _modules.PolicyAt(state, header.Timestamp));
    }

    /// <summary>The context of a block whose activation step has happened, such as one to simulate on.</summary>
    public BlockContext Of(BlockHeader header, ForkRules rules, IBlockHashes hashes, ITxPolicy? policy) => new()
    {
        Rules = rules,
        ChainId = _spec.ChainId,
        Number = header.Number,
        Timestamp = header.Timestamp,
        GasLimit = header.GasLimit,
        Coinbase = header.Beneficiary,
        Difficulty = header.Difficulty,
        PrevRandao = header.MixHash,
        BaseFee = header.BaseFeePerGas ?? UInt256.Zero,
        BlobBaseFee = rules.Blobs is null ? UInt256.Zero : FeeMarket.BlobBaseFee(header.ExcessBlobGas ?? 0, rules),
        BlockHashes = hashes,
        Precompiles = _modules.PrecompilesAt(rules, header.Timestamp),
        Policy = policy,
    };
}
