namespace Chain.EndToEnd.Tests.Harness;

/// <summary>When a development chain makes blocks, as fixtures name it.</summary>
internal static class BlockTimes
{
    /// <summary>The flags of <c>chain dev</c> for blocks at once ("instant") or every so many seconds.</summary>
    public static string[] Flags(string blockTime) => blockTime == "instant" ? [] : ["--block-time", blockTime];
}
