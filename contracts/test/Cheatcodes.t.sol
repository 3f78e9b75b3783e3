// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "./base/Test.sol";

contract Subject {
    event Seen(address indexed who, uint256 indexed what, uint256 value);

    error Bad(uint256 code);

    address public immutable creator = msg.sender;
    uint256 public value = 1;

    constructor(bool fails) payable {
        if (fails) revert Bad(7);
    }

    function pay() external payable {}

    function who() external view returns (address) {
        return msg.sender;
    }

    function whoThroughMe() external view returns (address) {
        return this.who();
    }

    function set(uint256 value_) external returns (uint256) {
        emit Seen(address(this), 0, value);
        value = value_;
        emit Seen(msg.sender, 1, value_);
        return value_;
    }

    /// Clears a slot, for which gas comes back, before it fails.
    function clearAndFail(uint256 code) external returns (uint256) {
        value = 0;
        revert Bad(code);
    }

    function say(string calldata text) external pure {
        require(bytes(text).length == 0, text);
    }

    function sayNothing() external pure {
        assembly {
            revert(0, 0)
        }
    }
}

/// What the cheatcodes do. A runner finds `test…` true; each `fails_…` must fail, which no `forge test` looks at: a runner's own tests do.
contract CheatcodesTest is Test {
    event Seen(address indexed who, uint256 indexed what, uint256 value);

    address private constant alice = address(0xA1);
    address private constant bob = address(0xB0);

    Subject private subject;

    function setUp() public {
        subject = new Subject(false);
        vm.warp(1_800_000_000);
    }

    function test_prank_names_the_caller_of_one_call() public {
        vm.prank(alice);
        eq(subject.who(), alice, "first");
        eq(subject.who(), address(this), "second");
    }

    function test_prank_does_not_reach_calls_of_the_callee() public {
        vm.prank(alice);
        eq(subject.whoThroughMe(), address(subject), "inner");
    }

    function test_startPrank_lasts_until_stopPrank() public {
        vm.startPrank(alice);
        eq(subject.who(), alice, "first");
        eq(subject.who(), alice, "second");
        vm.startPrank(bob);
        eq(subject.who(), bob, "replaced");
        vm.stopPrank();
        eq(subject.who(), address(this), "stopped");
    }

    function test_prank_names_the_creator_whose_nonce_counts() public {
        vm.startPrank(alice);
        Subject first = new Subject(false);
        Subject second = new Subject(false);
        vm.stopPrank();
        eq(first.creator(), alice, "creator");
        isTrue(address(first) != address(second), "nonce");
    }

    function test_prank_makes_its_account_pay() public {
        vm.deal(alice, 3);
        vm.prank(alice);
        subject.pay{value: 1}();
        vm.prank(alice);
        new Subject{value: 2}(false);
        eq(alice.balance, 0, "alice");
        eq(address(subject).balance, 1, "subject");
    }

    /// No check: the gas tells whether the account was cold.
    function test_prank_warms_its_account() public {
        vm.prank(bob);
        eq(bob.balance, 0, "balance");
        subject.who();
    }

    function test_time_and_height_stand_where_they_are_put() public {
        eq(block.timestamp, 1_800_000_000, "of setUp");
        vm.warp(5);
        vm.roll(77);
        eq(block.timestamp, 5, "timestamp");
        eq(block.number, 77, "number");
    }

    function test_code_storage_and_balance_are_put() public {
        vm.etch(alice, address(subject).code);
        vm.store(alice, bytes32(0), bytes32(uint256(9)));
        vm.deal(alice, 4);
        eq(Subject(alice).value(), 9, "value");
        eq(alice.balance, 4, "balance");
        vm.store(alice, bytes32(0), bytes32(0));
        eq(Subject(alice).value(), 0, "cleared");
    }

    function test_signatures_recover_to_their_address() public pure {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(42, keccak256("digest"));
        eq(ecrecover(keccak256("digest"), v, r, s), vm.addr(42), "signer");
    }

    function test_expectRevert_takes_a_failure_and_its_refund() public {
        vm.expectRevert();
        eq(subject.clearAndFail(1), 0, "zeros are returned");
        eq(subject.value(), 1, "undone");
        vm.expectRevert(abi.encodeWithSelector(Subject.Bad.selector, 2));
        subject.clearAndFail(2);
        vm.expectRevert(bytes("no"));
        subject.say("no");
        vm.expectRevert(abi.encodeWithSignature("Error(string)", "no"));
        subject.say("no");
        vm.expectRevert(bytes(""));
        subject.sayNothing();
    }

    function test_expectRevert_takes_a_failed_creation() public {
        vm.expectRevert(abi.encodeWithSelector(Subject.Bad.selector, 7));
        Subject created = new Subject(true);
        eq(address(created), address(1), "stand-in");
    }

    function test_expectRevert_waits_for_the_call_after_prank() public {
        vm.expectRevert();
        vm.prank(alice);
        subject.clearAndFail(1);
        eq(subject.who(), address(this), "used up");
    }

    function test_expectEmit_finds_its_log_among_others() public {
        vm.expectEmit(true, true, true, true);
        emit Seen(address(this), 1, 5);
        eq(subject.set(5), 5, "result");
    }

    function test_expectEmit_compares_what_it_is_told() public {
        vm.expectEmit(false, true, false, false);
        emit Seen(bob, 1, 6);
        subject.set(5);
    }

    function test_expectEmit_takes_logs_in_order() public {
        vm.expectEmit(true, true, true, true);
        emit Seen(address(subject), 0, 1);
        vm.expectEmit(true, true, true, true);
        emit Seen(address(this), 1, 5);
        subject.set(5);
    }

    function fails_a_check() public view {
        eq(subject.value(), 2, "value");
    }

    function fails_prank_of_another_depth() public {
        vm.prank(alice);
        eq(subject.whoThroughMe(), alice, "inner");
    }

    function fails_prank_before_the_last_is_used() public {
        vm.prank(alice);
        vm.prank(bob);
    }

    function fails_prank_within_startPrank() public {
        vm.startPrank(alice);
        subject.who();
        vm.prank(bob);
    }

    function fails_expectRevert_of_a_success() public {
        vm.expectRevert();
        subject.set(1);
    }

    function fails_expectRevert_of_a_creation_that_succeeds() public {
        vm.expectRevert();
        new Subject(false);
    }

    function fails_expectRevert_with_other_data() public {
        vm.expectRevert(abi.encodeWithSelector(Subject.Bad.selector, 1));
        subject.clearAndFail(2);
    }

    function fails_expectRevert_with_the_selector_alone() public {
        vm.expectRevert(Subject.Bad.selector);
        subject.clearAndFail(2);
    }

    function fails_expectRevert_with_another_text() public {
        vm.expectRevert(bytes("yes"));
        subject.say("no");
    }

    function fails_expectRevert_of_nothing() public {
        vm.expectRevert(bytes("text"));
        subject.sayNothing();
    }

    function fails_expectRevert_without_a_call() public {
        vm.expectRevert();
    }

    function fails_expectRevert_by_a_check_of_its_own() public {
        vm.expectRevert();
        isTrue(false, "own");
    }

    function fails_expectRevert_twice() public {
        vm.expectRevert();
        vm.expectRevert();
        subject.sayNothing();
    }

    function fails_expectEmit_with_other_data() public {
        vm.expectEmit(true, true, true, true);
        emit Seen(address(this), 1, 6);
        subject.set(5);
    }

    function fails_expectEmit_with_another_topic() public {
        vm.expectEmit(true, true, true, true);
        emit Seen(alice, 1, 5);
        subject.set(5);
    }

    function fails_expectEmit_in_another_order() public {
        vm.expectEmit(true, true, true, true);
        emit Seen(address(this), 1, 5);
        vm.expectEmit(true, true, true, true);
        emit Seen(address(subject), 0, 1);
        subject.set(5);
    }

    function fails_expectEmit_without_a_call() public {
        vm.expectEmit(true, true, true, true);
        emit Seen(address(this), 1, 5);
    }

    function fails_an_unknown_cheatcode() public {
        (bool ok, ) = address(vm).call(abi.encodeWithSignature("noSuchCheatcode()"));
        isTrue(ok, "unknown");
    }
}

contract LastingPrankTest is Test {
    Subject private subject;

    function setUp() public {
        subject = new Subject(false);
        vm.startPrank(address(0xA1));
    }

    function test_a_prank_of_setUp_lasts() public {
        eq(subject.who(), address(0xA1), "who");
        eq(address(0xA1).balance, 0, "balance");
        vm.stopPrank();
        eq(subject.who(), address(this), "stopped");
    }
}

contract Counter {
    uint256 public count;

    function add(uint8 by) external {
        count += by;
    }

    function refuse() external {
        count = 0;
        revert();
    }
}

/// An invariant that holds and one that soon does not; forge looks at neither.
contract CounterSequences is Test {
    Counter private counter;

    function setUp() public {
        counter = new Counter();
        target(address(counter));
    }

    function holds() public view {
        le(counter.count(), type(uint128).max, "count");
    }

    function breaks() public view {
        le(counter.count(), 100, "count");
    }
}
