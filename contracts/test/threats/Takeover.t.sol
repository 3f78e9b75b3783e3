// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockControllerUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";
import {AssetFactory} from "../../src/assets/AssetFactory.sol";
import {Roles} from "../../src/common/Roles.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {AdminPools} from "../../src/defactor/AdminPools.sol";
import {Buyback} from "../../src/defactor/Buyback.sol";
import {DefactorGovernor} from "../../src/defactor/DefactorGovernor.sol";
import {ERC20CollateralPoolV2} from "../../src/defactor/ERC20CollateralPoolV2.sol";
import {Pools} from "../../src/defactor/Pools.sol";
import {PoolsBase} from "../../src/defactor/PoolsBase.sol";
import {SdkContract} from "../../src/defactor/SdkContract.sol";
import {StakingExpiration} from "../../src/defactor/StakingExpiration.sol";
import {StakingV1} from "../../src/defactor/StakingV1.sol";
import {StakingV2} from "../../src/defactor/StakingV2.sol";
import {Timelock} from "../../src/governance/Timelock.sol";
import {DefactorTest} from "../defactor/DefactorTest.sol";

/// Takeover of Defactor's upgradeable contracts, and what is left when their keys are lost. The implementations hold no state of their own.
contract TakeoverTest is DefactorTest {
    address[] private proxies;
    address[] private implementations;
    bytes[] private calls;
    uint48 private start;

    function setUp() public {
        install();
        start = uint48(block.timestamp);
        address[] memory vaults = new address[](4);
        (vaults[0], vaults[1], vaults[2], vaults[3]) = (alice, bob, lara, ivy);
        _add(address(new AssetFactory()), abi.encodeCall(AssetFactory.initialize, (timelock, guardian)));
        _add(address(new Pools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))));
        _add(address(new AdminPools()), abi.encodeCall(PoolsBase.__Pools_init, (address(usdc))));
        _add(address(new StakingV1()), abi.encodeCall(StakingV1.__Staking_init, (timelock, address(factr), start + 1 days, start + 1 days)));
        _add(
            address(new StakingExpiration()),
            abi.encodeCall(StakingExpiration.__Staking_init, (timelock, address(factr), start + 1 days, start + 1 days))
        );
        _add(address(new StakingV2()), abi.encodeCall(StakingV2.__Staking_init, (timelock)));
        _add(
            address(new ERC20CollateralPoolV2()),
            abi.encodeCall(
                ERC20CollateralPoolV2.__ERC20CollateralPool_init,
                (timelock, address(usdc), address(1), address(0), new ERC20CollateralPoolV2.InitPool[](0))
            )
        );
        _add(
            address(new Buyback()),
            abi.encodeCall(Buyback.initialize, (guardian, 7 days, vaults, 300, address(1), address(factr), address(usdc), address(2), address(1)))
        );
        _add(
            address(new DefactorGovernor()),
            abi.encodeCall(DefactorGovernor.initialize, (factr, TimelockControllerUpgradeable(payable(timelock))))
        );
    }

    function test_defactor_upgrade_byTimelockOnly() public {
        address[4] memory callers = [guardian, ivy, address(this), mallory];
        for (uint256 i; i < proxies.length; ++i) {
            for (uint256 j; j < callers.length; ++j) {
                vm.expectRevert(abi.encodeWithSelector(RwaErrors.TimelockOnly.selector, callers[j]));
                vm.prank(callers[j]);
                UUPSUpgradeable(proxies[i]).upgradeToAndCall(implementations[i], "");
            }
            vm.prank(timelock);
            UUPSUpgradeable(proxies[i]).upgradeToAndCall(implementations[i], "");
        }
    }

    /// Neither the proxy, a second time, nor the implementation, ever, is initialised; and an implementation is no proxy to upgrade.
    function test_defactor_initialisers_runOnce_andNeverOnImplementations() public {
        for (uint256 i; i < proxies.length; ++i) {
            address[2] memory targets = [proxies[i], implementations[i]];
            for (uint256 j; j < 2; ++j) {
                vm.prank(timelock);
                (bool isDone, bytes memory data) = targets[j].call(calls[i]);
                isTrue(!isDone && bytes4(data) == Initializable.InvalidInitialization.selector, "initialised once");
            }
            vm.expectRevert(UUPSUpgradeable.UUPSUnauthorizedCallContext.selector);
            vm.prank(timelock);
            UUPSUpgradeable(implementations[i]).upgradeToAndCall(implementations[i], "");
        }
    }

    /// A pauser that refuses is replaced by the Timelock; it could never grant anything itself.
    function test_defactor_pauserThatRefuses_isReplacedByTheTimelock() public {
        for (uint256 i = 1; i < 7; ++i) {
            SdkContract target = SdkContract(proxies[i]);
            vm.prank(timelock);
            target.grantRole(Roles.PAUSER, guardian);
            vm.startPrank(guardian);
            target.pause();
            vm.expectRevert();
            target.grantRole(0x00, guardian);
            vm.stopPrank();
            vm.startPrank(timelock);
            target.revokeRole(Roles.PAUSER, guardian);
            target.unpause();
            vm.stopPrank();
            vm.expectRevert();
            vm.prank(guardian);
            target.pause();
            isTrue(!target.paused(), "open again");
        }
    }

    /// Everybody's keys lost: stakes still come back.
    function test_staking_adminGone_principalComesBack() public {
        StakingV2 staking = StakingV2(proxies[5]);
        vm.startPrank(timelock);
        staking.addPlan(address(factr), address(factr), 1_000_000e18, 1e18, 1e18, start + 365 days, start + 4 * 365 days, 30 days, 1250, 0);
        staking.renounceRole(0x00, timelock);
        vm.stopPrank();
        factr.transfer(alice, 1_000e18);
        vm.startPrank(alice);
        factr.approve(address(staking), 1_000e18);
        staking.stake(0, 1_000e18);
        vm.warp(start + 30 days);
        staking.unstake(0);
        vm.stopPrank();
        eq(factr.balanceOf(alice), 1_000e18, "principal");
    }

    /// A proposal that names its proposer cannot be submitted, and cancelled, by somebody who saw it first.
    function test_governor_namedProposal_cannotBeFrontRun() public {
        DefactorGovernor governor = DefactorGovernor(payable(proxies[8]));
        factr.transfer(alice, 200_000e18);
        factr.transfer(mallory, 200_000e18);
        vm.prank(alice);
        factr.delegate(alice);
        vm.prank(mallory);
        factr.delegate(mallory);
        vm.warp(block.timestamp + 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory data) = (new address[](1), new uint256[](1), new bytes[](1));
        targets[0] = proxies[5];
        string memory text = "raise #proposer=0x000000000000000000000000000000000000a008";
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, mallory));
        vm.prank(mallory);
        governor.propose(targets, values, data, text);
        vm.prank(alice);
        uint256 id = governor.propose(targets, values, data, text);
        eq(governor.proposalProposer(id), alice, "alice's");
    }

    /// Votes count from before the proposal: tokens borrowed for the vote bring none.
    function test_governor_votesBoughtAfterTheProposal_countNothing() public {
        DefactorGovernor governor = DefactorGovernor(payable(proxies[8]));
        factr.transfer(alice, 200_000e18);
        vm.prank(alice);
        factr.delegate(alice);
        vm.warp(block.timestamp + 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory data) = (new address[](1), new uint256[](1), new bytes[](1));
        targets[0] = proxies[5];
        vm.prank(alice);
        uint256 id = governor.propose(targets, values, data, "raise");
        vm.warp(block.timestamp + 1 days + 1);
        factr.transfer(bob, 50_000_000e18);
        vm.startPrank(bob);
        factr.delegate(bob);
        eq(governor.castVote(id, 1), 0, "no weight");
        vm.stopPrank();
    }

    /// The Timelock administers itself; a proposer changes neither roles nor delay directly.
    function test_timelock_isItsOwnAdministrator() public {
        address[] memory proposers = new address[](1);
        address[] memory executors = new address[](1);
        proposers[0] = ivy;
        Timelock lock = new Timelock(2 days, proposers, executors, address(0));
        isTrue(lock.hasRole(0x00, address(lock)) && !lock.hasRole(0x00, ivy), "administrator");
        bytes32 role = lock.PROPOSER_ROLE();
        vm.startPrank(ivy);
        vm.expectRevert();
        lock.grantRole(role, mallory);
        vm.expectRevert();
        lock.updateDelay(0);
        bytes memory call = abi.encodeCall(lock.updateDelay, (0));
        lock.schedule(address(lock), 0, call, 0, 0, 2 days);
        vm.expectRevert();
        lock.execute(address(lock), 0, call, 0, 0);
        vm.stopPrank();
        // Executing by anyone is open, and re-entering an operation finds it not ready any more.
        vm.warp(block.timestamp + 2 days);
        vm.prank(mallory);
        lock.execute(address(lock), 0, call, 0, 0);
        vm.expectRevert();
        lock.execute(address(lock), 0, call, 0, 0);
        eq(lock.getMinDelay(), 0, "as scheduled");
    }

    function _add(address implementation, bytes memory call) private {
        implementations.push(implementation);
        proxies.push(proxy(implementation, call, timelock));
        calls.push(call);
    }
}
