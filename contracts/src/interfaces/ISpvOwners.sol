// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ISpvOwners
/// @notice The part of the SPVRegistry that other contracts ask.
interface ISpvOwners {
    /// @notice Manager of an SPV, zero if there is no such SPV.
    function managerOf(bytes32 spvId) external view returns (address);
    /// @notice Whether an SPV is closed.
    function isClosed(bytes32 spvId) external view returns (bool);
}
