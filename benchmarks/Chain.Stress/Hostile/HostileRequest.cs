namespace Chain.Stress.Hostile;

/// <summary>A body with what its answer may be.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Body">Bytes sent.</param>
/// <param name="Codes">Error codes that are right; 0 stands for a result.</param>
/// <param name="MayBeSilent">True when chance may have made it a notification, which has no answer.</param>
internal sealed record HostileRequest(string Kind, byte[] Body, int[] Codes, bool MayBeSilent = false)
{
    /// <summary>True when it may go in a text frame; one of other bytes ends a WebSocket (RFC 6455, section 8.1).</summary>
    public bool IsText => System.Text.Unicode.Utf8.IsValid(Body);
}
