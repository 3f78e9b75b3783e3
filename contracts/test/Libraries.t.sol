// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Kyc} from "../src/common/Kyc.sol";
import {Oracle} from "../src/common/Oracle.sol";
import {Platform} from "./base/Platform.sol";

contract LibrariesTest is Platform {
    function setUp() public {
        installPlatform();
    }

    function test_identityKey_isTheIdentity_orTheAccountItself() public view {
        eq(Kyc.identityKey(alice), idOf(alice), "identity");
        eq(Kyc.identityKey(mallory), bytes32(uint256(uint160(mallory))), "account");
    }

    /// Rounded down, in 18 decimals of the feed's currency.
    function test_value_ofAnAmount() public {
        eq(Oracle.value(2.5e18, 18, NAV), 250e18, "two and a half tokens");
        eq(Oracle.value(1, 6, NAV), 100e12, "a unit of six decimals");
        report(NAV, 33_333_333);
        eq(Oracle.value(1, 18, NAV), 0, "less than a unit");
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert();
        this.valueOf(1e18);
    }

    function test_valueOrZero_neverReverts() public {
        eq(Oracle.valueOrZero(NAV, 6), 100e6, "fresh");
        vm.warp(block.timestamp + 2 days);
        eq(Oracle.valueOrZero(NAV, 6), 0, "stale");
        eq(Oracle.valueOrZero("none", 6), 0, "unknown");
    }

    function valueOf(uint256 amount) external view returns (uint256) {
        return Oracle.value(amount, 18, NAV);
    }
}
