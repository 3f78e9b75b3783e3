using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Engine;

/// <summary>Values amounts for the travel rule (compliance specification, section 4.3, row 17).</summary>
public interface IPriceFeed
{
    /// <summary>The price of a feed with the semantics of <c>readFresh</c>; false when it is not OK or not above zero.</summary>
    /// <param name="storage">Storage of the calling module; the oracle's is read through it.</param>
    /// <param name="feedId">The feed.</param>
    /// <param name="now">Block timestamp.</param>
    /// <param name="price">Price, above zero, in units of 10^-decimals.</param>
    /// <param name="decimals">Decimals of the feed.</param>
    bool TryReadFresh(IModuleStorage storage, in UInt256 feedId, ulong now, out UInt256 price, out byte decimals);
}

/// <summary>The feeds of a chain without oracle: none.</summary>
public sealed class NoPriceFeed : IPriceFeed
{
    private NoPriceFeed()
    {
    }

    /// <summary>The one instance.</summary>
    public static NoPriceFeed Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryReadFresh(IModuleStorage storage, in UInt256 feedId, ulong now, out UInt256 price, out byte decimals)
    {
        price = default;
        decimals = 0;
        return false;
    }
}
