using System.Globalization;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Node.Predeploys;

/// <summary>
/// The predeployed contracts in the order in which they are made: libraries, templates and beacons, Timelock, FACTR and governor, the rest (contract specification, section 0.1).
/// One row a contract; a new one is a row here and an address in <c>contracts/src/common/Addresses.sol</c>.
/// </summary>
public sealed class PredeployTable
{
    private const string Admin = "DEFAULT_ADMIN_ROLE";
    private const string Guardian = "GUARDIAN_ROLE";
    private const string Pauser = "PAUSER_ROLE";

    /// <summary>Rule mask of the shares of the lending pool: KYC.</summary>
    private const ulong KycRule = 1;

    private readonly PredeployConfig _config;
    private readonly Address _guardian;
    private readonly Address? _usdc;

    private PredeployTable(PredeployConfig config)
    {
        _config = config;
        _guardian = Account(config.Guardian, "guardian");
        _usdc = config.Faucet is not null ? PredeployAddresses.PaymentToken : config.PaymentToken is { } token ? Account(token, "paymentToken") : null;
        if (config.Faucet is not null && config.PaymentToken is not null) throw Wrong("faucet and paymentToken exclude each other: leave one out.");
        Rows = [.. Foundations(), .. Platform(), .. _usdc is { } usdc ? Lending(usdc) : [], .. Staking()];
        Rows = [.. Rows.Select(WithConfiguredGrants)];
        foreach (RoleGrantConfig grant in config.Grants)
        {
            if (Rows.All(r => r.Artifact != grant.Contract)) throw Wrong($"grants names the contract '{grant.Contract}', which is not installed: one of {string.Join(", ", Rows.Select(r => r.Artifact))}.");
        }
    }

    /// <summary>The rows in order.</summary>
    public IReadOnlyList<Predeploy> Rows { get; }

    /// <summary>The table for a configuration.</summary>
    /// <exception cref="UserException">A value of it is wrong.</exception>
    public static PredeployTable For(PredeployConfig config) => new(config);

    /// <summary>Where a linked library is.</summary>
    public static Address AddressOfLibrary(string name) => name switch
    {
        "TokenDividends" => PredeployAddresses.TokenDividends,
        "TokenDeployer" => PredeployAddresses.TokenDeployer,
        "SpvSaleDesk" => PredeployAddresses.SpvSaleDesk,
        "LendingDesk" => PredeployAddresses.LendingDesk,
        "VaultDesk" => PredeployAddresses.VaultDesk,
        "PriceFeeds" => PredeployAddresses.PriceFeeds,
        _ => throw new InvalidOperationException($"The library {name} has no address: add it to Addresses.sol and to this list."),
    };

    private static UserException Wrong(string what) => new($"In the configuration: predeploys.{what}");

    private static Address Account(string text, string key) =>
        Address.TryParse(text, out Address address) && !address.IsZero ? address : throw Wrong($"{key} is '{text}'; 0x and 40 hex digits, not all zero, are expected.");

    private IEnumerable<Predeploy> Foundations()
    {
        Address timelock = PredeployAddresses.Timelock;
        Address foundation = Account(_config.Foundation, "foundation");
        foreach (string library in new[] { "TokenDividends", "TokenDeployer", "SpvSaleDesk", "LendingDesk", "VaultDesk", "PriceFeeds" })
        {
            yield return new(AddressOfLibrary(library), library);
        }
        yield return new(PredeployAddresses.PairTemplate, "PermissionedPair");
        yield return new(PredeployAddresses.TrancheDealTemplate, "TrancheDeal");
        yield return new(PredeployAddresses.TokenBeacon, "PermissionedToken", PredeployKind.Beacon) { Roles = [new("OWNER", timelock)] };
        yield return new(PredeployAddresses.VaultBeacon, "Vault", PredeployKind.Beacon) { Roles = [new("OWNER", timelock)] };

        Address[] proposers = [PredeployAddresses.Governor, foundation];
        yield return new(timelock, "Timelock")
        {
            // No builder is an admin even for a moment: the Timelock, which administers itself, is the caller.
            Arguments = AbiValue.Encode(
                AbiValue.Of((UInt256)_config.TimelockDelaySeconds), AbiValue.List(proposers.Select(p => AbiValue.Of(p))), AbiValue.List(AbiValue.Of(Address.Zero)), AbiValue.Of(Address.Zero)),
            Roles =
            [
                new(Admin, timelock), .. proposers.Select(p => new RoleMember("PROPOSER_ROLE", p)), .. proposers.Select(p => new RoleMember("CANCELLER_ROLE", p)),
                new("EXECUTOR_ROLE", Address.Zero),
            ],
            Grants = [new("CANCELLER_ROLE", _guardian)],
        };

        if (!UInt256.TryParse(_config.FactrSupply, out UInt256 supply) || supply.IsZero) throw Wrong($"factrSupply is '{_config.FactrSupply}'; decimal digits, units of 10^-18, are expected.");
        yield return new(PredeployAddresses.Factr, "FACTR") { Arguments = AbiValue.Encode(AbiValue.Of(Account(_config.FactrDistribution, "factrDistribution")), AbiValue.Of(supply)) };
        yield return new(PredeployAddresses.Governor, "DefactorGovernor", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call("initialize(address,address)", AbiValue.Of(PredeployAddresses.Factr), AbiValue.Of(timelock)),
        };
    }

