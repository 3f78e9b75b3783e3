using Chain.Core.Primitives;

namespace Chain.Node.Predeploys;

/// <summary>How a predeployed contract is made.</summary>
public enum PredeployKind
{
    /// <summary>Its own code at its address.</summary>
    Direct,

    /// <summary>A proxy at its address, its code at <c>…1NNN</c>.</summary>
    Proxy,

    /// <summary>A beacon at its address, its code at <c>…1NNN</c>.</summary>
    Beacon,
}

/// <summary>A row of the table of predeploys.</summary>
/// <param name="Address">Where users find it.</param>
/// <param name="Artifact">Name of the compiled contract; the row's own name.</param>
/// <param name="Kind">How it is made.</param>
public sealed record Predeploy(Address Address, string Artifact, PredeployKind Kind = PredeployKind.Direct)
{
    private const int ImplementationByte = 18;
    private const byte ImplementationBit = 0x10;

    /// <summary>Arguments of the constructor of a direct contract, or the call of a proxy's initialiser.</summary>
    public byte[] Arguments { get; init; } = [];

    /// <summary>Who makes it: the <c>msg.sender</c> of constructor and initialiser.</summary>
    public Address Creator { get; init; } = PredeployAddresses.Timelock;

    /// <summary>True when the contract creates contracts for its callers and so holds the deployer role.</summary>
    public bool IsFactory { get; init; }

    /// <summary>Who must hold which role once constructor or initialiser ran.</summary>
    public IReadOnlyList<RoleMember> Roles { get; init; } = [];

    /// <summary>Roles granted afterwards by <see cref="Creator"/>, its administrator.</summary>
    public IReadOnlyList<RoleMember> Grants { get; init; } = [];

    /// <summary>Where the code of a proxy or beacon is.</summary>
    public Address Implementation
    {
        get
        {
            byte[] bytes = Address.Bytes.ToArray();
            bytes[ImplementationByte] |= ImplementationBit;
            return new Address(bytes);
        }
    }
}

/// <summary>An account in a role of a contract. Role names as in the contracts, such as <c>PAUSER_ROLE</c>; <c>DEFAULT_ADMIN_ROLE</c> is the zero hash, <c>OWNER</c> an Ownable's owner.</summary>
/// <param name="Role">Name of the role.</param>
/// <param name="Account">Account.</param>
public readonly record struct RoleMember(string Role, Address Account);
