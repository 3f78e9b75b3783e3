// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// What client libraries are tried on: storage, events, a constructor argument, each way to revert.
contract Ledger {
    error TooSmall(uint256 given, uint256 least);

    event Recorded(address indexed by, uint256 indexed key, uint256 value, string note);

    mapping(uint256 => uint256) public values;
    uint256 public count;
    address public immutable owner = msg.sender;

    constructor(uint256 first) {
        values[0] = first;
        count = 1;
    }

    receive() external payable {}

    function record(uint256 key, uint256 value, string calldata note) external returns (uint256) {
        if (value < 10) revert TooSmall(value, 10);
        require(value < 1000, "value too large");
        assert(key != 666);
        values[key] = value;
        emit Recorded(msg.sender, key, value, note);
        return ++count;
    }

    function time() external view returns (uint256) {
        return block.timestamp;
    }
}
