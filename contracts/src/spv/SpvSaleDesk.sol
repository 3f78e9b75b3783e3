// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Assets} from "../common/Assets.sol";
import {Kyc} from "../common/Kyc.sol";
import {Owed} from "../common/Owed.sol";
import {RwaErrors} from "../common/RwaErrors.sol";
import {IComplianceEngine} from "../interfaces/IComplianceEngine.sol";
import {IPositions} from "../interfaces/IPositions.sol";
import {PermissionedToken} from "../token/PermissionedToken.sol";
import {ISpvErrors, SpvState} from "./SpvState.sol";
import {Sale, SaleParams, Spv, Subscription} from "./SpvTypes.sol";

/// @title ISpvSaleEvents
/// @notice Events and errors of primary sales, which the registry inherits so that its ABI has them.
interface ISpvSaleEvents {
    /// @notice A sale was opened.
    event SaleOpened(uint256 indexed saleId, bytes32 indexed spvId, address asset, uint256 price, uint256 cap);
    /// @notice `investor` subscribed.
    event Subscribed(uint256 indexed saleId, address indexed investor, uint256 tokens, uint256 paid, bytes32 docHash);
    /// @notice A sale ended.
    event SaleClosed(uint256 indexed saleId, bool success, uint256 sold);
    /// @notice The subscription of `investor` was settled: one of the two amounts is zero.
    event SaleSettled(uint256 indexed saleId, address indexed investor, uint256 minted, uint256 refunded);

    /// @notice The sale does not take subscriptions now, or does not exist.
    error SaleNotOpen(uint256 saleId);
    /// @notice Fewer tokens are left.
    error SaleCapExceeded(uint256 left);
    /// @notice The ticket is smaller than the sale allows.
    error BelowMinTicket(uint256 min);
}

