// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {Oracle} from "../common/Oracle.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {TrancheDeal} from "../tranche/TrancheDeal.sol";
import {DealParams, DealState} from "../tranche/TrancheTypes.sol";
import {DividendHolder} from "./DividendHolder.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title TrancheStrategy
/// @notice Invests a vault's assets in one tranche while its deal is funded and holds the units to the end; interest and principal come back as
/// dividends. Units are worth their part of the principal as far as the collateral covers it after the tranches before; interest counts once
/// declared.
contract TrancheStrategy is DividendHolder {
    using SafeERC20 for IERC20;

    /// @notice The deal.
    TrancheDeal public immutable deal;
    /// @notice Number of the tranche, 0 is the most senior.
    uint8 public immutable tranche;

    uint256 private immutable _assetUnit;

    /// @notice Binds the strategy to its vault and to a tranche of a deal.
    constructor(address vault_, TrancheDeal deal_, uint8 tranche_)
        StrategyBase(vault_, deal_.params().asset)
        DividendHolder(PermissionedToken(deal_.tokenOf(tranche_)))
    {
        (deal, tranche) = (deal_, tranche_);
        _assetUnit = 10 ** IERC20Metadata(asset).decimals();
    }

    /// @notice Takes the money of a cancelled deal back; anyone.
    function refund() external {
        deal.refund(tranche);
    }

    /// @inheritdoc StrategyBase
    function totalValue() public view override returns (uint256) {
        return Assets.balance(asset) + pending() + _unitsValue();
    }

    function _invest(uint256 assets) internal override {
        IERC20(asset).forceApprove(address(deal), assets);
        deal.invest(tranche, assets);
    }

    function _unitsValue() private view returns (uint256) {
        uint256 units = token.balanceOf(address(this));
        // Before the deal starts, and after it was cancelled, the money itself is in escrow.
        if (units == 0 || deal.escrow() != 0) return units;
        DealState memory s = deal.state();
        uint256 principal = s.principal[tranche];
        // A tranche that is repaid or lost needs no price.
        return principal == 0 ? 0 : Math.mulDiv(units, Math.min(principal, _covered(s)), deal.trancheAt(tranche).issued);
    }

    /// @dev What collateral, cash and reserve leave for this tranche; reverts while the collateral's feed is not fresh.
    function _covered(DealState memory s) private view returns (uint256 left) {
        DealParams memory p = deal.params();
        if (p.navFeedId == 0) return type(uint256).max;
        (uint256 price, ) = Oracle.price18(p.navFeedId);
        left = Math.mulDiv(price, _assetUnit, 1e18) + s.cash + s.reserve;
        for (uint256 i = 0; i < tranche; ++i) left -= Math.min(left, s.principal[i]);
    }
}
