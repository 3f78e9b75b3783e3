// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModuleErrors} from "./IModuleErrors.sol";

/// @title IAllowList
/// @notice Role list of a native module: 0 none, 1 enabled, 2 admin, 3 manager.
interface IAllowList is IModuleErrors {
    /// @notice `account` moved from `oldRole` to `role`.
    event RoleSet(uint256 indexed role, address indexed account, address indexed sender, uint256 oldRole);

    /// @notice Makes `addr` an admin.
    function setAdmin(address addr) external;
    /// @notice Makes `addr` a manager.
    function setManager(address addr) external;
    /// @notice Enables `addr`.
    function setEnabled(address addr) external;
    /// @notice Takes the role of `addr` away.
    function setNone(address addr) external;
    /// @notice Role number of `addr`.
    function readAllowList(address addr) external view returns (uint256 role);
}
