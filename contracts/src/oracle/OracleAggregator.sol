// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IOracle} from "../interfaces/IOracle.sol";
import {Oracle} from "../common/Oracle.sol";
import {PlatformModule} from "../common/PlatformModule.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {PriceSources, Source} from "./PriceSources.sol";

/// @title INavToken
/// @notice What the aggregator asks a permissioned token.
interface INavToken {
    /// @notice Feed of the token's net asset value.
    function navFeedId() external view returns (bytes32);
}

/// @title OracleAggregator
/// @notice Typed price layer over the native oracle, external feeds and time-weighted pair prices. All prices have 18 decimals.
contract OracleAggregator is PlatformModule {
    struct Asset {
        Source[] sources;
        bytes32 quoteFeedId;
        uint8 minSources;
        uint16 maxSpreadBps;
        uint8 decimals;
    }

    /// @custom:storage-location erc7201:defactor.OracleAggregator.v1
    struct AggregatorStorage {
        mapping(address asset => Asset) assets;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.OracleAggregator.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant AGGREGATOR_STORAGE = 0xca1de648fbb7b3ad8d370c48c351a173009232a822c876ee36fa37c4f77e0e00;

    /// @notice Outcome of reading an asset; anything but `Ok` has its error.
    enum Verdict {
        Ok,
        Unknown,
        Invalid,
        TooFew,
        Disagree,
        NoRate
    }

    struct Reading {
        Verdict verdict;
        uint256 price18;
        uint64 oldestUpdate;
        uint256 detail; // source address, number of fresh sources, or spread
    }

    uint256 private constant SOURCES_MAX = 5;
    uint256 private constant BPS = 10_000;
    uint8 private constant FEED_PROOF_OF_RESERVE = 4;
    uint8 private constant FEED_CREDIT_SCORE = 7;

    /// @notice The sources of an asset were set.
    event AssetSet(address indexed asset, bytes32 configHash);

    /// @notice Fewer sources are fresh than the asset needs.
    error NotEnoughSources(uint8 fresh, uint8 min);
    /// @notice The fresh sources differ by more than the asset allows.
    error SourcesDisagree(uint256 spreadBps);
    /// @notice A source answers zero or less.
    error InvalidPrice(address source);
    /// @notice No sources are set for the asset.
    error AssetUnknown(address asset);

    /// @notice Sets the administrator (the Timelock), who also sets the sources, and the guardian.
    function initialize(address admin, address guardian) external initializer {
        __PlatformModule_init(admin, guardian);
        _grantRole(Roles.RISK, admin);
    }

    /// @notice Sets 1 to 5 sources of an asset, how many must be fresh, how far they may differ and the feed that converts their currency
    /// to the base currency (0: none). A time-weighted pair price never stands alone.
    function setAsset(address asset, Source[] calldata sources, uint8 minSources, uint16 maxSpreadBps, bytes32 quoteFeedId)
        external
        onlyRole(Roles.RISK)
    {
        if (sources.length == 0 || sources.length > SOURCES_MAX) revert RwaErrors.InvalidParameter("sources");
        if (minSources == 0 || minSources > sources.length) revert RwaErrors.InvalidParameter("minSources");
        if (maxSpreadBps > BPS) revert RwaErrors.InvalidParameter("maxSpreadBps");
        uint8 decimals = IERC20Metadata(asset).decimals();
        if (decimals > 18) revert RwaErrors.InvalidParameter("decimals");
        Asset storage a = _aggregator().assets[asset];
        delete a.sources;
        for (uint256 i = 0; i < sources.length; ++i) {
            PriceSources.check(sources[i], asset);
            if (sources[i].kind == PriceSources.KIND_TWAP && minSources < 2) revert RwaErrors.InvalidParameter("minSources");
            for (uint256 j = 0; j < i; ++j) {
                if (keccak256(abi.encode(sources[i].kind, sources[i].aggregator, sources[i].feedId)) ==
                    keccak256(abi.encode(sources[j].kind, sources[j].aggregator, sources[j].feedId))) revert RwaErrors.InvalidParameter("sources");
            }
            a.sources.push(sources[i]);
        }
        a.quoteFeedId = quoteFeedId;
        a.minSources = minSources;
        a.maxSpreadBps = maxSpreadBps;
        a.decimals = decimals;
        emit AssetSet(asset, keccak256(abi.encode(sources, minSources, maxSpreadBps, quoteFeedId)));
    }

    /// @notice Median price of the fresh sources in the base currency, and the time of its oldest part. Reverts if it is not sound.
    function getPrice(address asset) public view returns (uint256 price18, uint64 oldestUpdate) {
        Reading memory r = _read(asset);
        if (r.verdict == Verdict.Ok) return (r.price18, r.oldestUpdate);
        if (r.verdict == Verdict.Unknown) revert AssetUnknown(asset);
        if (r.verdict == Verdict.Invalid) revert InvalidPrice(address(uint160(r.detail)));
        if (r.verdict == Verdict.Disagree) revert SourcesDisagree(r.detail);
        if (r.verdict == Verdict.TooFew) revert NotEnoughSources(uint8(r.detail), _aggregator().assets[asset].minSources);
        revert IOracle.FeedUnhealthy(_aggregator().assets[asset].quoteFeedId, uint8(r.detail));
    }

    /// @notice As `getPrice`, with `ok` false instead of a revert.
    function tryGetPrice(address asset) external view returns (bool ok, uint256 price18, uint64 oldestUpdate) {
        Reading memory r = _read(asset);
        if (r.verdict == Verdict.Ok) return (true, r.price18, r.oldestUpdate);
    }

    /// @notice Price converted with a fresh rate (base currency to the one wanted); 0 means no conversion.
    function getPriceIn(address asset, bytes32 fxFeedId) external view returns (uint256 price18) {
        (price18, ) = getPrice(asset);
        if (fxFeedId != 0) {
            (uint256 rate, ) = Oracle.price18(fxFeedId);
            price18 = Math.mulDiv(price18, rate, 1e18);
        }
    }

    /// @notice Value of `amount` units of an asset, rounded down.
    function valueOf(address asset, uint256 amount) external view returns (uint256 value18) {
        (uint256 price, ) = getPrice(asset);
        value18 = Math.mulDiv(price, amount, 10 ** _aggregator().assets[asset].decimals);
    }

    /// @notice Fresh net asset value of a permissioned token, from its own feed.
    function navPerToken(address token) external view returns (uint256 nav18, uint64 updatedAt) {
        return Oracle.price18(INavToken(token).navFeedId());
    }

    /// @notice Whether a proof-of-reserve feed covers a token's supply, and by how many bps of it; with no supply the ratio is the largest number.
    function proofOfReserve(bytes32 feedId, address token) external view returns (bool covered, int256 ratioBps) {
        _requireKind(feedId, FEED_PROOF_OF_RESERVE);
        (int256 answer, , uint8 decimals) = Oracle.ORACLE.readFresh(feedId);
        int256 reserve18 = answer * int256(10 ** (18 - decimals));
        uint256 supply18 = IERC20(token).totalSupply() * 10 ** (18 - IERC20Metadata(token).decimals());
        if (supply18 == 0) return (reserve18 >= 0, type(int256).max);
        covered = reserve18 >= 0 && uint256(reserve18) >= supply18;
        ratioBps = (reserve18 * int256(BPS)) / int256(supply18);
    }

    /// @notice Fresh credit score (0 to 1,000) of a kind-7 feed, and its grade: 1 AAA, 2 AA, 3 A, 4 BBB, 5 BB, 6 B, 7 CCC, 8 D.
    function creditScore(bytes32 subject) external view returns (uint16 score, uint8 grade, uint64 updatedAt) {
        _requireKind(subject, FEED_CREDIT_SCORE);
        int256 answer;
        (answer, updatedAt, ) = Oracle.ORACLE.readFresh(subject);
        if (answer < 0 || answer > 1_000) revert Oracle.InvalidAnswer(subject, answer);
        score = uint16(uint256(answer));
        grade = score >= 900 ? 1 : score >= 300 ? uint8(10 - score / 100) : 8;
    }

    /// @notice The configuration of an asset.
    function assetOf(address asset)
        external
        view
        returns (Source[] memory sources, uint8 minSources, uint16 maxSpreadBps, bytes32 quoteFeedId, uint8 decimals)
    {
        Asset storage a = _aggregator().assets[asset];
        return (a.sources, a.minSources, a.maxSpreadBps, a.quoteFeedId, a.decimals);
    }

    function _read(address asset) private view returns (Reading memory r) {
        Asset storage a = _aggregator().assets[asset];
        uint256 count = a.sources.length;
        if (count == 0) {
            r.verdict = Verdict.Unknown;
            return r;
        }
        uint256[] memory prices = new uint256[](count);
        uint256 fresh = 0;
        r.oldestUpdate = type(uint64).max;
        for (uint256 i = 0; i < count; ++i) {
            PriceSources.Answer memory answer = PriceSources.read(a.sources[i], asset, a.decimals);
            if (answer.isInvalid) {
                r.verdict = Verdict.Invalid;
                r.detail = uint160(a.sources[i].aggregator);
                return r;
            }
            if (!answer.isFresh) continue;
            _insert(prices, fresh++, answer.price18);
            if (answer.updatedAt < r.oldestUpdate) r.oldestUpdate = answer.updatedAt;
        }
        if (fresh < a.minSources) {
            r.verdict = Verdict.TooFew;
            r.detail = fresh;
            return r;
        }
        // The lower middle of an even count: prudent for collateral.
        r.price18 = prices[(fresh - 1) / 2];
        r.detail = Math.mulDiv(prices[fresh - 1] - prices[0], BPS, r.price18);
        if (r.detail > a.maxSpreadBps) r.verdict = Verdict.Disagree;
        else if (a.quoteFeedId != 0) _convert(r, a.quoteFeedId);
    }

    function _convert(Reading memory r, bytes32 feedId) private view {
        uint8 health = Oracle.ORACLE.health(feedId);
        if (health != 0) {
            r.verdict = Verdict.NoRate;
            r.detail = health;
            return;
        }
        (int256 rate, uint64 updatedAt, uint8 decimals) = Oracle.ORACLE.readFresh(feedId);
        if (rate <= 0) {
            r.verdict = Verdict.Invalid;
            r.detail = uint160(address(Oracle.ORACLE));
            return;
        }
        r.price18 = Math.mulDiv(r.price18, uint256(rate), 10 ** decimals);
        if (updatedAt < r.oldestUpdate) r.oldestUpdate = updatedAt;
    }

    /// @dev Insertion into the sorted first `length` entries.
    function _insert(uint256[] memory sorted, uint256 length, uint256 value) private pure {
        while (length != 0 && sorted[length - 1] > value) {
            sorted[length] = sorted[length - 1];
            --length;
        }
        sorted[length] = value;
    }

    function _requireKind(bytes32 feedId, uint8 kind) private view {
        (IOracle.FeedConfig memory config, , , , ) = Oracle.ORACLE.feedConfig(feedId);
        if (config.kind != kind) revert RwaErrors.InvalidParameter("feedId");
    }

    function _aggregator() private pure returns (AggregatorStorage storage $) {
        assembly {
            $.slot := AGGREGATOR_STORAGE
        }
    }
}
