// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IDocumentStore
/// @notice The part of the DocumentRegistry that permissioned tokens use behind ERC-1643.
interface IDocumentStore {
    /// @notice Sets a document of the calling token.
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external;
    /// @notice Removes a document of the calling token.
    function removeDocument(bytes32 name) external;
    /// @notice A document of a token.
    function documentOf(address token, bytes32 name) external view returns (string memory uri, bytes32 documentHash, uint256 updatedAt);
    /// @notice Names of a token's documents.
    function documentNamesOf(address token) external view returns (bytes32[] memory);
}
