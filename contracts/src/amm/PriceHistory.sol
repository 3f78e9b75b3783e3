// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title PriceHistory
/// @notice Cumulative prices of a pair, for time-weighted averages. Prices are UQ112; sums wrap around, so only differences mean anything.
/// At most one observation is kept per 8 seconds in a ring of 256, which is at least 2,040 seconds of history whatever the block time.
library PriceHistory {
    struct Observation {
        uint32 time;
        uint256 cumulative0;
        uint256 cumulative1;
    }

    struct State {
        uint256 cumulative0;
        uint256 cumulative1;
        uint32 updatedAt;
        uint16 newest; // position in the ring
        uint16 count;
        Observation[256] ring;
    }

    /// @dev A price that holds from `State.updatedAt` on.
    struct Price {
        uint256 price0;
        uint256 price1;
    }

    uint16 private constant RING_SIZE = 256;
    uint32 private constant SPACING_SECONDS = 8;

    /// @notice The history does not reach back that far.
    error ObservationTooOld(uint32 secondsAgo);

    /// @notice Adds the time since the last change at the reserves that held until now, and keeps an observation if one is due.
    /// To be called before every change of the reserves.
    function advance(State storage self, uint112 reserve0, uint112 reserve1) internal {
        uint32 time = uint32(block.timestamp);
        if (self.count != 0 && time == self.updatedAt) return;
        (self.cumulative0, self.cumulative1) = _extended(self, _price(reserve0, reserve1), time);
        self.updatedAt = time;
        if (self.count != 0 && time - self.ring[self.newest].time < SPACING_SECONDS) return;
        uint16 position = self.count == 0 ? 0 : (self.newest + 1) % RING_SIZE;
        self.ring[position] = Observation(time, self.cumulative0, self.cumulative1);
        self.newest = position;
        if (self.count < RING_SIZE) ++self.count;
    }

    /// @notice Cumulative prices `secondsAgo`. Reverts `ObservationTooOld` before the oldest observation.
    function cumulativeAt(State storage self, uint112 reserve0, uint112 reserve1, uint32 secondsAgo) internal view returns (uint256, uint256) {
        if (self.count == 0 || secondsAgo > block.timestamp) revert ObservationTooOld(secondsAgo);
        uint32 target = uint32(block.timestamp) - secondsAgo;
        if (target >= self.updatedAt) return _extended(self, _price(reserve0, reserve1), target);
        uint16 index = _indexBefore(self, target, secondsAgo);
        Observation memory before = _fromOldest(self, index);
        Observation memory next = index + 1 == self.count
            ? Observation(self.updatedAt, self.cumulative0, self.cumulative1)
            : _fromOldest(self, index + 1);
        return (
            _between(before.cumulative0, next.cumulative0, before.time, next.time, target),
            _between(before.cumulative1, next.cumulative1, before.time, next.time, target)
        );
    }

    /// @dev Index, from the oldest, of the last observation at or before `target`.
    function _indexBefore(State storage self, uint32 target, uint32 secondsAgo) private view returns (uint16 low) {
        if (target < _fromOldest(self, 0).time) revert ObservationTooOld(secondsAgo);
        uint16 high = self.count;
        while (high - low > 1) {
            uint16 middle = (low + high) / 2;
            if (_fromOldest(self, middle).time <= target) low = middle;
            else high = middle;
        }
    }

    function _fromOldest(State storage self, uint16 index) private view returns (Observation storage) {
        uint16 oldest = self.count < RING_SIZE ? 0 : (self.newest + 1) % RING_SIZE;
        return self.ring[(oldest + index) % RING_SIZE];
    }

    function _extended(State storage self, Price memory price, uint32 time) private view returns (uint256, uint256) {
        unchecked {
            uint256 elapsed = self.count == 0 ? 0 : time - self.updatedAt;
            return (self.cumulative0 + price.price0 * elapsed, self.cumulative1 + price.price1 * elapsed);
        }
    }

    function _between(uint256 a, uint256 b, uint32 timeA, uint32 timeB, uint32 target) private pure returns (uint256) {
        unchecked {
            return timeB == timeA ? a : a + ((b - a) / (timeB - timeA)) * (target - timeA);
        }
    }

    function _price(uint112 reserve0, uint112 reserve1) private pure returns (Price memory) {
        if (reserve0 == 0 || reserve1 == 0) return Price(0, 0);
        return Price((uint256(reserve1) << 112) / reserve0, (uint256(reserve0) << 112) / reserve1);
    }
}
