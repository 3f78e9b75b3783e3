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
    bool public isRoundTripProfitable;
    bool public isOvertaken;
    bool public isCapExceeded;
    address[2] private _actors = [alice, bob];

    constructor(Vault vault_, TestStrategy strategy_, PaymentToken usdc_) {
        (_vault, _strategy, usdc) = (vault_, strategy_, usdc_);
    }

    /// V3: what neither loses nor takes fees lowers no price.
    modifier keepsPrice() {
        uint256 price = _price();
        _;
        if (_price() < price) isPriceLowered = true;
    }

    function deposit(uint256 a, uint256 assets) external keepsPrice {
        address actor = _actors[a % 2];
        assets = bound(assets, 1, 100_000e6);
        fund(actor, address(_vault), assets);
        uint256 preview = _vault.previewDeposit(assets);
        vm.prank(actor);
        if (_vault.deposit(assets, actor) != preview) isPreviewWrong = true;
    }

    function mint(uint256 a, uint256 shares) external keepsPrice {
        address actor = _actors[a % 2];
        shares = bound(shares, 1, 100_000e12);
        uint256 preview = _vault.previewMint(shares);
        fund(actor, address(_vault), preview);
        vm.prank(actor);
        if (_vault.mint(shares, actor) != preview) isPreviewWrong = true;
    }

    /// At once where the queue is empty; while it is not, nobody overtakes it.
    function redeem(uint256 a, uint256 shares) external keepsPrice {
        address actor = _holder(a);
        (uint256 requested, uint256 processed) = _vault.queueState();
        shares = bound(shares, 1, requested == processed ? _vault.maxRedeem(actor) : _vault.balanceOf(actor));
        uint256 preview = _vault.previewRedeem(shares);
        vm.prank(actor);
        if (_vault.redeem(shares, actor, actor) != preview) isPreviewWrong = true;
        if (requested != processed) isOvertaken = true;
    }

    function withdraw(uint256 a, uint256 assets) external keepsPrice {
        address actor = _holder(a);
        assets = bound(assets, 1, _vault.maxWithdraw(actor));
        uint256 preview = _vault.previewWithdraw(assets);
        vm.prank(actor);
        if (_vault.withdraw(assets, actor, actor) != preview) isPreviewWrong = true;
    }

    /// V2.
    function goInAndOut(uint256 a, uint256 assets) external {
        address actor = _actors[a % 2];
        assets = bound(assets, 1, 100_000e6);
        fund(actor, address(_vault), assets);
        vm.prank(actor);
        uint256 shares = _vault.deposit(assets, actor);
        vm.prank(actor);
        if (_vault.redeem(shares, actor, actor) > assets) isRoundTripProfitable = true;
    }

    function request(uint256 a, uint256 shares) external keepsPrice {
        address actor = _holder(a);
        uint256 held = _vault.balanceOf(actor);
        uint256 floor = _vault.previewWithdraw(1e6);
        shares = held <= floor ? held : bound(shares, floor, held);
        vm.prank(actor);
        _vault.requestRedeem(shares, actor, actor);
    }

    /// With what the queue needs brought home before, or with what is there.
    function process(uint256 count, bool isFunded) external keepsPrice {
        if (isFunded) _bringHome();
        _vault.processQueue(bound(count, 1, 5));
    }

    /// A request that is processed and not paid, if there is one.
    function claim(uint256 id) external keepsPrice {
        (, uint256 processed) = _vault.queueState();
        id = bound(id, 1, processed);
        for (uint256 i = 0; i < processed && _claimable(id) == 0; ++i) id = 1 + (id % processed);
        _vault.claimRedeem(id);
    }

    /// V5.
    function allocate(uint256 assets) external keepsPrice {
        (uint256 idle, , , ) = _vault.books();
        (uint256 cap, ) = _vault.strategyOf(address(_strategy));
        assets = bound(assets, 1, idle);
        vm.prank(servicer);
        _vault.allocate(address(_strategy), assets);
        if (_strategy.totalValue() > cap) isCapExceeded = true;
    }

    function deallocate(uint256 assets) external keepsPrice {
        assets = bound(assets, 1, _strategy.totalValue());
        vm.prank(servicer);
        _vault.deallocate(address(_strategy), assets);
    }

    function gain(uint256 assets) external keepsPrice {
        usdc.mint(address(_strategy), bound(assets, 1, 10_000e6));
    }

    function donate(uint256 assets) external keepsPrice {
        usdc.mint(address(_vault), bound(assets, 1, 10_000e6));
    }

    function lose(uint256 assets) external {
        _strategy.lose(bound(assets, 1, _strategy.totalValue() / 4 + 1));
    }

    function report() external {
        _vault.report();
    }

    function wait(uint256 seconds_) external keepsPrice {
        vm.warp(block.timestamp + bound(seconds_, 1, 3 days));
    }

    function _bringHome() private {
        (uint256 requested, uint256 processed) = _vault.queueState();
        if (requested == processed) return;
        (uint256 idle, , , ) = _vault.books();
        uint256 needed = _vault.convertToAssets(_pending(processed + 1));
        uint256 value = _strategy.totalValue();
        if (needed <= idle || value == 0) return;
        vm.prank(servicer);
        _vault.deallocate(address(_strategy), needed - idle < value ? needed - idle : value);
    }

    function _pending(uint256 id) private view returns (uint256) {
        return _vault.pendingRedeemRequest(id, alice) + _vault.pendingRedeemRequest(id, bob);
    }

    function _claimable(uint256 id) private view returns (uint256) {
        return _vault.claimableRedeemRequest(id, alice) + _vault.claimableRedeemRequest(id, bob);
    }

    /// An actor with shares, if there is one.
    function _holder(uint256 seed) private view returns (address actor) {
        actor = _actors[seed % 2];
        if (_vault.balanceOf(actor) == 0) actor = _actors[(seed % 2 + 1) % 2];
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
        vault.addStrategy(address(strategy), 300_000e6);
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

    /// V2, V3, V5, V6: no entry or exit lowers the price of the others or overtakes the queue, and previews hold.
    function invariant_entriesAndExitsAreFair() public view {
        isTrue(!handler.isPreviewWrong(), "preview");
        isTrue(!handler.isPriceLowered(), "price");
        isTrue(!handler.isRoundTripProfitable(), "in and out");
        isTrue(!handler.isOvertaken(), "queue");
        isTrue(!handler.isCapExceeded(), "cap");
    }
}
