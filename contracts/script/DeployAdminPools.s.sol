// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Addresses} from "../src/common/Addresses.sol";
import {AdminPools} from "../src/defactor/AdminPools.sol";
import {PoolsBase} from "../src/defactor/PoolsBase.sol";
import {PlatformProxy} from "../src/governance/PlatformProxies.sol";
import {ChainScript} from "./base/ChainScript.sol";

/// A pool operator installs counterparty pools of its own in the chain's payment token: implementation, proxy and initialiser, which makes the
/// sender their administrator. Upgrades stay with the Timelock.
contract DeployAdminPools is ChainScript {
    function run() external returns (AdminPools pools) {
        vm.startBroadcast();
        address implementation = address(new AdminPools());
        pools = AdminPools(address(new PlatformProxy(implementation, abi.encodeCall(PoolsBase.__Pools_init, (Addresses.PAYMENT_TOKEN)))));
        vm.stopBroadcast();
    }
}
