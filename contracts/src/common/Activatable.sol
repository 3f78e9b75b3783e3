// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IActivatable} from "../interfaces/IActivatable.sol";
import {Kyc} from "./Kyc.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title Activatable
/// @notice A contract created later: it starts inactive, and anyone activates it once a KYC agent has registered it.
abstract contract Activatable is IActivatable {
    /// @custom:storage-location erc7201:defactor.Activatable.v1
    struct ActivatableStorage {
        bool active;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.Activatable.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant ACTIVATABLE_STORAGE = 0xa3341f85cb7e22e4481a74227361164c8e7e3073d3000d78bba6ef1a9c10f900;

    /// @inheritdoc IActivatable
    function activate() external {
        Kyc.requireEligible(address(this));
        _activatable().active = true;
        emit Activated(address(this));
    }

    /// @inheritdoc IActivatable
    function active() public view returns (bool) {
        return _activatable().active;
    }

    /// @notice Reverts `Inactive` before the activation.
    function _requireActive() internal view {
        if (!active()) revert RwaErrors.Inactive(address(this));
    }

    function _activatable() private pure returns (ActivatableStorage storage $) {
        assembly {
            $.slot := ACTIVATABLE_STORAGE
        }
    }
}
