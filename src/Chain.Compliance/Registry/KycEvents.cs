using Chain.Compliance.Abi;

namespace Chain.Compliance.Registry;

/// <summary>Events of the KYC registry and of allow lists (compliance specification, section 2.2).</summary>
public static class KycEvents
{
    /// <summary>A role was set.</summary>
    public static readonly AbiEvent RoleSet = new("RoleSet(uint256,address,address,uint256)", "xxx.");

    /// <summary>A setting changed.</summary>
    public static readonly AbiEvent ConfigSet = new("ConfigSet(bytes32,uint256,uint256,address)", "x..x");

    /// <summary>A country was blocked or released.</summary>
    public static readonly AbiEvent CountryRuleSet = new("CountryRuleSet(uint16,bool,address)", "x.x");

    /// <summary>ERC-3643: an investor's country changed.</summary>
    public static readonly AbiEvent CountryUpdated = new("CountryUpdated(address,uint16)", "xx");

    /// <summary>A record was updated or renewed.</summary>
    public static readonly AbiEvent IdentityChanged = new("IdentityChanged(bytes32,address,uint8,uint8,uint16,uint64,bytes32)", "xx.....");

    /// <summary>A record was made.</summary>
    public static readonly AbiEvent IdentityCreated = new("IdentityCreated(bytes32,address,uint8,uint8,uint8,uint16,uint64,bytes32)", "xx......");

    /// <summary>ERC-3643: a wallet was linked.</summary>
    public static readonly AbiEvent IdentityRegistered = new("IdentityRegistered(address,address)", "xx");

    /// <summary>ERC-3643: a wallet was unlinked or revoked.</summary>
    public static readonly AbiEvent IdentityRemoved = new("IdentityRemoved(address,address)", "xx");

    /// <summary>An identity changed status.</summary>
    public static readonly AbiEvent IdentityStatusSet = new("IdentityStatusSet(bytes32,address,uint8,uint8,bytes32)", "xx...");

    /// <summary>The officer flag was set or cleared.</summary>
    public static readonly AbiEvent OfficerSet = new("OfficerSet(address,bool,address)", "x.x");

    /// <summary>A proposed recovery was dropped.</summary>
    public static readonly AbiEvent RecoveryCancelled = new("RecoveryCancelled(address,address)", "xx");

    /// <summary>A wallet was replaced.</summary>
    public static readonly AbiEvent RecoveryConfirmed = new("RecoveryConfirmed(address,address,address,bytes32)", "xxx.");

    /// <summary>A replacement of a wallet was proposed.</summary>
    public static readonly AbiEvent RecoveryProposed = new("RecoveryProposed(address,address,address,bytes32)", "xxx.");

    /// <summary>An address was listed or delisted.</summary>
    public static readonly AbiEvent SanctionSet = new("SanctionSet(address,bool,address,uint32)", "xxx.");

    /// <summary>A wallet was linked.</summary>
    public static readonly AbiEvent WalletLinked = new("WalletLinked(address,bytes32,address,uint8)", "xxx.");

    /// <summary>A wallet changed status.</summary>
    public static readonly AbiEvent WalletStatusSet = new("WalletStatusSet(address,address,uint8,uint8,bytes32)", "xx...");

    /// <summary>A wallet was unlinked.</summary>
    public static readonly AbiEvent WalletUnlinked = new("WalletUnlinked(address,bytes32,address)", "xxx");
}