    private IEnumerable<Predeploy> Platform()
    {
        Address timelock = PredeployAddresses.Timelock;
        yield return Module(PredeployAddresses.OracleAggregator, "OracleAggregator") with { Grants = [new("RISK_ROLE", timelock)] };
        yield return Module(PredeployAddresses.DocumentRegistry, "DocumentRegistry");
        yield return Module(PredeployAddresses.SpvRegistry, "SPVRegistry", isPausable: true) with { IsFactory = true };
        yield return Module(PredeployAddresses.TrancheFactory, "TrancheFactory") with { IsFactory = true };
        yield return Module(PredeployAddresses.VaultFactory, "VaultFactory") with { IsFactory = true };
        yield return Module(PredeployAddresses.PermissionedAmm, "PermissionedAMM") with { IsFactory = true };
        yield return Module(PredeployAddresses.AssetFactory, "AssetFactory") with { IsFactory = true };
        yield return new(PredeployAddresses.Erc20Factory, "ERC20Factory") { IsFactory = true };
        yield return new(PredeployAddresses.Wdfc, "WDFC");
        if (_config.Faucet is { } text)
        {
            Address faucet = Account(text, "faucet");
            yield return new(PredeployAddresses.PaymentToken, "PaymentToken")
            {
                Arguments = AbiValue.Encode(AbiValue.Of("Test USD Coin"), AbiValue.Of("USDC"), AbiValue.Of(faucet)),
                Roles = [new(Admin, faucet), new("MINTER_ROLE", faucet)],
                Creator = faucet,
            };
        }
    }

