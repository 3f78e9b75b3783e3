// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Addresses} from "../common/Addresses.sol";
import {Kyc} from "../common/Kyc.sol";
import {Oracle} from "../common/Oracle.sol";
import {PlatformModule} from "../common/PlatformModule.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {RuleSetup} from "../common/Structs.sol";
import {TokenDeployer} from "../token/TokenDeployer.sol";
import {ExactInputParams, PairPolicy} from "./AmmTypes.sol";
import {PermissionedPair} from "./PermissionedPair.sol";

/// @title PermissionedAMM
/// @notice Exchange with access control: creates pairs, routes swaps and liquidity, keeps each pair's policy. It also answers in the shapes of
/// a V3 factory, router and quoter, which existing clients know.
contract PermissionedAMM is PlatformModule, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Pair {
        PairPolicy policy;
        bool halted;
        bool exists;
        bool isListedToken0;
        uint8 decimals0;
        uint8 decimals1;
    }

    /// @custom:storage-location erc7201:defactor.PermissionedAMM.v1
    struct AmmStorage {
        mapping(address pair => Pair) pairs;
        mapping(bytes32 key => address pair) byKey;
        address[] list;
        address admin;
        address guardian;
    }

    /// @dev One step along a path.
    struct Hop {
        PermissionedPair pair;
        bool isZeroForOne;
        uint256 amountIn;
        uint256 amountOut;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.PermissionedAMM.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant AMM_STORAGE = 0xb74b21e070a23c4c914283aed77b5966417f21a83d5aefa6bb3921a805cbae00;

    uint256 private constant BPS = 10_000;
    uint256 private constant TOKEN_BYTES = 20;
    uint256 private constant HOP_BYTES = 23;
    uint256 private constant HOPS_MAX = 4;

    /// @notice A pair was created; it trades once registered and activated.
    event PairCreated(address indexed token0, address indexed token1, uint24 indexed fee, address pair);
    /// @notice A swap in one pair.
    event Swap(address indexed pair, address indexed sender, address indexed recipient, address tokenIn, uint256 amountIn, uint256 amountOut);
    /// @notice Liquidity came in.
    event LiquidityAdded(address indexed pair, address indexed to, uint256 a0, uint256 a1, uint256 lp);
    /// @notice Liquidity went out.
    event LiquidityRemoved(address indexed pair, address indexed to, uint256 a0, uint256 a1, uint256 lp);
    /// @notice Trading of a pair was halted or goes on.
    event PairHalted(address indexed pair, bool halted);
    /// @notice A pair has another policy.
    event PolicySet(address indexed pair, bytes32 policyHash);

    /// @notice Trading of the pair is halted.
    error PairIsHalted(address pair);
    /// @notice The pair is not activated, or not one of this exchange.
    error PairInactive(address pair);
    /// @notice The price would leave the band around the net asset value; both in 18 decimals of the quote currency.
    error OutsideBand(uint256 spot, uint256 nav);
    /// @notice The input is more than the pair's policy allows.
    error TradeTooLarge(uint256 max);
    /// @notice There is such a pair.
    error PairExists(address pair);

    /// @notice Sets the administrator (the Timelock) and the guardian, who is also the agent of the share tokens.
    function initialize(address admin, address guardian) external initializer {
        __PlatformModule_init(admin, guardian);
        (_amm().admin, _amm().guardian) = (admin, guardian);
    }

    /// @notice Creates a pair. The listed token is the one that the rule engine knows; `tokenA` if it knows both or neither.
    function createPair(address tokenA, address tokenB, uint24 fee, PairPolicy calldata policy, address ruleAdmin, RuleSetup calldata lpRules)
        external
        onlyRole(Roles.ISSUER)
        returns (address pair)
    {
        if (tokenA == address(0) || tokenB == address(0)) revert RwaErrors.ZeroAddress();
        if (tokenA == tokenB) revert RwaErrors.InvalidParameter("tokenB");
        if (fee != 500 && fee != 3_000 && fee != 10_000) revert RwaErrors.InvalidParameter("fee");
        _checkPolicy(policy);
        AmmStorage storage $ = _amm();
        bytes32 key = _key(tokenA, tokenB, fee);
        if ($.byKey[key] != address(0)) revert PairExists($.byKey[key]);
        pair = Clones.cloneDeterministic(Addresses.PAIR_TEMPLATE, key);
        $.byKey[key] = pair;
        $.list.push(pair);
        _record(pair, tokenA, tokenB, policy);
        _initializePair(pair, tokenA, tokenB, fee);
        TokenDeployer.applyRules(pair, lpRules, ruleAdmin);
        emit PolicySet(pair, keccak256(abi.encode(policy)));
    }

    /// @notice Adds at most `amount0` and `amount1` in the ratio of the reserves; the first liquidity sets the price, inside the band.
    function addLiquidity(address pair, uint256 amount0, uint256 amount1, uint256 minLp, address to, uint256 deadline)
        external
        nonReentrant
        returns (uint256 lp)
    {
        Pair storage p = _tradable(pair, deadline);
        _requireAdmitted(p, msg.sender);
        _requireAdmitted(p, to);
        PermissionedPair target = PermissionedPair(pair);
        (uint112 reserve0, uint112 reserve1, ) = target.reserves();
        bool isFirst = reserve0 == 0;
        if (!isFirst) {
            uint256 needed1 = Math.mulDiv(amount0, reserve1, reserve0, Math.Rounding.Ceil);
            if (needed1 <= amount1) amount1 = needed1;
            else amount0 = Math.mulDiv(amount1, reserve0, reserve1, Math.Rounding.Ceil);
        }
        _bring(target.token0(), pair, amount0);
        _bring(target.token1(), pair, amount1);
        lp = target.mint(to, amount0, amount1);
        if (lp < minLp) revert RwaErrors.Slippage(lp, minLp);
        if (isFirst) _requireInBand(p, target);
        emit LiquidityAdded(pair, to, amount0, amount1, lp);
    }

    /// @notice Takes liquidity out: neither a halt nor a feed stops this. 0 is the token with the lower address.
    function removeLiquidity(address pair, uint256 lp, uint256 min0, uint256 min1, address to, uint256 deadline)
        external
        nonReentrant
        returns (uint256 amount0, uint256 amount1)
    {
        if (!_amm().pairs[pair].exists) revert PairInactive(pair);
        if (block.timestamp > deadline) revert RwaErrors.Expired();
        Kyc.requireEligible(msg.sender);
        Kyc.requireEligible(to);
        (amount0, amount1) = PermissionedPair(pair).burn(msg.sender, lp, to);
        if (amount0 < min0) revert RwaErrors.Slippage(amount0, min0);
        if (amount1 < min1) revert RwaErrors.Slippage(amount1, min1);
        emit LiquidityRemoved(pair, to, amount0, amount1, lp);
    }

    /// @notice Swaps exactly `amountIn` in one pair.
    function exactInputSingle(address tokenIn, address tokenOut, uint24 fee, address to, uint256 deadline, uint256 amountIn, uint256 minOut)
        external
        nonReentrant
        returns (uint256)
    {
        return _swap(abi.encodePacked(tokenIn, fee, tokenOut), to, deadline, amountIn, minOut);
    }

    /// @notice Swaps exactly `amountIn` along a path of at most 4 pairs.
    function exactInput(ExactInputParams calldata params) external nonReentrant returns (uint256 amountOut) {
        return _swap(params.path, params.recipient, params.deadline, params.amountIn, params.amountOutMinimum);
    }

    /// @notice Output of `exactInput` in the present state. The lists have one zero per pair; they mean something in V3 only.
    /// It changes nothing; clients that expect the V3 quoter find its mutability here too (a virtual function may be stricter than it says).
    function quoteExactInput(bytes memory path, uint256 amountIn)
        external
        virtual
        returns (uint256 amountOut, uint160[] memory sqrtPriceX96AfterList, uint32[] memory initializedTicksCrossedList, uint256 gasEstimate)
    {
        Hop[] memory hops = _route(path, amountIn);
        sqrtPriceX96AfterList = new uint160[](hops.length);
        initializedTicksCrossedList = new uint32[](hops.length);
        gasEstimate = 0;
        amountOut = hops[hops.length - 1].amountOut;
    }

    /// @notice Gives a pair another policy.
    function setPolicy(address pair, PairPolicy calldata policy) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Pair storage p = _amm().pairs[pair];
        if (!p.exists) revert PairInactive(pair);
        _checkPolicy(policy);
        p.policy = policy;
        emit PolicySet(pair, keccak256(abi.encode(policy)));
    }

    /// @notice Halts a pair or lets it go on. Liquidity can always be taken out.
    function setHalted(address pair, bool halted) external onlyRole(Roles.GUARDIAN) {
        Pair storage p = _amm().pairs[pair];
        if (!p.exists) revert PairInactive(pair);
        p.halted = halted;
        emit PairHalted(pair, halted);
    }

    /// @notice Pair of two tokens, in either order, zero if there is none.
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address) {
        return _amm().byKey[_key(tokenA, tokenB, fee)];
    }

    /// @notice Policy of a pair.
    function policyOf(address pair) external view returns (PairPolicy memory) {
        return _amm().pairs[pair].policy;
    }

    /// @notice Whether the pair's trading is halted by the guardian.
    function isHalted(address pair) external view returns (bool) {
        return _amm().pairs[pair].halted;
    }

    /// @notice The token whose net asset value bounds the price of a pair.
    function listedToken(address pair) public view returns (address) {
        return _amm().pairs[pair].isListedToken0 ? PermissionedPair(pair).token0() : PermissionedPair(pair).token1();
    }

    /// @notice Number of pairs.
    function pairCount() external view returns (uint256) {
        return _amm().list.length;
    }

    /// @notice Pair of this number, from 0.
    function pairAt(uint256 index) external view returns (address) {
        return _amm().list[index];
    }

    /// @dev Checks, in this order: active, not halted, deadline, eligibility, size of the trade, minimum, and after each hop the band.
    function _swap(bytes memory path, address to, uint256 deadline, uint256 amountIn, uint256 minOut) private returns (uint256 amountOut) {
        Hop[] memory hops = _route(path, 0);
        for (uint256 i = 0; i < hops.length; ++i) {
            Pair storage p = _tradable(address(hops[i].pair), deadline);
            _requireAdmitted(p, msg.sender);
            _requireAdmitted(p, to);
        }
        if (amountIn == 0) revert RwaErrors.ZeroAmount();
        hops = _route(path, amountIn);
        for (uint256 i = 0; i < hops.length; ++i) _requireSize(hops[i]);
        amountOut = hops[hops.length - 1].amountOut;
        if (amountOut < minOut) revert RwaErrors.Slippage(amountOut, minOut);

        _bring(_tokenIn(hops[0]), address(hops[0].pair), amountIn);
        for (uint256 i = 0; i < hops.length; ++i) {
            Hop memory hop = hops[i];
            address recipient = i + 1 == hops.length ? to : address(hops[i + 1].pair);
            hop.pair.swap(hop.isZeroForOne, hop.amountIn, recipient);
            _requireInBand(_amm().pairs[address(hop.pair)], hop.pair);
            emit Swap(address(hop.pair), msg.sender, recipient, _tokenIn(hop), hop.amountIn, hop.amountOut);
        }
    }

    /// @dev The pairs along a path, with amounts unless `amountIn` is 0. A pair occurs once, else its second quote would be of a past state.
    function _route(bytes memory path, uint256 amountIn) private view returns (Hop[] memory hops) {
        uint256 count = path.length < TOKEN_BYTES ? 0 : (path.length - TOKEN_BYTES) / HOP_BYTES;
        if (count == 0 || count > HOPS_MAX || path.length != TOKEN_BYTES + count * HOP_BYTES) revert RwaErrors.InvalidParameter("path");
        hops = new Hop[](count);
        for (uint256 i = 0; i < count; ++i) {
            (address tokenIn, uint24 fee, address tokenOut) = _step(path, i * HOP_BYTES);
            address pair = _amm().byKey[_key(tokenIn, tokenOut, fee)];
            if (pair == address(0)) revert PairInactive(pair);
            for (uint256 j = 0; j < i; ++j) if (address(hops[j].pair) == pair) revert RwaErrors.InvalidParameter("path");
            hops[i] = Hop(PermissionedPair(pair), tokenIn < tokenOut, amountIn, 0);
            if (amountIn != 0) {
                amountIn = hops[i].pair.quote(hops[i].isZeroForOne, amountIn);
                hops[i].amountOut = amountIn;
            }
        }
    }

    function _requireSize(Hop memory hop) private view {
        uint256 maxTradeBps = _amm().pairs[address(hop.pair)].policy.maxTradeBps;
        if (maxTradeBps == 0) return;
        (uint112 reserve0, uint112 reserve1, ) = hop.pair.reserves();
        uint256 max = ((hop.isZeroForOne ? reserve0 : reserve1) * maxTradeBps) / BPS;
        if (hop.amountIn > max) revert TradeTooLarge(max);
    }

    /// @dev Reverts unless the pair's price is within the band; an unhealthy feed reverts too, which halts trading.
    function _requireInBand(Pair storage p, PermissionedPair pair) private view {
        bytes32 navFeedId = p.policy.navFeedId;
        if (navFeedId == 0) return;
        (uint256 nav, ) = Oracle.price18(navFeedId);
        if (p.policy.fxFeedId != 0) {
            (uint256 rate, ) = Oracle.price18(p.policy.fxFeedId);
            nav = Math.mulDiv(nav, rate, 1e18);
        }
        (uint112 reserve0, uint112 reserve1, ) = pair.reserves();
        uint256 spot = p.isListedToken0
            ? Math.mulDiv(uint256(reserve1) * 10 ** (18 - p.decimals1), 10 ** p.decimals0, reserve0)
            : Math.mulDiv(uint256(reserve0) * 10 ** (18 - p.decimals0), 10 ** p.decimals1, reserve1);
        uint256 distance = spot > nav ? spot - nav : nav - spot;
        if (distance > Math.mulDiv(nav, p.policy.bandBps, BPS)) revert OutsideBand(spot, nav);
    }

    function _tradable(address pair, uint256 deadline) private view returns (Pair storage p) {
        p = _amm().pairs[pair];
        if (!p.exists || !PermissionedPair(pair).active()) revert PairInactive(pair);
        if (p.halted) revert PairIsHalted(pair);
        if (block.timestamp > deadline) revert RwaErrors.Expired();
    }

    function _requireAdmitted(Pair storage p, address account) private view {
        Kyc.requireLevel(account, p.policy.minTier, p.policy.typeMask);
    }

    /// @dev Brings exactly `amount` from the caller to the pair.
    function _bring(address token, address pair, uint256 amount) private {
        if (amount == 0) revert RwaErrors.ZeroAmount();
        uint256 before = IERC20(token).balanceOf(pair);
        IERC20(token).safeTransferFrom(msg.sender, pair, amount);
        if (IERC20(token).balanceOf(pair) - before != amount) revert RwaErrors.TokenTransferAmountIncludedFees();
    }

    function _record(address pair, address tokenA, address tokenB, PairPolicy calldata policy) private {
        Pair storage p = _amm().pairs[pair];
        bool isListedA = _isRegistered(tokenA) || !_isRegistered(tokenB);
        p.exists = true;
        p.policy = policy;
        p.isListedToken0 = isListedA == (tokenA < tokenB);
        (address token0, address token1) = _sorted(tokenA, tokenB);
        p.decimals0 = IERC20Metadata(token0).decimals();
        p.decimals1 = IERC20Metadata(token1).decimals();
        if (p.decimals0 > 18 || p.decimals1 > 18) revert RwaErrors.InvalidParameter("decimals");
    }

    function _initializePair(address pair, address tokenA, address tokenB, uint24 fee) private {
        (address token0, address token1) = _sorted(tokenA, tokenB);
        string memory symbol = string.concat(IERC20Metadata(token0).symbol(), "-", IERC20Metadata(token1).symbol());
        PermissionedPair(pair).initialize(token0, token1, fee, symbol, _amm().admin, _amm().guardian);
        emit PairCreated(token0, token1, fee, pair);
    }

    function _checkPolicy(PairPolicy calldata policy) private pure {
        if (policy.minTier > 4) revert RwaErrors.InvalidParameter("minTier");
        if (policy.typeMask > 15) revert RwaErrors.InvalidParameter("typeMask");
        if (policy.maxTradeBps > BPS) revert RwaErrors.InvalidParameter("maxTradeBps");
        if (policy.bandBps > BPS || (policy.bandBps == 0) != (policy.navFeedId == 0)) revert RwaErrors.InvalidParameter("bandBps");
        if (policy.fxFeedId != 0 && policy.navFeedId == 0) revert RwaErrors.InvalidParameter("fxFeedId");
    }

    function _isRegistered(address token) private view returns (bool) {
        (address ruleAdmin, , , , ) = Kyc.ENGINE.rulesOf(token);
        return ruleAdmin != address(0);
    }

    function _tokenIn(Hop memory hop) private view returns (address) {
        return hop.isZeroForOne ? hop.pair.token0() : hop.pair.token1();
    }

    function _step(bytes memory path, uint256 offset) private pure returns (address tokenIn, uint24 fee, address tokenOut) {
        assembly {
            let at := add(add(path, 32), offset)
            tokenIn := shr(96, mload(at))
            fee := shr(232, mload(add(at, 20)))
            tokenOut := shr(96, mload(add(at, 23)))
        }
    }

    function _key(address tokenA, address tokenB, uint24 fee) private pure returns (bytes32) {
        (address token0, address token1) = _sorted(tokenA, tokenB);
        return keccak256(abi.encode(token0, token1, fee));
    }

    function _sorted(address tokenA, address tokenB) private pure returns (address, address) {
        return tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
    }

    function _amm() private pure returns (AmmStorage storage $) {
        assembly {
            $.slot := AMM_STORAGE
        }
    }
}
