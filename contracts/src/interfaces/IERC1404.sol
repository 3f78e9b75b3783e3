// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IERC1404
/// @notice ERC-1404 transfer restrictions. Its ERC-165 id is 0xab84a5c8.
interface IERC1404 {
    /// @notice Reason why the transfer would be refused, 0 if it would not.
    function detectTransferRestriction(address from, address to, uint256 amount) external view returns (uint8);
    /// @notice Text of a reason.
    function messageForTransferRestriction(uint8 code) external view returns (string memory);
}
