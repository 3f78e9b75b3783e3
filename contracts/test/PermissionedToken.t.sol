// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Platform} from "./base/Platform.sol";

contract PermissionedTokenTest is Platform {
    function setUp() public {
        installPlatform();
        installToken(rulesOnlyKyc(), 1_000_000e18);
    }

    function test_transfer_betweenEligibleHolders() public {
        give(alice, 100e18);
        vm.prank(alice);
        token.transfer(bob, 40e18);
        eq(token.balanceOf(bob), 40e18, "balance");
    }
}
