// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IERC1643
/// @notice ERC-1643 documents of a token. Its ERC-165 id is 0xecfecec8.
interface IERC1643 {
    /// @notice A document was set.
    event DocumentUpdated(bytes32 indexed name, string uri, bytes32 documentHash);
    /// @notice A document was removed.
    event DocumentRemoved(bytes32 indexed name, string uri, bytes32 documentHash);

    /// @notice Sets the document of this name.
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external;
    /// @notice Removes the document of this name.
    function removeDocument(bytes32 name) external;
    /// @notice Address, hash and time of the document of this name.
    function getDocument(bytes32 name) external view returns (string memory, bytes32, uint256);
    /// @notice Names of all documents.
    function getAllDocuments() external view returns (bytes32[] memory);
}
