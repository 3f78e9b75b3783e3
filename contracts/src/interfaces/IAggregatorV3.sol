// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IAggregatorV3
/// @notice The common interface of price feeds; every feed of the native oracle has a facade of this shape.
interface IAggregatorV3 {
    /// @notice Decimals of an answer.
    function decimals() external view returns (uint8);
    /// @notice Text of the feed.
    function description() external view returns (string memory);
    /// @notice Version of the implementation.
    function version() external view returns (uint256);
    /// @notice The round of this number.
    function getRoundData(uint80 id)
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    /// @notice The latest accepted round, which the consumer tests for age.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
