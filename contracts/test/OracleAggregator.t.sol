// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../src/assets/PaymentToken.sol";
import {RwaErrors} from "../src/common/RwaErrors.sol";
import {OracleAggregator} from "../src/oracle/OracleAggregator.sol";
import {Source} from "../src/oracle/PriceSources.sol";
import {Platform} from "./base/Platform.sol";

/// A price contract that says what a test wants.
contract TestFeed {
    uint8 public immutable decimals;
    int256 public answer;
    uint256 public updatedAt;
    bool public isBroken;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function set(int256 answer_, uint256 updatedAt_, bool isBroken_) external {
        (answer, updatedAt, isBroken) = (answer_, updatedAt_, isBroken_);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        require(!isBroken, "broken");
        return (1, answer, updatedAt, updatedAt, 1);
    }
}

contract OracleAggregatorTest is Platform {
    bytes32 private constant FX = "FX:EUR/USD";
    bytes32 private constant RESERVE = "POR:GOLD";
    bytes32 private constant SCORE = "SCORE:ACME";
    PaymentToken private asset;
    TestFeed private a;
    TestFeed private b;

    function setUp() public {
        installPlatform();
        asset = new PaymentToken("Gold", "GLD", address(this));
        a = new TestFeed(8);
        b = new TestFeed(18);
        a.set(101e8, block.timestamp, false);
        b.set(103e18, block.timestamp, false);
    }

    function test_price_isTheMedianOfFreshSources() public {
        _set(2, 500, 0);
        (uint256 price, uint64 time) = aggregator.getPrice(address(asset));
        eq(price, 101e18, "median of 100, 101, 103");
        le(time, block.timestamp, "time");
        b.set(103e18, block.timestamp - 1 hours - 1, false);
        (price, ) = aggregator.getPrice(address(asset));
        eq(price, 100e18, "the lower middle");
        a.set(0, block.timestamp, true);
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.NotEnoughSources.selector, uint8(1), uint8(2)));
        aggregator.getPrice(address(asset));
        _sameVerdict();
    }

    function test_price_disagreement_andInvalidAnswer() public {
        _set(2, 100, 0);
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.SourcesDisagree.selector, 297));
        aggregator.getPrice(address(asset));
        _sameVerdict();
        a.set(-1, block.timestamp, false);
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.InvalidPrice.selector, address(a)));
        aggregator.getPrice(address(asset));
        _sameVerdict();
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.AssetUnknown.selector, address(usdc)));
        aggregator.getPrice(address(usdc));
    }

    function test_price_inAnotherCurrency() public {
        createFeed(FX, 3, 8, 0);
        report(FX, 1.1e8);
        _set(2, 500, FX);
        (uint256 price, ) = aggregator.getPrice(address(asset));
        eq(price, 111.1e18, "converted");
        eq(aggregator.getPriceIn(address(asset), FX), 122.21e18, "twice");
        eq(aggregator.valueOf(address(asset), 2e6), 222.2e18, "two units");
        vm.warp(block.timestamp + 2 days);
        a.set(101e8, block.timestamp, false);
        b.set(103e18, block.timestamp, false);
        vm.expectRevert();
        aggregator.getPrice(address(asset));
        _sameVerdict();
    }

    function test_setAsset_isChecked() public {
        Source[] memory s = _sources();
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("minSources")));
        aggregator.setAsset(address(asset), s, 4, 100, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("sources")));
        aggregator.setAsset(address(asset), new Source[](6), 1, 100, 0);
        s[1] = s[2];
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("sources")));
        aggregator.setAsset(address(asset), s, 1, 100, 0);
        s[1] = Source(4, address(a), 0, 1);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("kind")));
        aggregator.setAsset(address(asset), s, 1, 100, 0);
        vm.stopPrank();
        vm.expectRevert();
        vm.prank(guardian);
        aggregator.setAsset(address(asset), _sources(), 1, 100, 0);
    }

    function test_creditScore_grades() public {
        createFeed(SCORE, 7, 0, 0);
        int256[9] memory scores = [int256(1_000), 900, 899, 700, 600, 500, 400, 300, 299];
        uint8[9] memory grades = [1, 1, 2, 3, 4, 5, 6, 7, 8];
        for (uint256 i = 0; i < scores.length; ++i) {
            report(SCORE, scores[i]);
            (uint16 score, uint8 grade, ) = aggregator.creditScore(SCORE);
            eq(score, uint256(scores[i]), "score");
            eq(grade, grades[i], "grade");
        }
        report(SCORE, -1);
        vm.expectRevert();
        aggregator.creditScore(SCORE);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("feedId")));
        aggregator.creditScore(NAV);
    }

    function test_proofOfReserve_comparesAtEqualDecimals() public {
        createFeed(RESERVE, 4, 8, 0);
        report(RESERVE, 90e8);
        (bool covered, int256 ratio) = aggregator.proofOfReserve(RESERVE, address(asset));
        isTrue(covered && ratio == type(int256).max, "no supply");
        asset.mint(alice, 100e6);
        (covered, ratio) = aggregator.proofOfReserve(RESERVE, address(asset));
        isTrue(!covered && ratio == 9_000, "ninety per cent");
        report(RESERVE, 100e8);
        (covered, ratio) = aggregator.proofOfReserve(RESERVE, address(asset));
        isTrue(covered && ratio == 10_000, "covered");
    }

    function test_navPerToken_readsTheTokensFeed() public {
        installToken(rulesOnlyKyc(), 1e18);
        (uint256 nav, ) = aggregator.navPerToken(address(token));
        eq(nav, 100e18, "nav");
    }

    /// O1 and O4: within the sources, whatever the decimals.
    function testFuzz_price_liesBetweenSources(uint256 pa, uint256 pb, uint8 decimals) public {
        a = new TestFeed(decimals % 19);
        uint256 unit = 10 ** (decimals % 19);
        a.set(int256(bound(pa, 95 * unit, 105 * unit)), block.timestamp, false);
        b.set(int256(bound(pb, 95e18, 105e18)), block.timestamp, false);
        _set(3, 2_000, 0);
        (uint256 price, ) = aggregator.getPrice(address(asset));
        ge(price, 95e18, "low");
        le(price, 105e18, "high");
        _sameVerdict();
    }

    function _sources() private view returns (Source[] memory s) {
        s = new Source[](3);
        s[0] = Source(1, address(0), NAV, 1 days);
        s[1] = Source(2, address(a), 0, 1 hours);
        s[2] = Source(2, address(b), 0, 1 hours);
    }

    function _set(uint8 minSources, uint16 spread, bytes32 fx) private {
        Source[] memory s = _sources();
        vm.prank(timelock);
        aggregator.setAsset(address(asset), s, minSources, spread, fx);
    }

    /// O3.
    function _sameVerdict() private view {
        (bool ok, , ) = aggregator.tryGetPrice(address(asset));
        (bool done, ) = address(aggregator).staticcall(abi.encodeCall(aggregator.getPrice, (address(asset))));
        isTrue(ok == done, "getPrice and tryGetPrice");
    }

    function test_assetOf_tellsTheConfiguration() public {
        _set(2, 300, FX);
        (Source[] memory sources, uint8 minSources, uint16 spread, bytes32 fx, uint8 decimals) = aggregator.assetOf(address(asset));
        eq(sources.length, 3, "sources");
        eq(sources[1].aggregator, address(a), "second");
        eq(minSources, 2, "minimum");
        eq(spread, 300, "spread");
        eq(fx, FX, "currency");
        eq(decimals, 6, "decimals");
    }

    function test_rate_mustBePositive() public {
        createFeed(FX, 3, 8, 0);
        report(FX, -1);
        _set(2, 500, FX);
        vm.expectRevert(abi.encodeWithSelector(OracleAggregator.InvalidPrice.selector, address(ORACLE)));
        aggregator.getPrice(address(asset));
        _sameVerdict();
    }

    /// O2: whatever the ages, no source older than its limit counts, and the time told is that of the oldest that counts.
    function testFuzz_oldSourcesDoNotCount(uint256 ageA, uint256 ageB) public {
        vm.warp(block.timestamp + 3 hours);
        report(NAV, 100e8);
        ageA = bound(ageA, 0, 2 hours);
        ageB = bound(ageB, 0, 2 hours);
        a.set(101e8, block.timestamp - ageA, false);
        b.set(103e18, block.timestamp - ageB, false);
        _set(1, 2_000, 0);
        (uint256 price, uint64 time) = aggregator.getPrice(address(asset));
        bool isA = ageA <= 1 hours;
        bool isB = ageB <= 1 hours;
        eq(price, isA && isB ? 101e18 : 100e18, "those in time, the lower middle");
        uint256 oldest = 0;
        if (isA) oldest = ageA;
        if (isB && ageB > oldest) oldest = ageB;
        eq(block.timestamp - time, oldest, "time");
        ge(time, block.timestamp - 1 hours, "O2");
    }

    /// O4: the same price, whatever the decimals of the source.
    function testFuzz_decimals_areExact(uint8 decimals, uint256 answer) public {
        decimals = uint8(bound(decimals, 0, 18));
        answer = bound(answer, 1, 1e9);
        TestFeed feed = new TestFeed(decimals);
        feed.set(int256(answer * 10 ** decimals), block.timestamp, false);
        Source[] memory s = new Source[](1);
        s[0] = Source(2, address(feed), 0, 1 hours);
        vm.prank(timelock);
        aggregator.setAsset(address(asset), s, 1, 0, 0);
        (uint256 price, ) = aggregator.getPrice(address(asset));
        eq(price, answer * 1e18, "exact");
    }

    function test_nonsense_countsAsMissing() public {
        Source[] memory s = new Source[](2);
        s[0] = Source(1, address(0), NAV, 1 days);
        s[1] = Source(2, address(a), 0, 1 hours);
        vm.prank(timelock);
        aggregator.setAsset(address(asset), s, 1, 0, 0);
        a.set(type(int256).max, block.timestamp, false);
        (uint256 price, ) = aggregator.getPrice(address(asset));
        eq(price, 100e18, "an answer beyond all measure");
        a.set(200e8, block.timestamp + 1, false);
        (price, ) = aggregator.getPrice(address(asset));
        eq(price, 100e18, "an answer of the future");
        vm.etch(address(a), hex"00");
        (price, ) = aggregator.getPrice(address(asset));
        eq(price, 100e18, "no answer at all");
        s[1] = Source(2, mallory, 0, 1 hours);
        vm.startPrank(timelock);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("aggregator")));
        aggregator.setAsset(address(asset), s, 1, 0, 0);
        s[1] = Source(1, address(0), 0, 1 hours);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("feedId")));
        aggregator.setAsset(address(asset), s, 1, 0, 0);
        s[1] = Source(1, address(0), NAV, 0);
        vm.expectRevert(abi.encodeWithSelector(RwaErrors.InvalidParameter.selector, bytes32("maxAge")));
        aggregator.setAsset(address(asset), s, 1, 0, 0);
        vm.stopPrank();
    }
}
