// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {Addresses} from "../../src/common/Addresses.sol";
import {FACTR} from "../../src/defactor/FACTR.sol";
import {Modules} from "../base/Modules.sol";

/// The native modules, FACTR and a payment token; proxies as genesis makes them.
abstract contract DefactorTest is Modules {
    address internal constant timelock = Addresses.TIMELOCK;

    PaymentToken internal usdc;
    FACTR internal factr;

    function install() internal {
        installModules();
        usdc = new PaymentToken("USD Coin", "USDC", address(this));
        factr = new FACTR(address(this), 300_000_000e18);
    }

    /// A proxy whose initialiser is called by `creator`.
    function proxy(address implementation, bytes memory call, address creator) internal returns (address) {
        vm.prank(creator);
        return address(new ERC1967Proxy(implementation, call));
    }

    function give(address account, uint256 amount, address spender) internal {
        usdc.mint(account, amount);
        vm.prank(account);
        usdc.approve(spender, type(uint256).max);
    }
}
