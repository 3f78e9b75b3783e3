// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IPairOracle
/// @notice What a price consumer reads of an AMM pair.
interface IPairOracle {
    /// @notice The token with the lower address.
    function token0() external view returns (address);
    /// @notice The token with the higher address.
    function token1() external view returns (address);
    /// @notice Reserves and the second of their last change.
    function reserves() external view returns (uint112 r0, uint112 r1, uint32 updatedAt);
    /// @notice Cumulative prices (UQ112 seconds, wrapping) at each number of seconds ago.
    function observe(uint32[] calldata secondsAgos) external view returns (uint256[] memory price0Cumulatives, uint256[] memory price1Cumulatives);
}
