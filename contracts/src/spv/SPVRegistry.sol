// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Assets} from "../common/Assets.sol";
import {RuleSetup, TokenParams} from "../common/Structs.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {TokenDeployer} from "../token/TokenDeployer.sol";
import {SpvBook} from "./SpvBook.sol";
import {SpvSales} from "./SpvSales.sol";
import {SpvState} from "./SpvState.sol";
import {Spv} from "./SpvTypes.sol";

/// @title SPVRegistry
/// @notice Legal wrappers and their property book; the entry of tokenisation, primary sales and distributions.
contract SPVRegistry is SpvBook, SpvSales {
    using SafeERC20 for IERC20;

    /// @notice An SPV was tokenised; `ruleAdmin` may accept the rules.
    event Tokenised(bytes32 indexed spvId, address indexed token, address ruleAdmin);

    /// @notice The SPV has its token.
    error AlreadyTokenised(bytes32 spvId);

    /// @notice Sets the administrator (the Timelock) and the guardian.
    function initialize(address admin, address guardian) external initializer {
        __PausableModule_init(admin, guardian);
        __ERC721_init("Defactor SPV", "DSPV");
    }

    /// @notice Creates the token of an active SPV, once: its manager. The supply cap is always among the rules.
    function tokenise(bytes32 spvId, TokenParams calldata p, RuleSetup calldata setup) external whenNotPaused returns (address) {
        Spv storage s = SpvState.managedActive(spvId);
        if (s.token != address(0)) revert AlreadyTokenised(spvId);
        PermissionedToken token = TokenDeployer.deploy(spvId, p, setup, spvId, address(this));
        s.token = address(token);
        emit Tokenised(spvId, address(token), p.ruleAdmin);
        return address(token);
    }

    /// @notice Address of an SPV's token, before and after its creation.
    function predictToken(bytes32 spvId) external view returns (address) {
        return TokenDeployer.predict(spvId);
    }

    /// @notice Declares a dividend of the SPV's token, paid by its manager.
    function distribute(bytes32 spvId, address asset, uint256 amount, uint8 kind, uint48 recordTime, uint48 payTime, bytes32 docHash)
        external
        nonReentrant
        returns (uint256 dividendId)
    {
        Spv storage s = SpvState.managed(spvId);
        if (s.token == address(0)) revert BadStatus(s.status);
        Assets.pull(asset, msg.sender, amount);
        IERC20(asset).forceApprove(s.token, amount);
        return PermissionedToken(s.token).declareDividend(asset, amount, kind, recordTime, payTime, docHash);
    }

    /// @inheritdoc SpvBook
    function supportsInterface(bytes4 interfaceId) public view override(AccessControlUpgradeable, SpvBook) returns (bool) {
        return interfaceId == type(IPositions).interfaceId || super.supportsInterface(interfaceId);
    }
}
