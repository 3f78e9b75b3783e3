// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Who may trade a pair and how far. `navFeedId` (0: none) is the net asset value of the listed token, `fxFeedId` converts it to the quote
/// token's currency (0: one to one). The price after a trade stays within `bandBps` of it; a trade is at most `maxTradeBps` of the input reserve
/// (0: no limit).
struct PairPolicy {
    uint8 minTier;
    uint8 typeMask;
    bytes32 navFeedId;
    bytes32 fxFeedId;
    uint16 bandBps;
    uint16 maxTradeBps;
}

/// @notice Parameters of a swap along a path: token (20 bytes), fee (3), token (20), and so on.
struct ExactInputParams {
    bytes path;
    address recipient;
    uint256 deadline;
    uint256 amountIn;
    uint256 amountOutMinimum;
}
