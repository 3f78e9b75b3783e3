// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// A token that anyone mints and that, once armed, calls back in the middle of its next transfer. It keeps what that call said.
contract HookCoin is ERC20 {
    address private _target;
    bytes private _call;
    bool public wasCalled;
    bytes4 public refusal;

    constructor() ERC20("Hook", "HOOK") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(address target, bytes calldata call) external {
        (_target, _call, wasCalled, refusal) = (target, call, false, 0);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0) || from == address(0) || to == address(0)) return;
        address target = _target;
        _target = address(0);
        (bool isDone, bytes memory data) = target.call(_call);
        (wasCalled, refusal) = (true, isDone ? bytes4(0) : bytes4(data));
    }
}

/// Unwraps again while it is being paid.
contract HookUnwrapper {
    address payable private immutable _wrapped;
    bytes4 public refusal;

    constructor(address payable wrapped) payable {
        _wrapped = wrapped;
    }

    function run(uint256 amount) external {
        (bool isWrapped, ) = _wrapped.call{value: amount}(abi.encodeWithSignature("deposit()"));
        require(isWrapped);
        (bool isDone, ) = _wrapped.call(abi.encodeWithSignature("withdraw(uint256)", amount / 2));
        require(isDone);
    }

    receive() external payable {
        (bool isDone, bytes memory data) = _wrapped.call(abi.encodeWithSignature("withdraw(uint256)", msg.value));
        if (!isDone) refusal = bytes4(data);
    }
}

/// A price contract that burns all the gas it is given.
contract BurningFeed {
    uint8 public constant decimals = 8;

    function latestRoundData() external pure {
        while (true) {}
    }
}
