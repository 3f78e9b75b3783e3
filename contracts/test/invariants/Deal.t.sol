// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {TrancheDeal} from "../../src/tranche/TrancheDeal.sol";
import {DealParams, DealState, Tranche, TrancheParams} from "../../src/tranche/TrancheTypes.sol";
import {Platform} from "../base/Platform.sol";

/// One deal after another, through funding, payments, losses, default and maturity.
contract DealHandler is Platform {
    uint8 private constant FUNDING = 1;
    uint8 private constant DEFAULTED = 5;
    uint8 private constant CANCELLED = 6;
    uint256[3] private _targets = [7_000_000e6, 2_000_000e6, 1_000_000e6];
    address[3] private _investors = [alice, bob, lara];
    TrancheDeal[] private _deals;
    TrancheDeal private _deal;
    bool public isUnbalanced;
    bool public isJuniorFirst;
    bool public isLossUnordered;
    bool public isDefaultedEarly;

    constructor(PaymentToken usdc_) {
        usdc = usdc_;
    }

    function invest(uint256 a, uint256 tranche, uint256 amount) external {
        if (!_is(FUNDING)) _open();
        tranche = tranche % 3;
        uint256 left = _targets[tranche] - _deal.trancheAt(uint8(tranche)).issued;
        if (left == 0) (tranche, left) = (2 - tranche, _targets[2 - tranche] - _deal.trancheAt(uint8(2 - tranche)).issued);
        _invest(_investors[a % 3], uint8(tranche), bound(amount, 1, left));
    }

    /// The funding succeeds, or runs out.
    function closeFunding(bool isFull) external {
        if (!_is(FUNDING)) _open();
        if (isFull) _fill();
        else vm.warp(block.timestamp + 30 days);
        _deal.closeFunding();
    }

    function refund(uint256 a, uint256 tranche, uint256 amount) external {
        if (!_is(CANCELLED)) {
            _open();
            _invest(_investors[a % 3], uint8(tranche % 3), bound(amount, 1, _targets[tranche % 3]));
            vm.warp(block.timestamp + 30 days);
            _deal.closeFunding();
        }
        for (uint256 i = 0; i < 9; ++i) {
            uint256 at = (a % 3) * 3 + (tranche % 3) + i;
            if (PermissionedToken(_deal.tokenOf(uint8(at % 3))).balanceOf(_investors[(at / 3) % 3]) == 0) continue;
            vm.prank(_investors[(at / 3) % 3]);
            _deal.refund(uint8(at % 3));
            return;
        }
        revert("nobody is left");
    }

    function pay(uint256 amount) external {
        _run();
        amount = bound(amount, 1, amount % 8 == 0 ? 12_000_000e6 : 400_000e6);
        fund(servicer, address(_deal), amount);
        vm.prank(servicer);
        _deal.pay(amount, "report");
    }

    function run(uint256 periods) external {
        _run();
        vm.warp(block.timestamp + bound(periods, 1, 3) * 30 days);
        _waterfall();
    }

    function lose(uint256 amount) external {
        _run();
        DealState memory before = _deal.state();
        uint256 total = before.principal[0] + before.principal[1] + before.principal[2];
        // Now and then one that reaches the senior.
        amount = bound(amount, 1, amount % 8 == 0 || total < 500_000e6 ? total : 500_000e6);
        vm.prank(servicer);
        bytes32 id = _deal.proposeLoss(amount, "loss");
        vm.prank(guardian);
        _deal.confirmLoss(id);
        DealState memory later = _deal.state();
        for (uint256 i = 0; i < 2; ++i) {
            if (later.losses[i] == before.losses[i]) continue;
            for (uint256 j = i + 1; j < 3; ++j) if (later.principal[j] != 0) isLossUnordered = true;
        }
    }

    /// At once, or after periods in which nobody pays.
    function setDefault(bool isPatient) external {
        _run();
        if (_is(DEFAULTED)) {
            _open();
            _run();
        }
        if (isPatient) {
            for (uint256 i = 0; i < 4; ++i) {
                vm.warp(block.timestamp + 30 days);
                _waterfall();
            }
        }
        DealState memory s = _deal.state();
        bool isOverdue = block.timestamp > _deal.params().maturity;
        _deal.declareDefault();
        if (!isOverdue && s.arrears[0] == 0) isDefaultedEarly = true;
    }

    function deals() external view returns (TrancheDeal[] memory) {
        return _deals;
    }

    function _is(uint8 status) private view returns (bool) {
        return address(_deal) != address(0) && _deal.state().status == status;
    }

    /// Makes the present deal a running one.
    function _run() private {
        if (!_is(2) && !_is(3) && !_is(DEFAULTED)) {
            if (!_is(FUNDING)) _open();
            _fill();
            _deal.closeFunding();
        }
    }

    function _open() private {
        TrancheParams[] memory t = new TrancheParams[](3);
        t[0] = TrancheParams("Senior", "SNR", _targets[0], 500, 100, rulesOnlyKyc());
        t[1] = TrancheParams("Mezzanine", "MEZ", _targets[1], 900, 0, rulesOnlyKyc());
        t[2] = TrancheParams("Equity", "EQT", _targets[2], 0, 0, rulesOnlyKyc());
        uint48 start = uint48(block.timestamp);
        DealParams memory p = DealParams(
            SPV_ID, address(usdc), 0, start + 30 days, 30 days, start + 720 days, 100, 0, 12_000, 50_000e6, servicer, guardian, agent, ruleAdmin
        );
        vm.prank(ivy);
        (address created, ) = trancheFactory.createDeal(p, t);
        _deal = TrancheDeal(created);
        _deals.push(_deal);
        protocol(created);
        _deal.activate();
    }

    function _fill() private {
        if (block.timestamp >= _deal.params().fundingEnd) _open();
        for (uint8 i = 0; i < 3; ++i) {
            uint256 left = _targets[i] - _deal.trancheAt(i).issued;
            if (left != 0) _invest(_investors[i], i, left);
        }
    }

    function _invest(address investor, uint8 tranche, uint256 amount) private {
        fund(investor, address(_deal), amount);
        vm.prank(investor);
        _deal.invest(tranche, amount);
    }

    function _waterfall() private {
        DealState memory before = _deal.state();
        uint256 feesBefore = usdc.balanceOf(servicer);
        (uint256[] memory interest, uint256[] memory principal, uint256 residual) = _deal.runWaterfall();
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
}

contract DealInvariants is Platform {
    DealHandler private handler;

    function setUp() public {
        installPlatform();
        installSpv();
        handler = new DealHandler(usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// W1, W2, W5, and a default is declared for its reasons only.
    function invariant_waterfallIsBalancedAndOrdered() public view {
        isTrue(!handler.isUnbalanced(), "to the wei");
        isTrue(!handler.isJuniorFirst(), "senior first");
        isTrue(!handler.isLossUnordered(), "junior bears losses first");
        isTrue(!handler.isDefaultedEarly(), "default");
    }

    /// W3, W4, W6, of every deal there was.
    function invariant_principalIsConserved() public view {
        TrancheDeal[] memory deals = handler.deals();
        for (uint256 d = 0; d < deals.length; ++d) {
            DealState memory s = deals[d].state();
            bool isFunded = s.status >= 2 && s.status <= 5;
            uint256 units = 0;
            for (uint8 i = 0; i < 3; ++i) {
                Tranche memory t = deals[d].trancheAt(i);
                uint256 supply = PermissionedToken(t.token).totalSupply();
                if (isFunded) eq(t.repaid + t.losses + t.principal, t.issued, "principal");
                if (s.status != 6) eq(supply, t.issued, "units");
                units += supply;
            }
            if (!isFunded) eq(deals[d].escrow(), units, "escrow is what the units paid");
            ge(usdc.balanceOf(address(deals[d])), s.cash + s.reserve + deals[d].escrow(), "balance");
        }
    }
}
