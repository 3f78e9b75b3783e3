// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AssetToken} from "../src/assets/AssetToken.sol";
import {ERC20Factory} from "../src/assets/ERC20Factory.sol";
import {WDFC} from "../src/assets/WDFC.sol";
import {Roles} from "../src/common/Roles.sol";
import {PermissionedToken} from "../src/token/PermissionedToken.sol";
import {Platform} from "./base/Platform.sol";

contract AssetsTest is Platform {
    function setUp() public {
        installPlatform();
    }

    function test_deploySuite_mintsAndDropsItsRoles() public {
        vm.prank(ivy);
        PermissionedToken gold = PermissionedToken(assetFactory.deploySuite(tokenParams(1_000e18), rulesOnlyKyc(), "gold", 400e18));
        eq(gold.balanceOf(ivy), 400e18, "starting supply");
        eq(assetFactory.staticData(address(gold)), "gold", "data");
        isTrue(!gold.hasRole(Roles.AGENT, address(assetFactory)) && !gold.hasRole(Roles.DIVIDEND, address(assetFactory)), "roles");
        vm.prank(ruleAdmin);
        ENGINE.acceptRuleAdmin(address(gold));
        vm.expectRevert();
        vm.prank(alice);
        assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), 0, 0);
        vm.prank(ivy);
        address second = assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), "silver", 0);
        isTrue(second != address(gold), "another token");
    }

    function test_plainToken_ownerBurnsWithoutAllowance() public {
        ERC20Factory factory = new ERC20Factory();
        vm.prank(mallory);
        AssetToken plain = AssetToken(factory.createERC20Token("Plain", "PLN", 8, 1_000, "data"));
        eq(factory.staticData(address(plain)), "data", "data");
        eq(plain.decimals(), 8, "decimals");
        vm.startPrank(mallory);
        plain.transfer(alice, 100);
        plain.burnFrom(alice, 40);
        vm.stopPrank();
        eq(plain.balanceOf(alice), 60, "burnt");
        vm.expectRevert();
        vm.prank(alice);
        plain.burnFrom(mallory, 1);
    }

    function test_wrappedCoin_isOneToOne() public {
        WDFC wrapped = new WDFC();
        vm.deal(alice, 10 ether);
        vm.startPrank(alice);
        wrapped.deposit{value: 3 ether}();
        (bool sent, ) = address(wrapped).call{value: 1 ether}("");
        isTrue(sent, "receive");
        eq(wrapped.balanceOf(alice), 4 ether, "wrapped");
        wrapped.withdraw(4 ether);
        vm.expectRevert();
        wrapped.withdraw(1);
        vm.stopPrank();
        eq(alice.balance, 10 ether, "back");
    }

    function test_paymentToken_mintsByRole() public {
        usdc.mint(alice, 5e6);
        eq(usdc.decimals(), 6, "decimals");
        vm.expectRevert();
        vm.prank(alice);
        usdc.mint(alice, 1);
    }
}
