// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Activatable} from "../common/Activatable.sol";
import {Assets} from "../common/Assets.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IActivatable} from "../interfaces/IActivatable.sol";
import {IDividendVenue} from "../interfaces/IDividendVenue.sol";
import {IPairOracle} from "../interfaces/IPairOracle.sol";
import {ComplianceERC20} from "../token/ComplianceERC20.sol";
import {PriceHistory} from "./PriceHistory.sol";

/// @title PermissionedPair
/// @notice Constant-product pair, driven by its router alone, and the share token of its liquidity. A clone of the template; not upgradeable.
/// It counts reserves, never balances: what is sent to it without the router stays outside.
contract PermissionedPair is ComplianceERC20, Activatable, IDividendVenue, IPairOracle {
    using PriceHistory for PriceHistory.State;

    /// @custom:storage-location erc7201:defactor.PermissionedPair.v1
    struct PairStorage {
        address router;
        uint24 fee;
        address token0;
        address token1;
        uint112 reserve0;
        uint112 reserve1;
        PriceHistory.State history;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.PermissionedPair.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant PAIR_STORAGE = 0x47025b7132283eb2086c27db05e3ba5852c48b11f0f466860ca9426f15650d00;

    uint256 private constant LOCKED_LP = 1_000;
    uint256 private constant FEE_UNITS = 1_000_000;
    uint256 private constant OBSERVATIONS_MAX = 16;

    /// @notice Only the router acts on a pair, so that its policy cannot be passed by.
    error RouterOnly();

    modifier onlyRouter() {
        if (msg.sender != _pair().router) revert RouterOnly();
        _;
    }

    /// @notice Locks the template: pairs are clones.
    constructor() {
        _disableInitializers();
    }

    /// @notice Sets the pair up for the calling router, which is the first rule administrator of the share token.
    function initialize(address token0_, address token1_, uint24 fee_, string calldata symbol_, address admin, address guardian)
        external
        initializer
    {
        __ComplianceERC20_init("Defactor Liquidity", symbol_, msg.sender);
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(Roles.AGENT, guardian);
        PairStorage storage $ = _pair();
        ($.router, $.token0, $.token1, $.fee) = (msg.sender, token0_, token1_, fee_);
    }

    /// @notice Shares for liquidity that the router has brought; the first 1,000 units are locked in the pair itself.
    function mint(address to, uint256 amount0, uint256 amount1) external onlyRouter returns (uint256 lp) {
        PairStorage storage $ = _pair();
        uint256 supply = totalSupply();
        if (supply == 0) {
            lp = Math.sqrt(amount0 * amount1);
            if (lp <= LOCKED_LP) revert RwaErrors.ZeroAmount();
            lp -= LOCKED_LP;
            _mint(address(this), LOCKED_LP);
        } else {
            lp = Math.min(Math.mulDiv(amount0, supply, $.reserve0), Math.mulDiv(amount1, supply, $.reserve1));
            if (lp == 0) revert RwaErrors.ZeroAmount();
        }
        _setReserves($, $.reserve0 + amount0, $.reserve1 + amount1);
        _mint(to, lp);
    }

    /// @notice Burns shares of `from` and sends its part of the reserves to `to`, rounded down.
    function burn(address from, uint256 lp, address to) external onlyRouter returns (uint256 amount0, uint256 amount1) {
        PairStorage storage $ = _pair();
        if (lp == 0) revert RwaErrors.ZeroAmount();
        uint256 supply = totalSupply();
        amount0 = Math.mulDiv(lp, $.reserve0, supply);
        amount1 = Math.mulDiv(lp, $.reserve1, supply);
        _burnOfHolder(from, lp);
        _setReserves($, $.reserve0 - amount0, $.reserve1 - amount1);
        Assets.push($.token0, to, amount0);
        Assets.push($.token1, to, amount1);
    }

    /// @notice Swaps `amountIn`, which the router has brought, and sends the output to `to`.
    function swap(bool isZeroForOne, uint256 amountIn, address to) external onlyRouter returns (uint256 amountOut) {
        PairStorage storage $ = _pair();
        amountOut = quote(isZeroForOne, amountIn);
        if (isZeroForOne) _setReserves($, $.reserve0 + amountIn, $.reserve1 - amountOut);
        else _setReserves($, $.reserve0 - amountOut, $.reserve1 + amountIn);
        Assets.push(isZeroForOne ? $.token1 : $.token0, to, amountOut);
    }

    /// @notice Output of a swap now, rounded down.
    function quote(bool isZeroForOne, uint256 amountIn) public view returns (uint256 amountOut) {
        PairStorage storage $ = _pair();
        (uint256 reserveIn, uint256 reserveOut) = isZeroForOne ? ($.reserve0, $.reserve1) : ($.reserve1, $.reserve0);
        uint256 taxed = amountIn * (FEE_UNITS - $.fee);
        amountOut = Math.mulDiv(taxed, reserveOut, reserveIn * FEE_UNITS + taxed);
        if (amountOut == 0) revert RwaErrors.ZeroAmount();
    }

    /// @inheritdoc IPairOracle
    function reserves() external view returns (uint112 r0, uint112 r1, uint32 updatedAt) {
        PairStorage storage $ = _pair();
        return ($.reserve0, $.reserve1, $.history.updatedAt);
    }

    /// @inheritdoc IPairOracle
    function observe(uint32[] calldata secondsAgos) external view returns (uint256[] memory price0Cumulatives, uint256[] memory price1Cumulatives) {
        PairStorage storage $ = _pair();
        uint256 count = secondsAgos.length;
        if (count > OBSERVATIONS_MAX) revert RwaErrors.TooMany(count, OBSERVATIONS_MAX);
        price0Cumulatives = new uint256[](count);
        price1Cumulatives = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (price0Cumulatives[i], price1Cumulatives[i]) = $.history.cumulativeAt($.reserve0, $.reserve1, secondsAgos[i]);
        }
    }

    /// @inheritdoc IDividendVenue
    function shareAt(address token, address holder, uint48 timepoint) external view returns (uint256 part, uint256 whole) {
        PairStorage storage $ = _pair();
        if (token != $.token0 && token != $.token1) return (0, 0);
        return (balanceOfAt(holder, timepoint), totalSupplyAt(timepoint));
    }

    /// @inheritdoc IPairOracle
    function token0() external view returns (address) {
        return _pair().token0;
    }

    /// @inheritdoc IPairOracle
    function token1() external view returns (address) {
        return _pair().token1;
    }

    /// @notice Fee of a swap in millionths of the input.
    function fee() external view returns (uint24) {
        return _pair().fee;
    }

    /// @notice The router, alone allowed to act on the pair.
    function router() external view returns (address) {
        return _pair().router;
    }

    /// @inheritdoc ComplianceERC20
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IDividendVenue).interfaceId ||
            interfaceId == type(IActivatable).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    function _setReserves(PairStorage storage $, uint256 reserve0, uint256 reserve1) private {
        $.history.advance($.reserve0, $.reserve1);
        $.reserve0 = SafeCast.toUint112(reserve0);
        $.reserve1 = SafeCast.toUint112(reserve1);
    }

    function _pair() private pure returns (PairStorage storage $) {
        assembly {
            $.slot := PAIR_STORAGE
        }
    }
}
