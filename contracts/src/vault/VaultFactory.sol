// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BeaconProxy} from "@openzeppelin/contracts/proxy/beacon/BeaconProxy.sol";
import {Addresses} from "../common/Addresses.sol";
import {PlatformModule} from "../common/PlatformModule.sol";
import {Roles} from "../common/Roles.sol";
import {RuleSetup} from "../common/Structs.sol";
import {TokenDeployer} from "../token/TokenDeployer.sol";
import {Vault} from "./Vault.sol";
import {VaultParams} from "./VaultTypes.sol";

/// @title VaultFactory
/// @notice Creates vaults behind the beacon.
contract VaultFactory is PlatformModule {
    /// @custom:storage-location erc7201:defactor.VaultFactory.v1
    struct FactoryStorage {
        address[] vaults;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.VaultFactory.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant FACTORY_STORAGE = 0x01c25eead30233c8221c9a69e2942d2723b76b0c0cf05d35ef45cb74157e0b00;

    /// @notice `issuer` created a vault; it takes deposits once registered and activated.
    event VaultCreated(address indexed vault, address indexed asset, address indexed issuer);

    /// @notice Sets the administrator (the Timelock) and the guardian.
    function initialize(address admin, address guardian) external initializer {
        __PlatformModule_init(admin, guardian);
    }

    /// @notice Creates a vault and sets the rules of its shares, which `p.ruleAdmin` then accepts.
    function createVault(VaultParams calldata p, RuleSetup calldata shareRules) external onlyRole(Roles.ISSUER) returns (address vault) {
        FactoryStorage storage $ = _factory();
        vault = address(new BeaconProxy{salt: bytes32($.vaults.length)}(Addresses.VAULT_BEACON, ""));
        $.vaults.push(vault);
        Vault(vault).initialize(p);
        TokenDeployer.applyRules(vault, shareRules, p.ruleAdmin);
        emit VaultCreated(vault, p.asset, msg.sender);
    }

    /// @notice Number of vaults.
    function vaultCount() external view returns (uint256) {
        return _factory().vaults.length;
    }

    /// @notice Vault of this number, from 0.
    function vaultAt(uint256 index) external view returns (address) {
        return _factory().vaults[index];
    }

    function _factory() private pure returns (FactoryStorage storage $) {
        assembly {
            $.slot := FACTORY_STORAGE
        }
    }
}
