// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {Vault} from "../../src/vault/Vault.sol";
import {VaultParams} from "../../src/vault/VaultTypes.sol";
import {Platform} from "../base/Platform.sol";
import {TestStrategy} from "../mocks/TestStrategy.sol";

contract VaultHandler is Platform {
    Vault private immutable _vault;
    TestStrategy private immutable _strategy;
    bool public isPreviewWrong;
    bool public isPriceLowered;
    address[2] private _actors = [alice, bob];

    constructor(Vault vault_, TestStrategy strategy_, PaymentToken usdc_) {
        (_vault, _strategy, usdc) = (vault_, strategy_, usdc_);
    }

    function deposit(uint256 a, uint256 assets) external {
        address actor = _actors[a % 2];
        assets = bound(assets, 1, 100_000e6);
        fund(actor, address(_vault), assets);
        uint256 preview = _vault.previewDeposit(assets);
        uint256 price = _price();
        vm.prank(actor);
        if (_vault.deposit(assets, actor) != preview) isPreviewWrong = true;
        if (_price() < price) isPriceLowered = true;
    }

    function redeem(uint256 a, uint256 shares) external {
        address actor = _actors[a % 2];
        shares = shares % (_vault.maxRedeem(actor) + 1);
        uint256 preview = _vault.previewRedeem(shares);
        uint256 price = _price();
        vm.prank(actor);
        if (_vault.redeem(shares, actor, actor) != preview) isPreviewWrong = true;
        if (_price() < price) isPriceLowered = true;
    }

    function request(uint256 a, uint256 shares) external {
        address actor = _actors[a % 2];
        shares = shares % (_vault.balanceOf(actor) + 1);
        vm.prank(actor);
        _vault.requestRedeem(shares, actor, actor);
    }

    function process(uint256 count) external {
        uint256 price = _price();
        _vault.processQueue(bound(count, 1, 5));
        if (_price() < price) isPriceLowered = true;
    }

    function claim(uint256 id) external {
        (uint256 requested, ) = _vault.queueState();
        _vault.claimRedeem(1 + (id % (requested + 1)));
    }

    function allocate(uint256 assets) external {
        (uint256 idle, , , ) = _vault.books();
        vm.prank(servicer);
        _vault.allocate(address(_strategy), assets % (idle + 1));
    }

    function deallocate(uint256 assets) external {
        uint256 value = _strategy.totalValue();
        vm.prank(servicer);
        _vault.deallocate(address(_strategy), assets % (value + 1));
    }

    function gain(uint256 assets) external {
        usdc.mint(address(_strategy), bound(assets, 1, 10_000e6));
    }

    function lose(uint256 assets) external {
        _strategy.lose(assets % (_strategy.totalValue() / 4 + 1));
    }

    function report() external {
        _vault.report();
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 3 days));
    }

    /// Assets of 10^18 shares with the virtual ones, so that rounding favours nobody here.
    function _price() private view returns (uint256) {
        return ((_vault.totalAssets() + 1) * 1e18) / (_vault.totalSupply() + 1e6);
    }
}

contract VaultInvariants is Platform {
    Vault private vault;
    VaultHandler private handler;

    function setUp() public {
        installPlatform();
        vm.prank(ivy);
        vault = Vault(
            vaultFactory.createVault(
                VaultParams(address(usdc), "Vault", "vUSDC", timelock, servicer, guardian, ruleAdmin, address(0xFEE), 100_000_000e6),
                rulesOnlyKyc()
            )
        );
        protocol(address(vault));
        vault.activate();
        TestStrategy strategy = new TestStrategy(usdc);
        vm.startPrank(timelock);
        vault.addStrategy(address(strategy), type(uint128).max);
        vault.setFees(100, 1_000);
        vm.stopPrank();
        handler = new VaultHandler(vault, strategy, usdc);
        usdc.grantRole(usdc.MINTER_ROLE(), address(handler));
        target(address(handler));
    }

    /// V1.
    function invariant_sharesAreWorthNoMoreThanTheAssets() public view {
        le(vault.convertToAssets(vault.totalSupply()), vault.totalAssets(), "shares");
    }

    /// V4: idle and reserved assets are there; unprocessed requests hold their shares.
    function invariant_booksAreBacked() public view {
        (uint256 idle, uint256 reserved, , ) = vault.books();
        ge(usdc.balanceOf(address(vault)), idle + reserved, "balance");
        (uint256 requested, uint256 processed) = vault.queueState();
        uint256 waiting = 0;
        uint256 claimable = 0;
        for (uint256 id = 1; id <= requested; ++id) {
            uint256 shares = vault.pendingRedeemRequest(id, alice) + vault.pendingRedeemRequest(id, bob);
            isTrue((id > processed) == (shares != 0), "first come first served");
            waiting += shares;
            if (vault.claimableRedeemRequest(id, alice) + vault.claimableRedeemRequest(id, bob) != 0) claimable += vault.requestAssets(id);
        }
        eq(vault.balanceOf(address(vault)), waiting, "escrowed shares");
        eq(reserved, claimable, "reserved");
    }

    /// V3, V6: no entry or exit lowers the price of the others, and previews hold.
    function invariant_entriesAndExitsAreFair() public view {
        isTrue(!handler.isPreviewWrong(), "preview");
        isTrue(!handler.isPriceLowered(), "price");
    }
}
