// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IStrategy
/// @notice Where a vault puts assets to work. Values come from fresh feeds: a strategy that cannot tell its value reverts.
interface IStrategy {
    /// @notice The asset that comes in and goes out.
    function asset() external view returns (address);
    /// @notice Present value in asset units.
    function totalValue() external view returns (uint256);
    /// @notice Takes `assets` from the calling vault, which has approved them.
    function deposit(uint256 assets) external;
    /// @notice Sends up to `assets` back to the vault and returns how much.
    function withdraw(uint256 assets) external returns (uint256);
    /// @notice Collects income; returns profit or loss since the last call.
    function harvest() external returns (int256);
}
