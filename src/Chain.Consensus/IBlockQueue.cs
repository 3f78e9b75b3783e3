using Chain.Core.Types;

namespace Chain.Consensus;

/// <summary>Blocks in order that come in beside the import, for one reader.</summary>
public interface IBlockQueue
{
    /// <summary>The next block if it is here; null when it is not here yet, or none follows.</summary>
    Block? TryTake();

    /// <summary>Waits until it is worth asking for the next block; false when none follows.</summary>
    bool Wait();
}
