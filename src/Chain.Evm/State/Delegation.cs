using Chain.Core.Primitives;

namespace Chain.Evm.State;

/// <summary>The delegation designator: code <c>0xef0100</c> and an address (EIP-7702).</summary>
public static class Delegation
{
    /// <summary>Size of a designator in bytes.</summary>
    public const int SizeBytes = 3 + Address.SizeBytes;

    private static ReadOnlySpan<byte> Marker => [0xef, 0x01, 0x00];

    /// <summary>True when the code is a designator; gives its target.</summary>
    public static bool TryParse(ReadOnlySpan<byte> code, out Address target)
    {
        bool isDesignator = code.Length == SizeBytes && code.StartsWith(Marker);
        target = isDesignator ? new Address(code[Marker.Length..]) : default;
        return isDesignator;
    }

    /// <summary>The designator of a target.</summary>
    public static byte[] Encode(in Address target) => [.. Marker, .. target.Bytes];
}
