using Chain.Compliance.Storage;
using Chain.Core.Numeric;

namespace Chain.Compliance.Registry;

/// <summary>Storage positions of the KYC registry (compliance specification, section 2.7). Allow-list roles stand at the slot of the address itself.</summary>
public static class KycLayout
{
    /// <summary>S+0: configuration.</summary>
    public static readonly UInt256 Config = Slots.Namespace("defactor.kyc.v1");

    /// <summary>S+1: map(identityId) to I0, I1, I2.</summary>
    public static readonly UInt256 Identities = Config + 1;

    /// <summary>S+2: map(address) to W0, W1.</summary>
    public static readonly UInt256 Wallets = Config + 2;

    /// <summary>S+3: identity ids, append only.</summary>
    public static readonly UInt256 IdentityIds = Config + 3;

    /// <summary>S+4: map(identityId) to its wallets.</summary>
    public static readonly UInt256 WalletsOf = Config + 4;

    /// <summary>S+5 to S+8: bitmap of blocked countries.</summary>
    public static readonly UInt256 BlockedCountries = Config + 5;

    /// <summary>S+9: map(address) to the officer flag.</summary>
    public static readonly UInt256 Officers = Config + 9;

    /// <summary>S+10: sanctioned addresses.</summary>
    public static readonly UInt256 Sanctioned = Config + 10;

    /// <summary>S+11: map(address) to {listId, index, since}.</summary>
    public static readonly UInt256 SanctionRecords = Config + 11;

    /// <summary>S+12: map(lost) to {replacement, proposedAt}, proposer.</summary>
    public static readonly UInt256 Recoveries = Config + 12;

    /// <summary>S+13: map(onchainId) to identityId; ids that are not the default only.</summary>
    public static readonly UInt256 OnchainIds = Config + 13;
}
