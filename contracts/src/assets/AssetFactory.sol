// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PlatformModule} from "../common/PlatformModule.sol";
import {Roles} from "../common/Roles.sol";
import {RuleSetup, TokenParams} from "../common/Structs.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {TokenDeployer} from "../token/TokenDeployer.sol";

/// @title AssetFactory
/// @notice Permissioned tokens for assets without an SPV: metals, invoices, royalties.
contract AssetFactory is PlatformModule {
    /// @custom:storage-location erc7201:defactor.AssetFactory.v1
    struct FactoryStorage {
        uint256 count;
        mapping(address token => bytes32) staticData;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.AssetFactory.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant FACTORY_STORAGE = 0x8adb9c3e54ca7f4b0cd2b8747e3fc90ce81e776cb84e787f9fa117ceb4d28500;

    /// @notice `issuer` deployed `token`.
    event AssetDeployed(address indexed token, address indexed issuer, bytes32 staticData);

    /// @notice Sets the administrator (the Timelock) and the guardian.
    function initialize(address admin, address guardian) external initializer {
        __PlatformModule_init(admin, guardian);
    }

    /// @notice Deploys a token, applies its rules, mints the starting supply to the caller, who must be eligible, and gives the factory's own
    /// roles on it up.
    function deploySuite(TokenParams calldata p, RuleSetup calldata setup, bytes32 data, uint256 startingSupply)
        external
        onlyRole(Roles.ISSUER)
        returns (address)
    {
        FactoryStorage storage $ = _factory();
        PermissionedToken token = TokenDeployer.deploy(bytes32($.count++), p, setup, 0, address(this));
        $.staticData[address(token)] = data;
        if (startingSupply != 0) token.mint(msg.sender, startingSupply);
        token.renounceRole(Roles.AGENT, address(this));
        token.renounceRole(Roles.DIVIDEND, address(this));
        emit AssetDeployed(address(token), msg.sender, data);
        return address(token);
    }

    /// @notice Data of a token created here, set once.
    function staticData(address token) external view returns (bytes32) {
        return _factory().staticData[token];
    }

    function _factory() private pure returns (FactoryStorage storage $) {
        assembly {
            $.slot := FACTORY_STORAGE
        }
    }
}
