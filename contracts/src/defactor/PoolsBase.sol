// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Addresses} from "../common/Addresses.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Roles} from "../common/Roles.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IDividendVenue} from "../interfaces/IDividendVenue.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {AccessLevel} from "./AccessLevel.sol";
import {CollateralVenue} from "./CollateralVenue.sol";

/// @title PoolsBase
/// @notice Counterparty pools: an owner pledges collateral and borrows USDC that lenders commit; rewards bring principal and interest back.
abstract contract PoolsBase is AccessLevel, CollateralVenue, IERC721Receiver, IERC1155Receiver {
    /// @notice A collateral entry: ERC-20 (`id` 0), ERC-721 (`amount` 1) or ERC-1155.
    struct CollateralToken {
        address contractAddress;
        uint256 amount;
        uint256 id;
    }

    /// @dev Standard of a collateral entry, found out when it is taken.
    enum Standard {
        Erc20,
        Erc721,
        Erc1155
    }

    /// @dev A lender's part of a pool; `isFinal` once nothing more will be paid.
    struct Commit {
        uint256 amount;
        uint256 claimedAmount;
        bool isFinal;
    }

    /// @dev All of a pool. `openClaims`: lenders with a commit that is not final. `undelivered`: bit per collateral entry whose return failed.
    struct PoolData {
        uint256 softCap;
        uint256 hardCap;
        uint256 totalCommitted;
        uint256 partialClaimed;
        uint256 totalRewards;
        uint256 rewardsPaidOut;
        uint48 createdAt;
        uint48 deadline;
        uint48 closedTime;
        uint48 minimumAPR;
        uint8 poolStatus;
        bool isCollected;
        uint16 undelivered;
        address poolOwner;
        uint256 openClaims;
        CollateralToken[] collateralTokens;
        Standard[] standards;
    }

    /// @custom:storage-location erc7201:defactor.Pools.v1
    struct PoolsStorage {
        address usdc;
        uint256 feesCollected;
        PoolData[] pools;
        mapping(address user => mapping(uint256 poolId => Commit)) commits;
        mapping(address user => uint256[]) commitsOf;
        mapping(address owner => uint256[]) poolsOf;
    }

    /// @notice Status: open for commits.
    uint8 public constant CREATED = 0;
    /// @notice Status: the owner has the money.
    uint8 public constant ACTIVE = 1;
    /// @notice Status: the collateral went back.
    uint8 public constant CLOSED = 2;
    /// @notice Status: over.
    uint8 public constant ARCHIVED = 3;
    /// @notice Fee of a loan, percent of what is collected.
    uint256 public constant LOAN_FEE_PERCENT = 2;
    /// @notice Divider of a minimum rate.
    uint256 public constant INTEREST_DECIMAL_PLACES = 1e8;
    /// @notice Seconds after the deadline in which a pool may be collected.
    uint256 public constant COLLECT_POOL_MAX_TIME = 30 days;
    /// @notice Seconds between the end of a pool and its archive.
    uint256 public constant MIN_POOL_CLOSED_TIME = 60 days;

    uint256 private constant COLLATERAL_MAX = 10;
    uint256 private constant USERS_MAX = 100;
    uint256 private constant MIGRATIONS_MAX = 50;
    // keccak256(abi.encode(uint256(keccak256("defactor.Pools.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant POOLS_STORAGE = 0x88bd033fc862d86b1173b4d003f2c724867ebd4cfc5b729ed797c8ec345cbc00;

    /// @notice A pool was created.
    event PoolCreated(uint256 indexed poolId, address poolOwner);
    /// @notice A lender committed.
    event CommittedToPool(uint256 indexed poolId, uint256 amount, address wallet);
    /// @notice A commit was returned.
    event UncommittedFromPool(uint256 indexed poolId, uint256 amount, address wallet);
    /// @notice The owner took the money.
    event PoolCollected(uint256 indexed poolId, uint256 amount, address poolOwner);
    /// @notice Rewards were paid in.
    event RewardsDeposited(uint256 indexed poolId, uint256 amount, address poolOwner);
    /// @notice Rewards were paid out.
    event RewardsClaimed(uint256 indexed poolId, uint256 amount, address wallet);
    /// @notice The pool closed.
    event PoolClosed(uint256 indexed poolId, address poolOwner);
    /// @notice The pool is over.
    event PoolArchived(uint256 indexed poolId, address poolOwner);
    /// @notice A collateral entry could not be delivered; `returnCollateral` tries again.
    event CollateralUndelivered(uint256 indexed poolId, uint256 index);

    /// @notice An address that must be set is zero.
    error CannotBeZeroAddress();
    /// @notice The deadline is not in the future.
    error DeadlineMustBeInFuture();
    /// @notice The deadline is more than a year away.
    error DeadlineMustNotBeMoreThan1YearInTheFuture();
    /// @notice The caller does not own the pool.
    error MustBePoolOwner();
    /// @notice The caller neither owns the pool nor is an admin.
    error MustBePoolOwnerOrAdmin();
    /// @notice The rewards do not cover commits and minimum rate.
    error MustDepositAtleastCommittedAmount();
    /// @notice The deadline has passed.
    error PoolDeadlineReached();
    /// @notice No pool has this number.
    error PoolDoesNotExists();
    /// @notice The commit exceeds the hard cap.
    error PoolHardCapReached();
    /// @notice The owner of a pool cannot lend to it.
    error PoolOwnerCannotCommitToHisOwnPool();
    /// @notice The pool is not active.
    error PoolStatusMustBeActive();
    /// @notice The pool is not closed.
    error PoolStatusMustBeClosed();
    /// @notice The pool closed less than 60 days ago.
    error PoolStatusMustBeClosedForAtLeast60Days();
    /// @notice The pool is not open for commits.
    error PoolStatusMustBeCreated();
    /// @notice The pool is neither closed nor active.
    error PoolStatusMustBeEitherClosedOrActive();
    /// @notice Rewards of the pool, or commits never collected, have not all been paid.
    error RewardsHaveNotYetBeenPaidOut();
    /// @notice The soft cap is above the hard cap.
    error SoftCapMustBeLessThanHardCap();
    /// @notice The commits of the pool cannot be returned now.
    error CommitIsLocked(uint256 poolId);
    /// @notice Collateral arrived outside `createPool`.
    error UnexpectedCollateral(address token);

    /// @notice Sets the payment token; the caller becomes DEFAULT_ADMIN.
    /// @param usdc Payment token.
    // solhint-disable-next-line func-name-mixedcase
    function __Pools_init(address usdc) external initializer {
        if (usdc == address(0)) revert CannotBeZeroAddress();
        __Pausable_init();
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _pools().usdc = usdc;
    }

    /// @notice Opens a pool and takes its collateral and the fee for creation.
    /// @param softCap Least USDC for the pool to be collected.
    /// @param hardCap Most USDC.
    /// @param deadline End of commits, at most a year away.
    /// @param minimumAPR Least return over the life of the pool, 10^8 for 100 %.
    /// @param collateralTokens Collateral, at most 10 entries.
    function createPool(
        uint256 softCap,
        uint256 hardCap,
        uint48 deadline,
        uint48 minimumAPR,
        CollateralToken[] calldata collateralTokens
    ) external nonReentrant whenNotPaused {
        _requireCreator();
        if (softCap > hardCap) revert SoftCapMustBeLessThanHardCap();
        if (deadline <= block.timestamp) revert DeadlineMustBeInFuture();
        if (deadline > block.timestamp + 365 days) revert DeadlineMustNotBeMoreThan1YearInTheFuture();
        if (collateralTokens.length > COLLATERAL_MAX) revert RwaErrors.InvalidParameter("collateralTokens");
        PoolsStorage storage $ = _pools();
        uint256 poolId = $.pools.length;
        PoolData storage pool = $.pools.push();
        (pool.softCap, pool.hardCap, pool.minimumAPR) = (softCap, hardCap, minimumAPR);
        (pool.createdAt, pool.deadline, pool.poolOwner) = (uint48(block.timestamp), deadline, msg.sender);
        $.poolsOf[msg.sender].push(poolId);
        emit PoolCreated(poolId, msg.sender);
        uint256 fee = _creationFee();
        if (fee != 0) {
            $.feesCollected += fee;
            Assets.pull($.usdc, msg.sender, fee);
        }
        for (uint256 i; i < collateralTokens.length; ++i) {
            pool.standards.push(_pullEntry(collateralTokens[i]));
            pool.collateralTokens.push(collateralTokens[i]);
        }
    }

    /// @notice Commits USDC of the caller before the deadline.
    /// @param poolId Pool.
    /// @param amount Units of USDC.
    function commitToPool(uint256 poolId, uint256 amount) external nonReentrant whenNotPaused {
        PoolData storage pool = _poolOf(poolId);
        if (amount == 0) revert RwaErrors.ZeroAmount();
        if (pool.poolStatus != CREATED) revert PoolStatusMustBeCreated();
        if (block.timestamp >= pool.deadline) revert PoolDeadlineReached();
        if (msg.sender == pool.poolOwner) revert PoolOwnerCannotCommitToHisOwnPool();
        if (amount > pool.hardCap - pool.totalCommitted) revert PoolHardCapReached();
        _requireLevel(msg.sender);
        PoolsStorage storage $ = _pools();
        Commit storage mine = $.commits[msg.sender][poolId];
        if (mine.amount == 0) {
            ++pool.openClaims;
            $.commitsOf[msg.sender].push(poolId);
        }
        mine.amount += amount;
        pool.totalCommitted += amount;
        emit CommittedToPool(poolId, amount, msg.sender);
        Assets.pull($.usdc, msg.sender, amount);
    }

    /// @notice Returns the caller's commit, where the pool does not take it.
    /// @param poolId Pool.
    function uncommitFromPool(uint256 poolId) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        _requireReturnable(pool, poolId);
        if (_uncommit(pool, poolId, msg.sender) == 0) revert RwaErrors.ZeroAmount();
    }

    /// @notice Returns the commits of up to 100 lenders after the deadline. Owner or admin.
    /// @param poolId Pool.
    /// @param users Lenders; those without a commit are skipped.
    function uncommitForUsers(uint256 poolId, address[] calldata users) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        _requireOwnerOrAdmin(pool);
        _requireUsers(users.length);
        if (block.timestamp < pool.deadline) revert CommitIsLocked(poolId);
        _requireReturnable(pool, poolId);
        for (uint256 i; i < users.length; ++i) _uncommit(pool, poolId, users[i]);
    }

    /// @notice Pays the commits, less the fee of 2 %, to the pool's owner.
    /// @param poolId Pool.
    function collectPool(uint256 poolId) external nonReentrant whenNotPaused {
        PoolData storage pool = _poolOf(poolId);
        _requireManager(pool);
        if (pool.poolStatus != CREATED) revert PoolStatusMustBeCreated();
        _requireCollectable(pool);
        PoolsStorage storage $ = _pools();
        (pool.poolStatus, pool.isCollected) = (ACTIVE, true);
        uint256 fee = Math.ceilDiv(pool.totalCommitted * LOAN_FEE_PERCENT, 100);
        uint256 amount = pool.totalCommitted - fee;
        $.feesCollected += fee;
        emit PoolCollected(poolId, amount, pool.poolOwner);
        _payEligible($.usdc, pool.poolOwner, amount);
    }

    /// @notice Pays rewards in.
    /// @param poolId Pool.
    /// @param amount Units of USDC.
    function depositRewards(uint256 poolId, uint256 amount) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        _requireManager(pool);
        if (amount == 0) revert RwaErrors.ZeroAmount();
        if (pool.poolStatus != ACTIVE) revert PoolStatusMustBeActive();
        pool.totalRewards += amount;
        emit RewardsDeposited(poolId, amount, msg.sender);
        Assets.pull(_pools().usdc, msg.sender, amount);
    }

    /// @notice Pays the caller's part of the rewards. In a closed pool the claim is final.
    /// @param poolId Pool.
    function claim(uint256 poolId) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        if (pool.poolStatus != ACTIVE && pool.poolStatus != CLOSED) revert PoolStatusMustBeEitherClosedOrActive();
        Commit storage mine = _pools().commits[msg.sender][poolId];
        bool isFirstFinal = pool.poolStatus == CLOSED && pool.isCollected && mine.amount != 0 && !mine.isFinal;
        if (_claim(pool, poolId, msg.sender) == 0 && !isFirstFinal) revert RwaErrors.ZeroAmount();
    }

    /// @notice Pays the part of up to 100 lenders, 60 days after the pool closed. Owner or admin.
    /// @param poolId Pool.
    /// @param users Lenders; those with nothing due are skipped.
    function claimRewardsForUsers(uint256 poolId, address[] calldata users) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        _requireOwnerOrAdmin(pool);
        _requireUsers(users.length);
        if (pool.poolStatus != CLOSED) revert PoolStatusMustBeClosed();
        if (block.timestamp < pool.closedTime + MIN_POOL_CLOSED_TIME) revert PoolStatusMustBeClosedForAtLeast60Days();
        for (uint256 i; i < users.length; ++i) _claim(pool, poolId, users[i]);
    }

    /// @notice Closes a pool and returns its collateral.
    /// @param poolId Pool.
    function closePool(uint256 poolId) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        _requireManager(pool);
        if (pool.poolStatus == ACTIVE) {
            uint256 interest = Math.mulDiv(pool.totalCommitted, pool.minimumAPR, INTEREST_DECIMAL_PLACES);
            if (pool.totalRewards < pool.totalCommitted + interest) revert MustDepositAtleastCommittedAmount();
        } else {
            _requireClosableUncollected(pool);
        }
        (pool.poolStatus, pool.closedTime) = (CLOSED, uint48(block.timestamp));
        emit PoolClosed(poolId, pool.poolOwner);
        _returnEntries(pool, poolId, type(uint16).max);
    }

    /// @notice Archives a pool with nothing left to pay. Owner or admin. Collateral of a pool that was never closed goes back first.
    /// @param poolId Pool.
    function archivePool(uint256 poolId) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        _requireOwnerOrAdmin(pool);
        uint8 status = pool.poolStatus;
        if (status == CLOSED) {
            if (block.timestamp < pool.closedTime + MIN_POOL_CLOSED_TIME) revert PoolStatusMustBeClosedForAtLeast60Days();
            bool isPaid = pool.isCollected ? pool.rewardsPaidOut == pool.totalRewards : pool.totalCommitted == 0;
            if (!isPaid || pool.undelivered != 0) revert RewardsHaveNotYetBeenPaidOut();
        } else {
            _requireArchivableUncollected(pool);
        }
        pool.poolStatus = ARCHIVED;
        emit PoolArchived(poolId, pool.poolOwner);
        if (status == CREATED) _returnEntries(pool, poolId, type(uint16).max);
    }

    /// @notice Tries again to return collateral that could not be delivered. Anyone; it goes to the pool's owner.
    /// @param poolId Pool.
    function returnCollateral(uint256 poolId) external nonReentrant {
        PoolData storage pool = _poolOf(poolId);
        uint16 entries = pool.undelivered;
        if (entries == 0) revert RwaErrors.ZeroAmount();
        pool.undelivered = 0;
        _returnEntries(pool, poolId, entries);
    }

    /// @notice Pays the collected fees to the caller. DEFAULT_ADMIN_ROLE.
    function withdrawFeesCollected() external nonReentrant onlyRole(DEFAULT_ADMIN_ROLE) {
        PoolsStorage storage $ = _pools();
        uint256 amount = $.feesCollected;
        $.feesCollected = 0;
        Assets.push($.usdc, msg.sender, amount);
    }

    /// @notice Takes all USDC out, lenders' money included: the last resort of the Timelock, in a paused contract only.
    function adminWithdrawAll() external nonReentrant whenPaused onlyRole(DEFAULT_ADMIN_ROLE) {
        if (msg.sender != Addresses.TIMELOCK) revert RwaErrors.TimelockOnly(msg.sender);
        PoolsStorage storage $ = _pools();
        $.feesCollected = 0;
        Assets.push($.usdc, msg.sender, IERC20($.usdc).balanceOf(address(this)));
    }

    /// @inheritdoc IPositions
    /// @dev PAUSER_ROLE. Moves at most 50 commits and 50 pools a call, the newest first; call again until nothing is left.
    function migratePosition(address lost, address replacement) external nonReentrant onlyRole(Roles.PAUSER) {
        Kyc.requireRecovered(lost, replacement);
        PoolsStorage storage $ = _pools();
        uint256[] storage commitIds = $.commitsOf[lost];
        for (uint256 i; i < MIGRATIONS_MAX && commitIds.length != 0; ++i) {
            _migrateCommit(commitIds[commitIds.length - 1], lost, replacement);
            commitIds.pop();
        }
        uint256[] storage poolIds = $.poolsOf[lost];
        for (uint256 i; i < MIGRATIONS_MAX && poolIds.length != 0; ++i) {
            _migratePool(poolIds[poolIds.length - 1], lost, replacement);
            poolIds.pop();
        }
        _migrateOwedCollateral($.usdc, lost, replacement);
        emit PositionMigrated(lost, replacement);
    }

    /// @notice Payment token.
    function USDC() external view returns (address) {
        return _pools().usdc;
    }

    /// @notice Number of pools; the next pool's number.
    function poolIndex() external view returns (uint256) {
        return _pools().pools.length;
    }

    /// @notice Fees not yet withdrawn, units of USDC.
    function feesCollected() external view returns (uint256) {
        return _pools().feesCollected;
    }

    /// @notice A lender's commit to a pool.
    /// @param user Lender.
    /// @param poolId Pool.
    function poolCommits(address user, uint256 poolId) external view returns (uint256 amount, uint256 claimedAmount) {
        Commit storage theirs = _pools().commits[user][poolId];
        return (theirs.amount, theirs.claimedAmount);
    }

    /// @inheritdoc IERC721Receiver
    /// @dev ERC-721 collateral is pulled without this hook, so whatever comes by it is refused.
    function onERC721Received(address, address, uint256, bytes calldata) external view returns (bytes4) {
        revert UnexpectedCollateral(msg.sender);
    }

    /// @inheritdoc IERC1155Receiver
    /// @dev Accepted only where this contract itself moves the token, in `createPool`.
    function onERC1155Received(address operator, address, uint256, uint256, bytes calldata) external view returns (bytes4) {
        if (operator != address(this)) revert UnexpectedCollateral(msg.sender);
        return this.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    /// @dev No batch is ever pulled, so whatever comes by it is refused.
    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata) external view returns (bytes4) {
        revert UnexpectedCollateral(msg.sender);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(AccessControlUpgradeable, IERC165) returns (bool) {
        return
            interfaceId == type(IERC1155Receiver).interfaceId ||
            interfaceId == type(IPositions).interfaceId ||
            interfaceId == type(IDividendVenue).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /// @dev Who may open a pool.
    function _requireCreator() internal view virtual;

    /// @dev Who may collect, reward and close a pool.
    function _requireManager(PoolData storage pool) internal view virtual;

    /// @dev When an open pool may be collected.
    function _requireCollectable(PoolData storage pool) internal view virtual;

    /// @dev When commits may be returned.
    function _requireReturnable(PoolData storage pool, uint256 poolId) internal view virtual;

    /// @dev When a pool that was never collected may be closed; reverts in every other case.
    function _requireClosableUncollected(PoolData storage pool) internal view virtual;

    /// @dev When a pool that was never closed may be archived; reverts in every other case.
    function _requireArchivableUncollected(PoolData storage pool) internal view virtual;

    function _poolOf(uint256 poolId) internal view returns (PoolData storage) {
        PoolData[] storage all = _pools().pools;
        if (poolId >= all.length) revert PoolDoesNotExists();
        return all[poolId];
    }

    /// @dev Fee for creating a pool, units of USDC.
    function _creationFee() internal pure virtual returns (uint256);

    function _pools() internal pure returns (PoolsStorage storage $) {
        assembly {
            $.slot := POOLS_STORAGE
        }
    }

    function _uncommit(PoolData storage pool, uint256 poolId, address user) private returns (uint256 amount) {
        Commit storage theirs = _pools().commits[user][poolId];
        amount = theirs.amount;
        if (amount == 0) return 0;
        theirs.amount = 0;
        pool.totalCommitted -= amount;
        --pool.openClaims;
        _forget(_pools().commitsOf[user], poolId);
        emit UncommittedFromPool(poolId, amount, user);
        _payEligible(_pools().usdc, user, amount);
    }

    /// @dev Pays a lender what is due. In a closed pool the claim is final and the last one takes the remainder of all roundings.
    function _claim(PoolData storage pool, uint256 poolId, address user) private returns (uint256 amount) {
        Commit storage theirs = _pools().commits[user][poolId];
        if (theirs.amount == 0 || theirs.isFinal || !pool.isCollected) return 0;
        bool isClosed = pool.poolStatus == CLOSED;
        amount = isClosed && pool.openClaims == 1
            ? pool.totalRewards - pool.rewardsPaidOut
            : Math.mulDiv(pool.totalRewards, theirs.amount, pool.totalCommitted) - theirs.claimedAmount;
        if (isClosed) {
            theirs.isFinal = true;
            --pool.openClaims;
        } else {
            if (amount == 0) return 0;
            pool.partialClaimed += amount;
        }
        theirs.claimedAmount += amount;
        pool.rewardsPaidOut += amount;
        emit RewardsClaimed(poolId, amount, user);
        _payEligible(_pools().usdc, user, amount);
    }

    /// @dev Takes one collateral entry from the caller, exactly, and says of which standard it is.
    function _pullEntry(CollateralToken calldata entry) private returns (Standard) {
        address token = entry.contractAddress;
        if (token == address(0)) revert CannotBeZeroAddress();
        if (entry.amount == 0) revert RwaErrors.ZeroAmount();
        if (ERC165Checker.supportsInterface(token, type(IERC721).interfaceId)) {
            if (entry.amount != 1) revert RwaErrors.InvalidParameter("amount");
            IERC721(token).transferFrom(msg.sender, address(this), entry.id);
            if (IERC721(token).ownerOf(entry.id) != address(this)) revert RwaErrors.TokenTransferAmountIncludedFees();
            return Standard.Erc721;
        }
        if (ERC165Checker.supportsInterface(token, type(IERC1155).interfaceId)) {
            uint256 before = IERC1155(token).balanceOf(address(this), entry.id);
            IERC1155(token).safeTransferFrom(msg.sender, address(this), entry.id, entry.amount, "");
            uint256 received = IERC1155(token).balanceOf(address(this), entry.id) - before;
            if (received != entry.amount) revert RwaErrors.TokenTransferAmountIncludedFees();
            return Standard.Erc1155;
        }
        if (entry.id != 0) revert RwaErrors.InvalidParameter("id");
        _takeCollateral(token, entry.amount);
        return Standard.Erc20;
    }

    /// @dev Returns the entries whose bit is set. ERC-20 goes to `owed` if it cannot be delivered, the others wait for `returnCollateral`.
    function _returnEntries(PoolData storage pool, uint256 poolId, uint16 entries) private {
        uint256 count = pool.collateralTokens.length;
        for (uint256 i; i < count; ++i) {
            if (entries & (1 << i) == 0) continue;
            CollateralToken storage entry = pool.collateralTokens[i];
            if (pool.standards[i] == Standard.Erc20) {
                _returnCollateral(entry.contractAddress, pool.poolOwner, entry.amount);
            } else if (!_tryReturn(entry, pool.standards[i], pool.poolOwner)) {
                pool.undelivered |= uint16(1 << i);
                emit CollateralUndelivered(poolId, i);
            }
        }
    }

    function _tryReturn(CollateralToken storage entry, Standard standard, address to) private returns (bool) {
        if (standard == Standard.Erc721) {
            try IERC721(entry.contractAddress).transferFrom(address(this), to, entry.id) {
                return true;
            } catch {
                return false;
            }
        }
        try IERC1155(entry.contractAddress).safeTransferFrom(address(this), to, entry.id, entry.amount, "") {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev A final commit has nothing left to move. Two commits of one person to one pool become one.
    function _migrateCommit(uint256 poolId, address lost, address replacement) private {
        PoolsStorage storage $ = _pools();
        Commit storage from = $.commits[lost][poolId];
        if (from.isFinal || from.amount == 0) return;
        Commit storage to = $.commits[replacement][poolId];
        if (to.amount == 0) $.commitsOf[replacement].push(poolId);
        else if (!to.isFinal) --$.pools[poolId].openClaims;
        to.amount += from.amount;
        to.claimedAmount += from.claimedAmount;
        to.isFinal = false;
        delete $.commits[lost][poolId];
    }

    function _migratePool(uint256 poolId, address lost, address replacement) private {
        PoolsStorage storage $ = _pools();
        PoolData storage pool = $.pools[poolId];
        pool.poolOwner = replacement;
        $.poolsOf[replacement].push(poolId);
        bool isHeld = pool.poolStatus == CREATED || pool.poolStatus == ACTIVE;
        uint256 count = pool.collateralTokens.length;
        for (uint256 i; i < count; ++i) {
            if (pool.standards[i] != Standard.Erc20) continue;
            CollateralToken storage entry = pool.collateralTokens[i];
            if (isHeld) _rebookCollateral(entry.contractAddress, lost, replacement, entry.amount);
            _migrateOwedCollateral(entry.contractAddress, lost, replacement);
        }
    }

    function _forget(uint256[] storage list, uint256 value) private {
        uint256 last = list.length - 1;
        for (uint256 i; i <= last; ++i) {
            if (list[i] != value) continue;
            list[i] = list[last];
            list.pop();
            return;
        }
    }

    function _requireOwnerOrAdmin(PoolData storage pool) private view {
        if (msg.sender != pool.poolOwner && !hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) revert MustBePoolOwnerOrAdmin();
    }

    function _requireUsers(uint256 count) private pure {
        if (count > USERS_MAX) revert RwaErrors.InvalidParameter("users");
    }
}
