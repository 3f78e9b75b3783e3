// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {ERC20Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IComplianceEngine} from "../interfaces/IComplianceEngine.sol";
import {IERC1404} from "../interfaces/IERC1404.sol";
import {IERC3643Events} from "../interfaces/IERC3643.sol";
import {IERC7943} from "../interfaces/IERC7943.sol";
import {Kyc} from "../common/Kyc.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";

/// @title ComplianceERC20
/// @notice ERC-20 whose every movement the native rule engine decides: transfer path, freezes, forced transfer, recovery and checkpoints
/// that the permissioned token and the share tokens of vaults, pairs and the lending pool have in common.
abstract contract ComplianceERC20 is ERC20Upgradeable, AccessControlUpgradeable, IERC7943, IERC1404, IERC3643Events, IERC6372 {
    using Checkpoints for Checkpoints.Trace208;

    /// @custom:storage-location erc7201:defactor.ComplianceERC20.v1
    struct ComplianceStorage {
        mapping(address account => bool) frozen;
        mapping(address account => uint256) frozenAmount;
        mapping(address account => address) successor;
        mapping(address account => Checkpoints.Trace208) balances;
        Checkpoints.Trace208 supply;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.ComplianceERC20.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant COMPLIANCE_STORAGE = 0x19d8b3a69e14e948cc0e7534ca35f1c36bc38ccc3a7cd4b13f142b6e798b8d00;

    uint8 private constant CODE_SENDER_UNKNOWN = 17;
    uint8 private constant CODE_RECEIVER_UNKNOWN = 33;
    uint8 private constant CODE_INSUFFICIENT_BALANCE = 128;
    uint8 private constant CODE_TOKENS_FROZEN = 129;
    uint8 private constant CODE_PAUSED = 130;
    uint32 private constant RULE_KYC = 1;

    /// @notice The reason of a forced transfer: the hash of the order's document.
    event ForcedTransferReason(address indexed from, address indexed to, uint256 amount, bytes32 indexed reason);

    /// @notice The time point is not in the past.
    error FutureLookup(uint48 timepoint, uint48 clock);

    /// @notice Registers the token with the engine; `ruleAdmin` sets the first rules.
    function __ComplianceERC20_init(string memory name_, string memory symbol_, address ruleAdmin) internal onlyInitializing {
        __ERC20_init(name_, symbol_);
        Kyc.ENGINE.registerToken(ruleAdmin);
    }

    /// @inheritdoc IERC7943
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool) {
        _forcedTransfer(from, to, amount, 0);
        return true;
    }

    /// @notice Forced transfer with the hash of the order's document as `reason`, which the audit journal keeps.
    function forcedTransferWithReason(address from, address to, uint256 amount, bytes32 reason) external {
        _forcedTransfer(from, to, amount, reason);
        emit ForcedTransferReason(from, to, amount, reason);
    }

    /// @notice Moves everything of a lost wallet to its replacement: balance, frozen amount, wallet freeze and later claims.
    /// The registry must have confirmed the recovery before. `investorOnchainID` is the identity address of the replacement.
    function recoveryAddress(address lost, address replacement, address investorOnchainID) external onlyRole(Roles.AGENT) returns (bool) {
        if (lost == replacement) revert RwaErrors.InvalidParameter("replacement");
        if (investorOnchainID != Kyc.KYC.identity(replacement)) revert RwaErrors.InvalidParameter("investorOnchainID");
        if (_isVenue(lost)) revert RwaErrors.VenueProtected(lost);
        ComplianceStorage storage $ = _compliance();
        uint256 balance = balanceOf(lost);
        Kyc.ENGINE.recovered(lost, replacement, balance);
        _account(lost, replacement, balance);

        uint256 frozenAmount = $.frozenAmount[lost];
        if (frozenAmount != 0) {
            _setFrozenAmount(lost, 0);
            _setFrozenAmount(replacement, $.frozenAmount[replacement] + frozenAmount);
        }
        if ($.frozen[lost]) _setAddressFrozen(replacement, true);
        // The replacement is the end of its chain, so chains of successors never close to a circle.
        $.successor[lost] = replacement;
        delete $.successor[replacement];
        emit RecoverySuccess(lost, replacement, investorOnchainID);
        return true;
    }

    /// @notice Freezes or unfreezes a wallet in this token.
    function setAddressFrozen(address account, bool freeze) external onlyRole(Roles.AGENT) {
        _setAddressFrozen(account, freeze);
    }

    /// @notice Freezes `amount` more of the balance.
    function freezePartialTokens(address account, uint256 amount) external onlyRole(Roles.AGENT) {
        _freezePartialTokens(account, amount);
    }

    /// @notice Unfreezes `amount` of what is frozen.
    function unfreezePartialTokens(address account, uint256 amount) external onlyRole(Roles.AGENT) {
        _unfreezePartialTokens(account, amount);
    }

    /// @inheritdoc IERC7943
    function setFrozenTokens(address account, uint256 amount) external onlyRole(Roles.AGENT) returns (bool) {
        _setFrozenAmount(account, amount);
        return true;
    }

    /// @notice Whether the wallet is frozen in this token.
    function isFrozen(address account) public view returns (bool) {
        return _compliance().frozen[account];
    }

    /// @inheritdoc IERC7943
    function getFrozenTokens(address account) public view returns (uint256) {
        return _compliance().frozenAmount[account];
    }

    /// @notice Who receives the later claims of a recovered wallet; zero if the wallet was not recovered.
    function successor(address account) external view returns (address) {
        return _compliance().successor[account];
    }

    /// @inheritdoc IERC7943
    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        return detectTransferRestriction(from, to, amount) == 0;
    }

    /// @inheritdoc IERC7943
    function canSend(address account) external view returns (bool) {
        return _canTakePart(account, true);
    }

    /// @inheritdoc IERC7943
    function canReceive(address account) external view returns (bool) {
        return _canTakePart(account, false);
    }

    /// @inheritdoc IERC1404
    function detectTransferRestriction(address from, address to, uint256 amount) public view returns (uint8) {
        if (_transfersPaused()) return CODE_PAUSED;
        if (from == address(0)) return CODE_SENDER_UNKNOWN;
        if (to == address(0)) return CODE_RECEIVER_UNKNOWN;
        if (balanceOf(from) < amount) return CODE_INSUFFICIENT_BALANCE;
        if (isFrozen(from) || isFrozen(to) || _unfrozen(from) < amount) return CODE_TOKENS_FROZEN;
        return Kyc.ENGINE.canTransfer(address(this), from, to, amount);
    }

    /// @inheritdoc IERC1404
    function messageForTransferRestriction(uint8 code) external view returns (string memory) {
        return Kyc.ENGINE.messageForTransferRestriction(code);
    }

    /// @notice Balance of `account` at the end of a past second.
    function balanceOfAt(address account, uint48 timepoint) public view returns (uint256) {
        return _compliance().balances[account].upperLookupRecent(_past(timepoint));
    }

    /// @notice Supply at the end of a past second.
    function totalSupplyAt(uint48 timepoint) public view returns (uint256) {
        return _compliance().supply.upperLookupRecent(_past(timepoint));
    }

    /// @inheritdoc IERC6372
    function clock() public view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc IERC6372
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc AccessControlUpgradeable
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return
            interfaceId == type(IERC20).interfaceId ||
            interfaceId == type(IERC7943).interfaceId ||
            interfaceId == type(IERC1404).interfaceId ||
            interfaceId == type(IERC6372).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /// @notice Whether holders' transfers are stopped.
    function _transfersPaused() internal view virtual returns (bool) {
        return false;
    }

    /// @notice Whether the account is a dividend venue, whose tokens only the venue moves.
    function _isVenue(address) internal view virtual returns (bool) {
        return false;
    }

    /// @notice Movements by holders, and mint and burn. One engine hook, then accounting.
    function _update(address from, address to, uint256 amount) internal virtual override {
        if (from == address(0)) {
            Kyc.ENGINE.created(to, amount);
        } else if (to == address(0)) {
            Kyc.ENGINE.destroyed(from, amount);
        } else {
            if (_transfersPaused()) revert PausableUpgradeable.EnforcedPause();
            _requireSpendable(from, amount);
            if (isFrozen(to)) revert ERC7943CannotReceive(to);
            Kyc.ENGINE.transferred(from, to, amount);
        }
        _account(from, to, amount);
    }

    /// @notice ERC-20 accounting and checkpoints, after the engine agreed.
    function _account(address from, address to, uint256 amount) internal {
        super._update(from, to, amount);
        ComplianceStorage storage $ = _compliance();
        uint48 time = clock();
        if (from != address(0)) $.balances[from].push(time, SafeCast.toUint208(balanceOf(from)));
        if (to != address(0)) $.balances[to].push(time, SafeCast.toUint208(balanceOf(to)));
        if (from == address(0) || to == address(0)) $.supply.push(time, SafeCast.toUint208(totalSupply()));
    }

    /// @notice A holder's exit from a share token: as free as a transfer would be, so that burning never escapes a freeze or a legal hold.
    function _burnOfHolder(address holder, uint256 amount) internal {
        _requireSpendable(holder, amount);
        IComplianceEngine.HolderInfo memory info = Kyc.ENGINE.holderOf(address(this), Kyc.ENGINE.holderKey(address(this), holder));
        if (info.legalHold != 0 && info.balance < info.legalHold + amount) {
            revert IComplianceEngine.ComplianceViolation(66, holder, address(0), amount);
        }
        _burn(holder, amount);
    }

    /// @notice Reverts unless the holder's wallet is free and so is `amount` of its balance.
    function _requireSpendable(address from, uint256 amount) internal view {
        if (isFrozen(from)) revert ERC7943CannotSend(from);
        uint256 balance = balanceOf(from);
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        uint256 unfrozen = _unfrozen(from);
        if (unfrozen < amount) revert ERC7943InsufficientUnfrozenBalance(from, amount, unfrozen);
    }

    /// @notice A forced transfer by an agent.
    function _forcedTransfer(address from, address to, uint256 amount, bytes32 reason) internal onlyRole(Roles.AGENT) {
        if (from == address(0)) revert ERC20InvalidSender(from);
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        _releaseForAgent(from, amount);
        Kyc.ENGINE.forced(from, to, amount, reason);
        _account(from, to, amount);
        emit ForcedTransfer(from, to, amount);
    }

    /// @notice Before an agent takes `amount` from `from`: not from a venue; unfreezes the part that is missing.
    function _releaseForAgent(address from, uint256 amount) internal {
        if (_isVenue(from)) revert RwaErrors.VenueProtected(from);
        uint256 balance = balanceOf(from);
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        uint256 rest = balance - amount;
        if (getFrozenTokens(from) > rest) _setFrozenAmount(from, rest);
    }

    /// @notice Freezes or unfreezes a wallet.
    function _setAddressFrozen(address account, bool freeze) internal {
        _compliance().frozen[account] = freeze;
        emit AddressFrozen(account, freeze, msg.sender);
    }

    /// @notice Freezes `amount` more, at most the unfrozen balance.
    function _freezePartialTokens(address account, uint256 amount) internal {
        uint256 unfrozen = _unfrozen(account);
        if (unfrozen < amount) revert ERC7943InsufficientUnfrozenBalance(account, amount, unfrozen);
        _setFrozenAmount(account, getFrozenTokens(account) + amount);
    }

    /// @notice Unfreezes `amount`, at most the frozen amount.
    function _unfreezePartialTokens(address account, uint256 amount) internal {
        uint256 frozenAmount = getFrozenTokens(account);
        if (frozenAmount < amount) revert RwaErrors.InvalidParameter("amount");
        _setFrozenAmount(account, frozenAmount - amount);
    }

    /// @notice Sets the frozen amount and logs the difference for ERC-3643 and the total for ERC-7943.
    function _setFrozenAmount(address account, uint256 amount) internal {
        ComplianceStorage storage $ = _compliance();
        uint256 old = $.frozenAmount[account];
        $.frozenAmount[account] = amount;
        if (amount >= old) emit TokensFrozen(account, amount - old);
        else emit TokensUnfrozen(account, old - amount);
        emit Frozen(account, amount);
    }

    /// @notice The last wallet of a chain of recoveries that began at `account`.
    function _currentWallet(address account) internal view returns (address current) {
        ComplianceStorage storage $ = _compliance();
        current = account;
        for (address next = $.successor[current]; next != address(0); next = $.successor[current]) current = next;
    }

    /// @notice What a holder may move now, as far as this contract's freezes go.
    function _spendable(address account) internal view returns (uint256) {
        return isFrozen(account) ? 0 : _unfrozen(account);
    }

    function _unfrozen(address account) private view returns (uint256) {
        uint256 balance = balanceOf(account);
        uint256 frozenAmount = getFrozenTokens(account);
        return balance > frozenAmount ? balance - frozenAmount : 0;
    }

    function _canTakePart(address account, bool asSender) private view returns (bool) {
        if (account == address(0) || isFrozen(account)) return false;
        (, , , , IComplianceEngine.RuleSet memory rules) = Kyc.ENGINE.rulesOf(address(this));
        if (rules.ruleMask & RULE_KYC == 0) return true;
        return Kyc.KYC.checkLevel(account, asSender ? rules.minTierFrom : rules.minTierTo, 0) == 0;
    }

    function _past(uint48 timepoint) private view returns (uint48) {
        if (timepoint >= clock()) revert FutureLookup(timepoint, clock());
        return timepoint;
    }

    function _compliance() private pure returns (ComplianceStorage storage $) {
        assembly {
            $.slot := COMPLIANCE_STORAGE
        }
    }
}
