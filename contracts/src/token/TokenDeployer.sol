// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BeaconProxy} from "@openzeppelin/contracts/proxy/beacon/BeaconProxy.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Addresses} from "../common/Addresses.sol";
import {IComplianceEngine} from "../interfaces/IComplianceEngine.sol";
import {Kyc} from "../common/Kyc.sol";
import {RuleSetup, TokenParams} from "../common/Structs.sol";
import {PermissionedToken} from "./PermissionedToken.sol";

/// @title TokenDeployer
/// @notice Creates tokens behind the beacon at addresses that depend on factory and salt only, and hands their rules over. A linked library
/// of the factories: it runs as the factory that calls it.
library TokenDeployer {
    uint32 private constant RULE_SUPPLY_CAP = 1 << 16;

    /// @notice Deploys and initialises a token, sets its rules with the supply capped at `p.maxSupply`, and offers them to `p.ruleAdmin`.
    function deploy(bytes32 salt, TokenParams memory p, RuleSetup memory setup, bytes32 spvId, address controller)
        external
        returns (PermissionedToken token)
    {
        token = PermissionedToken(address(new BeaconProxy{salt: salt}(Addresses.TOKEN_BEACON, "")));
        token.initialize(p, spvId, controller);
        setup.rules.ruleMask |= RULE_SUPPLY_CAP;
        setup.rules.supplyCap = p.maxSupply;
        _applyRules(address(token), setup, p.ruleAdmin);
    }

    /// @notice Address that `deploy` gives for a salt.
    function predict(bytes32 salt) external view returns (address) {
        return Create2.computeAddress(salt, keccak256(abi.encodePacked(type(BeaconProxy).creationCode, abi.encode(Addresses.TOKEN_BEACON, ""))));
    }

    /// @notice Sets the rules of a share token and offers them to `ruleAdmin`, who accepts them.
    function applyRules(address token, RuleSetup memory setup, address ruleAdmin) external {
        _applyRules(token, setup, ruleAdmin);
    }

    function _applyRules(address token, RuleSetup memory setup, address ruleAdmin) private {
        IComplianceEngine engine = Kyc.ENGINE;
        engine.setRules(token, setup.rules);
        if (setup.countries.length != 0) engine.setCountries(token, setup.countries, true);
        if (setup.windowSeconds.length != 0 || setup.windowMax.length != 0) engine.setWindows(token, setup.windowSeconds, setup.windowMax);
        engine.setRuleAdmin(token, ruleAdmin);
    }
}
