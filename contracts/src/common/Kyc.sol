// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IComplianceEngine} from "../interfaces/IComplianceEngine.sol";
import {IKycRegistry} from "../interfaces/IKycRegistry.sol";
import {RwaErrors} from "./RwaErrors.sol";

/// @title Kyc
/// @notice Questions to the native identity registry and rule engine.
library Kyc {
    /// @notice The native KYC registry.
    IKycRegistry internal constant KYC = IKycRegistry(0x0300000000000000000000000000000000000001);
    /// @notice The native compliance engine.
    IComplianceEngine internal constant ENGINE = IComplianceEngine(0x0300000000000000000000000000000000000002);
    /// @notice Kind of an identity that is a protocol contract.
    uint8 internal constant KIND_PROTOCOL = 2;

    /// @notice Reverts `NotEligible` unless the registry admits `account`.
    function requireEligible(address account) internal view {
        uint8 code = statusOf(account);
        if (code != 0) revert RwaErrors.NotEligible(account, code);
    }

    /// @notice Reverts `NotEligible` unless `account` has at least `minTier` and a type in `typeMask` (0 = any).
    function requireLevel(address account, uint8 minTier, uint8 typeMask) internal view {
        uint8 code = KYC.checkLevel(account, minTier, typeMask);
        if (code != 0) revert RwaErrors.NotEligible(account, code);
    }

    /// @notice Whether the registry admits `account`.
    function isEligible(address account) internal view returns (bool) {
        return statusOf(account) == 0;
    }

    /// @notice Reason why the registry does not admit `account`; 0 if it does.
    function statusOf(address account) internal view returns (uint8 code) {
        return KYC.kycStatus(account);
    }

    /// @notice Identity of `account`, or the account itself where it has none.
    function identityKey(address account) internal view returns (bytes32) {
        bytes32 id = KYC.identityIdOf(account);
        return id == 0 ? bytes32(uint256(uint160(account))) : id;
    }

    /// @notice Reverts unless `account` is linked to the identity of a protocol contract.
    function requireProtocolContract(address account) internal view {
        bytes32 id = KYC.identityIdOf(account);
        if (id == 0 || KYC.getIdentity(id).kind != KIND_PROTOCOL) revert RwaErrors.NotEligible(account, 49);
        requireEligible(account);
    }

    /// @notice Reverts unless `lost` was recovered to `replacement`: revoked wallet, same identity, eligible replacement.
    function requireRecovered(address lost, address replacement) internal view {
        IKycRegistry.Wallet memory wallet = KYC.getWallet(lost);
        if (wallet.status != 3 || wallet.identityId == 0) revert RwaErrors.InvalidParameter("lost");
        if (lost == replacement || KYC.identityIdOf(replacement) != wallet.identityId) revert RwaErrors.InvalidParameter("replacement");
        requireEligible(replacement);
    }
}
