// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

/// @title PlatformProxy
/// @notice The proxy of every upgradeable predeploy, unmodified.
contract PlatformProxy is ERC1967Proxy {
    /// @notice Points the proxy and calls its implementation once.
    /// @param implementation Implementation.
    /// @param data Call of the initialiser.
    constructor(address implementation, bytes memory data) payable ERC1967Proxy(implementation, data) {}
}

/// @title PlatformBeacon
/// @notice The beacon of every token and vault that factories make, unmodified.
contract PlatformBeacon is UpgradeableBeacon {
    /// @notice Points the beacon.
    /// @param implementation Implementation.
    /// @param owner Owner: the Timelock.
    constructor(address implementation, address owner) UpgradeableBeacon(implementation, owner) {}
}
