// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {Source} from "../../src/oracle/PriceSources.sol";
import {Platform} from "../base/Platform.sol";
import {Feed} from "../defactor/Mocks.sol";

/// Three sources of different decimals whose answers and ages move.
contract OracleHandler is Platform {
    Feed[2] private _feeds;

    constructor(Feed a, Feed b) {
        _feeds = [a, b];
    }

    function answer(uint256 i, uint256 price) external {
        Feed feed = _feeds[i % 2];
        feed.set(int256((bound(price, 90e18, 110e18) * 10 ** feed.decimals()) / 1e18));
    }

    /// Rarely, for one such answer spoils the reading.
    function spoil(uint256 i, bool isNegative) external {
        if (i % 4 == 0) _feeds[i % 2].set(isNegative ? -1 : int256(0));
    }

    function reportNav(uint256 price) external {
        report(NAV, int256(bound(price, 90e8, 110e8)));
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 2 hours));
    }
}

contract OracleInvariants is Platform {
    PaymentToken private asset;
    Feed private a;
    Feed private b;

    function setUp() public {
        installPlatform();
        asset = new PaymentToken("Gold", "GLD", address(this));
        (a, b) = (new Feed(8, 101e8), new Feed(18, 99e18));
        Source[] memory s = new Source[](3);
        s[0] = Source(1, address(0), NAV, 1 days);
        s[1] = Source(2, address(a), 0, 12 hours);
        s[2] = Source(2, address(b), 0, 4 hours);
        vm.prank(timelock);
        aggregator.setAsset(address(asset), s, 2, 1_000, 0);
        target(address(new OracleHandler(a, b)));
    }

    /// O1, O2: between the sources that are fresh, and as old as the oldest of them.
    function invariant_pricesAreFreshAndBetweenTheSources() public view {
        (bool ok, uint256 price, uint64 time) = aggregator.tryGetPrice(address(asset));
        if (!ok) return;
        uint256 low = type(uint256).max;
        uint256 high = 0;
        uint256 oldest = type(uint256).max;
        uint256[3] memory prices = [uint256(0), uint256(a.answer()) * 1e10, uint256(b.answer())];
        uint256[3] memory times = [uint256(0), a.updatedAt(), b.updatedAt()];
        if (ORACLE.health(NAV) == 0) {
            (int256 nav, uint64 updatedAt, ) = ORACLE.readFresh(NAV);
            (prices[0], times[0]) = (uint256(nav) * 1e10, updatedAt);
        }
        uint256[3] memory ages = [uint256(1 days), 12 hours, 4 hours];
        for (uint256 i = 0; i < 3; ++i) {
            if (block.timestamp - times[i] > ages[i]) continue;
            if (prices[i] < low) low = prices[i];
            if (prices[i] > high) high = prices[i];
            if (times[i] < oldest) oldest = times[i];
        }
        ge(price, low, "O1: low");
        le(price, high, "O1: high");
        eq(time, oldest, "O2: time");
    }

    /// O3.
    function invariant_bothReadingsAgree() public view {
        (bool ok, uint256 tried, ) = aggregator.tryGetPrice(address(asset));
        try aggregator.getPrice(address(asset)) returns (uint256 price, uint64) {
            isTrue(ok, "tryGetPrice");
            eq(price, tried, "price");
        } catch {
            isTrue(!ok, "getPrice");
        }
    }
}
