// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title Timelock
/// @notice Owner of every upgrade and risk parameter: OpenZeppelin's controller, unmodified. Genesis renounces the builder's administration,
/// so that afterwards only the Timelock administers itself.
contract Timelock is TimelockController {
    /// @notice Sets the delay in seconds, who proposes, who executes (zero: anyone) and the builder that hands the roles over.
    constructor(uint256 minDelay, address[] memory proposers, address[] memory executors, address admin)
        TimelockController(minDelay, proposers, executors, admin)
    {}
}
