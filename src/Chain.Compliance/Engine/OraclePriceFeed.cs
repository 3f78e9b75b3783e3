using Chain.Compliance.Oracle;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Engine;

/// <summary>The oracle's feeds.</summary>
public sealed class OraclePriceFeed : IPriceFeed
{
    private OraclePriceFeed()
    {
    }

    /// <summary>The one instance.</summary>
    public static OraclePriceFeed Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryReadFresh(IModuleStorage storage, in UInt256 feedId, ulong now, out UInt256 price, out byte decimals)
    {
        FeedHealth health = OracleReader.ReadFresh(storage.Of(ModuleAddresses.Oracle), feedId, now, out FreshAnswer answer);
        price = answer.Answer;
        decimals = answer.Decimals;
        bool isPositive = !price.IsZero && !price.Bit(255);
        return health == FeedHealth.Ok && isPositive;
    }
}
