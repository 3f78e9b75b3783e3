// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Multicall3
/// @notice Many calls in one, for client libraries: the interface that they expect at 0xcA11bde05977b3631167028862bE2a173976CA11. It holds nothing and remembers nothing, and whoever calls it
///         sends the value that its calls pass on.
contract Multicall3 {
    /// @notice A call, which must succeed where no other argument says that it need not.
    struct Call {
        address target;
        bytes callData;
    }

    /// @notice A call that says itself whether it may fail.
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }

    /// @notice A call with value.
    struct Call3Value {
        address target;
        bool allowFailure;
        uint256 value;
        bytes callData;
    }

    /// @notice What a call gave.
    struct Result {
        bool success;
        bytes returnData;
    }

    /// @notice Makes the calls, each of which must succeed.
    function aggregate(Call[] calldata calls) external payable returns (uint256 blockNumber, bytes[] memory returnData) {
        blockNumber = block.number;
        uint256 count = calls.length;
        returnData = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) returnData[i] = _call(calls[i].target, false, 0, calls[i].callData).returnData;
    }

    /// @notice Makes the calls, which must succeed when `requireSuccess`.
    function tryAggregate(bool requireSuccess, Call[] calldata calls) external payable returns (Result[] memory returnData) {
        return _tryAggregate(requireSuccess, calls);
    }

    /// @notice Makes the calls, which must succeed when `requireSuccess`, and names the block.
    function tryBlockAndAggregate(bool requireSuccess, Call[] calldata calls) external payable returns (uint256 blockNumber, bytes32 blockHash, Result[] memory returnData) {
        return (block.number, blockhash(block.number), _tryAggregate(requireSuccess, calls));
    }

    /// @notice Makes the calls, each of which must succeed, and names the block.
    function blockAndAggregate(Call[] calldata calls) external payable returns (uint256 blockNumber, bytes32 blockHash, Result[] memory returnData) {
        return (block.number, blockhash(block.number), _tryAggregate(true, calls));
    }

    /// @notice Makes the calls, those that may fail among them.
    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory returnData) {
        uint256 count = calls.length;
        returnData = new Result[](count);
        for (uint256 i = 0; i < count; ++i) returnData[i] = _call(calls[i].target, calls[i].allowFailure, 0, calls[i].callData);
    }

    /// @notice Makes the calls with their values, which must add up to what is sent.
    function aggregate3Value(Call3Value[] calldata calls) external payable returns (Result[] memory returnData) {
        uint256 count = calls.length;
        uint256 total = 0;
        returnData = new Result[](count);
        for (uint256 i = 0; i < count; ++i) {
            total += calls[i].value;
            returnData[i] = _call(calls[i].target, calls[i].allowFailure, calls[i].value, calls[i].callData);
        }
        // solhint-disable-next-line gas-custom-errors
        require(msg.value == total, "Multicall3: value mismatch");
    }

    /// @notice Hash of one of the last 256 blocks.
    function getBlockHash(uint256 blockNumber) external view returns (bytes32 blockHash) {
        return blockhash(blockNumber);
    }

    /// @notice Number of the block.
    function getBlockNumber() external view returns (uint256 blockNumber) {
        return block.number;
    }

    /// @notice Fee recipient of the block.
    function getCurrentBlockCoinbase() external view returns (address coinbase) {
        return block.coinbase;
    }

    /// @notice PREVRANDAO of the block, under its older name.
    function getCurrentBlockDifficulty() external view returns (uint256 difficulty) {
        return block.prevrandao;
    }

    /// @notice Gas limit of the block.
    function getCurrentBlockGasLimit() external view returns (uint256 gaslimit) {
        return block.gaslimit;
    }

    /// @notice Time of the block.
    function getCurrentBlockTimestamp() external view returns (uint256 timestamp) {
        return block.timestamp;
    }

    /// @notice Balance of an account.
    function getEthBalance(address addr) external view returns (uint256 balance) {
        return addr.balance;
    }

    /// @notice Hash of the block before.
    function getLastBlockHash() external view returns (bytes32 blockHash) {
        return blockhash(block.number - 1);
    }

    /// @notice Base fee of the block.
    function getBasefee() external view returns (uint256 basefee) {
        return block.basefee;
    }

    /// @notice Chain id.
    function getChainId() external view returns (uint256 chainid) {
        return block.chainid;
    }

    function _tryAggregate(bool requireSuccess, Call[] calldata calls) private returns (Result[] memory results) {
        uint256 count = calls.length;
        results = new Result[](count);
        for (uint256 i = 0; i < count; ++i) results[i] = _call(calls[i].target, !requireSuccess, 0, calls[i].callData);
    }

    function _call(address target, bool allowFailure, uint256 value, bytes calldata data) private returns (Result memory result) {
        (result.success, result.returnData) = target.call{value: value}(data);
        // The text that clients know.
        // solhint-disable-next-line gas-custom-errors
        require(allowFailure || result.success, "Multicall3: call failed");
    }
}
