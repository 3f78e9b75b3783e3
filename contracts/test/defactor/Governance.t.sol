// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockControllerUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {DefactorGovernor} from "../../src/defactor/DefactorGovernor.sol";
import {FACTR} from "../../src/defactor/FACTR.sol";
import {StakingV2} from "../../src/defactor/StakingV2.sol";
import {Timelock} from "../../src/governance/Timelock.sol";
import {Test} from "../base/Test.sol";
import {DefactorTest} from "./DefactorTest.sol";

contract GovernanceTest is DefactorTest {
    DefactorGovernor private governor;
    StakingV2 private staking;
    address private next;

    function setUp() public {
        install();
        address[] memory none = new address[](0);
        address[] memory anyone = new address[](1);
        vm.etch(timelock, address(new Timelock(2 days, none, anyone, address(0))).code);
        // The code alone moved: the Timelock administers itself, as the constructor would have set it there.
        bytes32 admin = keccak256(abi.encode(timelock, keccak256(abi.encode(bytes32(0), uint256(0)))));
        vm.store(timelock, admin, bytes32(uint256(1)));
        vm.store(timelock, bytes32(uint256(2)), bytes32(uint256(2 days)));
        bytes memory call = abi.encodeCall(DefactorGovernor.initialize, (factr, TimelockControllerUpgradeable(payable(timelock))));
        governor = DefactorGovernor(payable(proxy(address(new DefactorGovernor()), call, timelock)));
        Timelock lock = Timelock(payable(timelock));
        vm.startPrank(timelock);
        lock.grantRole(lock.PROPOSER_ROLE(), address(governor));
        lock.grantRole(lock.EXECUTOR_ROLE(), address(0));
        vm.stopPrank();
        staking = StakingV2(proxy(address(new StakingV2()), abi.encodeCall(StakingV2.__Staking_init, (timelock)), timelock));
        next = address(new StakingV2());
        factr.transfer(alice, 13_000_000e18);
        factr.transfer(mallory, 13_000_000e18);
        vm.prank(alice);
        factr.delegate(alice);
        vm.prank(mallory);
        factr.delegate(mallory);
        vm.warp(block.timestamp + 1);
    }

    function proposal() private view returns (address[] memory targets, uint256[] memory values, bytes[] memory calls) {
        (targets, values, calls) = (new address[](1), new uint256[](1), new bytes[](1));
        targets[0] = address(staking);
        calls[0] = abi.encodeCall(staking.upgradeToAndCall, (next, ""));
    }

    function test_story_an_upgrade_by_vote_and_delay() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = proposal();
        vm.prank(alice);
        uint256 id = governor.propose(targets, values, calls, "upgrade");
        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.NotEligible.selector, mallory, uint8(1)));
        governor.castVote(id, 1);
        vm.prank(alice);
        governor.castVote(id, 1);
        vm.warp(block.timestamp + 5 days);
        governor.queue(targets, values, calls, keccak256("upgrade"));
        vm.warp(block.timestamp + 2 days - 1);
        vm.expectRevert();
        governor.execute(targets, values, calls, keccak256("upgrade"));
        vm.warp(block.timestamp + 1);
        governor.execute(targets, values, calls, keccak256("upgrade"));
        eq(uint256(governor.state(id)), 7, "executed");
    }

    function test_a_small_holder_cannot_propose() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = proposal();
        vm.prank(bob);
        vm.expectRevert();
        governor.propose(targets, values, calls, "upgrade");
    }

    function test_a_missed_quorum_defeats() public {
        factr.transfer(bob, 200_000e18);
        vm.prank(bob);
        factr.delegate(bob);
        vm.warp(block.timestamp + 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = proposal();
        vm.prank(bob);
        uint256 id = governor.propose(targets, values, calls, "upgrade");
        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(bob);
        governor.castVote(id, 1);
        vm.warp(block.timestamp + 5 days);
        eq(uint256(governor.state(id)), 3, "defeated");
    }

    function test_the_settings_of_the_specification() public view {
        eq(governor.votingDelay(), 1 days, "delay");
        eq(governor.votingPeriod(), 5 days, "period");
        eq(governor.proposalThreshold(), 100_000e18, "threshold");
        eq(governor.quorum(block.timestamp - 1), 12_000_000e18, "quorum");
        eq(governor.lateQuorumVoteExtension(), 1 days, "late quorum");
        isTrue(governor.voterEligibilityRequired(), "eligible voters");
    }

    function test_only_a_proposal_switches_eligibility() public {
        vm.prank(alice);
        vm.expectRevert();
        governor.setVoterEligibilityRequired(false);
    }

    function test_allowances_go_up_and_down() public {
        factr.increaseAllowance(bob, 5);
        factr.decreaseAllowance(bob, 2);
        eq(factr.allowance(address(this), bob), 3, "allowance");
        vm.expectRevert();
        factr.decreaseAllowance(bob, 4);
    }

    function test_a_proposal_switches_eligibility_after_vote_and_delay() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = (new address[](1), new uint256[](1), new bytes[](1));
        targets[0] = address(governor);
        calls[0] = abi.encodeCall(governor.setVoterEligibilityRequired, (false));
        vm.prank(alice);
        uint256 id = governor.propose(targets, values, calls, "open the vote");
        isTrue(governor.proposalNeedsQueuing(id), "queued in the Timelock");
        eq(governor.proposalDeadline(id), block.timestamp + 6 days, "deadline");
        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(alice);
        governor.castVote(id, 1);
        vm.warp(block.timestamp + 5 days);
        governor.queue(targets, values, calls, keccak256("open the vote"));
        vm.warp(block.timestamp + 2 days);
        governor.execute(targets, values, calls, keccak256("open the vote"));
        isTrue(!governor.voterEligibilityRequired(), "open");
        (targets, values, calls) = proposal();
        vm.prank(alice);
        id = governor.propose(targets, values, calls, "next");
        vm.warp(block.timestamp + 1 days + 1);
        vm.prank(mallory);
        governor.castVote(id, 0);
    }

    function test_a_late_quorum_extends_the_vote() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = proposal();
        vm.prank(alice);
        uint256 id = governor.propose(targets, values, calls, "upgrade");
        uint256 planned = governor.proposalDeadline(id);
        vm.warp(planned - 1 hours);
        vm.prank(alice);
        governor.castVote(id, 1);
        eq(governor.proposalDeadline(id), planned - 1 hours + 1 days, "a day more");
    }

    function test_its_proposer_cancels_before_the_vote() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = proposal();
        vm.prank(alice);
        uint256 id = governor.propose(targets, values, calls, "upgrade");
        vm.prank(mallory);
        vm.expectRevert();
        governor.cancel(targets, values, calls, keccak256("upgrade"));
        vm.prank(alice);
        governor.cancel(targets, values, calls, keccak256("upgrade"));
        eq(uint256(governor.state(id)), 2, "canceled");
    }

    function test_what_the_token_tells() public {
        eq(keccak256(bytes(factr.CLOCK_MODE())), keccak256("mode=timestamp"), "clock mode");
        eq(factr.nonces(alice), 0, "nonce");
        isTrue(factr.supportsInterface(type(IERC20).interfaceId), "ERC-20");
        isTrue(factr.supportsInterface(type(IERC20Permit).interfaceId), "permit");
        isTrue(factr.supportsInterface(type(IVotes).interfaceId), "votes");
        isTrue(!factr.supportsInterface(0xffffffff), "nothing else");
    }

    function test_a_permit_spends_its_nonce() public {
        uint256 key = 0xA11CE;
        address owner = vm.addr(key);
        bytes32 typehash = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 digest = keccak256(
            abi.encodePacked(hex"1901", factr.DOMAIN_SEPARATOR(), keccak256(abi.encode(typehash, owner, bob, 5, 0, block.timestamp)))
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        factr.permit(owner, bob, 5, block.timestamp, v, r, s);
        eq(factr.allowance(owner, bob), 5, "allowance");
        eq(factr.nonces(owner), 1, "spent");
        vm.expectRevert();
        factr.permit(owner, bob, 5, block.timestamp, v, r, s);
    }
}

