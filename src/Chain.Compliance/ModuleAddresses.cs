using Chain.Core.Primitives;

namespace Chain.Compliance;

/// <summary>Addresses of the native modules (compliance specification, section 1).</summary>
public static class ModuleAddresses
{
    /// <summary>Deployer allow list.</summary>
    public static readonly Address DeployerAllowList = Address.Parse("0x0200000000000000000000000000000000000000");

    /// <summary>Transaction allow list.</summary>
    public static readonly Address TxAllowList = Address.Parse("0x0200000000000000000000000000000000000002");

    /// <summary>KYC registry.</summary>
    public static readonly Address Kyc = Address.Parse("0x0300000000000000000000000000000000000001");

    /// <summary>Compliance engine.</summary>
    public static readonly Address Engine = Address.Parse("0x0300000000000000000000000000000000000002");

    /// <summary>Oracle.</summary>
    public static readonly Address Oracle = Address.Parse("0x0300000000000000000000000000000000000003");

    /// <summary>Audit log.</summary>
    public static readonly Address Audit = Address.Parse("0x0300000000000000000000000000000000000004");
}
