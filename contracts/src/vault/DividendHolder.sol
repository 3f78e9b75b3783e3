// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {StrategyBase} from "./StrategyBase.sol";

/// @title DividendHolder
/// @notice A strategy that holds a permissioned token and claims its dividends in the vault's asset. What is declared and not claimed yet counts,
/// so that a payment moves no value. Dividends in another asset are neither claimed nor counted.
abstract contract DividendHolder is StrategyBase {
    uint256 private constant PENDING_MAX = 32;

    /// @notice The token it holds.
    PermissionedToken public immutable token;
    /// @notice Dividends up to this number are claimed, or give nothing.
    uint256 public collected;

    /// @notice Binds the strategy to the token it holds.
    constructor(PermissionedToken token_) {
        token = token_;
    }

    /// @notice Claims dividends in their order, up to the first that is not due yet, at most 32; anyone. A later one is paid by the token's
    /// `claimDividendFor`.
    function collect() external {
        _collect();
    }

    /// @notice Net amount of the next 32 dividends that are declared and not claimed, in asset units.
    function pending() public view returns (uint256 net) {
        uint256 last = _last();
        for (uint256 id = collected + 1; id <= last; ++id) net += _netOf(id);
    }

    function _collect() internal virtual override {
        uint256 last = _last();
        uint256 id = collected;
        for (; id < last && _isDue(id + 1); ++id) {
            if (_netOf(id + 1) != 0) token.claimDividend(id + 1);
        }
        collected = id;
    }

    function _last() private view returns (uint256) {
        return Math.min(token.dividendCount(), collected + PENDING_MAX);
    }

    function _isDue(uint256 id) private view returns (bool) {
        (, , , , , , uint48 payTime, ) = token.dividends(id);
        return payTime <= block.timestamp;
    }

    function _netOf(uint256 id) private view returns (uint256) {
        (address paidIn, , , , , , , ) = token.dividends(id);
        if (paidIn != asset) return 0;
        (uint256 gross, uint256 tax) = token.claimable(id, address(0), address(this));
        return gross - tax;
    }
}
