// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// Checks that revert, so that any runner sees a failure.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address[] private _targets;

    error NotTrue(string what);
    error NotEqual(uint256 actual, uint256 expected, string what);
    error NotBelow(uint256 actual, uint256 limit, string what);

    /// Contracts whose functions an invariant test calls at random.
    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    function target(address handler) internal {
        _targets.push(handler);
    }

    function isTrue(bool value, string memory what) internal pure {
        if (!value) revert NotTrue(what);
    }

    function eq(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(actual, expected, what);
    }

    function eq(address actual, address expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(uint160(actual), uint160(expected), what);
    }

    function eq(bytes32 actual, bytes32 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(uint256(actual), uint256(expected), what);
    }

    function le(uint256 actual, uint256 limit, string memory what) internal pure {
        if (actual > limit) revert NotBelow(actual, limit, what);
    }

    function ge(uint256 actual, uint256 floor, string memory what) internal pure {
        if (actual < floor) revert NotBelow(floor, actual, what);
    }

    function near(uint256 actual, uint256 expected, uint256 tolerance, string memory what) internal pure {
        uint256 distance = actual > expected ? actual - expected : expected - actual;
        if (distance > tolerance) revert NotEqual(actual, expected, what);
    }

    /// `seed` folded into low…high.
    function bound(uint256 seed, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + (seed % (high - low + 1));
    }
}
