// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The public interface of price feeds that existing consumers are compiled against.
interface AggregatorV3Interface {
    function decimals() external view returns (uint8);

    function description() external view returns (string memory);

    function version() external view returns (uint256);

    function getRoundData(uint80 roundId) external view returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    function latestRoundData() external view returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}

/// A consumer as they are written for any feed: it knows nothing of this chain.
contract AggregatorV3Consumer {
    error Stale(uint256 age);

    /// The newest price scaled to 18 decimals, refused when older than maxAge seconds.
    function price(AggregatorV3Interface feed, uint256 maxAge) external view returns (uint256) {
        (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) = feed.latestRoundData();
        require(answer > 0 && answeredInRound >= id && startedAt <= updatedAt && updatedAt != 0, "bad round");
        uint256 age = block.timestamp - updatedAt;
        if (age > maxAge) revert Stale(age);
        return uint256(answer) * 10 ** (18 - feed.decimals());
    }

    /// What the feed says of a round, raw.
    function round(AggregatorV3Interface feed, uint80 id) external view returns (uint80, int256, uint256, uint256, uint80) {
        return feed.getRoundData(id);
    }

    /// What the feed says of itself.
    function about(AggregatorV3Interface feed) external view returns (uint8, uint256, string memory) {
        return (feed.decimals(), feed.version(), feed.description());
    }
}
