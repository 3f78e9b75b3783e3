// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IPositions
/// @notice Amounts that could not be delivered, and positions of recovered wallets, of a contract that keeps positions off-token.
interface IPositions {
    /// @notice A payout failed and is kept for `account`.
    event Owed(address indexed asset, address indexed account, uint256 amount);
    /// @notice The position of a lost wallet went to its replacement.
    event PositionMigrated(address indexed lost, address indexed replacement);

    /// @notice Amount of `asset` kept for `account`.
    function owed(address asset, address account) external view returns (uint256);
    /// @notice Pays the caller what is owed to it.
    function withdrawOwed(address asset) external returns (uint256);
    /// @notice Moves the position of a recovered wallet to its replacement, within one identity.
    function migratePosition(address lost, address replacement) external;
}
