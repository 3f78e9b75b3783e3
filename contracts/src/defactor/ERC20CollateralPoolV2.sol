// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IDividendVenue} from "../interfaces/IDividendVenue.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {AccessLevel} from "./AccessLevel.sol";
import {CollateralVenue} from "./CollateralVenue.sol";
import {PriceFeeds} from "./PriceFeeds.sol";
import {SdkContract} from "./SdkContract.sol";

/// @title ERC20CollateralPoolV2
/// @notice Isolated pools ("ERC20.loans"): each lends USDC against one collateral token. Lenders earn the borrowers' interest by an index;
/// a position above the pool's limit, or past its end, may be liquidated by anyone. Repaying never depends on a price.
contract ERC20CollateralPoolV2 is AccessLevel, CollateralVenue {
    /// @notice A new pool. LTV, factor and interest in basis points; amounts in USDC.
    struct InitPool {
        address collateralToken;
        address collateralTokenPriceOracle;
        address collateralTokenSequencerOracle;
        uint256 maxPoolCapacity;
        uint256 minLended;
        uint256 minBorrow;
        uint48 endTime;
        uint24 collateralTokenFactor;
        uint24 collateralTokenLTVPercentage;
        uint24 interest;
    }

    /// @notice What of a pool may be changed.
    struct EditPool {
        address collateralTokenPriceOracle;
        address collateralTokenSequencerOracle;
        uint256 maxPoolCapacity;
        uint256 minLended;
        uint256 minBorrow;
        uint48 endTime;
        uint24 collateralTokenFactor;
        uint24 collateralTokenLTVPercentage;
        uint24 interest;
    }

    /// @notice Running totals of a pool: principal in the first four, interest in the next two.
    struct PoolAmounts {
        uint256 lended;
        uint256 claimed;
        uint256 borrowed;
        uint256 repaid;
        uint256 rewards;
        uint256 claimedRewards;
        uint256 collateralTokenAmount;
    }

    /// @notice Collateral and limits of a pool.
    struct CollateralDetails {
        address collateralToken;
        address collateralTokenPriceOracle;
        address collateralTokenSequencerOracle;
        uint256 maxPoolCapacity;
        uint256 minLended;
        uint256 minBorrow;
        uint24 collateralTokenFactor;
        uint24 collateralTokenLTVPercentage;
    }

    /// @notice A pool.
    struct Pool {
        PoolAmounts amounts;
        CollateralDetails collateralDetails;
        uint256 rewardPerToken;
        uint256 rewardRate;
        uint48 lastUpdated;
        uint48 endTime;
        uint24 interest;
    }

    /// @notice A lender's position.
    struct Lending {
        uint256 startingUsdcAmount;
        uint256 usdcAmount;
        uint256 rewardPerTokenIgnored;
    }

    /// @notice A borrower's position.
    struct Borrow {
        uint256 startingUsdcAmount;
        uint256 usdcAmount;
        uint256 collateralTokenAmount;
        uint48 borrowTime;
    }

    /// @notice Part of a lender's position to claim.
    struct Claim {
        uint256 lendId;
        uint256 usdcAmount;
    }

    /// @notice Part of a borrower's position to liquidate.
    struct Liquidation {
        uint256 borrowId;
        address user;
        uint256 usdcAmount;
    }

    /// @notice A change of a pool that waits for its time.
    struct PoolEdit {
        uint256 unlocksAt;
        EditPool pool;
    }

    /// @custom:storage-location erc7201:defactor.ERC20CollateralPoolV2.v1
    struct PoolStorage {
        address usdc;
        address usdcPriceOracle;
        address usdcSequencerOracle;
        uint256 usdcFeesCollected;
        uint256 unPausedTimestamp;
        Pool[] pools;
        mapping(uint256 poolId => mapping(address user => Lending[])) lendings;
        mapping(uint256 poolId => mapping(address user => Borrow[])) borrows;
        mapping(uint256 poolId => PoolEdit) edits;
        mapping(address token => uint256) collateralFees;
        mapping(address token => bool) isCollateral;
        address[] collateralTokens;
    }

    /// @notice Divider of basis points.
    uint256 public constant BPS_DIVIDER = 10_000;
    /// @notice Seconds of a year.
    uint256 public constant ONE_YEAR = 365 days;
    /// @notice Fee of a liquidation for the protocol, basis points of what is repaid.
    uint256 public constant LIQUIDATION_PROTOCOL_FEE = 500;
    /// @notice Premium of a liquidator in collateral, basis points of what is repaid.
    uint256 public constant LIQUIDATION_FEE = 1_000;
    /// @notice How far above its pool's LTV a position must be to be liquidated, basis points of that LTV.
    uint256 public constant LIQUIDATION_MARGIN_FACTOR = 2_000;
    /// @notice Highest LTV of a pool, basis points.
    uint256 public constant MAX_LTV_PERCENTAGE = 6_500;
    /// @notice Seconds between the announcement of a pool's change and its commit.
    uint256 private constant EDIT_DELAY = 7 days;
    /// @notice Seconds after a pause in which nothing is liquidated.
    uint256 private constant PAUSE_GRACE_PERIOD = 1 days;

    uint256 private constant USDC_DECIMALS = 6;
    uint256 private constant INDEX_SCALE = 1e18;
    uint256 private constant BATCH_MAX = 100;
    uint256 private constant MIGRATIONS_MAX = 50;
    // keccak256(abi.encode(uint256(keccak256("defactor.ERC20CollateralPoolV2.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant POOL_STORAGE = 0x640f910800e1e8d8687b3af2896ed0db41353979ab4f31a2a96f8d79abbb6200;

    /// @notice A pool was added.
    event PoolAdded(uint256 indexed poolId, address indexed user);
    /// @notice A change of a pool was announced.
    event PoolEditAnnounced(uint256 indexed poolId);
    /// @notice An announced change was called off.
    event PoolEditCanceled(uint256 indexed poolId);
    /// @notice An announced change came into force.
    event PoolEdited(uint256 indexed poolId);
    /// @notice A lender lent.
    // solhint-disable-next-line event-name-capwords
    event newLend(uint256 indexed poolId, uint256 indexed lendId, address indexed user, uint256 amount, uint256 rewardPerTokenIgnored);
    /// @notice A borrower borrowed.
    // solhint-disable-next-line event-name-capwords
    event newBorrow(uint256 indexed poolId, uint256 indexed borrowId, address indexed user, uint256 amount, uint256 collateralTokenAmount);
    /// @notice A borrower repaid principal and its interest, and got collateral back.
    event Repaid(uint256 indexed poolId, address indexed user, uint256 borrowId, uint256 amount, uint256 interestAmount, uint256 collateralTokenAmount);
    /// @notice A lender claimed principal and its reward.
    event RewardsClaimed(uint256 indexed poolId, address indexed user, uint256 lendId, uint256 amount, uint256 interestAmount);
    /// @notice A borrower added collateral.
    event AddedCollateral(uint256 indexed poolId, uint256 indexed borrowId, address indexed user, uint256 amount);
    /// @notice A borrower took collateral back.
    event RemovedCollateral(uint256 indexed poolId, uint256 indexed borrowId, address indexed user, uint256 amount);
    /// @notice Principal and interest of a position were paid by a liquidator.
    event UserPositionLiquidated(uint256 poolId, address user, uint256 borrowId, address liquidator, uint256 amount, uint256 interestAmount);
    /// @notice Fees of the protocol were paid out.
    event AdminWithdrawProtocolRewards(address token, uint256 amount);

    /// @notice The admin must be set.
    error AdminMustNotBeZeroAddress();
    /// @notice The amount must be positive.
    error AmountCannotBeZero();
    /// @notice The amount is above what the position holds.
    error AmountTooBig();
    /// @notice The amount is below the pool's minimum.
    error AmountTooLow();
    /// @notice The position has no collateral or no debt left.
    error BorrowAlreadyLiquidated();
    /// @notice The borrower has no position of this number.
    error BorrowDoesNotExist();
    /// @notice The collateral stays as it is.
    error CollateralAmountNotChanged();
    /// @notice The collateral is below what the debt needs.
    error CollateralAmountTooLow();
    /// @notice No pool has this collateral.
    error CollateralTokenDoesNotExist();
    /// @notice The LTV is above 65 %.
    error CollateralTokenLTVPercentageTooHigh();
    /// @notice The pool would hold more than its capacity.
    error MaxPoolCapacityIsReached();
    /// @notice The smallest loan to the pool is above its capacity.
    error MinLendedGreaterThanMaxPoolCapacity();
    /// @notice The list of claims is empty.
    error NoClaimsProvided();
    /// @notice The list of liquidations is empty.
    error NoLiquidationsProvided();
    /// @notice The claims do not cover the liquidations.
    error NotEnoughUSDCClaimedToLiquidatePositions();
    /// @notice The pool holds too little USDC.
    error NotEnoughUSDCInPool();
    /// @notice A pause ended less than a day ago.
    error PauseGracePeriodNotPassed();
    /// @notice No change was announced, or its time has not come.
    error PoolAnnouncementIsLocked();
    /// @notice The collateral must be set.
    error PoolCollateralTokenCannotBeZeroAddress();
    /// @notice No pool has this number.
    error PoolDoesNotExist();
    /// @notice The end of the pool lies in the past.
    error PoolEndsAtIsInThePast();
    /// @notice The pool has ended.
    error PoolIsClosed();
    /// @notice The position is within its limit.
    error PositionNotLiquidatable();
    /// @notice A change of this pool is already announced.
    error ThereIsAlreadyActiveAnnouncementForThisPool();
    /// @notice Kept for clients: no collateral is ever too big.
    error CollateralAmountTooBig();
    /// @notice Raised by PriceFeeds: the feed of the collateral has no positive price.
    error CollateralTokenPriceIsZero();
    /// @notice Raised by PriceFeeds: the price is too old, held or paused.
    error OracleDataTooOld();
    /// @notice Raised by PriceFeeds: the sequencer that the feed depends on is down.
    error OracleSequencerDown();
    /// @notice Raised by PriceFeeds: the feed of USDC has no positive price.
    error UsdcPriceIsZero();

    /// @notice Sets roles, payment token and first pools.
    /// @param admin DEFAULT_ADMIN.
    /// @param usdc Payment token, six decimals.
    /// @param priceOracle Feed of the payment token's price.
    /// @param sequencerOracle Feed of the sequencer that `priceOracle` depends on, 0 for none.
    /// @param firstPools Pools.
    // solhint-disable-next-line func-name-mixedcase
    function __ERC20CollateralPool_init(
        address admin,
        address usdc,
        address priceOracle,
        address sequencerOracle,
        InitPool[] memory firstPools
    ) external initializer {
        if (admin == address(0)) revert AdminMustNotBeZeroAddress();
        if (usdc == address(0) || priceOracle == address(0)) revert RwaErrors.ZeroAddress();
        if (IERC20Metadata(usdc).decimals() != USDC_DECIMALS) revert RwaErrors.InvalidParameter("usdc");
        __Pausable_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        PoolStorage storage $ = _storage();
        ($.usdc, $.usdcPriceOracle, $.usdcSequencerOracle) = (usdc, priceOracle, sequencerOracle);
        for (uint256 i; i < firstPools.length; ++i) _addPool(firstPools[i]);
    }

    /// @notice Adds a pool. DEFAULT_ADMIN_ROLE.
    /// @param pool The pool.
    function addPool(InitPool memory pool) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _addPool(pool);
    }

    /// @notice Announces a change of a pool. DEFAULT_ADMIN_ROLE.
    /// @param poolId Pool.
    /// @param pool New values.
    function announceEditPool(uint256 poolId, EditPool memory pool) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _poolOf(poolId);
        PoolEdit storage edit = _storage().edits[poolId];
        if (edit.unlocksAt != 0) revert ThereIsAlreadyActiveAnnouncementForThisPool();
        _requireValid(pool);
        edit.unlocksAt = block.timestamp + EDIT_DELAY;
        edit.pool = pool;
        emit PoolEditAnnounced(poolId);
    }

    /// @notice Calls an announced change off. DEFAULT_ADMIN_ROLE.
    /// @param poolId Pool.
    function cancelEditPool(uint256 poolId) external onlyRole(DEFAULT_ADMIN_ROLE) {
        PoolStorage storage $ = _storage();
        if ($.edits[poolId].unlocksAt == 0) revert PoolAnnouncementIsLocked();
        $.edits[poolId].unlocksAt = 0;
        emit PoolEditCanceled(poolId);
    }

    /// @notice Puts an announced change into force after 7 days. DEFAULT_ADMIN_ROLE. The interest changes only while nothing is borrowed.
    /// @param poolId Pool.
    function commitEditPool(uint256 poolId) external onlyRole(DEFAULT_ADMIN_ROLE) {
        PoolEdit storage edit = _storage().edits[poolId];
        if (edit.unlocksAt == 0 || block.timestamp < edit.unlocksAt) revert PoolAnnouncementIsLocked();
        edit.unlocksAt = 0;
        EditPool memory values = edit.pool;
        _requireValid(values);
        Pool storage pool = _poolOf(poolId);
        if (values.interest != pool.interest && pool.amounts.borrowed != pool.amounts.repaid) revert RwaErrors.InvalidParameter("interest");
        _accrue(pool);
        _apply(pool, values);
        emit PoolEdited(poolId);
    }

    /// @notice Lends to a pool.
    /// @param poolId Pool.
    /// @param usdcAmount Units of USDC.
    function lend(uint256 poolId, uint256 usdcAmount) external nonReentrant whenNotPaused {
        Pool storage pool = _openPoolOf(poolId);
        PoolAmounts storage amounts = pool.amounts;
        if (usdcAmount < pool.collateralDetails.minLended) revert AmountTooLow();
        if (amounts.lended + usdcAmount + amounts.repaid > pool.collateralDetails.maxPoolCapacity + amounts.borrowed) revert MaxPoolCapacityIsReached();
        _requireLevel(msg.sender);
        _accrue(pool);
        amounts.lended += usdcAmount;
        _setRewardRate(pool);
        PoolStorage storage $ = _storage();
        Lending[] storage mine = $.lendings[poolId][msg.sender];
        mine.push(Lending(usdcAmount, usdcAmount, pool.rewardPerToken));
        emit newLend(poolId, mine.length - 1, msg.sender, usdcAmount, pool.rewardPerToken);
        Assets.pull($.usdc, msg.sender, usdcAmount);
    }

    /// @notice Borrows from a pool against collateral of the caller.
    /// @param poolId Pool.
    /// @param usdcAmount Units of USDC.
    /// @param collateralTokenAmount Units of collateral, at least `calculateCollateralTokenAmount`.
    function borrow(uint256 poolId, uint256 usdcAmount, uint256 collateralTokenAmount) external nonReentrant whenNotPaused {
        Pool storage pool = _openPoolOf(poolId);
        if (usdcAmount < pool.collateralDetails.minBorrow) revert AmountTooLow();
        if (usdcAmount > _available(pool.amounts)) revert NotEnoughUSDCInPool();
        uint256 needed = _requiredCollateral(pool, usdcAmount, pool.collateralDetails.collateralTokenLTVPercentage);
        if (collateralTokenAmount < needed) revert CollateralAmountTooLow();
        _requireLevel(msg.sender);
        _accrue(pool);
        pool.amounts.borrowed += usdcAmount;
        pool.amounts.collateralTokenAmount += collateralTokenAmount;
        _setRewardRate(pool);
        PoolStorage storage $ = _storage();
        Borrow[] storage mine = $.borrows[poolId][msg.sender];
        mine.push(Borrow(usdcAmount, usdcAmount, collateralTokenAmount, uint48(block.timestamp)));
        emit newBorrow(poolId, mine.length - 1, msg.sender, usdcAmount, collateralTokenAmount);
        _takeCollateral(pool.collateralDetails.collateralToken, collateralTokenAmount);
        Assets.push($.usdc, msg.sender, usdcAmount);
    }

    /// @notice Repays principal of the caller's position with its interest; collateral comes back in proportion. Never stopped, needs no price.
    /// @param poolId Pool.
    /// @param borrowId Position of the caller.
    /// @param repayAmount Principal, units of USDC.
    function repay(uint256 poolId, uint256 borrowId, uint256 repayAmount) external nonReentrant {
        Pool storage pool = _poolOf(poolId);
        Borrow storage position = _borrowOf(poolId, msg.sender, borrowId);
        if (repayAmount == 0) revert AmountCannotBeZero();
        if (repayAmount > position.usdcAmount) revert AmountTooBig();
        uint256 interest = _interest(pool, position, repayAmount);
        uint256 released = Math.mulDiv(position.collateralTokenAmount, repayAmount, position.usdcAmount);
        _settle(pool, position, repayAmount, interest, released);
        emit Repaid(poolId, msg.sender, borrowId, repayAmount, interest, released);
        Assets.pull(_storage().usdc, msg.sender, repayAmount + interest);
        _returnCollateral(pool.collateralDetails.collateralToken, msg.sender, released);
    }

    /// @notice Adds collateral to the caller's position, or takes some back while the rest covers debt and interest at the lower of two LTVs.
    /// Adding is never stopped and needs no price.
    /// @param poolId Pool.
    /// @param borrowId Position of the caller.
    /// @param newCollateralTokenAmount Collateral afterwards.
    /// @param maxCollateralTokenLTVPercentage The caller's own limit for taking back, basis points.
    function changeCollateralAmount(uint256 poolId, uint256 borrowId, uint256 newCollateralTokenAmount, uint256 maxCollateralTokenLTVPercentage)
        external
        nonReentrant
    {
        Pool storage pool = _poolOf(poolId);
        Borrow storage position = _borrowOf(poolId, msg.sender, borrowId);
        uint256 held = position.collateralTokenAmount;
        if (held == 0) revert BorrowAlreadyLiquidated();
        if (newCollateralTokenAmount == held) revert CollateralAmountNotChanged();
        address token = pool.collateralDetails.collateralToken;
        position.collateralTokenAmount = newCollateralTokenAmount;
        if (newCollateralTokenAmount > held) {
            uint256 added = newCollateralTokenAmount - held;
            pool.amounts.collateralTokenAmount += added;
            emit AddedCollateral(poolId, borrowId, msg.sender, added);
            _takeCollateral(token, added);
        } else {
            _requireNotPaused();
            uint256 ltv = Math.min(maxCollateralTokenLTVPercentage, pool.collateralDetails.collateralTokenLTVPercentage);
            uint256 debt = position.usdcAmount + _interest(pool, position, position.usdcAmount);
            if (ltv == 0 || newCollateralTokenAmount < _requiredCollateral(pool, debt, ltv)) revert CollateralAmountTooLow();
            uint256 removed = held - newCollateralTokenAmount;
            pool.amounts.collateralTokenAmount -= removed;
            emit RemovedCollateral(poolId, borrowId, msg.sender, removed);
            _returnCollateral(token, msg.sender, removed);
        }
    }

    /// @notice Pays principal and rewards of the caller's positions.
    /// @param poolId Pool.
    /// @param claims Positions and principal, at most 100.
    function claim(uint256 poolId, Claim[] calldata claims) external nonReentrant {
        Pool storage pool = _poolOf(poolId);
        uint256 available = _available(pool.amounts);
        uint256 total = _claim(pool, poolId, claims);
        if (total > available) revert NotEnoughUSDCInPool();
        Kyc.requireEligible(msg.sender);
        Assets.push(_storage().usdc, msg.sender, total);
    }

    /// @notice Pays debt of positions above their limit; the caller receives collateral worth 110 % of what is repaid.
    /// @param poolId Pool.
    /// @param liquidations Positions and principal, at most 100.
    function liquidate(uint256 poolId, Liquidation[] calldata liquidations) external nonReentrant whenNotPaused {
        Pool storage pool = _poolOf(poolId);
        (uint256 repaid, ) = _liquidateAll(pool, poolId, liquidations, false);
        PoolStorage storage $ = _storage();
        uint256 payment = (repaid * (BPS_DIVIDER + LIQUIDATION_PROTOCOL_FEE)) / BPS_DIVIDER;
        $.usdcFeesCollected += payment - repaid;
        Assets.pull($.usdc, msg.sender, payment);
    }

    /// @notice Uses claims of the caller, a lender, to pay debt of positions above their limit; the caller receives collateral worth 110 % of it
    /// and the protocol 5 %. What the claims exceed the debt by is paid in USDC.
    /// @param poolId Pool.
    /// @param claims Positions of the caller, at most 100.
    /// @param liquidations Positions to liquidate, at most 100.
    function claimCollateral(uint256 poolId, Claim[] calldata claims, Liquidation[] calldata liquidations) external nonReentrant whenNotPaused {
        Pool storage pool = _poolOf(poolId);
        uint256 available = _available(pool.amounts);
        uint256 total = _claim(pool, poolId, claims);
        (uint256 repaid, uint256 fees) = _liquidateAll(pool, poolId, liquidations, true);
        if (total < repaid) revert NotEnoughUSDCClaimedToLiquidatePositions();
        if (total - repaid > available) revert NotEnoughUSDCInPool();
        _storage().collateralFees[pool.collateralDetails.collateralToken] += fees;
        Assets.push(_storage().usdc, msg.sender, total - repaid);
    }

    /// @notice Pays the protocol's fees in one token. DEFAULT_ADMIN_ROLE.
    /// @param token USDC or a collateral token.
    /// @param recipient Account that receives them.
    function withdrawProtocolRewards(address token, address recipient) external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        if (recipient == address(0)) revert RwaErrors.ZeroAddress();
        PoolStorage storage $ = _storage();
        uint256 amount;
        if (token == $.usdc) {
            amount = $.usdcFeesCollected;
            $.usdcFeesCollected = 0;
            Assets.push(token, recipient, amount);
        } else {
            if (!$.isCollateral[token]) revert CollateralTokenDoesNotExist();
            amount = $.collateralFees[token];
            $.collateralFees[token] = 0;
            _payProtocolCollateral(token, recipient, amount);
        }
        emit AdminWithdrawProtocolRewards(token, amount);
    }

    /// @inheritdoc IPositions
    /// @dev PAUSER_ROLE. Moves at most 50 positions a call, the newest of each pool first; call again until nothing is left.
    function migratePosition(address lost, address replacement) external nonReentrant onlyRole(Roles.PAUSER) {
        Kyc.requireRecovered(lost, replacement);
        PoolStorage storage $ = _storage();
        uint256 left = MIGRATIONS_MAX;
        uint256 count = $.pools.length;
        for (uint256 poolId; poolId < count && left != 0; ++poolId) {
            address token = $.pools[poolId].collateralDetails.collateralToken;
            Lending[] storage lent = $.lendings[poolId][lost];
            for (; lent.length != 0 && left != 0; --left) {
                $.lendings[poolId][replacement].push(lent[lent.length - 1]);
                lent.pop();
            }
            Borrow[] storage borrowed = $.borrows[poolId][lost];
            for (; borrowed.length != 0 && left != 0; --left) {
                Borrow memory position = borrowed[borrowed.length - 1];
                $.borrows[poolId][replacement].push(position);
                borrowed.pop();
                _rebookCollateral(token, lost, replacement, position.collateralTokenAmount);
            }
            _migrateOwedCollateral(token, lost, replacement);
        }
        _migrateOwed($.usdc, lost, replacement);
        emit PositionMigrated(lost, replacement);
    }

    /// @notice What a lending position has earned and was not paid; called statically.
    /// @param poolId Pool.
    /// @param lendId Position.
    /// @param user Lender.
    function calculateReward(uint256 poolId, uint256 lendId, address user) external returns (uint256) {
        Pool storage pool = _poolOf(poolId);
        Lending storage position = _lendingOf(poolId, user, lendId);
        _accrue(pool);
        return _reward(pool, position, position.usdcAmount);
    }

    /// @notice Whether a position may be liquidated; called statically.
    /// @param poolId Pool.
    /// @param user Borrower.
    /// @param borrowId Position.
    function isPositionLiquidatable(uint256 poolId, address user, uint256 borrowId) external returns (bool) {
        Pool storage pool = _poolOf(poolId);
        Borrow storage position = _borrowOf(poolId, user, borrowId);
        _accrue(pool);
        return _isLiquidatable(pool, position, _rateOf(pool));
    }

    /// @notice USDC that a liquidator pays for a whole position now.
    /// @param poolId Pool.
    /// @param user Borrower.
    /// @param borrowId Position.
    function getLiquidatableAmountWithProtocolFee(uint256 poolId, address user, uint256 borrowId) external view returns (uint256) {
        (uint256 principal, uint256 interest) = _debtOf(poolId, user, borrowId);
        return ((principal + interest) * (BPS_DIVIDER + LIQUIDATION_PROTOCOL_FEE)) / BPS_DIVIDER;
    }

    /// @notice Interest of a whole position now, rounded up.
    /// @param poolId Pool.
    /// @param borrowId Position.
    /// @param user Borrower.
    function calculateRepayInterest(uint256 poolId, uint256 borrowId, address user) external view returns (uint256) {
        (, uint256 interest) = _debtOf(poolId, user, borrowId);
        return interest;
    }

    /// @notice Collateral that a loan needs at present prices, rounded up.
    /// @param poolId Pool.
    /// @param usdcAmount Units of USDC.
    function calculateCollateralTokenAmount(uint256 poolId, uint256 usdcAmount) external view returns (uint256) {
        Pool storage pool = _poolOf(poolId);
        return _requiredCollateral(pool, usdcAmount, pool.collateralDetails.collateralTokenLTVPercentage);
    }

    /// @notice USDC that a pool can pay or lend now, and its collateral.
    /// @param poolId Pool.
    function getAvailableAmountsInPool(uint256 poolId) external view returns (uint256 availableUSDC, uint256 availableCollateralTokens) {
        PoolAmounts storage amounts = _poolOf(poolId).amounts;
        return (_available(amounts), amounts.collateralTokenAmount);
    }

    /// @notice Tokens that pools take as collateral.
    function getCollateralTokens() external view returns (address[] memory) {
        return _storage().collateralTokens;
    }

    /// @notice Fees of the protocol held in a collateral token.
    /// @param collateralToken Token.
    function getCollateralTokenProtocolFee(address collateralToken) external view returns (uint256) {
        return _storage().collateralFees[collateralToken];
    }

    /// @notice Number of pools.
    function poolsLength() external view returns (uint256) {
        return _storage().pools.length;
    }

    /// @notice A pool.
    /// @param poolId Its number.
    function pools(uint256 poolId)
        external
        view
        returns (
            PoolAmounts memory amounts,
            CollateralDetails memory collateralDetails,
            uint256 rewardPerToken,
            uint256 rewardRate,
            uint48 lastUpdated,
            uint48 endTime,
            uint24 interest
        )
    {
        Pool storage pool = _poolOf(poolId);
        return (pool.amounts, pool.collateralDetails, pool.rewardPerToken, pool.rewardRate, pool.lastUpdated, pool.endTime, pool.interest);
    }

    /// @notice Number of lending positions of a user in a pool.
    /// @param poolId Pool.
    /// @param user Lender.
    function lendingsLength(uint256 poolId, address user) external view returns (uint256) {
        return _storage().lendings[poolId][user].length;
    }

    /// @notice A lending position.
    /// @param poolId Pool.
    /// @param user Lender.
    /// @param lendId Its number.
    function lendings(uint256 poolId, address user, uint256 lendId)
        external
        view
        returns (uint256 startingUsdcAmount, uint256 usdcAmount, uint256 rewardPerTokenIgnored)
    {
        Lending storage position = _lendingOf(poolId, user, lendId);
        return (position.startingUsdcAmount, position.usdcAmount, position.rewardPerTokenIgnored);
    }

    /// @notice Number of borrowing positions of a user in a pool.
    /// @param poolId Pool.
    /// @param user Borrower.
    function borrowsLength(uint256 poolId, address user) external view returns (uint256) {
        return _storage().borrows[poolId][user].length;
    }

    /// @notice A borrowing position.
    /// @param poolId Pool.
    /// @param user Borrower.
    /// @param borrowId Its number.
    function borrows(uint256 poolId, address user, uint256 borrowId)
        external
        view
        returns (uint256 startingUsdcAmount, uint256 usdcAmount, uint256 collateralTokenAmount, uint48 borrowTime)
    {
        Borrow storage position = _borrowOf(poolId, user, borrowId);
        return (position.startingUsdcAmount, position.usdcAmount, position.collateralTokenAmount, position.borrowTime);
    }

    /// @notice The announced change of a pool; where `unlocksAt` is 0 there is none, and `pool` is the last one announced, if any.
    /// @param poolId Pool.
    function announcedPoolEdit(uint256 poolId) external view returns (uint256 unlocksAt, EditPool memory pool) {
        PoolEdit storage edit = _storage().edits[poolId];
        return (edit.unlocksAt, edit.pool);
    }

    /// @notice Payment token.
    function USDC() external view returns (address) {
        return _storage().usdc;
    }

    /// @notice Feed of the payment token's price.
    function usdcPriceOracle() external view returns (address) {
        return _storage().usdcPriceOracle;
    }

    /// @notice Feed of the sequencer that `usdcPriceOracle` depends on; 0 for none.
    function usdcSequencerOracle() external view returns (address) {
        return _storage().usdcSequencerOracle;
    }

    /// @notice Fees of the protocol held in USDC.
    function usdcFeesCollected() external view returns (uint256) {
        return _storage().usdcFeesCollected;
    }

    /// @notice When the last pause ended; 0 if there was none.
    function unPausedTimestamp() external view returns (uint256) {
        return _storage().unPausedTimestamp;
    }

    /// @inheritdoc SdkContract
    function unpause() external override onlyPauser {
        _storage().unPausedTimestamp = block.timestamp;
        _unpause();
    }

    /// @inheritdoc AccessControlUpgradeable
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IPositions).interfaceId ||
            interfaceId == type(IDividendVenue).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    function _addPool(InitPool memory init) private {
        PoolStorage storage $ = _storage();
        if (init.collateralToken == address(0)) revert PoolCollateralTokenCannotBeZeroAddress();
        // One token in both books could not be told apart.
        if (init.collateralToken == $.usdc) revert RwaErrors.InvalidParameter("collateralToken");
        // In memory the members of an EditPool are those of an InitPool after its first.
        EditPool memory values;
        assembly {
            values := add(init, 32)
        }
        _requireValid(values);
        Pool storage pool = $.pools.push();
        pool.collateralDetails.collateralToken = init.collateralToken;
        pool.lastUpdated = uint48(block.timestamp);
        _apply(pool, values);
        if (!$.isCollateral[init.collateralToken]) {
            $.isCollateral[init.collateralToken] = true;
            $.collateralTokens.push(init.collateralToken);
        }
        emit PoolAdded($.pools.length - 1, msg.sender);
    }

    function _apply(Pool storage pool, EditPool memory values) private {
        CollateralDetails storage details = pool.collateralDetails;
        details.collateralTokenPriceOracle = values.collateralTokenPriceOracle;
        details.collateralTokenSequencerOracle = values.collateralTokenSequencerOracle;
        details.maxPoolCapacity = values.maxPoolCapacity;
        details.minLended = values.minLended;
        details.minBorrow = values.minBorrow;
        details.collateralTokenFactor = values.collateralTokenFactor;
        details.collateralTokenLTVPercentage = values.collateralTokenLTVPercentage;
        pool.endTime = values.endTime;
        pool.interest = values.interest;
    }

    /// @dev Brings the index to now.
    function _accrue(Pool storage pool) private {
        pool.rewardPerToken += (block.timestamp - pool.lastUpdated) * pool.rewardRate;
        pool.lastUpdated = uint48(block.timestamp);
    }

    /// @dev The rate of the index from now on: the borrowers' interest over the lenders' principal.
    function _setRewardRate(Pool storage pool) private {
        PoolAmounts storage amounts = pool.amounts;
        uint256 lent = amounts.lended - amounts.claimed;
        uint256 interest = (amounts.borrowed - amounts.repaid) * pool.interest;
        pool.rewardRate = lent == 0 ? 0 : Math.mulDiv(interest, INDEX_SCALE, lent * ONE_YEAR * BPS_DIVIDER);
    }

    /// @dev Books the caller's claims and returns principal and rewards together.
    function _claim(Pool storage pool, uint256 poolId, Claim[] calldata claims) private returns (uint256 total) {
        if (claims.length == 0) revert NoClaimsProvided();
        _requireBatch(claims.length);
        _accrue(pool);
        for (uint256 i; i < claims.length; ++i) {
            uint256 amount = claims[i].usdcAmount;
            Lending storage position = _lendingOf(poolId, msg.sender, claims[i].lendId);
            if (amount == 0) revert AmountCannotBeZero();
            if (amount > position.usdcAmount) revert AmountTooBig();
            uint256 reward = _reward(pool, position, amount);
            position.usdcAmount -= amount;
            pool.amounts.claimed += amount;
            pool.amounts.claimedRewards += reward;
            total += amount + reward;
            emit RewardsClaimed(poolId, msg.sender, claims[i].lendId, amount, reward);
        }
        _setRewardRate(pool);
    }

    /// @dev Liquidates and pays collateral to the caller; returns principal and interest repaid, and the protocol's part in collateral.
    function _liquidateAll(Pool storage pool, uint256 poolId, Liquidation[] calldata liquidations, bool isFeeInCollateral)
        private
        returns (uint256 repaid, uint256 fees)
    {
        if (liquidations.length == 0) revert NoLiquidationsProvided();
        _requireBatch(liquidations.length);
        uint256 unPaused = _storage().unPausedTimestamp;
        if (unPaused != 0 && block.timestamp < unPaused + PAUSE_GRACE_PERIOD) revert PauseGracePeriodNotPassed();
        _requireLevel(msg.sender);
        PriceFeeds.Rate memory rate = _rateOf(pool);
        for (uint256 i; i < liquidations.length; ++i) {
            (uint256 paid, uint256 fee) = _liquidate(pool, poolId, liquidations[i], rate, isFeeInCollateral);
            repaid += paid;
            fees += fee;
        }
    }

    function _liquidate(Pool storage pool, uint256 poolId, Liquidation calldata item, PriceFeeds.Rate memory rate, bool isFeeInCollateral)
        private
        returns (uint256 paid, uint256 fee)
    {
        Borrow storage position = _borrowOf(poolId, item.user, item.borrowId);
        if (item.usdcAmount == 0) revert AmountCannotBeZero();
        if (position.usdcAmount == 0) revert BorrowAlreadyLiquidated();
        if (item.usdcAmount > position.usdcAmount) revert AmountTooBig();
        if (!_isLiquidatable(pool, position, rate)) revert PositionNotLiquidatable();
        uint256 interest = _interest(pool, position, item.usdcAmount);
        paid = item.usdcAmount + interest;
        uint256 seized = Math.min(_toCollateral(rate, paid, BPS_DIVIDER + LIQUIDATION_FEE), position.collateralTokenAmount);
        if (isFeeInCollateral) fee = Math.min(_toCollateral(rate, paid, LIQUIDATION_PROTOCOL_FEE), position.collateralTokenAmount - seized);
        uint256 rest = item.usdcAmount == position.usdcAmount ? position.collateralTokenAmount - seized - fee : 0;
        _settle(pool, position, item.usdcAmount, interest, seized + fee + rest);
        emit UserPositionLiquidated(poolId, item.user, item.borrowId, msg.sender, item.usdcAmount, interest);
        address token = pool.collateralDetails.collateralToken;
        _rebookCollateral(token, item.user, address(this), fee);
        _seizeCollateral(token, item.user, seized);
        _returnCollateral(token, item.user, rest);
    }

    /// @dev Books principal and interest that come in and collateral that goes out.
    function _settle(Pool storage pool, Borrow storage position, uint256 amount, uint256 interest, uint256 collateral) private {
        _accrue(pool);
        position.usdcAmount -= amount;
        position.collateralTokenAmount -= collateral;
        pool.amounts.repaid += amount;
        pool.amounts.rewards += interest;
        pool.amounts.collateralTokenAmount -= collateral;
        _setRewardRate(pool);
    }

    function _isLiquidatable(Pool storage pool, Borrow storage position, PriceFeeds.Rate memory rate) private view returns (bool) {
        uint256 debt = position.usdcAmount;
        if (debt == 0) return false;
        if (block.timestamp > pool.endTime) return true;
        uint256 value = Math.mulDiv(position.collateralTokenAmount, rate.denominator, rate.numerator);
        uint256 limit = uint256(pool.collateralDetails.collateralTokenLTVPercentage) * (BPS_DIVIDER + LIQUIDATION_MARGIN_FACTOR);
        return (debt + _interest(pool, position, debt)) * BPS_DIVIDER * BPS_DIVIDER > value * limit;
    }

    /// @dev Collateral per USDC at present prices.
    function _rateOf(Pool storage pool) private view returns (PriceFeeds.Rate memory) {
        CollateralDetails storage details = pool.collateralDetails;
        PoolStorage storage $ = _storage();
        return
            PriceFeeds.rate(
                details.collateralToken,
                PriceFeeds.Feed(details.collateralTokenPriceOracle, details.collateralTokenSequencerOracle),
                PriceFeeds.Feed($.usdcPriceOracle, $.usdcSequencerOracle)
            );
    }

    function _requiredCollateral(Pool storage pool, uint256 usdcAmount, uint256 ltv) private view returns (uint256) {
        PriceFeeds.Rate memory rate = _rateOf(pool);
        uint256 scaled = usdcAmount * pool.collateralDetails.collateralTokenFactor;
        return Math.mulDiv(scaled, rate.numerator, rate.denominator * ltv, Math.Rounding.Ceil);
    }

    function _reward(Pool storage pool, Lending storage position, uint256 amount) private view returns (uint256) {
        return Math.mulDiv(pool.rewardPerToken - position.rewardPerTokenIgnored, amount, INDEX_SCALE);
    }

    function _interest(Pool storage pool, Borrow storage position, uint256 amount) private view returns (uint256) {
        uint256 duration = block.timestamp - position.borrowTime;
        return Math.ceilDiv(uint256(pool.interest) * amount * duration, ONE_YEAR * BPS_DIVIDER);
    }

    function _debtOf(uint256 poolId, address user, uint256 borrowId) private view returns (uint256 principal, uint256 interest) {
        Borrow storage position = _borrowOf(poolId, user, borrowId);
        principal = position.usdcAmount;
        interest = _interest(_poolOf(poolId), position, principal);
    }

    function _available(PoolAmounts storage amounts) private view returns (uint256) {
        return amounts.lended + amounts.repaid + amounts.rewards - amounts.claimed - amounts.borrowed - amounts.claimedRewards;
    }

    function _poolOf(uint256 poolId) private view returns (Pool storage) {
        Pool[] storage all = _storage().pools;
        if (poolId >= all.length) revert PoolDoesNotExist();
        return all[poolId];
    }

    function _openPoolOf(uint256 poolId) private view returns (Pool storage pool) {
        pool = _poolOf(poolId);
        if (block.timestamp >= pool.endTime) revert PoolIsClosed();
    }

    function _lendingOf(uint256 poolId, address user, uint256 lendId) private view returns (Lending storage) {
        Lending[] storage theirs = _storage().lendings[poolId][user];
        if (lendId >= theirs.length) revert RwaErrors.InvalidParameter("lendId");
        return theirs[lendId];
    }

    function _borrowOf(uint256 poolId, address user, uint256 borrowId) private view returns (Borrow storage) {
        Borrow[] storage theirs = _storage().borrows[poolId][user];
        if (borrowId >= theirs.length) revert BorrowDoesNotExist();
        return theirs[borrowId];
    }

    function _requireValid(EditPool memory values) private view {
        if (values.collateralTokenPriceOracle == address(0)) revert RwaErrors.ZeroAddress();
        if (values.endTime <= block.timestamp) revert PoolEndsAtIsInThePast();
        if (values.minLended > values.maxPoolCapacity) revert MinLendedGreaterThanMaxPoolCapacity();
        if (values.minLended == 0 || values.minBorrow == 0) revert AmountCannotBeZero();
        if (values.collateralTokenLTVPercentage > MAX_LTV_PERCENTAGE) revert CollateralTokenLTVPercentageTooHigh();
        if (values.collateralTokenLTVPercentage == 0) revert RwaErrors.InvalidParameter("collateralTokenLTVPercentage");
        if (values.collateralTokenFactor == 0) revert RwaErrors.InvalidParameter("collateralTokenFactor");
    }

    /// @dev Collateral worth `bps` of `usdcAmount`, rounded down.
    function _toCollateral(PriceFeeds.Rate memory rate, uint256 usdcAmount, uint256 bps) private pure returns (uint256) {
        return Math.mulDiv((usdcAmount * bps) / BPS_DIVIDER, rate.numerator, rate.denominator);
    }

    function _requireBatch(uint256 size) private pure {
        if (size > BATCH_MAX) revert RwaErrors.InvalidParameter("batch");
    }

    function _storage() private pure returns (PoolStorage storage $) {
        assembly {
            $.slot := POOL_STORAGE
        }
    }
}
