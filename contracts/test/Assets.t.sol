// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
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

    function test_tokens_tellTheirInterfaces() public {
        AssetToken plain = AssetToken(new ERC20Factory().createERC20Token("Plain", "PLN", 8, 1_000, "data"));
        WDFC wrapped = new WDFC();
        isTrue(plain.supportsInterface(type(IERC20).interfaceId) && !plain.supportsInterface(0xffffffff), "plain token");
        isTrue(wrapped.supportsInterface(type(IERC20).interfaceId) && !wrapped.supportsInterface(0xffffffff), "wrapped coin");
        isTrue(usdc.supportsInterface(type(IERC20).interfaceId) && usdc.supportsInterface(type(IERC20Permit).interfaceId), "payment token");
        isTrue(!usdc.supportsInterface(0xffffffff), "nothing else");
    }

    /// One token has one staticData, which nothing changes.
    function test_fuzz_staticData_staysWithItsToken(bytes32[4] calldata data) public {
        ERC20Factory factory = new ERC20Factory();
        address[4] memory suites;
        address[4] memory plain;
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(ivy);
            suites[i] = assetFactory.deploySuite(tokenParams(1e18), rulesOnlyKyc(), data[i], 0);
            plain[i] = factory.createERC20Token("Plain", "PLN", 8, 1_000, data[i]);
        }
        for (uint256 i = 0; i < 4; ++i) {
            eq(assetFactory.staticData(suites[i]), data[i], "suite");
            eq(factory.staticData(plain[i]), data[i], "plain");
            for (uint256 j = 0; j < i; ++j) isTrue(suites[i] != suites[j] && plain[i] != plain[j], "a token each");
        }
    }
}
