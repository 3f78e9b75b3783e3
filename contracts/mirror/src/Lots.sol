// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

struct Lot {
    uint192 amount;
    uint64 unlockAt;
}

/// The lots of a holder under a holding period (section 4.3), in memory between load and store.
library Lots {
    uint256 private constant MOST = 16;

    function slot(mapping(bytes32 => Lot) storage lots, address token, bytes32 key, uint256 i) private view returns (Lot storage) {
        return lots[keccak256(abi.encode(token, key, i))];
    }

    function load(mapping(bytes32 => Lot) storage lots, address token, bytes32 key, uint256 n) internal view returns (Lot[] memory list) {
        list = new Lot[](n);
        for (uint256 i = 0; i < n; i++) list[i] = slot(lots, token, key, i);
    }

    function store(mapping(bytes32 => Lot) storage lots, address token, bytes32 key, Lot[] memory list, uint256 before) internal returns (uint8) {
        for (uint256 i = 0; i < list.length; i++) {
            Lot storage to = slot(lots, token, key, i);
            to.amount = list[i].amount;
            to.unlockAt = list[i].unlockAt;
        }
        for (uint256 i = list.length; i < before; i++) {
            Lot storage to = slot(lots, token, key, i);
            to.amount = 0;
            to.unlockAt = 0;
        }
        return uint8(list.length);
    }

    function lockedAt(Lot[] memory list) internal view returns (uint256 locked) {
        for (uint256 i = 0; i < list.length; i++) {
            if (list[i].unlockAt > block.timestamp) locked += list[i].amount;
        }
    }

    function push(Lot[] memory list, uint256 amount, uint64 unlockAt) internal view returns (Lot[] memory) {
        for (uint256 i = list.length; i > 0; i--) {
            if (list[i - 1].unlockAt <= block.timestamp) list = without(list, i - 1);
        }
        for (uint256 i = 0; i < list.length; i++) {
            if (list[i].unlockAt != unlockAt) continue;
            add(list[i], amount);
            return list;
        }
        Lot memory added = Lot(uint192(amount), unlockAt);
        if (list.length == MOST) {
            uint256 small = smallest(list);
            (bool found, Lot memory next) = after_(list, added, small);
            if (!found) {
                add(list[small], amount);
                return list;
            }
            add(next, list[small].amount);
            list = without(list, small);
        }
        return with(list, added);
    }

    /// The lot that unlocks next after one, the new lot included.
    function after_(Lot[] memory list, Lot memory added, uint256 than) private pure returns (bool found, Lot memory next) {
        uint64 time = list[than].unlockAt;
        if (added.unlockAt > time) (found, next) = (true, added);
        for (uint256 i = 0; i < list.length; i++) {
            if (list[i].unlockAt > time && (!found || list[i].unlockAt < next.unlockAt)) (found, next) = (true, list[i]);
        }
    }

    function smallest(Lot[] memory list) private pure returns (uint256 best) {
        for (uint256 i = 1; i < list.length; i++) {
            Lot memory a = list[i];
            Lot memory b = list[best];
            if (a.amount < b.amount || (a.amount == b.amount && a.unlockAt < b.unlockAt)) best = i;
        }
    }

    function reduce(Lot[] memory list, uint256 balance) internal pure returns (Lot[] memory) {
        uint256 total;
        for (uint256 i = 0; i < list.length; i++) total += list[i].amount;
        while (total > balance) {
            uint256 first;
            for (uint256 i = 1; i < list.length; i++) {
                if (list[i].unlockAt < list[first].unlockAt) first = i;
            }
            uint256 excess = total - balance;
            if (list[first].amount > excess) {
                list[first].amount -= uint192(excess);
                return list;
            }
            total -= list[first].amount;
            list = without(list, first);
        }
        return list;
    }

    function add(Lot memory lot, uint256 amount) private pure {
        uint256 sum = lot.amount + amount;
        lot.amount = sum > type(uint192).max ? type(uint192).max : uint192(sum);
    }

    /// The last fills the gap.
    function without(Lot[] memory list, uint256 i) private pure returns (Lot[] memory shorter) {
        shorter = new Lot[](list.length - 1);
        for (uint256 k = 0; k < shorter.length; k++) shorter[k] = list[k];
        if (i < shorter.length) shorter[i] = list[list.length - 1];
    }

    function with(Lot[] memory list, Lot memory added) private pure returns (Lot[] memory longer) {
        longer = new Lot[](list.length + 1);
        for (uint256 k = 0; k < list.length; k++) longer[k] = list[k];
        longer[list.length] = added;
    }
}
