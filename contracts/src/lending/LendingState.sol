// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {MarketParams, RateParams} from "./LendingTypes.sol";

/// @title ILendingEvents
/// @notice Events and errors of the pool, which it inherits so that its ABI has them.
interface ILendingEvents {
    /// @notice `from` supplied for `to`.
    event Supplied(address indexed from, address indexed to, uint256 assets, uint256 shares);
    /// @notice `owner` took its supply out.
    event Withdrawn(address indexed owner, address indexed to, uint256 assets, uint256 shares);
    /// @notice Collateral came in.
    event CollateralDeposited(address indexed account, address indexed token, uint256 amount);
    /// @notice Collateral went out.
    event CollateralWithdrawn(address indexed account, address indexed token, uint256 amount);
    /// @notice `account` borrowed.
    event Borrowed(address indexed account, address to, uint256 assets);
    /// @notice `payer` repaid debt of `account`.
    event Repaid(address indexed payer, address indexed account, uint256 assets);
    /// @notice A position was liquidated, wholly or in part.
    event Liquidated(address indexed borrower, address indexed liquidator, address indexed collateral, uint256 repaid, uint256 seized);
    /// @notice Interest was added up to now.
    event Accrued(uint256 index, uint256 ratePerYear, uint256 utilisation);
    /// @notice The terms of a collateral were set.
    event MarketSet(address indexed token, bytes32 paramsHash);
    /// @notice Debt without collateral was written off.
    event WrittenOff(address indexed borrower, uint256 debt, uint256 fromReserves);
    /// @notice The interest model was set.
    event RatesSet(bytes32 paramsHash);
    /// @notice The clock of a seizure started, or stopped with `since` 0.
    event Flagged(address indexed borrower, uint48 since);
    /// @notice Reserves were paid out.
    event ReservesWithdrawn(address indexed to, uint256 amount);

    /// @notice The account's health (18 decimals) would be, or is, too low.
    error HealthTooLow(uint256 wad);
    /// @notice The account cannot be liquidated at this health (18 decimals).
    error Healthy(uint256 wad);
    /// @notice The market takes no more than this.
    error CapExceeded(uint256 cap);
    /// @notice The pool has no more cash than this.
    error InsufficientLiquidity(uint256 available);
    /// @notice The token is no collateral here.
    error CollateralUnknown(address token);
    /// @notice The rules do not let the liquidator receive the collateral.
    error LiquidatorCannotReceive(uint8 code);
    /// @notice Liquidation waits after a pause.
    error GracePeriod(uint48 until);
}

/// @title LendingState
/// @notice State of the pool. Debts are kept divided by the index, rounded up, so that interest is one multiplication.
library LendingState {
    struct Market {
        MarketParams params;
        uint8 decimals;
        bool listed;
        Checkpoints.Trace208 total;
        mapping(address account => Checkpoints.Trace208) collateral;
    }

    /// @custom:storage-location erc7201:defactor.LendingPool.v1
    struct Data {
        address asset;
        uint8 assetDecimals;
        uint48 accruedAt;
        uint48 unpausedAt;
        RateParams rates;
        uint256 index;
        uint256 scaledDebt;
        uint256 cash;
        uint256 reserves;
        address[] tokens;
        mapping(address token => Market) markets;
        mapping(address account => uint256) scaledDebtOf;
        mapping(address account => address[]) collateralsOf;
        mapping(address account => uint48) flaggedSince;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.LendingPool.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant POOL_STORAGE = 0xc6e87b4f8c414fff101f169225b0f962a0f4cad212741aac476cb17586a18e00;

    uint256 internal constant BPS = 10_000;
    uint256 internal constant WAD = 1e18;
    uint256 internal constant INDEX_ONE = 1e27;

    /// @notice The market of a token, which must be listed.
    function market(address token) internal view returns (Market storage m) {
        m = load().markets[token];
        if (!m.listed) revert ILendingEvents.CollateralUnknown(token);
    }

    /// @notice The pool's state.
    function load() internal pure returns (Data storage $) {
        assembly {
            $.slot := POOL_STORAGE
        }
    }
}
