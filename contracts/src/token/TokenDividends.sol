// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IDividendVenue} from "../interfaces/IDividendVenue.sol";
import {IKycRegistry} from "../interfaces/IKycRegistry.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {RwaErrors} from "../common/RwaErrors.sol";

/// @title IDividendToken
/// @notice What the library asks the token in whose context it runs.
interface IDividendToken {
    /// @notice Balance at the end of a past second.
    function balanceOfAt(address account, uint48 timepoint) external view returns (uint256);
    /// @notice Supply at the end of a past second.
    function totalSupplyAt(uint48 timepoint) external view returns (uint256);
}

/// @title ITokenDividendEvents
/// @notice Events and errors of dividends, which the token inherits so that its ABI has them.
interface ITokenDividendEvents {
    /// @notice A dividend was declared and funded.
    event DividendDeclared(uint256 indexed id, address indexed asset, uint8 kind, uint256 amount, uint48 recordTime, uint48 payTime, bytes32 docHash);
    /// @notice The share of `holder` (through `venue`, zero if direct) was paid.
    event DividendPaid(uint256 indexed id, address indexed holder, address indexed venue, uint256 gross, uint256 withheld);
    /// @notice Withheld tax went to `to`.
    event WithholdingRemitted(uint256 indexed id, address indexed to, uint256 amount);
    /// @notice A venue was admitted or removed.
    event DividendVenueSet(address indexed venue, bool on);
    /// @notice What nobody claimed went back; the dividend is closed.
    event DividendReclaimed(uint256 indexed id, address indexed to, uint256 amount);
    /// @notice The rate for later declarations.
    event WithholdingSet(uint16 indexed taxCountry, uint16 bps);

    /// @notice The record time is not in the last 30 days, or nobody held the token then.
    error RecordTimeInvalid(uint48 recordTime);
    /// @notice This share was paid before.
    error AlreadyClaimed(uint256 id);
    /// @notice Nothing to pay: unknown, not due, closed, or no share.
    error NotPayable(uint256 id);
}

