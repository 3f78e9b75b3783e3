// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Kyc} from "../common/Kyc.sol";
import {Owed as Kept} from "../common/Owed.sol";
import {OwedLedger} from "../common/OwedLedger.sol";

/// @title EligiblePayouts
/// @notice Payouts to accounts that must be eligible when they are paid: until then their money waits in `owed`.
abstract contract EligiblePayouts is OwedLedger {
    /// @inheritdoc OwedLedger
    function withdrawOwed(address asset) public virtual override returns (uint256 amount) {
        Kyc.requireEligible(msg.sender);
        return super.withdrawOwed(asset);
    }

    /// @dev Pays an eligible account, else credits `owed`. Returns whether it was paid.
    function _payEligible(address asset, address account, uint256 amount) internal returns (bool isPaid) {
        if (Kyc.isEligible(account)) return _payOrOwe(asset, account, amount);
        if (amount != 0) Kept.credit(asset, account, amount);
    }
}
