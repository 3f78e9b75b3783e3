// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {PlatformUpgradeable} from "../common/PlatformUpgradeable.sol";
import {Roles} from "../common/Roles.sol";

/// @title SdkContract
/// @notice What the contracts behind Defactor's SDK share: roles, pause, upgrades by the Timelock alone.
abstract contract SdkContract is PlatformUpgradeable, AccessControlUpgradeable, PausableUpgradeable {
    /// @dev Admits PAUSER_ROLE and DEFAULT_ADMIN_ROLE.
    modifier onlyPauser() {
        if (!hasRole(Roles.PAUSER, msg.sender)) _checkRole(DEFAULT_ADMIN_ROLE);
        _;
    }

    /// @notice Stops entry. PAUSER_ROLE or DEFAULT_ADMIN_ROLE.
    function pause() external virtual onlyPauser {
        _pause();
    }

    /// @notice Opens entry again. PAUSER_ROLE or DEFAULT_ADMIN_ROLE.
    function unpause() external virtual onlyPauser {
        _unpause();
    }
}