    private IEnumerable<Predeploy> Lending(Address usdc)
    {
        Address timelock = PredeployAddresses.Timelock;
        AbiValue zero = AbiValue.Of(UInt256.Zero);
        AbiValue rules = AbiValue.Tuple([AbiValue.Of((UInt256)KycRule), .. Enumerable.Repeat(zero, 13)]);
        Predeploy lending = Module(PredeployAddresses.LendingPool, "LendingPool", isPausable: true);
        yield return lending with
        {
            // The agent of its own shares, who freezes and recovers but neither mints nor burns.
            Roles = [.. lending.Roles, new("AGENT_ROLE", _guardian), new("RISK_ROLE", timelock)],
            Arguments = AbiValue.Call(
                "initialize(address,address,address,string,string,((uint32,uint8,uint8,uint8,uint32,uint32,uint64,uint16,bool,uint96,uint256,uint256,uint256,bytes32),uint16[],uint32[],uint224[]))",
                AbiValue.Of(timelock), AbiValue.Of(_guardian), AbiValue.Of(usdc), AbiValue.Of("Defactor Lending Share"), AbiValue.Of("dLEND"),
                AbiValue.Tuple(rules, AbiValue.List(), AbiValue.List(), AbiValue.List())),
        };
        yield return new(PredeployAddresses.Erc20CollateralPoolV2, "ERC20CollateralPoolV2", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call(
                "__ERC20CollateralPool_init(address,address,address,address,(address,address,address,uint256,uint256,uint256,uint48,uint24,uint24,uint24)[])",
                AbiValue.Of(timelock), AbiValue.Of(usdc), AbiValue.Of(FeedFacade.AddressOf(AbiWords.ToWord(_config.UsdcFeedId))), AbiValue.Of(Address.Zero), AbiValue.List()),
            Roles = [new(Admin, timelock)],
            Grants = [new(Pauser, _guardian)],
        };
        yield return new(PredeployAddresses.Pools, "Pools", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call("__Pools_init(address)", AbiValue.Of(usdc)),
            Roles = [new(Admin, timelock)],
            Grants = [new(Pauser, _guardian)],
        };
        Address poolOperator = Account(_config.PoolOperator, "poolOperator");
        yield return new(PredeployAddresses.AdminPools, "AdminPools", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call("__Pools_init(address)", AbiValue.Of(usdc)),
            Creator = poolOperator,
            Roles = [new(Admin, poolOperator)],
            Grants = [new(Pauser, _guardian)],
        };
        if (_config.BuybackVaults.Count != 4) throw Wrong(string.Create(CultureInfo.InvariantCulture, $"buybackVaults has {_config.BuybackVaults.Count} entries; 4 are expected."));
        yield return new(PredeployAddresses.Buyback, "Buyback", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call(
                "initialize(address,uint256,address[],uint16,address,address,address,address,address)",
                AbiValue.Of(Account(_config.Recoverer, "recoverer")), AbiValue.Of((UInt256)_config.BuybackFrequencySeconds),
                AbiValue.List(_config.BuybackVaults.Select(v => AbiValue.Of(Account(v, "buybackVaults")))), AbiValue.Of((UInt256)(ulong)_config.BuybackSlippageBps),
                AbiValue.Of(PredeployAddresses.PermissionedAmm), AbiValue.Of(PredeployAddresses.Factr), AbiValue.Of(usdc), AbiValue.Of(PredeployAddresses.Wdfc),
                AbiValue.Of(PredeployAddresses.PermissionedAmm)),
        };
    }

    private IEnumerable<Predeploy> Staking()
    {
        Address timelock = PredeployAddresses.Timelock;
        yield return new(PredeployAddresses.StakingV2, "StakingV2", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call("__Staking_init(address)", AbiValue.Of(timelock)),
            Roles = [new(Admin, timelock)],
            Grants = [new(Pauser, _guardian)],
        };
        Address treasury = Account(_config.Treasury, "treasury");
        yield return new(PredeployAddresses.Vesting, "Vesting")
        {
            Arguments = AbiValue.Encode(AbiValue.Of(timelock), AbiValue.Of(treasury)),
            Roles = [new(Admin, timelock), new("OPERATOR_ROLE", treasury)],
            Grants = [new(Pauser, _guardian)],
        };
        yield return new(PredeployAddresses.StakingV1, "StakingV1", PredeployKind.Proxy)
        {
            Arguments = AbiValue.Call(
                "__Staking_init(address,address,uint48,uint48)",
                AbiValue.Of(timelock), AbiValue.Of(PredeployAddresses.Factr), AbiValue.Of((UInt256)_config.StakingEndTime), AbiValue.Of((UInt256)_config.RewardsEndTime)),
            Roles = [new(Admin, timelock)],
            Grants = [new(Pauser, _guardian)],
        };
    }

    /// <summary>A module with the usual initialiser.</summary>
    private Predeploy Module(in Address address, string artifact, bool isPausable = false) => new(address, artifact, PredeployKind.Proxy)
    {
        Arguments = AbiValue.Call("initialize(address,address)", AbiValue.Of(PredeployAddresses.Timelock), AbiValue.Of(_guardian)),
        Roles = [new(Admin, PredeployAddresses.Timelock), new(Guardian, _guardian), .. isPausable ? [new RoleMember(Pauser, _guardian)] : Array.Empty<RoleMember>()],
    };

    private Predeploy WithConfiguredGrants(Predeploy row)
    {
        List<RoleMember> grants = [.. row.Grants];
        foreach (RoleGrantConfig grant in _config.Grants.Where(g => g.Contract == row.Artifact))
        {
            if (row.Roles.All(r => r.Role != Admin)) throw Wrong($"grants names {row.Artifact}, which has no roles.");
            if (grant.Role == Admin) throw Wrong($"grants gives {Admin} of {row.Artifact}: it is its administrator's alone; leave that grant out.");
            grants.AddRange(grant.Accounts.Select(a => new RoleMember(grant.Role, Account(a, "grants"))));
        }
        return row with { Grants = grants };
    }
}
