// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Oracle} from "../common/Oracle.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";

/// @title PriceFeeds
/// @notice Prices of AggregatorV3 feeds: facades of the native oracle by the feed's own health, other feeds at most a day old. Linked, not
/// inlined: it keeps ERC20CollateralPoolV2 within the size limit.
library PriceFeeds {
    /// @notice A feed, and the feed of the sequencer that it depends on, 0 where there is none.
    struct Feed {
        address price;
        address sequencer;
    }

    /// @notice Collateral units per USDC unit at present prices, as a fraction.
    struct Rate {
        uint256 numerator;
        uint256 denominator;
    }

    uint256 private constant USDC_UNIT = 1e6;
    /// @notice Most age of a feed that is no facade of the native oracle, seconds.
    uint256 private constant FOREIGN_AGE_MAX = 1 days;

    /// @notice The feed of the collateral has no positive price.
    error CollateralTokenPriceIsZero();
    /// @notice The feed of USDC has no positive price.
    error UsdcPriceIsZero();
    /// @notice The price is too old, held or paused.
    error OracleDataTooOld();
    /// @notice The sequencer that the feed depends on is down.
    error OracleSequencerDown();

    /// @notice Collateral units per USDC unit (six decimals).
    /// @param token Collateral.
    /// @param collateral Its feed.
    /// @param usdc The feed of USDC.
    function rate(address token, Feed memory collateral, Feed memory usdc) external view returns (Rate memory) {
        (uint256 price, uint256 scale) = _read(collateral);
        if (price == 0) revert CollateralTokenPriceIsZero();
        (uint256 usdcPrice, uint256 usdcScale) = _read(usdc);
        if (usdcPrice == 0) revert UsdcPriceIsZero();
        return Rate(usdcPrice * scale * 10 ** IERC20Metadata(token).decimals(), USDC_UNIT * usdcScale * price);
    }

    /// @dev The price of a feed, zero where it has no positive one, and 10 to the power of its decimals.
    function _read(Feed memory feed) private view returns (uint256 price, uint256 scale) {
        if (feed.sequencer != address(0)) {
            (int256 state, ) = _latest(feed.sequencer);
            if (state != 0) revert OracleSequencerDown();
        }
        bytes32 feedId = Oracle.ORACLE.feedOfFacade(feed.price);
        if (feedId != 0 && Oracle.ORACLE.health(feedId) != 0) revert OracleDataTooOld();
        (int256 answer, uint256 updatedAt) = _latest(feed.price);
        if (answer <= 0) return (0, 1);
        if (feedId == 0 && block.timestamp > updatedAt + FOREIGN_AGE_MAX) revert OracleDataTooOld();
        // 128 bits of price keep every product of a price, two scales and a constant within 256.
        return (SafeCast.toUint128(uint256(answer)), 10 ** IAggregatorV3(feed.price).decimals());
    }

    function _latest(address feed) private view returns (int256 answer, uint256 updatedAt) {
        (, answer, , updatedAt, ) = IAggregatorV3(feed).latestRoundData();
    }
}
