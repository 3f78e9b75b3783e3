// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OwedLedger} from "../common/OwedLedger.sol";
import {PausableModule} from "../common/PausableModule.sol";
import {Roles} from "../common/Roles.sol";
import {SpvSaleDesk, ISpvSaleEvents} from "./SpvSaleDesk.sol";
import {SpvState} from "./SpvState.sol";
import {Sale, SaleParams, Subscription} from "./SpvTypes.sol";

/// @title SpvSales
/// @notice Primary sales of the registry; their work is done in the linked library `SpvSaleDesk`.
abstract contract SpvSales is PausableModule, OwedLedger, ISpvSaleEvents {
    /// @notice Opens a sale of an active, tokenised SPV: its manager. The caps of all open sales and the supply stay within `maxSupply`.
    function openSale(bytes32 spvId, SaleParams calldata p) external whenNotPaused returns (uint256 saleId) {
        return SpvSaleDesk.open(spvId, p);
    }

    /// @notice Subscribes `tokens` units and pays into escrow, rounded up; the rules must admit the caller with all it subscribed.
    function subscribe(uint256 saleId, uint256 tokens, bytes32 subscriptionDocHash) external nonReentrant whenNotPaused returns (uint256 paid) {
        return SpvSaleDesk.subscribe(saleId, tokens, subscriptionDocHash);
    }

    /// @notice Ends a sale: anyone after its end, the manager once everything is sold.
    function closeSale(uint256 saleId) external {
        SpvSaleDesk.close(saleId);
    }

    /// @notice Settles subscriptions of an ended sale; anyone may call, for at most 100 investors. Who is not eligible now stays in escrow.
    /// After a success tokens are minted and the payment goes to the manager; where that is refused, or the sale failed, it is refunded.
    function settleSale(uint256 saleId, address[] calldata investors) external nonReentrant {
        SpvSaleDesk.settle(saleId, investors);
    }

    /// @notice Moves open subscriptions and what is owed from a recovered wallet to its replacement.
    function migratePosition(address lost, address replacement) external onlyRole(Roles.GUARDIAN) {
        SpvSaleDesk.migrate(lost, replacement);
    }

    /// @notice A sale; status 0 if there is none.
    function sale(uint256 id) external view returns (Sale memory) {
        return SpvState.load().sales[id];
    }

    /// @notice What an investor subscribed in a sale.
    function subscriptionOf(uint256 saleId, address investor) external view returns (uint256 tokens, uint256 paid, bool settled) {
        Subscription storage subscription = SpvState.load().subscriptions[saleId][investor];
        return (subscription.tokens, subscription.paid, subscription.settled);
    }

    /// @notice Sales in which an investor subscribed.
    function salesOf(address investor) external view returns (uint256[] memory) {
        return SpvState.load().salesOf[investor];
    }
}
