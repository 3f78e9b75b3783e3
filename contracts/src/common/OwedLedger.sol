// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {Owed as Kept} from "./Owed.sol";

/// @title OwedLedger
/// @notice A contract that keeps what it could not deliver, see the library `Owed`.
abstract contract OwedLedger is IPositions, ReentrancyGuardTransient {
    /// @inheritdoc IPositions
    function owed(address asset, address account) public view returns (uint256) {
        return Kept.amountOf(asset, account);
    }

    /// @inheritdoc IPositions
    function withdrawOwed(address asset) public virtual nonReentrant returns (uint256 amount) {
        return Kept.withdraw(asset);
    }

    /// @notice Tries to pay `to`; what cannot be delivered is credited to `owed`. Returns whether it was delivered.
    function _payOrOwe(address asset, address to, uint256 amount) internal returns (bool) {
        return Kept.payOrOwe(asset, to, amount);
    }

    /// @notice Moves what is owed in `asset` from a recovered wallet to its replacement.
    function _migrateOwed(address asset, address lost, address replacement) internal {
        Kept.migrate(asset, lost, replacement);
    }
}
