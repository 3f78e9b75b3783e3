// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {TrancheDeal} from "../../src/tranche/TrancheDeal.sol";
import {DealParams, DealState, Tranche, TrancheParams} from "../../src/tranche/TrancheTypes.sol";
import {Platform} from "../base/Platform.sol";

contract DealHandler is Platform {
    TrancheDeal private immutable _deal;
    bool public isUnbalanced;
    bool public isJuniorFirst;
    bool public isLossUnordered;
    uint256 public runs;

    constructor(TrancheDeal deal_, PaymentToken usdc_) {
        (_deal, usdc) = (deal_, usdc_);
    }

    function pay(uint256 amount) external {
        fund(servicer, address(_deal), bound(amount, 1, 400_000e6));
        vm.prank(servicer);
        _deal.pay(bound(amount, 1, 400_000e6), "report");
    }

    function run(uint256 periods) external {
        vm.warp(block.timestamp + bound(periods, 1, 3) * 30 days);
        DealState memory before = _deal.state();
        uint256 feesBefore = usdc.balanceOf(servicer);
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = _deal.runWaterfall();
        ++runs;
        DealState memory later = _deal.state();
        uint256 out = usdc.balanceOf(servicer) - feesBefore + residual + later.reserve;
        for (uint256 i = 0; i < 3; ++i) out += interest[i] + principal[i];
        if (out != before.cash + before.reserve) isUnbalanced = true;
        for (uint256 i = 0; i < 2; ++i) {
            if (later.arrears[i] == 0) continue;
            for (uint256 j = i + 1; j < 3; ++j) if (interest[j] + principal[j] != 0) isJuniorFirst = true;
            if (residual != 0) isJuniorFirst = true;
        }
    }

    function lose(uint256 amount) external {
        vm.prank(servicer);
        bytes32 id = _deal.proposeLoss(bound(amount, 1, 500_000e6), "loss");
        DealState memory before = _deal.state();
        vm.prank(guardian);
        _deal.confirmLoss(id);
        DealState memory later = _deal.state();
        for (uint256 i = 0; i < 2; ++i) {
            if (later.losses[i] == before.losses[i]) continue;
            for (uint256 j = i + 1; j < 3; ++j) if (later.principal[j] != 0) isLossUnordered = true;
        }
    }

    function setDefault() external {
        _deal.declareDefault();
    }
}

contract DealInvariants is Platform {
    TrancheDeal private deal;
    DealHandler private handler;

    function setUp() public {
        installPlatform();
        installSpv();
        TrancheParams[] memory t = new TrancheParams[](3);
        t[0] = TrancheParams("Senior", "SNR", 7_000_000e6, 500, 100, rulesOnlyKyc());
        t[1] = TrancheParams("Mezzanine", "MEZ", 2_000_000e6, 900, 0, rulesOnlyKyc());
        t[2] = TrancheParams("Equity", "EQT", 1_000_000e6, 0, 0, rulesOnlyKyc());
        uint48 start = uint48(block.timestamp);
        DealParams memory p = DealParams(
            SPV_ID, address(usdc), 0, start + 30 days, 30 days, start + 720 days, 100, 0, 12_000, 50_000e6, servicer, guardian, agent, ruleAdmin
        );
        vm.prank(ivy);
        (address created, ) = trancheFactory.createDeal(p, t);
        deal = TrancheDeal(created);
        protocol(created);
        deal.activate();
        _invest(alice, 0, 7_000_000e6);
        _invest(bob, 1, 2_000_000e6);
        _invest(lara, 2, 1_000_000e6);
        deal.closeFunding();
        handler = new DealHandler(deal, usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// W1, W2, W5.
    function invariant_waterfallIsBalancedAndOrdered() public view {
        isTrue(!handler.isUnbalanced(), "to the wei");
        isTrue(!handler.isJuniorFirst(), "senior first");
        isTrue(!handler.isLossUnordered(), "junior bears losses first");
    }

    /// W3, W4, W6.
    function invariant_principalIsConserved() public view {
        DealState memory s = deal.state();
        for (uint8 i = 0; i < 3; ++i) {
            Tranche memory t = deal.trancheAt(i);
            eq(t.repaid + t.losses + t.principal, t.issued, "principal");
            eq(PermissionedToken(t.token).totalSupply(), t.issued, "units");
        }
        ge(usdc.balanceOf(address(deal)), s.cash + s.reserve, "balance");
    }

    function _invest(address investor, uint8 tranche, uint256 amount) private {
        fund(investor, address(deal), amount);
        vm.prank(investor);
        deal.invest(tranche, amount);
    }
}
