// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IERC7943
/// @notice ERC-7943 for fungible real-world asset tokens. Its ERC-165 id is 0x3edbb4c4.
interface IERC7943 {
    /// @notice An agent moved `amount` from `from` to `to`.
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);
    /// @notice The frozen amount of `account` is now `amount`.
    event Frozen(address indexed account, uint256 amount);

    /// @notice `account` may not send.
    error ERC7943CannotSend(address account);
    /// @notice `account` may not receive.
    error ERC7943CannotReceive(address account);
    /// @notice The unfrozen part of the balance is less than `amount`.
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);

    /// @notice Moves tokens without the holder: an agent's power.
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);
    /// @notice Sets the frozen amount of `account`; it may exceed the balance.
    function setFrozenTokens(address account, uint256 amount) external returns (bool);
    /// @notice Whether `account` may send at all.
    function canSend(address account) external view returns (bool);
    /// @notice Whether `account` may receive at all.
    function canReceive(address account) external view returns (bool);
    /// @notice Frozen amount of `account`.
    function getFrozenTokens(address account) external view returns (uint256);
    /// @notice Whether this transfer would succeed now.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
}
