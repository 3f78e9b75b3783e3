// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IDividendVenue
/// @notice Tells who stood behind a venue's balance of a token, so that dividends reach the people and not the venue.
interface IDividendVenue {
    /// @notice Share of `holder` in the venue's balance of `token` at `timepoint` (< now): `part` of `whole`.
    function shareAt(address token, address holder, uint48 timepoint) external view returns (uint256 part, uint256 whole);
}
