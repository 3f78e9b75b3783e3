// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Roles
/// @notice Identifiers of the access-control roles. Roles are held per contract; `DEFAULT_ADMIN_ROLE` is zero, as in OpenZeppelin.
library Roles {
    /// @notice Transfer agent or custodian of a token: mint, burn, freeze, forced transfer, recovery.
    bytes32 internal constant AGENT = keccak256("AGENT_ROLE");
    /// @notice Onboarded issuer: creates SPVs, deals, pairs, vaults and suites.
    bytes32 internal constant ISSUER = keccak256("ISSUER_ROLE");
    /// @notice Stops entry; never moves funds.
    bytes32 internal constant PAUSER = keccak256("PAUSER_ROLE");
    /// @notice Second pair of eyes: approvals, halts, confirmations.
    bytes32 internal constant GUARDIAN = keccak256("GUARDIAN_ROLE");
    /// @notice Paying agent: declares dividends and sets withholding.
    bytes32 internal constant DIVIDEND = keccak256("DIVIDEND_ROLE");
    /// @notice Market parameters and price sources, through the Timelock.
    bytes32 internal constant RISK = keccak256("RISK_ROLE");
    /// @notice Loan or property servicer: reports income, pays collections in.
    bytes32 internal constant SERVICER = keccak256("SERVICER_ROLE");
    /// @notice Document service.
    bytes32 internal constant ANCHOR = keccak256("ANCHOR_ROLE");
    /// @notice Keeper keys; in vesting the treasury.
    bytes32 internal constant OPERATOR = keccak256("OPERATOR_ROLE");
}
