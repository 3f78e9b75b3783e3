// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {PlatformModule} from "./PlatformModule.sol";
import {Roles} from "./Roles.sol";

/// @title PausableModule
/// @notice A module whose entry can be stopped. Exit of what is already owed never is.
abstract contract PausableModule is PlatformModule, PausableUpgradeable {
    /// @notice As `__PlatformModule_init`; the guardian is also the pauser.
    function __PausableModule_init(address admin, address guardian) internal onlyInitializing {
        __PlatformModule_init(admin, guardian);
        _grantRole(Roles.PAUSER, guardian);
    }

    /// @notice Stops entry: pauser or administrator.
    function pause() external {
        _requirePauser();
        _pause();
    }

    /// @notice Lets entry go on: pauser or administrator.
    function unpause() external {
        _requirePauser();
        _unpause();
    }

    function _requirePauser() private view {
        if (!hasRole(Roles.PAUSER, msg.sender)) _checkRole(DEFAULT_ADMIN_ROLE);
    }
}
