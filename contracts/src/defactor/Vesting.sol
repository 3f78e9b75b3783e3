// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";

/// @title Vesting
/// @notice Vesting of any token by Merkle trees of schedules; nothing is written per schedule before its first release. Not upgradeable.
/// A leaf is the hash of the packed schedule (136 bytes, so no inner node of 64 bytes can pass for one). What a leaf has released counts over all
/// roots: two equal grants must differ in one field. A revoked leaf must not be in another valid root.
contract Vesting is AccessControl, Pausable, ReentrancyGuardTransient {
    /// @notice A grant: `initialAmount` from `start` on, `amount` by slices from `cliff` on. Times in seconds since 1970, `duration` in seconds.
    struct VestingSchedule {
        uint64 cliff;
        uint64 start;
        uint64 duration;
        uint64 secondsPerSlice;
        address beneficiary;
        address tokenAddress;
        uint256 amount;
        uint256 initialAmount;
    }

    /// @notice Role of the treasury: who can add a root can pay anyone.
    bytes32 public constant OPERATOR_ROLE = Roles.OPERATOR;
    /// @notice Role that may stop releases.
    bytes32 public constant PAUSER_ROLE = Roles.PAUSER;
    /// @notice Seconds between the announcement of a withdrawal and the withdrawal.
    uint64 public constant WITHDRAWAL_DELAY = 30 days;

    uint256 private constant BATCH_MAX = 100;

    /// @notice Roots whose schedules are paid.
    mapping(bytes32 root => bool isValid) public validRoots;
    /// @notice Leaves of a root that are not paid any more.
    mapping(bytes32 root => mapping(bytes32 leaf => bool isRevoked)) public revoked;
    /// @notice When the withdrawal of a token was announced; 0: it was not.
    mapping(address token => uint64 timestamp) public announcedAt;
    /// @notice Units that a leaf has released, over all roots.
    mapping(bytes32 leaf => uint256 amount) public releasedOf;

    /// @notice A root became valid or invalid.
    event MerkletreeRootAdded(bytes32 indexed root, bool value);
    /// @notice Leaves of a root were revoked.
    event SchedulesRevoked(bytes32 indexed root, bytes32[] leafs);
    /// @notice A schedule was paid.
    event Released(bytes32 indexed root, bytes32 indexed leaf, address indexed beneficiary, address token, uint256 amount);
    /// @notice A withdrawal was announced.
    event AnnounceTokensWithdrawal(address indexed token, uint64 timestamp);
    /// @notice An announced withdrawal was made.
    event TokensWithdrawn(address token, address recipient, uint64 timestamp, uint256 amount);

    /// @notice The caller is neither the beneficiary nor an operator.
    error NotBeneficiaryOrOperator(address caller);
    /// @notice Nothing is due: not vested, already released, revoked, or in no valid root.
    error NothingToRelease(bytes32 root, bytes32 leaf);
    /// @notice The withdrawal was not announced, or opens later; `opensAt` is 0 if it was not announced.
    error WithdrawalLocked(address token, uint256 opensAt);
    /// @notice More than 100 entries.
    error BatchTooLarge(uint256 size, uint256 max);

    /// @notice Sets roles.
    /// @param admin DEFAULT_ADMIN.
    /// @param operator OPERATOR.
    constructor(address admin, address operator) {
        if (admin == address(0) || operator == address(0)) revert RwaErrors.ZeroAddress();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(OPERATOR_ROLE, operator);
    }

    /// @notice Pays what is due of a schedule to its beneficiary. The beneficiary or an operator.
    /// @param _schedule Schedule.
    /// @param _proof Path from its leaf to a valid root.
    function release(VestingSchedule calldata _schedule, bytes32[] calldata _proof) external nonReentrant whenNotPaused {
        if (msg.sender != _schedule.beneficiary && !hasRole(OPERATOR_ROLE, msg.sender)) revert NotBeneficiaryOrOperator(msg.sender);
        (bytes32 root, bytes32 leaf) = _locate(_schedule, _proof);
        uint256 amount = _releasable(root, leaf, _schedule);
        if (amount == 0) revert NothingToRelease(root, leaf);
        Kyc.requireEligible(_schedule.beneficiary);
        releasedOf[leaf] += amount;
        emit Released(root, leaf, _schedule.beneficiary, _schedule.tokenAddress, amount);
        Assets.push(_schedule.tokenAddress, _schedule.beneficiary, amount);
    }

    /// @notice Makes a root valid or invalid. OPERATOR_ROLE.
    /// @param _root Root.
    /// @param _value Whether it is valid.
    function addValidMerkletreeRoot(bytes32 _root, bool _value) external onlyRole(OPERATOR_ROLE) {
        if (_root == 0) revert RwaErrors.InvalidParameter("root");
        validRoots[_root] = _value;
        emit MerkletreeRootAdded(_root, _value);
    }

    /// @notice Revokes leaves of a root for ever. OPERATOR_ROLE.
    /// @param _root Root.
    /// @param _leafs Leaves, at most 100.
    function revokeSchedules(bytes32 _root, bytes32[] calldata _leafs) external onlyRole(OPERATOR_ROLE) {
        _requireBatch(_leafs.length);
        for (uint256 i; i < _leafs.length; ++i) revoked[_root][_leafs[i]] = true;
        emit SchedulesRevoked(_root, _leafs);
    }

    /// @notice Announces the withdrawal of tokens. DEFAULT_ADMIN_ROLE. Announcing again starts the delay anew.
    /// @param _tokens Tokens, at most 100.
    function requestWithdraw(address[] calldata _tokens) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _requireBatch(_tokens.length);
        for (uint256 i; i < _tokens.length; ++i) {
            if (_tokens[i] == address(0)) revert RwaErrors.ZeroAddress();
            announcedAt[_tokens[i]] = uint64(block.timestamp);
            emit AnnounceTokensWithdrawal(_tokens[i], uint64(block.timestamp));
        }
    }

    /// @notice Takes out all of the announced tokens, 30 days after the announcement, once. DEFAULT_ADMIN_ROLE.
    /// @param _tokens Tokens, at most 100.
    /// @param _recipient Account that receives them.
    function withdraw(address[] calldata _tokens, address _recipient) external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        _requireBatch(_tokens.length);
        if (_recipient == address(0)) revert RwaErrors.ZeroAddress();
        for (uint256 i; i < _tokens.length; ++i) {
            address token = _tokens[i];
            uint256 announced = announcedAt[token];
            if (announced == 0) revert WithdrawalLocked(token, 0);
            if (block.timestamp < announced + WITHDRAWAL_DELAY) revert WithdrawalLocked(token, announced + WITHDRAWAL_DELAY);
            delete announcedAt[token];
            uint256 amount = IERC20(token).balanceOf(address(this));
            emit TokensWithdrawn(token, _recipient, uint64(block.timestamp), amount);
            Assets.push(token, _recipient, amount);
        }
    }

    /// @notice Stops releases. PAUSER_ROLE or DEFAULT_ADMIN_ROLE.
    function pause() external {
        _requirePauser();
        _pause();
    }

    /// @notice Opens releases again. PAUSER_ROLE or DEFAULT_ADMIN_ROLE.
    function unpause() external {
        _requirePauser();
        _unpause();
    }

    /// @notice Units that a schedule has released.
    /// @param _schedule Schedule.
    function getReleasedAmount(VestingSchedule calldata _schedule, bytes32[] calldata) external view returns (uint256) {
        return releasedOf[_leafOf(_schedule)];
    }

    /// @notice Units of a schedule that are due now; 0 for a revoked leaf or one in no valid root.
    /// @param _schedule Schedule.
    /// @param _proof Path from its leaf to the root.
    function getReleasableAmount(VestingSchedule calldata _schedule, bytes32[] calldata _proof) external view returns (uint256) {
        (bytes32 root, bytes32 leaf) = _locate(_schedule, _proof);
        return _releasable(root, leaf, _schedule);
    }

    function _requirePauser() private view {
        if (!hasRole(PAUSER_ROLE, msg.sender)) _checkRole(DEFAULT_ADMIN_ROLE);
    }

    function _releasable(bytes32 root, bytes32 leaf, VestingSchedule calldata schedule) private view returns (uint256) {
        if (!validRoots[root] || revoked[root][leaf]) return 0;
        uint256 vested = _vested(schedule);
        uint256 released = releasedOf[leaf];
        return vested > released ? vested - released : 0;
    }

    /// @dev Units vested by now; only grows with time.
    function _vested(VestingSchedule calldata schedule) private view returns (uint256) {
        if (block.timestamp < schedule.start || schedule.secondsPerSlice == 0) return 0;
        if (block.timestamp < schedule.cliff) return schedule.initialAmount;
        uint256 elapsed = block.timestamp - schedule.start;
        if (elapsed >= schedule.duration) return schedule.initialAmount + schedule.amount;
        elapsed -= elapsed % schedule.secondsPerSlice;
        return schedule.initialAmount + Math.mulDiv(schedule.amount, elapsed, schedule.duration);
    }

    function _locate(VestingSchedule calldata schedule, bytes32[] calldata proof) private pure returns (bytes32 root, bytes32 leaf) {
        leaf = _leafOf(schedule);
        root = MerkleProof.processProofCalldata(proof, leaf);
    }

    function _leafOf(VestingSchedule calldata schedule) private pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    schedule.cliff,
                    schedule.start,
                    schedule.duration,
                    schedule.secondsPerSlice,
                    schedule.beneficiary,
                    schedule.tokenAddress,
                    schedule.amount,
                    schedule.initialAmount
                )
            );
    }

    function _requireBatch(uint256 size) private pure {
        if (size > BATCH_MAX) revert BatchTooLarge(size, BATCH_MAX);
    }
}