contract FactrHandler is Test {
    FACTR private immutable factr;
    address[3] private users;
    bool public isSupplyRaised;

    /// F1.
    modifier raisesNothing() {
        uint256 supply = factr.totalSupply();
        _;
        if (factr.totalSupply() > supply) isSupplyRaised = true;
    }

    constructor(FACTR factr_, address[3] memory users_) {
        (factr, users) = (factr_, users_);
    }

    function move(uint256 from, uint256 to, uint256 amount) external raisesNothing {
        address sender = users[from % 3];
        amount = bound(amount, 0, factr.balanceOf(sender));
        vm.prank(sender);
        factr.transfer(users[to % 3], amount);
    }

    function delegate(uint256 who, uint256 to) external raisesNothing {
        vm.prank(users[who % 3]);
        factr.delegate(to % 4 == 3 ? address(0) : users[to % 3]);
    }

    function burn(uint256 who, uint256 amount) external raisesNothing {
        address user = users[who % 3];
        amount = bound(amount, 0, factr.balanceOf(user) / 2);
        vm.prank(user);
        factr.burn(amount);
    }

    function pass(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 1 days));
    }
}

contract FactrInvariants is DefactorTest {
    address[3] private users;
    FactrHandler private handler;

    function setUp() public {
        install();
        users = [alice, bob, lara];
        for (uint256 i; i < 3; ++i) factr.transfer(users[i], 100_000_000e18);
        handler = new FactrHandler(factr, users);
        target(address(handler));
    }

    /// F1: the supply never rises.
    function invariant_supply_never_rises() public view {
        isTrue(!handler.isSupplyRaised(), "F1");
        le(factr.totalSupply(), 300_000_000e18, "nothing beyond the first supply");
    }

    /// F2: votes are the balances delegated.
    function invariant_votes_are_delegated_balances() public view {
        uint256 votes;
        uint256 delegated;
        for (uint256 i; i < 3; ++i) {
            votes += factr.getVotes(users[i]);
            if (factr.delegates(users[i]) != address(0)) delegated += factr.balanceOf(users[i]);
        }
        eq(votes, delegated, "F2");
    }
}
