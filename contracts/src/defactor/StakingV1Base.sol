// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Assets} from "../common/Assets.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {SdkContract} from "./SdkContract.sol";

/// @title StakingV1Base
/// @notice Staking of one token for rewards in the same token, by plans of a lock and a yearly rate in percent.
/// Principal is never used for rewards: a reward is paid from what the contract holds above all principal, and what it cannot pay stays claimable.
abstract contract StakingV1Base is SdkContract, ReentrancyGuardTransient {
    /// @notice A stake, as the SDK reads it.
    struct UserStake {
        uint256 amount;
        uint256 claimed;
        uint48 stakeTime;
        uint8 planId;
        bool unstaked;
    }

    /// @custom:storage-location erc7201:defactor.StakingV1.v1
    struct StakingStorage {
        address token;
        uint48 stakingEndTime;
        uint48 rewardsEndTime;
        uint256 totalStaked;
        PlanTerms[] plans;
        mapping(address user => UserStake[]) stakes;
        mapping(address user => mapping(uint256 stakeIndex => uint256)) unpaid;
        mapping(address user => uint256) balances;
    }

    /// @dev A plan; `expires` is 0 where a plan never expires.
    struct PlanTerms {
        uint48 lockDuration;
        uint48 expires;
        uint16 apy;
    }

    /// @notice Smallest stake, units of 10^-18.
    uint256 public constant MIN_STAKE_AMOUNT = 1_000e18;
    /// @notice Divider of a rate in percent.
    uint256 public constant PERCENTAGE_MULTIPLIER = 100;

    uint256 private constant PLANS_MAX = 256;
    // keccak256(abi.encode(uint256(keccak256("defactor.StakingV1.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STAKING_STORAGE = 0x2c241c2b61ab02830e37e792b9fa59dafe2901e429b681327e000a0dee32f200;

    /// @notice A plan was added.
    event PlanAdded(address indexed user, uint256 planId, uint48 lockDuration, uint16 apy);
    /// @notice The end of staking and of rewards was set.
    event DatesUpdated(uint48 stakingEndTime, uint48 rewardsEndTime);
    /// @notice Tokens were staked.
    event Staked(address indexed user, uint8 planId, uint256 amount, uint256 stakeIndex);
    /// @notice A stake ended; its principal was returned.
    event Unstaked(address indexed user, uint8 planId, uint256 amount, uint256 stakeIndex);
    /// @notice A reward was paid.
    event Claimed(address indexed user, uint8 planId, uint256 amount, uint256 stakeIndex);

    /// @notice No plan has this number.
    error InvalidPlan();
    /// @notice The user has no stake of this number.
    error InvalidStakeIndex();
    /// @notice The stake has ended and nothing of it is left to pay.
    error StakeAlreadyUnstaked();
    /// @notice The stake is below the minimum.
    error StakeAmountTooLow();
    /// @notice The lock of the stake has not passed.
    error StakeIsLocked();
    /// @notice The end of staking lies before the end of rewards in force.
    error StakingCantBeLessThanRewardsEnd();
    /// @notice Staking has ended.
    error StakingHasEnded();

    /// @notice Adds a plan. DEFAULT_ADMIN_ROLE.
    /// @param lockDuration Seconds before a stake may end.
    /// @param apy Yearly rate, percent.
    function addPlan(uint48 lockDuration, uint16 apy) external onlyRole(DEFAULT_ADMIN_ROLE) {
        PlanTerms[] storage all = _staking().plans;
        if (all.length == PLANS_MAX) revert InvalidPlan();
        all.push(PlanTerms({lockDuration: lockDuration, expires: 0, apy: apy}));
        emit PlanAdded(msg.sender, all.length - 1, lockDuration, apy);
    }

    /// @notice Opens a next period. DEFAULT_ADMIN_ROLE. Ends only move forward, so that no accrued reward shrinks.
    /// @param stakingEnd Last second for new stakes; not before the present end of rewards.
    /// @param rewardsEnd Last second that earns; not before `stakingEnd`.
    function setDates(uint48 stakingEnd, uint48 rewardsEnd) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setDates(stakingEnd, rewardsEnd);
    }

    /// @notice Stakes the caller's tokens.
    /// @param planId Plan.
    /// @param amount Units, at least `MIN_STAKE_AMOUNT`.
    function stake(uint8 planId, uint256 amount) external nonReentrant whenNotPaused {
        if (amount < MIN_STAKE_AMOUNT) revert StakeAmountTooLow();
        _open(planId, amount);
        Assets.pull(_staking().token, msg.sender, amount);
    }

    /// @notice Ends a stake after its lock: pays principal and as much of the reward as is there.
    /// @param stakeIndex Stake of the caller.
    function unstake(uint256 stakeIndex) external nonReentrant {
        (uint256 principal, uint256 reward) = _close(stakeIndex);
        Assets.push(_staking().token, msg.sender, principal + reward);
    }

    /// @notice Ends a stake after its lock and stakes its principal in another plan; pays as much of the reward as is there.
    /// @param planId New plan.
    /// @param stakeIndex Stake of the caller.
    function restake(uint8 planId, uint256 stakeIndex) external nonReentrant whenNotPaused {
        (uint256 principal, uint256 reward) = _close(stakeIndex);
        _open(planId, principal);
        Assets.push(_staking().token, msg.sender, reward);
    }

    /// @notice Pays what a stake has earned, or of a stake that has ended what could not be paid then.
    /// @param stakeIndex Stake of the caller.
    function claimRewards(uint256 stakeIndex) external nonReentrant {
        UserStake storage position = _stakeOf(msg.sender, stakeIndex);
        if (position.unstaked && _staking().unpaid[msg.sender][stakeIndex] == 0) revert StakeAlreadyUnstaked();
        Assets.push(_staking().token, msg.sender, _payable(position, stakeIndex));
    }

    /// @notice Takes out what the contract holds of `token` above all principal. DEFAULT_ADMIN_ROLE.
    /// @param token Token.
    /// @param to Account that receives it.
    function withdraw(address token, address to) external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        if (to == address(0)) revert RwaErrors.ZeroAddress();
        Assets.push(token, to, token == _staking().token ? _surplus() : IERC20(token).balanceOf(address(this)));
    }

    /// @notice Principal that a user has at stake.
    /// @param user User.
    function balanceOf(address user) external view returns (uint256) {
        return _staking().balances[user];
    }

    /// @notice All stakes of a user, ended ones included.
    /// @param user User.
    function getUserStakes(address user) external view returns (UserStake[] memory) {
        return _staking().stakes[user];
    }

    /// @notice Principal at stake of all users.
    function totalFactrStaked() external view returns (uint256) {
        return _staking().totalStaked;
    }

    /// @notice Last second for new stakes.
    function stakingEndTime() external view returns (uint48) {
        return _staking().stakingEndTime;
    }

    /// @notice Last second that earns.
    function rewardsEndTime() external view returns (uint48) {
        return _staking().rewardsEndTime;
    }

    /// @dev Roles, token and dates of a deployment.
    function _initializeStaking(address admin, address token, uint48 stakingEnd, uint48 rewardsEnd) internal onlyInitializing {
        if (admin == address(0) || token == address(0)) revert RwaErrors.ZeroAddress();
        __Pausable_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _staking().token = token;
        _setDates(stakingEnd, rewardsEnd);
    }

    /// @dev Refuses plans that cannot take new stakes.
    function _requireOpen(PlanTerms storage plan) internal view virtual {}

    function _planOf(uint256 planId) internal view returns (PlanTerms storage) {
        PlanTerms[] storage all = _staking().plans;
        if (planId >= all.length) revert InvalidPlan();
        return all[planId];
    }

    function _staking() internal pure returns (StakingStorage storage $) {
        assembly {
            $.slot := STAKING_STORAGE
        }
    }

    function _setDates(uint48 stakingEnd, uint48 rewardsEnd) private {
        StakingStorage storage $ = _staking();
        if (stakingEnd < $.rewardsEndTime) revert StakingCantBeLessThanRewardsEnd();
        if (rewardsEnd < stakingEnd) revert RwaErrors.InvalidParameter("rewardsEndTime");
        $.stakingEndTime = stakingEnd;
        $.rewardsEndTime = rewardsEnd;
        emit DatesUpdated(stakingEnd, rewardsEnd);
    }

    function _open(uint8 planId, uint256 amount) private {
        StakingStorage storage $ = _staking();
        PlanTerms storage plan = _planOf(planId);
        if (block.timestamp > $.stakingEndTime) revert StakingHasEnded();
        _requireOpen(plan);
        UserStake[] storage mine = $.stakes[msg.sender];
        mine.push(UserStake({amount: amount, claimed: 0, stakeTime: uint48(block.timestamp), planId: planId, unstaked: false}));
        $.totalStaked += amount;
        $.balances[msg.sender] += amount;
        emit Staked(msg.sender, planId, amount, mine.length - 1);
    }

    /// @dev Ends the stake and settles its reward; the caller sends both.
    function _close(uint256 stakeIndex) private returns (uint256 principal, uint256 reward) {
        StakingStorage storage $ = _staking();
        UserStake storage position = _stakeOf(msg.sender, stakeIndex);
        if (position.unstaked) revert StakeAlreadyUnstaked();
        if (block.timestamp < uint256(position.stakeTime) + $.plans[position.planId].lockDuration) revert StakeIsLocked();
        reward = _payable(position, stakeIndex);
        principal = position.amount;
        $.unpaid[msg.sender][stakeIndex] = _earned(position) - position.claimed;
        position.unstaked = true;
        $.totalStaked -= principal;
        $.balances[msg.sender] -= principal;
        emit Unstaked(msg.sender, position.planId, principal, stakeIndex);
    }

    /// @dev Books the part of a stake's reward that can be paid now.
    function _payable(UserStake storage position, uint256 stakeIndex) private returns (uint256 reward) {
        StakingStorage storage $ = _staking();
        uint256 due = position.unstaked ? $.unpaid[msg.sender][stakeIndex] : _earned(position) - position.claimed;
        reward = Math.min(due, _surplus());
        if (position.unstaked) $.unpaid[msg.sender][stakeIndex] = due - reward;
        position.claimed += reward;
        emit Claimed(msg.sender, position.planId, reward, stakeIndex);
    }

    /// @dev All that a running stake has earned, rounded down.
    function _earned(UserStake storage position) private view returns (uint256) {
        StakingStorage storage $ = _staking();
        uint256 end = Math.min(block.timestamp, $.rewardsEndTime);
        if (end <= position.stakeTime) return 0;
        uint256 weight = uint256($.plans[position.planId].apy) * (end - position.stakeTime);
        return Math.mulDiv(position.amount, weight, PERCENTAGE_MULTIPLIER * 365 days);
    }

    /// @dev What the contract holds above all principal.
    function _surplus() private view returns (uint256) {
        return IERC20(_staking().token).balanceOf(address(this)) - _staking().totalStaked;
    }

    function _stakeOf(address user, uint256 stakeIndex) private view returns (UserStake storage) {
        UserStake[] storage mine = _staking().stakes[user];
        if (stakeIndex >= mine.length) revert InvalidStakeIndex();
        return mine[stakeIndex];
    }
}
