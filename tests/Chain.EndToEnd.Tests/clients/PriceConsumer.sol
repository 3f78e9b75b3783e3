// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// The published interface of price feeds.
interface AggregatorV3Interface {
    function decimals() external view returns (uint8);

    function description() external view returns (string memory);

    function version() external view returns (uint256);

    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80);

    function latestRoundData() external view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}

/// A consumer as they are written for any feed: knows the interface and no chain.
contract PriceConsumer {
    function read(AggregatorV3Interface feed) external view returns (int256 answer, uint256 age, uint8 decimals, string memory description, uint256 version) {
        (uint80 round, int256 latest, , uint256 updatedAt, uint80 answeredInRound) = feed.latestRoundData();
        require(answeredInRound >= round && updatedAt != 0 && updatedAt <= block.timestamp, "no answer");
        (, int256 same, , , ) = feed.getRoundData(round);
        require(same == latest, "rounds differ");
        return (latest, block.timestamp - updatedAt, feed.decimals(), feed.description(), feed.version());
    }
}
