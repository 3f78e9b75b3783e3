// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// What makes a gas limit hard to guess: calls that keep a part of their gas, refunds, gas that is asked for and not used.
contract Guesses {
    error Refused(uint256 code);

    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address => uint256) public balanceOf;
    uint256[] private _filled;
    uint256 private _work;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    /// Each call takes 63 of 64 parts of the gas along.
    function nest(uint256 depth) external {
        if (depth > 0) this.nest(depth - 1);
        else for (uint256 i = 0; i < 200; ++i) _work = uint256(keccak256(abi.encode(_work, i)));
    }

    /// Asks for gas that it does not use.
    function demand(uint256 amount) external {
        require(gasleft() > amount, "more gas is asked for");
        ++_work;
    }

    function fill(uint256 count) external {
        for (uint256 i = 0; i < count; ++i) _filled.push(i + 1);
    }

    /// Gives most of its gas back in the end.
    function clear() external {
        while (_filled.length > 0) _filled.pop();
    }

    function refuse() external pure {
        revert("nothing is done here");
    }

    function refuseWith(uint256 code) external pure {
        revert Refused(code);
    }
}
