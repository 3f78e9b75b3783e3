using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chain.Node.Predeploys;

/// <summary>What <c>chain genesis build</c> is told beside the genesis itself: who holds which role, and the values that the predeployed contracts begin with.</summary>
public sealed record PredeployConfig
{
    /// <summary>Operations multisig: GUARDIAN and PAUSER of every contract, CANCELLER of the Timelock.</summary>
    public required string Guardian { get; init; }

    /// <summary>Foundation multisig: PROPOSER of the Timelock beside the governor.</summary>
    public required string Foundation { get; init; }

    /// <summary>Treasury multisig: OPERATOR of Vesting.</summary>
    public required string Treasury { get; init; }

    /// <summary>Multisig of the pool operator: DEFAULT_ADMIN of AdminPools.</summary>
    public required string PoolOperator { get; init; }

    /// <summary>Account that may recover tokens sent to Buyback by mistake.</summary>
    public required string Recoverer { get; init; }

    /// <summary>Account that receives the whole supply of FACTR.</summary>
    public required string FactrDistribution { get; init; }

    /// <summary>Supply of FACTR, units of 10^-18, decimal digits.</summary>
    public string FactrSupply { get; init; } = "300000000000000000000000000";

    /// <summary>Delay of the Timelock, seconds.</summary>
    public ulong TimelockDelaySeconds { get; init; } = 172_800;

    /// <summary>
    /// On test networks, who mints the PaymentToken that is then installed. On others null, and what needs a payment token (the lending pools, counterparty pools, Buyback)
    /// is installed only if <see cref="PaymentToken"/> names one.
    /// </summary>
    public string? Faucet { get; init; }

    /// <summary>A six-decimal payment token of the allocation, where <see cref="Faucet"/> is null.</summary>
    public string? PaymentToken { get; init; }

    /// <summary>Feed of the payment token's price, one of <c>oracleConfig.feeds</c>.</summary>
    public string UsdcFeedId { get; init; } = "USDC/USD";

    /// <summary>The four vaults of Buyback.</summary>
    public IReadOnlyList<string> BuybackVaults { get; init; } = [];

    /// <summary>Seconds between two purchases of Buyback.</summary>
    public ulong BuybackFrequencySeconds { get; init; } = 604_800;

    /// <summary>Slippage of Buyback, basis points, at most 1,000.</summary>
    public ushort BuybackSlippageBps { get; init; } = 300;

    /// <summary>Last second for new stakes in StakingV1.</summary>
    public required ulong StakingEndTime { get; init; }

    /// <summary>Last second that earns in StakingV1.</summary>
    public required ulong RewardsEndTime { get; init; }

    /// <summary>Further roles, granted by the Timelock (in AdminPools by its operator) while the contracts are made.</summary>
    public IReadOnlyList<RoleGrantConfig> Grants { get; init; } = [];

    /// <summary>Reads the member <c>predeploys</c> of a configuration.</summary>
    /// <exception cref="UserException">It is not what is expected.</exception>
    public static PredeployConfig Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PredeployConfigJson.Default.PredeployConfig)
                ?? throw new UserException("In the configuration: predeploys is null; write an object there.");
        }
        catch (JsonException e)
        {
            string place = e.Path is { Length: > 1 } path ? $"predeploys{path[1..]}" : "predeploys";
            throw new UserException($"In the configuration: {place} is missing a key, has an unknown one, or is of the wrong kind; see genesis/dev.config.json for an example.");
        }
    }
}

/// <summary>Accounts that get a role of a predeployed contract.</summary>
public sealed record RoleGrantConfig
{
    /// <summary>Name of the contract.</summary>
    public required string Contract { get; init; }

    /// <summary>Name of the role, as <c>ISSUER_ROLE</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Accounts.</summary>
    public required IReadOnlyList<string> Accounts { get; init; }
}

/// <summary>Serialisation of the configuration.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PredeployConfig))]
internal sealed partial class PredeployConfigJson : JsonSerializerContext;
