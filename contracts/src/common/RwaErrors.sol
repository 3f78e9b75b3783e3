// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title RwaErrors
/// @notice Errors shared by every contract of the platform: one declaration each.
library RwaErrors {
    /// @notice The account may not take part; `code` is the reason of the KYC registry or of the compliance engine.
    error NotEligible(address account, uint8 code);
    /// @notice An address that must be set is zero.
    error ZeroAddress();
    /// @notice An amount that must be positive is zero.
    error ZeroAmount();
    /// @notice The parameter of this name (ASCII, right-padded) is outside its domain.
    error InvalidParameter(bytes32 name);
    /// @notice The deadline has passed.
    error Expired();
    /// @notice The outcome is worse than the caller accepts.
    error Slippage(uint256 got, uint256 min);
    /// @notice The asset delivered less than the amount transferred.
    error TokenTransferAmountIncludedFees();
    /// @notice The caller is not the Timelock, the owner of upgrades and of risk parameters.
    error TimelockOnly(address caller);
    /// @notice The contract is not active yet: see `IActivatable.activate`.
    error Inactive(address venue);
    /// @notice Arrays that belong together differ in length.
    error LengthMismatch();
    /// @notice A list is longer than its limit.
    error TooMany(uint256 count, uint256 max);
    /// @notice A dividend venue's tokens move, and its participants claim, only through the venue: its book would be insolvent otherwise.
    error VenueProtected(address venue);
}
