// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Property, Sale, Spv, Subscription} from "./SpvTypes.sol";

/// @title ISpvErrors
/// @notice Errors that the parts of the registry share.
interface ISpvErrors {
    /// @notice The action does not fit this status, or the move is not allowed.
    error BadStatus(uint8 status);
    /// @notice The caller does not manage this SPV.
    error NotManager(bytes32 spvId);
    /// @notice No such SPV.
    error SpvUnknown(bytes32 spvId);
}

/// @title SpvState
/// @notice State of the registry and the questions that its parts share.
library SpvState {
    /// @custom:storage-location erc7201:defactor.SPVRegistry.v1
    struct Data {
        bytes32[] spvIds;
        mapping(bytes32 spvId => Spv) spvs;
        mapping(bytes32 propertyId => Property) properties;
        mapping(bytes32 spvId => bytes32[]) propertyIds;
        mapping(bytes32 spvId => int256) cash;
        mapping(bytes32 spvId => uint256) openSales;
        mapping(bytes32 spvId => uint256) reserved;
        uint256 saleCount;
        mapping(uint256 saleId => Sale) sales;
        mapping(uint256 saleId => mapping(address investor => Subscription)) subscriptions;
        mapping(address investor => uint256[]) salesOf;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.SPVRegistry.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SPV_STORAGE = 0x222c0ebcc61fa1641c36e72691a0a695f09a83eea00f697a1f59590659e53100;

    uint8 internal constant DRAFT = 1;
    uint8 internal constant ACTIVE = 2;
    uint8 internal constant LIQUIDATING = 3;
    uint8 internal constant CLOSED = 4;

    /// @notice The SPV, which must exist.
    function existing(bytes32 spvId) internal view returns (Spv storage s) {
        s = load().spvs[spvId];
        if (s.status == 0) revert ISpvErrors.SpvUnknown(spvId);
    }

    /// @notice The SPV, which the caller must manage.
    function managed(bytes32 spvId) internal view returns (Spv storage s) {
        s = existing(spvId);
        if (s.manager != msg.sender) revert ISpvErrors.NotManager(spvId);
    }

    /// @notice The SPV, which the caller must manage and which must be active.
    function managedActive(bytes32 spvId) internal view returns (Spv storage s) {
        s = managed(spvId);
        if (s.status != ACTIVE) revert ISpvErrors.BadStatus(s.status);
    }

    /// @notice The registry's state.
    function load() internal pure returns (Data storage $) {
        assembly {
            $.slot := SPV_STORAGE
        }
    }
}
