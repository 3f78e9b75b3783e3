// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Kyc} from "../common/Kyc.sol";
import {SdkContract} from "./SdkContract.sol";

/// @title AccessLevel
/// @notice The identity level that a deployment asks of its participants.
abstract contract AccessLevel is SdkContract {
    /// @custom:storage-location erc7201:defactor.SdkAccess.v1
    struct LevelStorage {
        uint8 minTier;
        uint8 typeMask;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.SdkAccess.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant LEVEL_STORAGE = 0x4675e5ca9683c056fe5e4eb5814def8cd269d3ec6f849d191789ea80cf772000;

    /// @notice The level was set.
    /// @param minTier Lowest tier.
    /// @param typeMask Investor types admitted, bit `1 << type`; 0 for any.
    event AccessLevelSet(uint8 minTier, uint8 typeMask);

    /// @notice Sets the level that new positions need. DEFAULT_ADMIN_ROLE.
    /// @param minTier Lowest tier, 0 for the registry's own.
    /// @param typeMask Investor types admitted, bit `1 << type`; 0 for any.
    function setAccessLevel(uint8 minTier, uint8 typeMask) external onlyRole(DEFAULT_ADMIN_ROLE) {
        LevelStorage storage $ = _level();
        ($.minTier, $.typeMask) = (minTier, typeMask);
        emit AccessLevelSet(minTier, typeMask);
    }

    /// @notice The level that new positions need.
    function accessLevel() external view returns (uint8 minTier, uint8 typeMask) {
        LevelStorage storage $ = _level();
        return ($.minTier, $.typeMask);
    }

    /// @dev Reverts `NotEligible` for an account below the level.
    function _requireLevel(address account) internal view {
        LevelStorage storage $ = _level();
        Kyc.requireLevel(account, $.minTier, $.typeMask);
    }

    function _level() private pure returns (LevelStorage storage $) {
        assembly {
            $.slot := LEVEL_STORAGE
        }
    }
}
