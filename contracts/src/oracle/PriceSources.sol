// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IPairOracle} from "../interfaces/IPairOracle.sol";
import {Oracle} from "../common/Oracle.sol";
import {RwaErrors} from "../common/RwaErrors.sol";

/// @notice A source of an asset's price. Kind 1: native feed `feedId`; 2: AggregatorV3 contract; 3: time-weighted price of a pair, both at
/// `aggregator`. An answer older than `maxAge` seconds does not count.
struct Source {
    uint8 kind;
    address aggregator;
    bytes32 feedId;
    uint64 maxAge;
}

/// @title PriceSources
/// @notice Reads one source without ever reverting: a source that fails is not fresh.
library PriceSources {
    /// @notice An answer in 18 decimals. `isInvalid`: zero or negative, which spoils the whole reading.
    struct Answer {
        bool isFresh;
        bool isInvalid;
        uint256 price18;
        uint64 updatedAt;
    }

    uint8 internal constant KIND_NATIVE = 1;
    uint8 internal constant KIND_AGGREGATOR = 2;
    uint8 internal constant KIND_TWAP = 3;
    /// @notice Window of a time-weighted pair price.
    uint32 internal constant TWAP_WINDOW_SECONDS = 1_800;
    uint256 private constant GAS_MAX = 200_000;

    /// @notice Reverts `InvalidParameter` unless the source has a known kind and what that kind needs.
    function check(Source calldata source, address asset) internal view {
        if (source.maxAge == 0) revert RwaErrors.InvalidParameter("maxAge");
        if (source.kind == KIND_NATIVE) {
            if (source.feedId == 0) revert RwaErrors.InvalidParameter("feedId");
        } else if (source.kind == KIND_AGGREGATOR) {
            if (source.aggregator.code.length == 0) revert RwaErrors.InvalidParameter("aggregator");
        } else if (source.kind == KIND_TWAP) {
            IPairOracle pair = IPairOracle(source.aggregator);
            if (pair.token0() != asset && pair.token1() != asset) revert RwaErrors.InvalidParameter("aggregator");
        } else {
            revert RwaErrors.InvalidParameter("kind");
        }
    }

    /// @notice Reads a source of an asset with `assetDecimals`.
    function read(Source memory source, address asset, uint8 assetDecimals) internal view returns (Answer memory) {
        if (source.kind == KIND_NATIVE) return _native(source);
        if (source.kind == KIND_AGGREGATOR) return _aggregator(source);
        return _twap(source, asset, assetDecimals);
    }

    function _native(Source memory source) private view returns (Answer memory) {
        try Oracle.ORACLE.readFreshWithin(source.feedId, source.maxAge) returns (int256 answer, uint64 updatedAt, uint8 decimals) {
            return _scaled(answer, decimals, updatedAt);
        } catch {
            return _none();
        }
    }

    /// @dev Low-level, with a gas limit: an external feed may revert, return nonsense or burn gas without blocking the others.
    function _aggregator(Source memory source) private view returns (Answer memory) {
        (bool isRead, bytes memory data) = source.aggregator.staticcall{gas: GAS_MAX}(abi.encodeCall(IAggregatorV3.latestRoundData, ()));
        (bool hasDecimals, bytes memory decimalsData) = source.aggregator.staticcall{gas: GAS_MAX}(abi.encodeCall(IAggregatorV3.decimals, ()));
        if (!isRead || !hasDecimals || data.length < 160 || decimalsData.length < 32) return _none();
        (, int256 answer, , uint256 updatedAt, ) = abi.decode(data, (uint256, int256, uint256, uint256, uint256));
        uint256 decimals = abi.decode(decimalsData, (uint256));
        if (decimals > 18 || updatedAt > block.timestamp || block.timestamp - updatedAt > source.maxAge) return _none();
        return _scaled(answer, uint8(decimals), uint64(updatedAt));
    }

    /// @dev As old as the last change of the reserves: a pair that nobody trades proves nothing.
    function _twap(Source memory source, address asset, uint8 assetDecimals) private view returns (Answer memory answer) {
        IPairOracle pair = IPairOracle(source.aggregator);
        (, , uint32 updatedAt) = pair.reserves();
        if (block.timestamp - updatedAt > source.maxAge) return _none();
        uint32[] memory agos = new uint32[](2);
        agos[0] = TWAP_WINDOW_SECONDS;
        try pair.observe(agos) returns (uint256[] memory cumulatives0, uint256[] memory cumulatives1) {
            bool isToken0 = pair.token0() == asset;
            uint256[] memory cumulatives = isToken0 ? cumulatives0 : cumulatives1;
            uint256 averageQ112;
            unchecked {
                averageQ112 = (cumulatives[1] - cumulatives[0]) / TWAP_WINDOW_SECONDS;
            }
            uint8 quoteDecimals = IERC20Metadata(isToken0 ? pair.token1() : pair.token0()).decimals();
            answer.price18 = Math.mulDiv(averageQ112, 10 ** (18 + assetDecimals - quoteDecimals), 1 << 112);
            answer.updatedAt = updatedAt;
            answer.isInvalid = answer.price18 == 0;
            answer.isFresh = !answer.isInvalid;
        } catch {
            return _none();
        }
    }

    function _scaled(int256 answer, uint8 decimals, uint64 updatedAt) private pure returns (Answer memory) {
        if (answer <= 0) return Answer(false, true, 0, updatedAt);
        // An answer beyond 2^196 is nonsense of an external feed, and would overflow here.
        if (uint256(answer) >> 196 != 0) return _none();
        return Answer(true, false, uint256(answer) * 10 ** (18 - decimals), updatedAt);
    }

    function _none() private pure returns (Answer memory answer) {}
}
