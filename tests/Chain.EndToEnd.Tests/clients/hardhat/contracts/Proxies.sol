// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// A box behind OpenZeppelin's proxy.
contract Box is Initializable {
    uint256 public value;

    function initialize(uint256 first) external initializer {
        value = first;
    }
}

/// Its next version.
contract BoxV2 is Box {
    function double() external {
        value *= 2;
    }
}

contract BoxProxy is TransparentUpgradeableProxy {
    constructor(address logic, address owner, bytes memory data) payable TransparentUpgradeableProxy(logic, owner, data) {}
}
