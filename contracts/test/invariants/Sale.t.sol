// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {RuleSetup} from "../../src/common/Structs.sol";
import {SaleParams} from "../../src/spv/SpvTypes.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

contract SaleHandler is Platform {
    uint256 public saleCount;
    uint256 public burnt;
    bool public isOversold;
    bool public isSettledTwice;
    address[3] private _investors = [alice, bob, lara];

    constructor(PermissionedToken token_, PaymentToken usdc_) {
        (token, usdc) = (token_, usdc_);
    }

    function open(uint256 cap, uint256 softCap, uint256 price) public {
        (, uint256 left) = _room();
        cap = bound(cap, 1, left < 40_000e18 ? left : 40_000e18);
        uint48 now_ = uint48(block.timestamp);
        vm.prank(ivy);
        registry.openSale(SPV_ID, SaleParams(address(usdc), bound(price, 1, 200e6), cap, softCap % (cap + 1), 0, now_, now_ + 5 days));
        ++saleCount;
        (uint256 taken, ) = _room();
        if (taken > 100_000e18) isOversold = true;
    }

    /// Of a sale that is open, or a new one.
    function subscribe(uint256 id, uint256 a, uint256 tokens) external {
        id = _pick(id, 1);
        if (block.timestamp >= registry.sale(id).p.end) {
            open(id, a, tokens);
            id = saleCount;
        }
        address investor = _investors[a % 3];
        uint256 left = registry.sale(id).p.cap - registry.sale(id).sold;
        fund(investor, address(registry), 20_000_000e6);
        vm.prank(investor);
        registry.subscribe(id, bound(tokens, 1, left < 20_000e18 ? left : 20_000e18), 0);
    }

    function close(uint256 id) external {
        id = _pick(id, 1);
        if (block.timestamp < registry.sale(id).p.end) vm.warp(registry.sale(id).p.end);
        registry.closeSale(id);
    }

    /// S4: whom it settled already it leaves alone.
    function settle(uint256 id, uint256 a) external {
        id = _pick(id, 2);
        if (registry.sale(id).status != 2) id = _pick(id, 3);
        address investor = _investors[a % 3];
        (, , bool isSettled) = registry.subscriptionOf(id, investor);
        uint256 before = token.balanceOf(investor) + usdc.balanceOf(investor);
        address[] memory list = new address[](2);
        (list[0], list[1]) = (investor, investor);
        registry.settleSale(id, list);
        if (isSettled && token.balanceOf(investor) + usdc.balanceOf(investor) != before) isSettledTwice = true;
    }

    /// More often lifted than given.
    function freeze(uint256 a) external {
        address investor = _investors[a % 3];
        if (!KYC.isEligible(investor)) unfreezeWallet(investor);
        else if (a % 2 == 0) freezeWallet(investor);
    }

    /// The agent burns, so that later sales find room.
    function burn(uint256 a, uint256 amount) external {
        address investor = _investors[a % 3];
        for (uint256 i = 1; i < 3 && token.balanceOf(investor) == 0; ++i) investor = _investors[(a % 3 + i) % 3];
        amount = bound(amount, 1, token.balanceOf(investor));
        vm.prank(agent);
        token.burn(investor, amount);
        burnt += amount;
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 2 days));
    }

    /// S3: supply and what open sales and unsettled successful ones may still mint.
    function _room() private view returns (uint256 taken, uint256 left) {
        taken = token.totalSupply();
        for (uint256 id = 1; id <= saleCount; ++id) {
            if (registry.sale(id).status == 1) taken += registry.sale(id).p.cap;
            if (registry.sale(id).status != 2) continue;
            for (uint256 i = 0; i < 3; ++i) {
                (uint256 tokens, , bool isSettled) = registry.subscriptionOf(id, _investors[i]);
                if (!isSettled) taken += tokens;
            }
        }
        left = taken < 100_000e18 ? 100_000e18 - taken : 0;
    }

    /// A sale in this status from a random one on, if there is one.
    function _pick(uint256 seed, uint8 status) private view returns (uint256 id) {
        id = _sale(seed);
        for (uint256 i = 0; i < saleCount && registry.sale(id).status != status; ++i) id = 1 + (id % saleCount);
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
        le(token.totalSupply() + handler.burnt(), settledTokens, "minted at settlement only");
        isTrue(!handler.isOversold(), "caps and supply");
        isTrue(!handler.isSettledTwice(), "settled once");
        le(token.totalSupply(), 100_000e18, "max supply");
    }
}
