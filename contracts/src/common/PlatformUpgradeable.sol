// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Addresses} from "./Addresses.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title PlatformUpgradeable
/// @notice Base of the platform's upgradeable contracts: the Timelock alone upgrades them, whoever holds their roles.
abstract contract PlatformUpgradeable is Initializable, UUPSUpgradeable {
    /// @notice Locks the implementation itself: only its proxies are initialised.
    constructor() {
        _disableInitializers();
    }

    /// @notice Admits the Timelock alone.
    function _authorizeUpgrade(address) internal view override {
        if (msg.sender != Addresses.TIMELOCK) revert RwaErrors.TimelockOnly(msg.sender);
    }
}
