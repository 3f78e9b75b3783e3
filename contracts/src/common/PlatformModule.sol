// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {PlatformUpgradeable} from "./PlatformUpgradeable.sol";
import {Roles} from "./Roles.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title PlatformModule
/// @notice Base of the platform's modules: upgraded by the Timelock, administered by roles.
abstract contract PlatformModule is PlatformUpgradeable, AccessControlUpgradeable {
    /// @notice Grants the administrator (the Timelock) and the guardian (the operations multisig) their roles.
    function __PlatformModule_init(address admin, address guardian) internal onlyInitializing {
        if (admin == address(0) || guardian == address(0)) revert RwaErrors.ZeroAddress();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(Roles.GUARDIAN, guardian);
    }
}