/// @title TokenDividends
/// @notice Record-date dividends of a PermissionedToken with withholding tax. A linked library: the token would exceed the size limit with it.
library TokenDividends {
    using Checkpoints for Checkpoints.Trace208;
    using SafeERC20 for IERC20;

    struct Dividend {
        address asset;
        uint8 kind;
        uint48 recordTime;
        uint48 payTime;
        bool closed;
        uint256 amount;
        uint256 paid;
        uint256 withheld;
        uint256 remitted;
        bytes32 docHash;
    }

    struct State {
        uint256 count;
        mapping(uint256 id => Dividend) list;
        mapping(uint256 id => mapping(address venue => mapping(address holder => bool))) claimed;
        mapping(uint256 id => mapping(address venue => uint256)) venueGross;
        mapping(address account => bool) venues;
        mapping(uint16 taxCountry => Checkpoints.Trace208) withholding;
    }

    /// @notice Who is paid: the current wallet of the holder, with the holder's tax.
    struct Claim {
        address payee;
        uint256 gross;
        uint256 tax;
    }

    /// @notice Kinds of dividend: income is taxed, a return of capital is not.
    uint8 internal constant KIND_INCOME = 1;
    uint8 internal constant KIND_CAPITAL = 2;
    /// @notice Age of the record time at most, and time from payment to the end of claims.
    uint48 internal constant RECORD_AGE_MAX = 30 days;
    uint48 internal constant RECLAIM_AFTER = 1_095 days;
    uint16 internal constant WITHHOLDING_MAX_BPS = 5_000;
    uint256 internal constant HOLDERS_MAX = 100;
    uint32 private constant ATTRIBUTE_TAX_EXEMPT = 1 << 3;

    /// @notice Pulls `amount` from the caller and declares it to the holders at `recordTime`.
    function declare(State storage self, address asset, uint256 amount, uint8 kind, uint48 recordTime, uint48 payTime, bytes32 docHash)
        external
        returns (uint256 id)
    {
        if (asset == address(0)) revert RwaErrors.ZeroAddress();
        if (asset == address(this)) revert RwaErrors.InvalidParameter("asset");
        if (amount == 0) revert RwaErrors.ZeroAmount();
        if (kind != KIND_INCOME && kind != KIND_CAPITAL) revert RwaErrors.InvalidParameter("kind");
        if (recordTime >= block.timestamp || recordTime + RECORD_AGE_MAX < block.timestamp) revert ITokenDividendEvents.RecordTimeInvalid(recordTime);
        if (IDividendToken(address(this)).totalSupplyAt(recordTime) == 0) revert ITokenDividendEvents.RecordTimeInvalid(recordTime);
        id = ++self.count;
        Dividend storage dividend = self.list[id];
        dividend.asset = asset;
        dividend.kind = kind;
        dividend.recordTime = recordTime;
        dividend.payTime = payTime;
        dividend.amount = amount;
        dividend.docHash = docHash;
        Assets.pull(asset, msg.sender, amount);
        emit ITokenDividendEvents.DividendDeclared(id, asset, kind, amount, recordTime, payTime, docHash);
    }

    /// @notice Pays the share of `holder`, direct (`venue` zero) or through a venue, to `payee`.
    function claim(State storage self, uint256 id, address venue, address holder, address payee) external returns (uint256 net) {
        Dividend storage dividend = _payable(self, id);
        _requireClaimant(self, id, venue, holder);
        if (self.claimed[id][venue][holder]) revert ITokenDividendEvents.AlreadyClaimed(id);
        Kyc.requireEligible(payee);
        Claim memory due = _due(self, id, venue, holder, payee);
        if (due.gross == 0) revert ITokenDividendEvents.NotPayable(id);
        _book(self, id, venue, holder, due);
        net = due.gross - due.tax;
        Assets.push(dividend.asset, payee, net);
        emit ITokenDividendEvents.DividendPaid(id, holder, venue, due.gross, due.tax);
    }

    /// @notice Pays direct shares to their holders; skips those that cannot be paid now.
    function claimFor(State storage self, uint256 id, address[] calldata holders, address[] calldata payees) external {
        Dividend storage dividend = _payable(self, id);
        for (uint256 i = 0; i < holders.length; ++i) {
            address holder = holders[i];
            if (self.venues[holder] || self.venueGross[id][holder] != 0 || self.claimed[id][address(0)][holder]) continue;
            if (!Kyc.isEligible(payees[i])) continue;
            Claim memory due = _due(self, id, address(0), holder, payees[i]);
            if (due.gross == 0) continue;
            _book(self, id, address(0), holder, due);
            if (due.gross == due.tax || IERC20(dividend.asset).trySafeTransfer(due.payee, due.gross - due.tax)) {
                emit ITokenDividendEvents.DividendPaid(id, holder, address(0), due.gross, due.tax);
            } else {
                _unbook(self, id, holder, due);
            }
        }
    }

    /// @notice Gross share and tax that a claim would pay now; zeros if it was paid, is not due or has no share.
    function claimable(State storage self, uint256 id, address venue, address holder, address payee) external view returns (uint256 gross, uint256 tax) {
        Dividend storage dividend = self.list[id];
        bool isVenueClaim = venue != address(0);
        if (dividend.amount == 0 || dividend.closed || self.claimed[id][venue][holder]) return (0, 0);
        if (self.venues[holder] || (!isVenueClaim && self.venueGross[id][holder] != 0)) return (0, 0);
        if (isVenueClaim && (!self.venues[venue] || self.claimed[id][address(0)][venue])) return (0, 0);
        Claim memory due = _due(self, id, venue, holder, payee);
        return (due.gross, due.tax);
    }

    /// @notice Sends what was withheld and not yet remitted to the tax authority's account.
    function remit(State storage self, uint256 id, address to) external returns (uint256 amount) {
        if (to == address(0)) revert RwaErrors.ZeroAddress();
        Dividend storage dividend = self.list[id];
        amount = dividend.withheld - dividend.remitted;
        if (amount == 0) revert RwaErrors.ZeroAmount();
        dividend.remitted = dividend.withheld;
        Assets.push(dividend.asset, to, amount);
        emit ITokenDividendEvents.WithholdingRemitted(id, to, amount);
    }

    /// @notice Closes a dividend whose claims have lapsed and sends the rest to `to`.
    function reclaim(State storage self, uint256 id, address to) external {
        if (to == address(0)) revert RwaErrors.ZeroAddress();
        Dividend storage dividend = self.list[id];
        if (dividend.amount == 0 || dividend.closed || uint256(dividend.payTime) + RECLAIM_AFTER > block.timestamp) revert ITokenDividendEvents.NotPayable(id);
        dividend.closed = true;
        uint256 rest = dividend.amount - dividend.paid - dividend.withheld;
        Assets.push(dividend.asset, to, rest);
        emit ITokenDividendEvents.DividendReclaimed(id, to, rest);
    }

    /// @notice Admits or removes a venue: a protocol contract that tells who stands behind its balance.
    function setVenue(State storage self, address venue, bool on) external {
        if (on) {
            Kyc.requireProtocolContract(venue);
            if (!IERC165(venue).supportsInterface(type(IDividendVenue).interfaceId)) revert RwaErrors.InvalidParameter("venue");
        }
        self.venues[venue] = on;
        emit ITokenDividendEvents.DividendVenueSet(venue, on);
    }

    /// @notice Sets the rate for tax residents of a country in dividends declared from now on.
    function setWithholding(State storage self, uint16 taxCountry, uint16 bps) external {
        if (bps > WITHHOLDING_MAX_BPS) revert RwaErrors.InvalidParameter("bps");
        // Keyed by the number of declarations, so that a rate set later in the same second does not reach back.
        self.withholding[taxCountry].push(uint48(self.count), bps);
        emit ITokenDividendEvents.WithholdingSet(taxCountry, bps);
    }

    function _payable(State storage self, uint256 id) private view returns (Dividend storage dividend) {
        dividend = self.list[id];
        if (dividend.amount == 0 || dividend.closed || dividend.payTime > block.timestamp) revert ITokenDividendEvents.NotPayable(id);
    }

    /// @dev A balance pays either direct or through its venue: never both, even if the venue flag changes in between.
    function _requireClaimant(State storage self, uint256 id, address venue, address holder) private view {
        if (self.venues[holder]) revert RwaErrors.VenueProtected(holder);
        if (venue == address(0)) {
            if (self.venueGross[id][holder] != 0) revert RwaErrors.VenueProtected(holder);
        } else if (!self.venues[venue] || self.claimed[id][address(0)][venue]) {
            revert RwaErrors.VenueProtected(venue);
        }
    }

    function _due(State storage self, uint256 id, address venue, address holder, address payee) private view returns (Claim memory due) {
        Dividend storage dividend = self.list[id];
        uint48 recordTime = dividend.recordTime;
        due.payee = payee;
        uint256 balance = IDividendToken(address(this)).balanceOfAt(venue == address(0) ? holder : venue, recordTime);
        due.gross = Math.mulDiv(dividend.amount, balance, IDividendToken(address(this)).totalSupplyAt(recordTime));
        if (venue != address(0)) {
            (uint256 part, uint256 whole) = IDividendVenue(venue).shareAt(address(this), holder, recordTime);
            uint256 left = due.gross - self.venueGross[id][venue];
            due.gross = whole == 0 ? 0 : Math.min(left, Math.mulDiv(due.gross, part, whole));
        }
        if (dividend.kind == KIND_INCOME) {
            IKycRegistry.Identity memory identity = Kyc.KYC.getIdentity(Kyc.KYC.identityIdOf(payee));
            if (identity.attributes & ATTRIBUTE_TAX_EXEMPT == 0) {
                uint256 bps = self.withholding[identity.taxCountry].upperLookupRecent(uint48(id - 1));
                due.tax = Math.mulDiv(due.gross, bps, 10_000, Math.Rounding.Ceil);
            }
        }
    }

    function _book(State storage self, uint256 id, address venue, address holder, Claim memory due) private {
        self.claimed[id][venue][holder] = true;
        if (venue != address(0)) self.venueGross[id][venue] += due.gross;
        self.list[id].paid += due.gross - due.tax;
        self.list[id].withheld += due.tax;
    }

    function _unbook(State storage self, uint256 id, address holder, Claim memory due) private {
        self.claimed[id][address(0)][holder] = false;
        self.list[id].paid -= due.gross - due.tax;
        self.list[id].withheld -= due.tax;
    }
}
