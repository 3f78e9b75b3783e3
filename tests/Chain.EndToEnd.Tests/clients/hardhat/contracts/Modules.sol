// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// The interfaces of the native modules, compiled here from the package's sources so that the tests have their ABIs.
import {IComplianceEngine} from "@defactor/chain-contracts/src/interfaces/IComplianceEngine.sol";
import {IKycRegistry} from "@defactor/chain-contracts/src/interfaces/IKycRegistry.sol";
