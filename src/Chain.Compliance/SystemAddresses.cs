using Chain.Core.Primitives;

namespace Chain.Compliance;

/// <summary>Addresses that the chain's rules exempt and that no identity may hold (compliance specification, section 3.4); the same at every fork.</summary>
public static class SystemAddresses
{
    private const ulong LastEthereumPrecompile = 0x11;
    private const ulong P256Verify = 0x100;

    private static readonly HashSet<Address> Fixed =
    [
        .. Enumerable.Range(1, (int)LastEthereumPrecompile).Select(n => Address.FromNumber((ulong)n)),
        Address.FromNumber(P256Verify),
        ModuleAddresses.DeployerAllowList,
        ModuleAddresses.TxAllowList,
        ModuleAddresses.Kyc,
        ModuleAddresses.Engine,
        ModuleAddresses.Oracle,
        ModuleAddresses.Audit,
        Address.Parse("0x000f3df6d732807ef1319fb7b8bb8522d0beac02"), // EIP-4788
        Address.Parse("0x0000f90827f1c53a10cb7a02335b175320002935"), // EIP-2935
        Address.Parse("0x00000961ef480eb55e80d19ad83579a64c007002"), // EIP-7002
        Address.Parse("0x0000bbddc7ce488642fb579f8b00f3a590007251"), // EIP-7251
        Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe"),
    ];

    /// <summary>True for the addresses known from the specification; oracle facades, which state names, are not among them.</summary>
    public static bool IsFixed(in Address address) => Fixed.Contains(address);
}
