// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";
import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {Addresses} from "../src/common/Addresses.sol";
import {Roles} from "../src/common/Roles.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {Timelock} from "../src/governance/Timelock.sol";
import {LendingPool} from "../src/lending/LendingPool.sol";
import {SPVRegistry} from "../src/spv/SPVRegistry.sol";
import {PermissionedToken} from "../src/token/PermissionedToken.sol";
import {Platform} from "./base/Platform.sol";

contract GovernanceTest is Platform {
    uint256 private constant DELAY = 172_800;
    address private constant proposer = address(0xC001);
    address private constant canceller = address(0xC002);
    Timelock private lock;

    function setUp() public {
        installPlatform();
        // The real controller at its genesis address: its roles are written as its constructor writes them.
        address[] memory proposers = new address[](1);
        address[] memory executors = new address[](1);
        proposers[0] = proposer;
        Timelock built = new Timelock(DELAY, proposers, executors, address(this));
        vm.etch(timelock, address(built).code);
        lock = Timelock(payable(timelock));
        _grant(lock.PROPOSER_ROLE(), proposer);
        _grant(lock.CANCELLER_ROLE(), canceller);
        _grant(lock.EXECUTOR_ROLE(), address(0));
        vm.store(timelock, bytes32(uint256(2)), bytes32(DELAY));
        eq(lock.getMinDelay(), DELAY, "delay");
    }

    /// G1: nobody but the Timelock upgrades, whatever roles it has.
    function test_upgrade_byTimelockOnly() public {
        address implementation = address(new LendingPool());
        address[7] memory proxies = [
            address(registry),
            address(pool),
            address(amm),
            address(aggregator),
            address(documents),
            address(trancheFactory),
            address(vaultFactory)
        ];
        address[4] memory callers = [guardian, ivy, address(this), registryAdmin];
        for (uint256 i = 0; i < proxies.length; ++i) {
            for (uint256 j = 0; j < callers.length; ++j) {
                vm.expectRevert(abi.encodeWithSelector(RwaErrors.TimelockOnly.selector, callers[j]));
                vm.prank(callers[j]);
                UUPSUpgradeable(proxies[i]).upgradeToAndCall(implementation, "");
            }
        }
        vm.expectRevert();
        vm.prank(guardian);
        UpgradeableBeacon(Addresses.TOKEN_BEACON).upgradeTo(implementation);
    }

    function test_implementations_cannotBeInitialised() public {
        SPVRegistry implementation = new SPVRegistry();
        vm.expectRevert();
        implementation.initialize(address(this), address(this));
        LendingPool other = new LendingPool();
        vm.expectRevert();
        other.initialize(address(this), address(this), address(usdc), "", "", rulesOnlyKyc());
        PermissionedToken third = new PermissionedToken();
        vm.expectRevert();
        third.initialize(tokenParams(1), 0, address(this));
    }

    /// G2: an upgrade waits for the delay; state is kept.
    function test_upgrade_throughTheTimelock() public {
        fund(lara, address(pool), 1_000e6);
        vm.prank(lara);
        pool.supply(1_000e6, lara);
        bytes memory call = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (address(new LendingPool()), ""));
        vm.expectRevert();
        vm.prank(guardian);
        lock.schedule(address(pool), 0, call, 0, 0, DELAY);
        vm.startPrank(proposer);
        vm.expectRevert();
        lock.schedule(address(pool), 0, call, 0, 0, DELAY - 1);
        lock.schedule(address(pool), 0, call, 0, 0, DELAY);
        vm.stopPrank();
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert();
        lock.execute(address(pool), 0, call, 0, 0);
        vm.warp(block.timestamp + 1);
        lock.execute(address(pool), 0, call, 0, 0);
        eq(pool.totalAssets(), 1_000e6, "state is kept");
    }

    /// G3.
    function test_cancelledOperation_neverExecutes() public {
        bytes memory call = abi.encodeCall(AccessControlUpgradeable.grantRole, (Roles.RISK, mallory));
        vm.prank(proposer);
        lock.schedule(address(pool), 0, call, 0, 0, DELAY);
        bytes32 id = lock.hashOperation(address(pool), 0, call, 0, 0);
        vm.prank(canceller);
        lock.cancel(id);
        vm.warp(block.timestamp + 10 * DELAY);
        vm.expectRevert();
        lock.execute(address(pool), 0, call, 0, 0);
    }

    /// G1, G4: neither guardian nor anybody else holds administration or risk.
    function test_guardian_hasNoAdministration() public {
        address[5] memory contracts = [address(registry), address(pool), address(amm), address(aggregator), address(documents)];
        for (uint256 i = 0; i < contracts.length; ++i) {
            AccessControlUpgradeable target = AccessControlUpgradeable(contracts[i]);
            isTrue(!target.hasRole(0x00, guardian) && !target.hasRole(Roles.RISK, guardian), "guardian");
            isTrue(!target.hasRole(0x00, address(this)), "builder");
            isTrue(target.hasRole(0x00, timelock), "timelock");
            vm.expectRevert();
            vm.prank(guardian);
            target.grantRole(0x00, guardian);
        }
        vm.expectRevert();
        vm.prank(guardian);
        pool.withdrawReserves(guardian, 0);
    }

    /// AccessControl's roles: slot 0 maps a role to its data, whose first word maps members.
    function _grant(bytes32 role, address account) private {
        bytes32 data = keccak256(abi.encode(role, uint256(0)));
        vm.store(timelock, keccak256(abi.encode(account, data)), bytes32(uint256(1)));
        isTrue(lock.hasRole(role, account), "granted");
    }
}
