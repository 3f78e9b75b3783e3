// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {FACTR} from "../../src/defactor/FACTR.sol";
import {Vesting} from "../../src/defactor/Vesting.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";

contract VestingTest is DefactorTest {
    address private constant treasury = address(0x7EA);

    Vesting private vesting;
    uint64 private start;
    Vesting.VestingSchedule private schedule;
    bytes32 private sibling = keccak256("another leaf");
    bytes32 private root;
    bytes32[] private proof;

    function setUp() public {
        install();
        start = uint64(block.timestamp);
        vesting = new Vesting(timelock, treasury);
        factr.transfer(address(vesting), 10_000e18);
        schedule = Vesting.VestingSchedule(start, start, 365 days, 1 days, alice, address(factr), 500e18, 50e18);
        root = rootOf(leafOf(schedule));
        proof.push(sibling);
        vm.prank(treasury);
        vesting.addValidMerkletreeRoot(root, true);
    }

    function leafOf(Vesting.VestingSchedule memory s) private pure returns (bytes32) {
        bytes memory times = abi.encodePacked(s.cliff, s.start, s.duration, s.secondsPerSlice);
        return keccak256(abi.encodePacked(times, s.beneficiary, s.tokenAddress, s.amount, s.initialAmount));
    }

    function rootOf(bytes32 leaf) private view returns (bytes32) {
        return leaf < sibling ? keccak256(abi.encodePacked(leaf, sibling)) : keccak256(abi.encodePacked(sibling, leaf));
    }

    function releasable() private view returns (uint256) {
        return vesting.getReleasableAmount(schedule, proof);
    }

    function test_story_slices_by_day() public {
        eq(releasable(), 50e18, "the initial amount at once");
        vm.warp(start + 30 days + 1 hours);
        uint256 expected = 50e18 + (uint256(500e18) * 30) / 365;
        eq(releasable(), expected, "thirty whole days");
        vm.prank(alice);
        vesting.release(schedule, proof);
        eq(factr.balanceOf(alice), expected, "paid");
        eq(vesting.getReleasedAmount(schedule, proof), expected, "released");
        vm.prank(alice);
        vm.expectRevert();
        vesting.release(schedule, proof);
        vm.warp(start + 365 days);
        vm.prank(treasury);
        vesting.release(schedule, proof);
        eq(factr.balanceOf(alice), 550e18, "all of it, by the operator");
    }

    function test_story_before_a_cliff_the_initial_amount() public {
        schedule.cliff = start + 31 days;
        vm.prank(treasury);
        vesting.addValidMerkletreeRoot(rootOf(leafOf(schedule)), true);
        vm.warp(start + 30 days);
        eq(releasable(), 50e18, "before the cliff");
        vm.warp(start + 31 days);
        eq(releasable(), 50e18 + (uint256(500e18) * 31) / 365, "after it");
    }

    function test_who_may_release_and_who_is_paid() public {
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(Vesting.NotBeneficiaryOrOperator.selector, bob));
        vesting.release(schedule, proof);
        freezeWallet(alice);
        vm.prank(treasury);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, alice, uint8(2)));
        vesting.release(schedule, proof);
        unfreezeWallet(alice);
        vm.prank(treasury);
        vesting.release(schedule, proof);
        eq(factr.balanceOf(alice), 50e18, "payout waited");
    }

    function test_revoked_and_unknown_release_nothing() public {
        bytes32[] memory leaves = new bytes32[](1);
        leaves[0] = leafOf(schedule);
        vm.prank(treasury);
        vesting.revokeSchedules(root, leaves);
        vm.warp(start + 365 days);
        eq(releasable(), 0, "revoked");
        schedule.amount = 501e18;
        eq(releasable(), 0, "in no root");
        schedule.amount = 500e18;
        schedule.secondsPerSlice = 0;
        vm.prank(treasury);
        vesting.addValidMerkletreeRoot(rootOf(leafOf(schedule)), true);
        eq(releasable(), 0, "no slices");
    }

    function test_one_leaf_in_two_roots_pays_once() public {
        vm.prank(treasury);
        vesting.addValidMerkletreeRoot(leafOf(schedule), true);
        vm.warp(start + 365 days);
        vm.startPrank(alice);
        vesting.release(schedule, proof);
        eq(vesting.getReleasableAmount(schedule, new bytes32[](0)), 0, "released over all roots");
        vm.stopPrank();
    }

    function test_withdrawal_waits_thirty_days() public {
        address[] memory tokens = new address[](1);
        tokens[0] = address(factr);
        vm.expectRevert();
        vesting.requestWithdraw(tokens);
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(Vesting.WithdrawalLocked.selector, address(factr), uint256(0)));
        vesting.withdraw(tokens, bob);
        vesting.requestWithdraw(tokens);
        vm.warp(start + 30 days - 1);
        vm.expectRevert(abi.encodeWithSelector(Vesting.WithdrawalLocked.selector, address(factr), uint256(start) + 30 days));
        vesting.withdraw(tokens, bob);
        vm.warp(start + 30 days);
        vesting.withdraw(tokens, bob);
        eq(factr.balanceOf(bob), 10_000e18, "withdrawn");
        vm.expectRevert();
        vesting.withdraw(tokens, bob);
        vm.stopPrank();
    }

    function test_roles_and_pause() public {
        vm.expectRevert();
        vesting.addValidMerkletreeRoot(bytes32(uint256(1)), true);
        vm.expectRevert();
        vesting.pause();
        vm.prank(timelock);
        vesting.pause();
        vm.prank(alice);
        vm.expectRevert();
        vesting.release(schedule, proof);
    }

    /// E1, E2: vested grows with time and never exceeds both amounts.
    function test_fuzz_vested_is_monotone(uint256 first, uint256 second, uint64 cliff, uint64 duration, uint64 slice) public {
        schedule.cliff = uint64(bound(cliff, start, start + 1000 days));
        schedule.duration = uint64(bound(duration, 0, 1000 days));
        schedule.secondsPerSlice = uint64(bound(slice, 0, 100 days));
        vm.prank(treasury);
        vesting.addValidMerkletreeRoot(rootOf(leafOf(schedule)), true);
        uint256 a = bound(first, start - 10, start + 1500 days);
        uint256 b = bound(second, a, start + 1500 days);
        vm.warp(a);
        uint256 before = releasable();
        vm.warp(b);
        le(before, releasable(), "monotone");
        le(releasable(), 550e18, "at most both amounts");
    }

    function test_a_pause_is_lifted_by_who_may_set_it() public {
        vm.prank(timelock);
        vesting.pause();
        vm.prank(mallory);
        vm.expectRevert();
        vesting.unpause();
        vm.prank(timelock);
        vesting.unpause();
        vm.prank(alice);
        vesting.release(schedule, proof);
        eq(factr.balanceOf(alice), 50e18, "open again");
    }
}

