// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IModuleErrors
/// @notice Errors that every native module answers with.
interface IModuleErrors {
    /// @notice The module takes no value.
    error NonPayable();
    /// @notice A module works in its own storage alone: no DELEGATECALL or CALLCODE.
    error DelegateCallForbidden();
    /// @notice A list has `size` items, more than `max`.
    error BatchTooLarge(uint256 size, uint256 max);
    /// @notice Two lists that belong together differ in length.
    error LengthMismatch();
    /// @notice `caller` lacks the role: 1 agent, 2 admin, 3 manager, 4 officer.
    error Unauthorized(address caller, uint8 required);
    /// @notice The caller's role does not allow to move `account` from one role to another.
    error CannotModifyAllowList(address account, uint256 fromRole, uint256 toRole);
}
