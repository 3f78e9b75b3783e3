// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Assets} from "../common/Assets.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {SdkContract} from "./SdkContract.sol";

/// @title StakingV2
/// @notice Staking by plans: each has its tokens, cap, dates, lock, two yearly rates (during and after the lock) and a history of the value of
/// a staked unit in reward units. Principal, over all plans, is never used for rewards. An edit of a plan binds later stakes only: each stake
/// keeps the terms it was made under.
contract StakingV2 is SdkContract, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice A plan, as the SDK reads it. Rates in basis points a year.
    struct Plan {
        address stakingToken;
        address rewardToken;
        uint256 totalStaked;
        uint256 totalUnstaked;
        uint256 maxStaked;
        uint256 minStakeAmount;
        uint48 stakingEndTime;
        uint48 rewardEndTime;
        uint48 lockDuration;
        uint16 apy;
        uint16 apyAfterUnlock;
    }

    /// @notice Reward units per staked unit, times 10^18, from `timestamp` on.
    struct TokenRatio {
        uint48 timestamp;
        uint256 ratio;
    }

    /// @notice A stake, as the SDK reads it. `claimed`: nothing more will come.
    struct UserStake {
        uint256 stakedAmount;
        uint256 claimedAmount;
        uint48 stakeTime;
        uint48 unstakeTime;
        uint8 planId;
        bool unstaked;
        bool claimed;
    }

    /// @dev The terms that a stake was made under.
    struct Terms {
        uint48 rewardEndTime;
        uint48 lockDuration;
        uint16 apy;
        uint16 apyAfterUnlock;
    }

    /// @custom:storage-location erc7201:defactor.StakingV2.v1
    struct StakingStorage {
        Plan[] plans;
        mapping(uint256 planId => TokenRatio[]) ratios;
        mapping(address user => UserStake[]) stakes;
        mapping(address user => mapping(uint256 stakeIndex => Terms)) terms;
        mapping(address user => mapping(address token => uint256)) balances;
        mapping(address token => uint256) principal;
    }

    /// @notice Divider of basis points.
    uint256 public constant BPS_DIVIDER = 10_000;
    /// @notice Divider of a ratio.
    uint256 public constant RATIO_DECIMALS_DIVIDER = 1e18;

    uint256 private constant PLANS_MAX = 256;
    uint256 private constant RATIOS_MAX = 100;
    // keccak256(abi.encode(uint256(keccak256("defactor.StakingV2.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STAKING_STORAGE = 0xb12a10d64fec32f7cbadf128752f6a1ed76f689b649701dd087f7f3c710fbe00;

    /// @notice A plan was added.
    event PlanAdded(uint256 planId, Plan plan);
    /// @notice A plan was changed, for stakes made afterwards.
    event PlanEdited(uint256 planId, Plan plan);
    /// @notice The value of a staked unit changed.
    event TokenRatioChanged(uint256 planId, TokenRatio tokenRatio);
    /// @notice Tokens were staked.
    event Staked(address indexed user, uint8 planId, uint256 amount, uint256 stakeIndex);
    /// @notice A stake ended; principal and reward were paid.
    event Unstaked(address indexed user, uint8 planId, uint256 stakeAmount, uint256 rewardAmount, uint256 stakeIndex);
    /// @notice A stake ended; principal was paid, the reward stays claimable.
    event UnstakedWithoutRewards(address indexed user, uint8 planId, uint256 stakeAmount, uint256 unclaimedRewardAmount, uint256 stakeIndex);
    /// @notice A reward was paid.
    event Claimed(address indexed user, uint8 planId, uint256 amount, uint256 stakeIndex);

    /// @notice No plan has this number, or 256 exist.
    error InvalidPlan();
    /// @notice The user has no stake of this number.
    error InvalidStakeIndex();
    /// @notice The plan is full.
    error MaxStakedReached();
    /// @notice The contract holds too little of the reward token above all principal.
    error NotEnoughTokensToRepayReward();
    /// @notice A plan with the same terms exists.
    error PlanAlreadyExists();
    /// @notice The new plan takes another token.
    error RestakedWithWrongToken();
    /// @notice All of the stake's reward has been paid.
    error RewardAlreadyClaimed();
    /// @notice The plan earns nothing any more.
    error RewardEndTimePassed();
    /// @notice Rewards would end before the last lock.
    error RewardEndTimeTooLow();
    /// @notice The stake has ended.
    error StakeAlreadyUnstaked();
    /// @notice The stake is below the plan's minimum.
    error StakeAmountTooLow();
    /// @notice The lock of the stake has not passed.
    error StakeIsLocked();
    /// @notice Staking in this plan has ended.
    error StakingHasEnded();
    /// @notice A date lies in the past.
    error TimestampInThePast();
    /// @notice The plan's history of ratios is full.
    error TokenRatioChangedTooManyTimes();

    /// @notice Sets roles.
    /// @param admin DEFAULT_ADMIN.
    // solhint-disable-next-line func-name-mixedcase
    function __Staking_init(address admin) external initializer {
        if (admin == address(0)) revert RwaErrors.ZeroAddress();
        __Pausable_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// @notice Adds a plan. DEFAULT_ADMIN_ROLE.
    /// @param stakingToken Token staked.
    /// @param rewardToken Token of rewards.
    /// @param maxStaked Most units at stake at once.
    /// @param minStakeAmount Smallest stake.
    /// @param initialRatio Reward units per staked unit, times 10^18.
    /// @param stakingEndTime Last second for new stakes.
    /// @param rewardEndTime Last second that earns; at least `stakingEndTime + lockDuration`.
    /// @param lockDuration Seconds before a stake may end.
    /// @param apy Yearly rate during the lock, basis points.
    /// @param apyAfterUnlock Yearly rate after the lock, basis points.
    function addPlan(
        address stakingToken,
        address rewardToken,
        uint256 maxStaked,
        uint256 minStakeAmount,
        uint256 initialRatio,
        uint48 stakingEndTime,
        uint48 rewardEndTime,
        uint48 lockDuration,
        uint16 apy,
        uint16 apyAfterUnlock
    ) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (stakingToken == address(0) || rewardToken == address(0)) revert RwaErrors.ZeroAddress();
        if (stakingEndTime < block.timestamp) revert TimestampInThePast();
        StakingStorage storage $ = _staking();
        if ($.plans.length == PLANS_MAX) revert InvalidPlan();
        Plan memory plan = Plan({
            stakingToken: stakingToken,
            rewardToken: rewardToken,
            totalStaked: 0,
            totalUnstaked: 0,
            maxStaked: maxStaked,
            minStakeAmount: minStakeAmount,
            stakingEndTime: stakingEndTime,
            rewardEndTime: rewardEndTime,
            lockDuration: lockDuration,
            apy: apy,
            apyAfterUnlock: apyAfterUnlock
        });
        _requireNew(plan);
        $.plans.push(plan);
        _pushRatio($.plans.length - 1, initialRatio);
        emit PlanAdded($.plans.length - 1, plan);
    }

    /// @notice Changes the terms of a plan for stakes made afterwards. DEFAULT_ADMIN_ROLE.
    /// @param planId Plan.
    /// @param maxStaked Most units at stake at once.
    /// @param minStakeAmount Smallest stake.
    /// @param stakingEndTime Last second for new stakes.
    /// @param rewardEndTime Last second that earns.
    /// @param lockDuration Seconds before a stake may end.
    /// @param apy Yearly rate during the lock, basis points.
    /// @param apyAfterUnlock Yearly rate after the lock, basis points.
    function editPlan(
        uint256 planId,
        uint256 maxStaked,
        uint256 minStakeAmount,
        uint48 stakingEndTime,
        uint48 rewardEndTime,
        uint48 lockDuration,
        uint16 apy,
        uint16 apyAfterUnlock
    ) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Plan memory plan = _planOf(planId);
        plan.maxStaked = maxStaked;
        plan.minStakeAmount = minStakeAmount;
        plan.stakingEndTime = stakingEndTime;
        plan.rewardEndTime = rewardEndTime;
        plan.lockDuration = lockDuration;
        plan.apy = apy;
        plan.apyAfterUnlock = apyAfterUnlock;
        _requireNew(plan);
        _staking().plans[planId] = plan;
        emit PlanEdited(planId, plan);
    }

    /// @notice Changes the value of a staked unit from now on, for all stakes of the plan. DEFAULT_ADMIN_ROLE.
    /// @param planId Plan.
    /// @param ratio Reward units per staked unit, times 10^18.
    function changeTokenRatioForPlan(uint256 planId, uint256 ratio) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (_planOf(planId).rewardEndTime < block.timestamp) revert RewardEndTimePassed();
        if (_staking().ratios[planId].length == RATIOS_MAX) revert TokenRatioChangedTooManyTimes();
        _pushRatio(planId, ratio);
    }

    /// @notice Stakes the caller's tokens.
    /// @param planId Plan.
    /// @param amount Units.
    function stake(uint8 planId, uint256 amount) external nonReentrant whenNotPaused {
        Plan storage plan = _planOf(planId);
        if (amount < plan.minStakeAmount || amount == 0) revert StakeAmountTooLow();
        _open(plan, planId, amount);
        Assets.pull(plan.stakingToken, msg.sender, amount);
    }

    /// @notice Ends a stake after its lock. A reward that cannot be paid stays claimable; the principal is always paid.
    /// @param stakeIndex Stake of the caller.
    function unstake(uint256 stakeIndex) external nonReentrant {
        UserStake storage position = _stakeOf(msg.sender, stakeIndex);
        Plan storage plan = _staking().plans[position.planId];
        _close(position, plan, stakeIndex);
        Assets.push(plan.stakingToken, msg.sender, position.stakedAmount);
    }

    /// @notice Ends a stake after its lock and stakes its principal in another plan of the same token.
    /// @param planId New plan.
    /// @param stakeIndex Stake of the caller.
    function restake(uint8 planId, uint256 stakeIndex) external nonReentrant whenNotPaused {
        Plan storage target = _planOf(planId);
        UserStake storage position = _stakeOf(msg.sender, stakeIndex);
        Plan storage plan = _staking().plans[position.planId];
        if (target.stakingToken != plan.stakingToken) revert RestakedWithWrongToken();
        if (position.stakedAmount < target.minStakeAmount) revert StakeAmountTooLow();
        uint256 amount = position.stakedAmount;
        _close(position, plan, stakeIndex);
        _open(target, planId, amount);
    }

    /// @notice Pays what a stake of the caller has earned so far.
    /// @param stakeIndex Stake of the caller.
    function claimRewards(uint256 stakeIndex) external nonReentrant {
        UserStake storage position = _stakeOf(msg.sender, stakeIndex);
        if (position.claimed) revert RewardAlreadyClaimed();
        _claim(position, stakeIndex);
    }

    /// @notice Pays what all stakes of the caller have earned so far.
    function claimAllRewards() external nonReentrant {
        UserStake[] storage mine = _staking().stakes[msg.sender];
        uint256 count = mine.length;
        for (uint256 i; i < count; ++i) if (!mine[i].claimed) _claim(mine[i], i);
    }

    /// @notice Principal of `token` that a user has at stake.
    /// @param user User.
    /// @param token Token staked.
    function balanceOf(address user, address token) external view returns (uint256) {
        return _staking().balances[user][token];
    }

    /// @notice Principal of `token` at stake over all users and plans.
    /// @param token Token staked.
    function principalOf(address token) external view returns (uint256) {
        return _staking().principal[token];
    }

    /// @notice All plans, by number.
    function getPlans() external view returns (Plan[] memory) {
        return _staking().plans;
    }

    /// @notice The history of a plan's ratio, oldest first.
    /// @param planId Plan.
    function getPlanTokenRatios(uint256 planId) external view returns (TokenRatio[] memory) {
        return _staking().ratios[planId];
    }

    /// @notice One stake of a user.
    /// @param user User.
    /// @param index Number of the stake.
    function getUserStake(address user, uint256 index) external view returns (UserStake memory) {
        return _stakeOf(user, index);
    }

    /// @notice All stakes of a user.
    /// @param user User.
    function getUserStakes(address user) external view returns (UserStake[] memory) {
        return _staking().stakes[user];
    }

    /// @notice The terms that bind a stake.
    /// @param user User.
    /// @param stakeIndex Number of the stake.
    function termsOf(address user, uint256 stakeIndex) external view returns (Terms memory) {
        return _staking().terms[user][stakeIndex];
    }

    /// @notice What a stake has earned until `timestamp` and was not paid.
    /// @param user User.
    /// @param timestamp Seconds since 1970.
    /// @param stakeIndex Number of the stake.
    function calculateStakeRewardByIndex(address user, uint48 timestamp, uint256 stakeIndex) external view returns (uint256) {
        return _due(user, _stakeOf(user, stakeIndex), stakeIndex, timestamp);
    }

    /// @notice What each stake of a user has earned until `timestamp` and was not paid.
    /// @param user User.
    /// @param timestamp Seconds since 1970.
    function calculateStakeRewardsForUser(address user, uint48 timestamp) external view returns (uint256[] memory) {
        UserStake[] storage theirs = _staking().stakes[user];
        uint256[] memory rewards = new uint256[](theirs.length);
        for (uint256 i; i < rewards.length; ++i) rewards[i] = _due(user, theirs[i], i, timestamp);
        return rewards;
    }

    function _open(Plan storage plan, uint8 planId, uint256 amount) private {
        if (block.timestamp > plan.stakingEndTime) revert StakingHasEnded();
        uint256 active = plan.totalStaked - plan.totalUnstaked;
        if (active > plan.maxStaked || amount > plan.maxStaked - active) revert MaxStakedReached();
        StakingStorage storage $ = _staking();
        UserStake[] storage mine = $.stakes[msg.sender];
        $.terms[msg.sender][mine.length] = Terms(plan.rewardEndTime, plan.lockDuration, plan.apy, plan.apyAfterUnlock);
        mine.push(
            UserStake({
                stakedAmount: amount,
                claimedAmount: 0,
                stakeTime: uint48(block.timestamp),
                unstakeTime: 0,
                planId: planId,
                unstaked: false,
                claimed: false
            })
        );
        plan.totalStaked += amount;
        $.balances[msg.sender][plan.stakingToken] += amount;
        $.principal[plan.stakingToken] += amount;
        emit Staked(msg.sender, planId, amount, mine.length - 1);
    }

    /// @dev Ends a stake and pays its reward if it can be paid; the caller sends or keeps the principal.
    function _close(UserStake storage position, Plan storage plan, uint256 stakeIndex) private {
        StakingStorage storage $ = _staking();
        if (position.unstaked) revert StakeAlreadyUnstaked();
        if (block.timestamp < uint256(position.stakeTime) + $.terms[msg.sender][stakeIndex].lockDuration) revert StakeIsLocked();
        uint256 amount = position.stakedAmount;
        uint256 reward = _due(msg.sender, position, stakeIndex, uint48(block.timestamp));
        // The principal still counts here: it is not there for rewards, this stake's own included.
        bool isPaid = reward <= _rewardsAvailable(plan.rewardToken);
        position.unstaked = true;
        position.unstakeTime = uint48(block.timestamp);
        plan.totalUnstaked += amount;
        $.balances[msg.sender][plan.stakingToken] -= amount;
        $.principal[plan.stakingToken] -= amount;
        if (isPaid && (reward == 0 || IERC20(plan.rewardToken).trySafeTransfer(msg.sender, reward))) {
            position.claimedAmount += reward;
            position.claimed = true;
            emit Unstaked(msg.sender, position.planId, amount, reward, stakeIndex);
        } else {
            emit UnstakedWithoutRewards(msg.sender, position.planId, amount, reward, stakeIndex);
        }
    }

    function _claim(UserStake storage position, uint256 stakeIndex) private {
        address rewardToken = _staking().plans[position.planId].rewardToken;
        uint256 reward = _due(msg.sender, position, stakeIndex, uint48(block.timestamp));
        if (reward > _rewardsAvailable(rewardToken)) revert NotEnoughTokensToRepayReward();
        position.claimedAmount += reward;
        if (position.unstaked || block.timestamp >= _staking().terms[msg.sender][stakeIndex].rewardEndTime) position.claimed = true;
        emit Claimed(msg.sender, position.planId, reward, stakeIndex);
        Assets.push(rewardToken, msg.sender, reward);
    }

    function _pushRatio(uint256 planId, uint256 ratio) private {
        // Together with 48 bits of time and 16 of rate a ratio of 128 bits cannot overflow the sum of 100 intervals.
        if (ratio > type(uint128).max) revert RwaErrors.InvalidParameter("ratio");
        TokenRatio memory entry = TokenRatio(uint48(block.timestamp), ratio);
        _staking().ratios[planId].push(entry);
        emit TokenRatioChanged(planId, entry);
    }

    /// @dev Refuses terms that contradict one another or those of another plan.
    function _requireNew(Plan memory plan) private view {
        if (plan.rewardEndTime < uint256(plan.stakingEndTime) + plan.lockDuration) revert RewardEndTimeTooLow();
        if (plan.rewardEndTime < block.timestamp) revert TimestampInThePast();
        if (plan.maxStaked < plan.minStakeAmount) revert RwaErrors.InvalidParameter("maxStaked");
        Plan[] storage all = _staking().plans;
        uint256 count = all.length;
        bytes32 key = _termsKey(plan);
        for (uint256 i; i < count; ++i) if (_termsKey(all[i]) == key) revert PlanAlreadyExists();
    }

    /// @dev Earned until `timestamp` less what was paid.
    function _due(address user, UserStake storage position, uint256 stakeIndex, uint48 timestamp) private view returns (uint256) {
        Terms memory terms = _staking().terms[user][stakeIndex];
        uint256 end = Math.min(terms.rewardEndTime, position.unstaked ? Math.min(position.unstakeTime, timestamp) : timestamp);
        uint256 unlock = uint256(position.stakeTime) + terms.lockDuration;
        uint256 weight = _weight(position.planId, position.stakeTime, Math.min(end, unlock)) * terms.apy;
        weight += _weight(position.planId, unlock, end) * terms.apyAfterUnlock;
        uint256 earned = Math.mulDiv(position.stakedAmount, weight, 365 days * BPS_DIVIDER * RATIO_DECIMALS_DIVIDER);
        return earned > position.claimedAmount ? earned - position.claimedAmount : 0;
    }

    /// @dev Sum of ratio times seconds over [start, end).
    function _weight(uint256 planId, uint256 start, uint256 end) private view returns (uint256 sum) {
        TokenRatio[] storage history = _staking().ratios[planId];
        // From the newest interval back to the one that holds `start`.
        for (uint256 i = history.length; i > 0 && end > start; --i) {
            TokenRatio storage entry = history[i - 1];
            uint256 from = Math.max(start, entry.timestamp);
            if (from >= end) continue;
            sum += entry.ratio * (end - from);
            end = from;
        }
    }

    /// @dev What the contract holds of a token above all principal.
    function _rewardsAvailable(address token) private view returns (uint256) {
        return IERC20(token).balanceOf(address(this)) - _staking().principal[token];
    }

    function _planOf(uint256 planId) private view returns (Plan storage) {
        Plan[] storage all = _staking().plans;
        if (planId >= all.length) revert InvalidPlan();
        return all[planId];
    }

    function _stakeOf(address user, uint256 stakeIndex) private view returns (UserStake storage) {
        UserStake[] storage theirs = _staking().stakes[user];
        if (stakeIndex >= theirs.length) revert InvalidStakeIndex();
        return theirs[stakeIndex];
    }

    /// @dev What makes two plans the same: everything but the running totals.
    function _termsKey(Plan memory plan) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    plan.stakingToken,
                    plan.rewardToken,
                    plan.maxStaked,
                    plan.minStakeAmount,
                    plan.stakingEndTime,
                    plan.rewardEndTime,
                    plan.lockDuration,
                    plan.apy,
                    plan.apyAfterUnlock
                )
            );
    }

    function _staking() private pure returns (StakingStorage storage $) {
        assembly {
            $.slot := STAKING_STORAGE
        }
    }
}