/// @title SpvSaleDesk
/// @notice Primary sales: subscriptions are escrowed, and each is settled once, by tokens or by a refund. A linked library of the
/// SPVRegistry, which would exceed the size limit with it.
library SpvSaleDesk {
    uint8 private constant OPEN = 1;
    uint8 private constant SUCCESS = 2;
    uint8 private constant FAILED = 3;
    uint256 private constant INVESTORS_MAX = 100;

    /// @notice Opens a sale of an active, tokenised SPV: its manager. The caps of all open sales and the supply stay within `maxSupply`.
    function open(bytes32 spvId, SaleParams calldata p) external returns (uint256 saleId) {
        Spv storage s = SpvState.managedActive(spvId);
        if (s.token == address(0)) revert RwaErrors.InvalidParameter("token");
        if (p.asset == address(0) || p.asset == s.token) revert RwaErrors.InvalidParameter("asset");
        if (p.pricePerToken == 0) revert RwaErrors.InvalidParameter("pricePerToken");
        if (p.cap == 0) revert RwaErrors.InvalidParameter("cap");
        if (p.softCap > p.cap) revert RwaErrors.InvalidParameter("softCap");
        if (p.end <= p.start || p.end <= block.timestamp) revert RwaErrors.InvalidParameter("end");
        SpvState.Data storage $ = SpvState.load();
        PermissionedToken token = PermissionedToken(s.token);
        uint256 taken = $.reserved[spvId] + token.totalSupply();
        uint256 left = token.maxSupply() - Math.min(taken, token.maxSupply());
        if (p.cap > left) revert ISpvSaleEvents.SaleCapExceeded(left);
        $.reserved[spvId] += p.cap;
        ++$.openSales[spvId];
        saleId = ++$.saleCount;
        Sale storage sale_ = $.sales[saleId];
        sale_.spvId = spvId;
        sale_.p = p;
        sale_.status = OPEN;
        emit ISpvSaleEvents.SaleOpened(saleId, spvId, p.asset, p.pricePerToken, p.cap);
    }

    /// @notice Subscribes `tokens` units and pays into escrow, rounded up; the rules must admit the caller with all it subscribed.
    function subscribe(uint256 saleId, uint256 tokens, bytes32 subscriptionDocHash) external returns (uint256 paid) {
        SpvState.Data storage $ = SpvState.load();
        Sale storage sale_ = $.sales[saleId];
        Spv storage s = $.spvs[sale_.spvId];
        if (sale_.status != OPEN || block.timestamp < sale_.p.start || block.timestamp >= sale_.p.end) revert ISpvSaleEvents.SaleNotOpen(saleId);
        if (s.status != SpvState.ACTIVE) revert ISpvErrors.BadStatus(s.status);
        if (tokens == 0) revert RwaErrors.ZeroAmount();
        uint256 left = sale_.p.cap - sale_.sold;
        if (tokens > left) revert ISpvSaleEvents.SaleCapExceeded(left);
        Kyc.requireEligible(msg.sender);

        Subscription storage subscription = $.subscriptions[saleId][msg.sender];
        if (subscription.tokens == 0) $.salesOf[msg.sender].push(saleId);
        subscription.tokens += tokens;
        uint8 code = Kyc.ENGINE.canMint(s.token, msg.sender, subscription.tokens);
        if (code != 0) revert IComplianceEngine.ComplianceViolation(code, address(0), msg.sender, subscription.tokens);
        paid = Math.mulDiv(tokens, sale_.p.pricePerToken, 10 ** PermissionedToken(s.token).decimals(), Math.Rounding.Ceil);
        subscription.paid += paid;
        if (subscription.paid < sale_.p.minTicket) revert ISpvSaleEvents.BelowMinTicket(sale_.p.minTicket);
        sale_.sold += tokens;
        sale_.escrow += paid;
        Assets.pull(sale_.p.asset, msg.sender, paid);
        emit ISpvSaleEvents.Subscribed(saleId, msg.sender, tokens, paid, subscriptionDocHash);
    }

    /// @notice Ends a sale: anyone after its end, the manager once everything is sold.
    function close(uint256 saleId) external {
        SpvState.Data storage $ = SpvState.load();
        Sale storage sale_ = $.sales[saleId];
        if (sale_.status != OPEN) revert ISpvSaleEvents.SaleNotOpen(saleId);
        if (block.timestamp < sale_.p.end) {
            SpvState.managed(sale_.spvId);
            if (sale_.sold < sale_.p.cap) revert ISpvErrors.BadStatus(OPEN);
        }
        bool isSuccess = sale_.sold >= sale_.p.softCap;
        sale_.status = isSuccess ? SUCCESS : FAILED;
        --$.openSales[sale_.spvId];
        $.reserved[sale_.spvId] -= isSuccess ? sale_.p.cap - sale_.sold : sale_.p.cap;
        emit ISpvSaleEvents.SaleClosed(saleId, isSuccess, sale_.sold);
    }

    /// @notice Settles subscriptions of an ended sale; anyone may call, for at most 100 investors. Who is not eligible now stays in escrow.
    /// After a success tokens are minted and the payment goes to the manager; where that is refused, or the sale failed, it is refunded.
    function settle(uint256 saleId, address[] calldata investors) external {
        if (investors.length > INVESTORS_MAX) revert RwaErrors.TooMany(investors.length, INVESTORS_MAX);
        SpvState.Data storage $ = SpvState.load();
        Sale storage sale_ = $.sales[saleId];
        if (sale_.status != SUCCESS && sale_.status != FAILED) revert ISpvErrors.BadStatus(sale_.status);
        uint256 proceeds = 0;
        for (uint256 i = 0; i < investors.length; ++i) proceeds += _settle(saleId, sale_, investors[i]);
        Owed.payOrOwe(sale_.p.asset, $.spvs[sale_.spvId].manager, proceeds);
    }

    /// @notice Moves open subscriptions and what is owed from a recovered wallet to its replacement.
    function migrate(address lost, address replacement) external {
        Kyc.requireRecovered(lost, replacement);
        SpvState.Data storage $ = SpvState.load();
        uint256[] memory saleIds = $.salesOf[lost];
        delete $.salesOf[lost];
        for (uint256 i = 0; i < saleIds.length; ++i) {
            uint256 saleId = saleIds[i];
            Owed.migrate($.sales[saleId].p.asset, lost, replacement);
            Subscription storage from = $.subscriptions[saleId][lost];
            if (from.settled) continue;
            Subscription storage to = $.subscriptions[saleId][replacement];
            if (to.settled) delete $.subscriptions[saleId][replacement];
            else if (to.tokens == 0) $.salesOf[replacement].push(saleId);
            to.tokens += from.tokens;
            to.paid += from.paid;
            delete $.subscriptions[saleId][lost];
        }
        emit IPositions.PositionMigrated(lost, replacement);
    }

    /// @dev Returns what the manager is paid for this investor. Books before any call.
    function _settle(uint256 saleId, Sale storage sale_, address investor) private returns (uint256 proceeds) {
        SpvState.Data storage $ = SpvState.load();
        Subscription storage subscription = $.subscriptions[saleId][investor];
        uint256 tokens = subscription.tokens;
        if (tokens == 0 || subscription.settled || !Kyc.isEligible(investor)) return 0;
        uint256 paid = subscription.paid;
        subscription.settled = true;
        sale_.escrow -= paid;
        if (sale_.status == SUCCESS) {
            $.reserved[sale_.spvId] -= tokens;
            Spv storage s = $.spvs[sale_.spvId];
            if (s.status != SpvState.CLOSED) {
                try PermissionedToken(s.token).mint(investor, tokens) {
                    emit ISpvSaleEvents.SaleSettled(saleId, investor, tokens, 0);
                    return paid;
                } catch {}
            }
        }
        emit ISpvSaleEvents.SaleSettled(saleId, investor, 0, paid);
        Owed.payOrOwe(sale_.p.asset, investor, paid);
    }
}
