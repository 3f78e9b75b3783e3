using Chain.Compliance.Registry;
using Chain.Core.Primitives;

namespace Chain.Compliance.Configuration;

/// <summary>One section of a genesis or upgrade file: what happens to one module at one time (compliance specification, section 7).</summary>
public sealed record ModuleEntry
{
    /// <summary>The module.</summary>
    public required Address Module { get; init; }

    /// <summary>Seconds since the Unix epoch: the entry acts in the first block at or after it.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>True stops the module; its storage stays.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>New Admins.</summary>
    public IReadOnlyList<Address> Admins { get; init; } = [];

    /// <summary>New Managers.</summary>
    public IReadOnlyList<Address> Managers { get; init; } = [];

    /// <summary>Newly Enabled accounts.</summary>
    public IReadOnlyList<Address> Enabled { get; init; } = [];

    /// <summary>New compliance officers (KYC registry).</summary>
    public IReadOnlyList<Address> Officers { get; init; } = [];

    /// <summary>Enforcement mode, 0 to 3; null leaves it (KYC registry, as all below).</summary>
    public byte? Mode { get; init; }

    /// <summary>Least tier; null leaves it.</summary>
    public byte? MinTier { get; init; }

    /// <summary>Whether wallets consent to being linked; null leaves it.</summary>
    public bool? ConsentRequired { get; init; }

    /// <summary>0 any code, 1 registered; null leaves it.</summary>
    public byte? ContractPolicy { get; init; }

    /// <summary>Receives redirected protocol credits; null leaves it.</summary>
    public Address? FeeSink { get; init; }

    /// <summary>Records made at activation.</summary>
    public IReadOnlyList<InitialIdentity> InitialIdentities { get; init; } = [];

    /// <summary>Feeds made at activation (oracle).</summary>
    public IReadOnlyList<InitialFeed> Feeds { get; init; } = [];
}

/// <summary>A record made at activation.</summary>
/// <param name="Input">The record.</param>
/// <param name="Wallets">Its wallets.</param>
public sealed record InitialIdentity(IdentityInput Input, IReadOnlyList<Address> Wallets);
