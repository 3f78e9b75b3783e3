using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Evm.State;

/// <summary>What execution knows of the block it runs in. One object per block.</summary>
public sealed class BlockContext
{
    /// <summary>Rules of the block's fork, blob parameters included.</summary>
    public required ForkRules Rules { get; init; }

    /// <summary>Chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Height.</summary>
    public required ulong Number { get; init; }

    /// <summary>Seconds since the Unix epoch.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Gas limit.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Fee recipient.</summary>
    public required Address Coinbase { get; init; }

    /// <summary>DIFFICULTY (before Paris).</summary>
    public UInt256 Difficulty { get; init; }

    /// <summary>PREVRANDAO (from Paris).</summary>
    public Hash256 PrevRandao { get; init; }

    /// <summary>Base fee, wei; 0 before London.</summary>
    public UInt256 BaseFee { get; init; }

    /// <summary>Blob base fee, wei; computed from the excess blob gas by the caller.</summary>
    public UInt256 BlobBaseFee { get; init; }

    /// <summary>Hashes of earlier blocks for BLOCKHASH.</summary>
    public required IBlockHashes BlockHashes { get; init; }

    /// <summary>Precompiles and native modules active in the block.</summary>
    public required Precompiles.PrecompileSet Precompiles { get; init; }

    /// <summary>The chain's policy in this block; null when there is none (plain Ethereum, or mode 0).</summary>
    public ITxPolicy? Policy { get; init; }

    /// <summary>Takes the block's decisions; null when none are kept (no audit log).</summary>
    public IDecisionLog? DecisionLog { get; init; }
}

/// <summary>Source of BLOCKHASH.</summary>
public interface IBlockHashes
{
    /// <summary>Hash of an ancestor; the caller has checked that the number is within the last 256. Zero when unknown.</summary>
    Hash256 GetBlockHash(ulong number);
}
