// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IActivatable
/// @notice A contract created later that holds funds only once a KYC agent has registered it as a protocol identity.
interface IActivatable {
    /// @notice The venue took up its work.
    event Activated(address indexed venue);

    /// @notice Activates the contract; anyone may call once the contract is eligible.
    function activate() external;
    /// @notice Whether the contract is active.
    function active() external view returns (bool);
}