/// Three schedules, each alone in its root, that are released, revoked, made invalid and valid again.
contract VestingHandler is Test {
    Vesting private immutable vesting;
    FACTR private immutable factr;
    address private immutable admin;
    address private immutable treasury;
    address[3] private beneficiaries;
    Vesting.VestingSchedule[3] private schedules;
    uint256[3] private released;
    uint256[3] private lastVested;
    bool[3] private isRevoked;
    uint256 private requestedAt;
    bool public isOverpaid;
    bool public isVestedLowered;
    bool public isUnvestedReleased;
    bool public isWithdrawnEarly;

    constructor(Vesting vesting_, FACTR factr_, address admin_, address treasury_, address[3] memory beneficiaries_) {
        (vesting, factr, admin, treasury, beneficiaries) = (vesting_, factr_, admin_, treasury_, beneficiaries_);
        uint64 start = uint64(block.timestamp);
        for (uint64 i; i < 3; ++i) {
            (uint64 begin, uint64 cliff) = (start + i * 10 days, start + i * 20 days);
            schedules[i] = Vesting.VestingSchedule(cliff, begin, 200 days, 1 days + i, beneficiaries[i], address(factr), 500e18, i * 50e18);
        }
    }

    /// E1, E3: to its beneficiary, or by the operator.
    function release(uint256 i, bool isOperator) external {
        i = i % 3;
        bytes32 root = leafOf(i);
        bool isDue = vesting.validRoots(root) && !isRevoked[i];
        uint256 due = vesting.getReleasableAmount(schedules[i], new bytes32[](0));
        if (!isDue && due != 0) isUnvestedReleased = true;
        uint256 before = factr.balanceOf(beneficiaries[i]);
        vm.prank(isOperator ? treasury : beneficiaries[i]);
        vesting.release(schedules[i], new bytes32[](0));
        released[i] += factr.balanceOf(beneficiaries[i]) - before;
        if (!isDue) isUnvestedReleased = true;
        if (released[i] > vestedOf(schedules[i])) isOverpaid = true;
    }

    /// More often valid than not.
    function setRoot(uint256 i, uint256 value) external {
        vm.prank(treasury);
        vesting.addValidMerkletreeRoot(leafOf(i % 3), value % 4 != 0);
    }

    /// Rarely, for it is for ever.
    function revoke(uint256 i) external {
        if (i % 12 != 0) return;
        i = (i / 12) % 3;
        bytes32[] memory leaves = new bytes32[](1);
        leaves[0] = leafOf(i);
        vm.prank(treasury);
        vesting.revokeSchedules(leafOf(i), leaves);
        isRevoked[i] = true;
    }

    function requestWithdraw() external {
        vm.prank(admin);
        vesting.requestWithdraw(tokens());
        requestedAt = block.timestamp;
    }

    /// E4: at once, or after its time; the treasury then pays in again.
    function withdraw(bool isPatient) external {
        if (isPatient) vm.warp(block.timestamp + 30 days);
        uint256 amount = factr.balanceOf(address(vesting));
        vm.prank(admin);
        vesting.withdraw(tokens(), treasury);
        if (requestedAt == 0 || block.timestamp < requestedAt + 30 days) isWithdrawnEarly = true;
        requestedAt = 0;
        vm.prank(treasury);
        factr.transfer(address(vesting), amount);
    }

    /// E2: what is vested, released and releasable, grows while the leaf is valid.
    function pass(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 15 days));
        for (uint256 i; i < 3; ++i) {
            if (!vesting.validRoots(leafOf(i)) || isRevoked[i]) continue;
            uint256 vested = vesting.releasedOf(leafOf(i)) + vesting.getReleasableAmount(schedules[i], new bytes32[](0));
            if (vested < lastVested[i]) isVestedLowered = true;
            if (vested != vestedOf(schedules[i])) isOverpaid = true;
            lastVested[i] = vested;
        }
    }

    /// The specification's formula.
    function vestedOf(Vesting.VestingSchedule memory s) private view returns (uint256) {
        if (block.timestamp < s.start) return 0;
        if (block.timestamp < s.cliff) return s.initialAmount;
        if (block.timestamp >= s.start + s.duration) return s.initialAmount + s.amount;
        uint256 elapsed = ((block.timestamp - s.start) / s.secondsPerSlice) * s.secondsPerSlice;
        return s.initialAmount + (s.amount * elapsed) / s.duration;
    }

    function leafOf(uint256 i) private view returns (bytes32) {
        Vesting.VestingSchedule memory s = schedules[i];
        bytes memory times = abi.encodePacked(s.cliff, s.start, s.duration, s.secondsPerSlice);
        return keccak256(abi.encodePacked(times, s.beneficiary, s.tokenAddress, s.amount, s.initialAmount));
    }

    function tokens() private view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(factr);
    }
}

contract VestingInvariants is DefactorTest {
    VestingHandler private handler;

    function setUp() public {
        install();
        Vesting vesting = new Vesting(timelock, address(0x7EA));
        factr.transfer(address(vesting), 10_000e18);
        handler = new VestingHandler(vesting, factr, timelock, address(0x7EA), [alice, bob, lara]);
        target(address(handler));
    }

    /// E1, E2, E3, E4.
    function invariant_nothing_unvested_leaves() public view {
        isTrue(!handler.isOverpaid(), "E1");
        isTrue(!handler.isVestedLowered(), "E2");
        isTrue(!handler.isUnvestedReleased(), "E3");
        isTrue(!handler.isWithdrawnEarly(), "E4");
    }
}
