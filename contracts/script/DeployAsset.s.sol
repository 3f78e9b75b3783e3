// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AssetFactory} from "../src/assets/AssetFactory.sol";
import {Addresses} from "../src/common/Addresses.sol";
import {Kyc} from "../src/common/Kyc.sol";
import {RuleSetup, TokenParams} from "../src/common/Structs.sol";
import {PermissionedToken} from "../src/token/PermissionedToken.sol";
import {ChainScript} from "./base/ChainScript.sol";

/// An issuer tokenises an asset without an SPV and places a part with its first investor, the account named by INVESTOR. The sender is a
/// registered identity with ISSUER_ROLE of the AssetFactory; on `chain dev` that is the first account.
contract DeployAsset is ChainScript {
    uint256 private constant SUPPLY = 1_000e18;
    uint256 private constant PLACED = 250e18;
    uint32 private constant RULE_KYC = 1 << 0;
    uint32 private constant RULE_COUNTRY_ALLOW = 1 << 1;
    uint16 private constant GERMANY = 276;

    function run() external returns (PermissionedToken token) {
        address investor = vm.envAddress("INVESTOR");
        Kyc.requireEligible(msg.sender);
        Kyc.requireEligible(investor);
        vm.startBroadcast();
        token = PermissionedToken(AssetFactory(Addresses.ASSET_FACTORY).deploySuite(_params(msg.sender), _rules(), keccak256("vault receipt"), SUPPLY));
        Kyc.ENGINE.acceptRuleAdmin(address(token));
        token.transfer(investor, PLACED);
        vm.stopBroadcast();
    }

    /// The issuer holds every role of its token.
    function _params(address issuer) private pure returns (TokenParams memory) {
        return TokenParams("Vaulted Gold", "VGLD", 18, 0, issuer, issuer, issuer, issuer, issuer, SUPPLY);
    }

    /// Registered holders in Germany.
    function _rules() private pure returns (RuleSetup memory setup) {
        setup.rules.ruleMask = RULE_KYC | RULE_COUNTRY_ALLOW;
        setup.countries = new uint16[](1);
        setup.countries[0] = GERMANY;
    }
}
