// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {RuleSetup} from "../../src/common/Structs.sol";
import {SaleParams} from "../../src/spv/SpvTypes.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

contract SaleHandler is Platform {
    uint256 public saleCount;
    address[3] private _investors = [alice, bob, lara];

    constructor(PermissionedToken token_, PaymentToken usdc_) {
        (token, usdc) = (token_, usdc_);
    }

    function open(uint256 cap, uint256 softCap, uint256 price) external {
        cap = bound(cap, 1, 40_000e18);
        uint48 now_ = uint48(block.timestamp);
        vm.prank(ivy);
        registry.openSale(SPV_ID, SaleParams(address(usdc), bound(price, 1, 200e6), cap, softCap % (cap + 1), 0, now_, now_ + 5 days));
        ++saleCount;
    }

    function subscribe(uint256 id, uint256 a, uint256 tokens) external {
        address investor = _investors[a % 3];
        fund(investor, address(registry), 20_000_000e6);
        vm.prank(investor);
        registry.subscribe(_sale(id), bound(tokens, 1, 20_000e18), 0);
    }

    function close(uint256 id) external {
        vm.prank(ivy);
        registry.closeSale(_sale(id));
    }

    function settle(uint256 id, uint256 a) external {
        address[] memory list = new address[](2);
        (list[0], list[1]) = (_investors[a % 3], _investors[(a / 3) % 3]);
        registry.settleSale(_sale(id), list);
    }

    function freeze(uint256 a) external {
        address investor = _investors[a % 3];
        if (KYC.isEligible(investor)) freezeWallet(investor);
        else unfreezeWallet(investor);
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 6 days));
    }

    function _sale(uint256 seed) private view returns (uint256) {
        return saleCount == 0 ? 0 : 1 + (seed % saleCount);
    }
}

contract SaleInvariants is Platform {
    SaleHandler private handler;

    function setUp() public {
        installPlatform();
        RuleSetup memory rules = rulesOnlyKyc();
        rules.rules.ruleMask |= 1 << 7;
        rules.rules.maxBalance = 30_000e18;
        installToken(rules, 100_000e18);
        handler = new SaleHandler(token, usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// S2, S3, S4: the escrow is what unsettled subscriptions paid, to the unit.
    function invariant_escrowIsTheSumOfUnsettledSubscriptions() public view {
        uint256 escrow = 0;
        uint256 settledTokens = 0;
        address[3] memory investors = [alice, bob, lara];
        for (uint256 id = 1; id <= handler.saleCount(); ++id) {
            uint256 sold = 0;
            uint256 unsettled = 0;
            for (uint256 i = 0; i < 3; ++i) {
                (uint256 tokens, uint256 paid, bool settled) = registry.subscriptionOf(id, investors[i]);
                sold += tokens;
                if (settled) settledTokens += tokens;
                else unsettled += paid;
            }
            eq(registry.sale(id).sold, sold, "sold");
            eq(registry.sale(id).escrow, unsettled, "escrow of the sale");
            le(sold, registry.sale(id).p.cap, "cap");
            escrow += unsettled;
        }
        eq(usdc.balanceOf(address(registry)), escrow, "escrow");
        le(token.totalSupply(), settledTokens, "minted at settlement only");
        le(token.totalSupply(), 100_000e18, "max supply");
    }
}
