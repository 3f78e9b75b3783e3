// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {AssetToken} from "./AssetToken.sol";

/// @title ERC20Factory
/// @notice Plain ERC-20 issuance of Defactor Assets: no identity and no rules, so not for securities.
contract ERC20Factory is ERC165 {
    /// @notice `creator` created `token`.
    event ERC20TokenCreated(address indexed token, address indexed creator, bytes32 staticData);

    /// @notice Data of each token created here, set once.
    mapping(address token => bytes32) public staticData;

    /// @notice Creates a token whose whole supply and ownership the caller receives.
    function createERC20Token(string calldata name, string calldata symbol, uint8 decimals, uint256 supply, bytes32 data) external returns (address token) {
        token = address(new AssetToken(name, symbol, decimals, supply, msg.sender));
        staticData[token] = data;
        emit ERC20TokenCreated(token, msg.sender, data);
    }
}
