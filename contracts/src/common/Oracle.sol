// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IOracle} from "../interfaces/IOracle.sol";

/// @title Oracle
/// @notice Fresh values of the native oracle.
library Oracle {
    /// @notice The native oracle.
    IOracle internal constant ORACLE = IOracle(0x0300000000000000000000000000000000000003);

    /// @notice The answer of the feed is zero or negative where a price is needed.
    error InvalidAnswer(bytes32 feedId, int256 answer);

    /// @notice Fresh positive answer of a feed and its decimals; reverts if the feed is unhealthy.
    function fresh(bytes32 feedId) internal view returns (uint256 answer, uint64 updatedAt, uint8 decimals) {
        int256 signed;
        (signed, updatedAt, decimals) = ORACLE.readFresh(feedId);
        if (signed <= 0) revert InvalidAnswer(feedId, signed);
        answer = uint256(signed);
    }

    /// @notice Value of `amount` units of a token with `tokenDecimals`, in 18 decimals of the feed's currency, rounded down.
    function value(uint256 amount, uint8 tokenDecimals, bytes32 feedId) internal view returns (uint256 value18) {
        (uint256 answer, , uint8 decimals) = fresh(feedId);
        value18 = Math.mulDiv(amount * 10 ** (18 - decimals), answer, 10 ** tokenDecimals);
    }

    /// @notice Fresh price in 18 decimals.
    function price18(bytes32 feedId) internal view returns (uint256 price, uint64 updatedAt) {
        uint8 decimals;
        (price, updatedAt, decimals) = fresh(feedId);
        price *= 10 ** (18 - decimals);
    }

    /// @notice Value of the feed in units of `decimals`, 0 if the feed is not fresh or not positive. For callers that must go on without a price.
    function valueOrZero(bytes32 feedId, uint8 decimals) internal view returns (uint256) {
        try ORACLE.readFresh(feedId) returns (int256 answer, uint64, uint8 feedDecimals) {
            return answer <= 0 ? 0 : Math.mulDiv(uint256(answer), 10 ** decimals, 10 ** feedDecimals);
        } catch {
            return 0;
        }
    }
}
