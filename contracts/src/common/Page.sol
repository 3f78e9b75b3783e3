// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Page
/// @notice Parts of stored lists.
library Page {
    /// @notice Entries a call returns at most.
    uint256 internal constant LIMIT_MAX = 500;

    /// @notice At most `limit` entries from `offset`; empty past the end.
    function slice(bytes32[] storage list, uint256 offset, uint256 limit) internal view returns (bytes32[] memory page) {
        uint256 length = list.length;
        if (offset >= length) return new bytes32[](0);
        if (limit > LIMIT_MAX) limit = LIMIT_MAX;
        if (limit > length - offset) limit = length - offset;
        page = new bytes32[](limit);
        for (uint256 i = 0; i < limit; ++i) page[i] = list[offset + i];
    }
}
