// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Addresses} from "../common/Addresses.sol";
import {PlatformModule} from "../common/PlatformModule.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {TokenParams} from "../common/Structs.sol";
import {ISpvOwners} from "../interfaces/ISpvOwners.sol";
import {TokenDeployer} from "../token/TokenDeployer.sol";
import {TrancheDeal} from "./TrancheDeal.sol";
import {DealParams, TrancheParams} from "./TrancheTypes.sol";

/// @title TrancheFactory
/// @notice Creates deals with one permissioned token per tranche.
contract TrancheFactory is PlatformModule {
    /// @custom:storage-location erc7201:defactor.TrancheFactory.v1
    struct FactoryStorage {
        uint256 count;
        mapping(address deal => bool) isDeal;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.TrancheFactory.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant FACTORY_STORAGE = 0x76f54b7d437b62e439d4b83ee3d8393a3283773737859a26cecd1628c00ddd00;

    uint256 private constant TRANCHES_MIN = 2;
    uint256 private constant TRANCHES_MAX = 8;
    uint16 private constant BPS = 10_000;
    uint48 private constant PERIOD_MIN = 1 days;
    uint48 private constant PERIOD_MAX = 366 days;

    /// @notice `issuer` created a deal.
    event DealCreated(address indexed deal, address indexed issuer, address[] tokens);

    /// @notice Sets the administrator (the Timelock) and the guardian.
    function initialize(address admin, address guardian) external initializer {
        __PlatformModule_init(admin, guardian);
    }

    /// @notice Creates a deal of 2 to 8 tranches, the first being the most senior. It takes money once it is registered and activated.
    function createDeal(DealParams calldata p, TrancheParams[] calldata tranches)
        external
        onlyRole(Roles.ISSUER)
        returns (address deal, address[] memory tokens)
    {
        _checkDeal(p);
        if (tranches.length < TRANCHES_MIN || tranches.length > TRANCHES_MAX) revert RwaErrors.InvalidParameter("tranches");
        FactoryStorage storage $ = _factory();
        bytes32 salt = bytes32(++$.count);
        deal = Clones.cloneDeterministic(Addresses.TRANCHE_DEAL_TEMPLATE, salt);
        $.isDeal[deal] = true;
        tokens = new address[](tranches.length);
        for (uint256 i = 0; i < tranches.length; ++i) tokens[i] = _deployToken(p, tranches[i], keccak256(abi.encode(salt, i)), deal);
        TrancheDeal(deal).initialize(p, tranches, tokens);
        emit DealCreated(deal, msg.sender, tokens);
    }

    /// @notice Whether a deal was created here.
    function isDeal(address deal) external view returns (bool) {
        return _factory().isDeal[deal];
    }

    /// @notice Number of deals.
    function dealCount() external view returns (uint256) {
        return _factory().count;
    }

    /// @notice Address of the deal of this number, from 1.
    function dealAt(uint256 number) external view returns (address) {
        return Clones.predictDeterministicAddress(Addresses.TRANCHE_DEAL_TEMPLATE, bytes32(number));
    }

    function _deployToken(DealParams calldata p, TrancheParams calldata t, bytes32 salt, address deal) private returns (address) {
        if (t.couponBps > BPS) revert RwaErrors.InvalidParameter("couponBps");
        if (t.scheduledAmortBps > BPS) revert RwaErrors.InvalidParameter("scheduledAmortBps");
        TokenParams memory token = TokenParams({
            name: t.name,
            symbol: t.symbol,
            decimals: IERC20Metadata(p.asset).decimals(),
            navFeedId: 0,
            admin: Addresses.TIMELOCK,
            ruleAdmin: p.ruleAdmin,
            agent: p.agent,
            pauser: p.guardian,
            paymaster: address(0),
            maxSupply: t.targetPrincipal
        });
        return address(TokenDeployer.deploy(salt, token, t.setup, p.spvId, deal));
    }

    function _checkDeal(DealParams calldata p) private view {
        if (ISpvOwners(Addresses.SPV_REGISTRY).managerOf(p.spvId) == address(0)) revert RwaErrors.InvalidParameter("spvId");
        if (p.asset == address(0) || p.servicer == address(0) || p.guardian == address(0) || p.agent == address(0)) revert RwaErrors.ZeroAddress();
        if (p.servicer == p.guardian) revert RwaErrors.InvalidParameter("guardian");
        if (p.fundingEnd <= block.timestamp) revert RwaErrors.InvalidParameter("fundingEnd");
        if (p.periodLength < PERIOD_MIN || p.periodLength > PERIOD_MAX) revert RwaErrors.InvalidParameter("periodLength");
        if (p.maturity <= p.fundingEnd) revert RwaErrors.InvalidParameter("maturity");
        if (p.feeBps > BPS) revert RwaErrors.InvalidParameter("feeBps");
        if (p.ocTriggerBps != 0 && p.navFeedId == 0) revert RwaErrors.InvalidParameter("navFeedId");
    }

    function _factory() private pure returns (FactoryStorage storage $) {
        assembly {
            $.slot := FACTORY_STORAGE
        }
    }
}
