// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IComplianceEngine} from "../interfaces/IComplianceEngine.sol";

/// @notice Rules of a new token: the rule set and the lists that `setCountries` and `setWindows` take.
struct RuleSetup {
    IComplianceEngine.RuleSet rules;
    uint16[] countries;
    uint32[] windowSeconds;
    uint224[] windowMax;
}

/// @notice Parameters of a new permissioned token; `paymaster` receives DIVIDEND_ROLE.
struct TokenParams {
    string name;
    string symbol;
    uint8 decimals;
    bytes32 navFeedId;
    address admin;
    address ruleAdmin;
    address agent;
    address pauser;
    address paymaster;
    uint256 maxSupply;
}
