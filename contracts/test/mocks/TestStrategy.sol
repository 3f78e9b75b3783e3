// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";

/// A strategy whose gains and losses a test decides.
contract TestStrategy is IStrategy {
    PaymentToken private immutable _asset;
    bool public isStale;

    constructor(PaymentToken asset_) {
        _asset = asset_;
    }

    function asset() external view returns (address) {
        return address(_asset);
    }

    function totalValue() public view returns (uint256) {
        require(!isStale, "stale");
        return _asset.balanceOf(address(this));
    }

    function deposit(uint256 assets) external {
        _asset.transferFrom(msg.sender, address(this), assets);
    }

    function withdraw(uint256 assets) external returns (uint256) {
        _asset.transfer(msg.sender, assets);
        return assets;
    }

    function harvest() external pure returns (int256) {
        return 0;
    }

    function lose(uint256 assets) external {
        _asset.transfer(address(0xdead), assets);
    }

    function setStale(bool stale) external {
        isStale = stale;
    }
}
