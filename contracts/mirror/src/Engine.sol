// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Module, Phase} from "./Module.sol";
import {Messages} from "./Messages.sol";
import {Lots, Lot} from "./Lots.sol";

struct Window {
    uint32 secs;
    uint224 max;
}

struct Token {
    address ruleAdmin;
    uint32 ruleMask;
    uint8 minTierFrom;
    uint8 minTierTo;
    uint8 typeMask;
    bool paused;
    uint32 holders;
    uint32 maxHolders;
    uint32 holdingPeriod;
    uint64 lockupUntil;
    uint16 maxShareBps;
    uint8 windowCount;
    bool holdingRestarts;
    uint96 travelThreshold;
    uint256 maxBalance;
    uint256 minHolding;
    uint256 supplyCap;
    uint256 supply;
    bytes32 travelFeedId;
    uint256[4] countries;
    Window[4] windows;
    address pendingAdmin;
}

struct Holder {
    uint256 balance;
    uint256 legalHold;
    uint16 country;
    uint8 investorType;
    bool counted;
    uint8 lotCount;
}

struct WindowUse {
    uint64 bucket;
    uint192 used;
}

struct Cap {
    uint32 count;
    uint32 cap;
}

struct Approval {
    uint32 count;
    uint64 expiry;
}

struct TravelReference {
    bytes32 ref;
    uint64 expiry;
}

struct EngineStorage {
    mapping(address => Token) tokens;
    mapping(bytes32 => Holder) holders;
    mapping(bytes32 => Lot) lots;
    mapping(bytes32 => WindowUse) windowUses;
    mapping(bytes32 => Cap) countryCaps;
    mapping(bytes32 => Cap) typeCaps;
    mapping(bytes32 => uint256) typeBalanceCaps;
    mapping(bytes32 => Approval) approvals;
    mapping(bytes32 => TravelReference) travel;
    mapping(bytes32 => uint8) exempt;
    address[] list;
}

struct RuleSet {
    uint32 ruleMask;
    uint8 minTierFrom;
    uint8 minTierTo;
    uint8 typeMask;
    uint32 maxHolders;
    uint32 holdingPeriod;
    uint64 lockupUntil;
    uint16 maxShareBps;
    bool holdingRestarts;
    uint96 travelThreshold;
    uint256 maxBalance;
    uint256 minHolding;
    uint256 supplyCap;
    bytes32 travelFeedId;
}

/// A movement under evaluation.
struct Move {
    address token;
    address from;
    address to;
    uint256 amount;
    uint32 mask;
    bytes32 senderKey;
    bytes32 receiverKey;
    bytes32 ref;
    bool usesApproval;
    bool usesReference;
}

contract EngineMirror is Module {
    error ComplianceViolation(uint8 code, address from, address to, uint256 amount);
    error InvalidField(uint8 field);
    error InvalidRules(uint8 field);
    error NotRuleAdmin(address caller);
    error TokenAlreadyRegistered(address token);
    error TokenUnknown(address token);
    error WalletUnknown(address wallet);

    event Decision(address indexed token, address indexed from, address indexed to, uint256 amount, uint8 kind, uint8 code, bytes32 ref);
    event ExemptSet(address indexed token, address indexed account, uint8 flags, address indexed sender);
    event LegalHoldSet(address indexed token, bytes32 indexed identityId, uint256 amount, address indexed officer, bytes32 reason);
    event RulesSet(address indexed token, address indexed sender, bytes32 rulesHash);
    event TokenPauseSet(address indexed token, bool paused, address indexed sender);
    event TokenRegistered(address indexed token, address indexed ruleAdmin);
    event TransferApprovalSet(address indexed token, bytes32 indexed transferHash, uint32 count, uint64 expiry, address indexed sender);
    event TravelRuleRecorded(address indexed token, bytes32 indexed transferHash, bytes32 indexed ref, uint64 expiry);

    uint32 private constant KYC_RULE = 1;
    uint32 private constant COUNTRY_ALLOW = 1 << 1;
    uint32 private constant COUNTRY_DENY = 1 << 2;
    uint32 private constant TYPE = 1 << 3;
    uint32 private constant MAX_HOLDERS = 1 << 4;
    uint32 private constant COUNTRY_HOLDERS = 1 << 5;
    uint32 private constant TYPE_HOLDERS = 1 << 6;
    uint32 private constant MAX_BALANCE = 1 << 7;
    uint32 private constant MAX_SHARE = 1 << 8;
    uint32 private constant TYPE_BALANCE = 1 << 9;
    uint32 private constant MIN_HOLDING = 1 << 10;
    uint32 private constant LOCKUP = 1 << 11;
    uint32 private constant HOLDING_PERIOD = 1 << 12;
    uint32 private constant WINDOWS = 1 << 13;
    uint32 private constant APPROVAL = 1 << 14;
    uint32 private constant TRAVEL = 1 << 15;
    uint32 private constant SUPPLY_CAP = 1 << 16;
    uint32 private constant EMIT_DECISIONS = 1 << 17;

    uint8 private constant EXEMPT_COUNT = 1;
    uint8 private constant EXEMPT_BALANCE = 2;
    uint8 private constant EXEMPT_PROFILE = 4;
    uint8 private constant EXEMPT_TIME = 8;
    uint8 private constant EXEMPT_APPROVAL = 16;
    uint8 private constant EXEMPT_TRAVEL = 32;

    uint256 private constant KYC_BASE = 0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00;

    function db() private pure returns (EngineStorage storage $) {
        assembly {
            $.slot := 0xb3391473f0c0b81f373a740fa16becc9ef504b1335223241fb792122fa17d000
        }
    }

    function module() internal pure override returns (address) {
        return ENGINE;
    }

    function isWrite(bytes4 s) internal pure override returns (bool) {
        return s == 0x09824a80 || s == 0x16d039e1 || s == 0x7de56585 || s == 0xb7600b27 || s == 0x580b27d6 || s == 0xcd549f8f || s == 0x84a9bc06
            || s == 0x8d4238c1 || s == 0x4507c99d || s == 0xcc1cc637 || s == 0xa5030f23 || s == 0x627e05cf || s == 0x62257470 || s == 0xdacac923
            || s == 0xa481ddbf || isHook(s);
    }

    function isHook(bytes4 s) private pure returns (bool) {
        return s == 0x8baf29b4 || s == 0x5f8dead3 || s == 0x8d2ea772 || s == 0x5c8b5f4f || s == 0xb16f44db;
    }

    function run(bytes4 s, bytes calldata a) internal override returns (bytes memory) {
        if (isHook(s)) hook(s, a);
        else if (!isWrite(s)) return view_(s, a);
        else if (s == 0xdacac923 || s == 0x627e05cf || s == 0x62257470 || s == 0xa481ddbf) writeOther(s, a);
        else if (s == 0x09824a80 || s == 0x16d039e1 || s == 0x7de56585 || s == 0xb7600b27) writeToken(s, a);
        else writeRules(s, a);
        return "";
    }

    // Other modules

    function kycSlot(uint256 slot) private view returns (uint256) {
        return slotOf(KYC, slot);
    }

    function kycMap(uint256 position, uint256 key) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(key, KYC_BASE + position)));
    }

    function checkLevel(address account, uint8 minTier) private view returns (uint8) {
        (bool ok, bytes memory answer) = KYC.staticcall(abi.encodeWithSelector(0xf791ca62, account, minTier, uint8(0)));
        require(ok);
        return abi.decode(answer, (uint8));
    }

    function identityIdOf(address account) private view returns (bytes32) {
        return bytes32(kycSlot(kycMap(2, uint160(account))));
    }

    function profileOfId(bytes32 id) private view returns (uint16 country, uint8 investorType) {
        if (id == 0) return (0, 0);
        uint256 word = kycSlot(kycMap(1, uint256(id)));
        return (uint16(word >> 32), uint8(word >> 24));
    }

    function profileOf(address account) private view returns (uint16, uint8) {
        return profileOfId(identityIdOf(account));
    }

    function isOfficer(address account) private view returns (bool) {
        return kycSlot(kycMap(9, uint160(account))) != 0;
    }

    // Tokens

    function writeToken(bytes4 s, bytes calldata a) private {
        if (s == 0x09824a80) {
            register(msg.sender, abi.decode(a, (address)));
        } else if (s == 0x16d039e1) {
            (address token, address admin) = abi.decode(a, (address, address));
            uint256 role = kycSlot(uint160(msg.sender));
            if (role != 2 && role != 3) revert Unauthorized(msg.sender, MANAGER);
            register(token, admin);
        } else if (s == 0x7de56585) {
            (address token, address admin) = abi.decode(a, (address, address));
            Token storage t = owned(token);
            Phase.effects();
            t.pendingAdmin = admin;
        } else {
            address token = abi.decode(a, (address));
            Token storage t = db().tokens[token];
            if (msg.sender == address(0) || t.pendingAdmin != msg.sender) revert NotRuleAdmin(msg.sender);
            Phase.effects();
            t.ruleAdmin = msg.sender;
            t.pendingAdmin = address(0);
            emit TokenRegistered(token, msg.sender);
        }
    }

    function register(address token, address admin) private {
        if (admin == address(0)) revert NotRuleAdmin(admin);
        Token storage t = db().tokens[token];
        if (t.ruleAdmin != address(0)) revert TokenAlreadyRegistered(token);
        Phase.effects();
        t.ruleAdmin = admin;
        db().list.push(token);
        emit TokenRegistered(token, admin);
    }

    function owned(address token) private view returns (Token storage t) {
        t = db().tokens[token];
        if (t.ruleAdmin != msg.sender || msg.sender == address(0)) revert NotRuleAdmin(msg.sender);
    }

    function known(address token) private view returns (Token storage t) {
        t = db().tokens[token];
        if (t.ruleAdmin == address(0)) revert TokenUnknown(token);
    }

    function writeOther(bytes4 s, bytes calldata a) private {
        if (s == 0x62257470) {
            (address token, bool paused) = abi.decode(a, (address, bool));
            Token storage t = db().tokens[token];
            bool isAdmin = t.ruleAdmin == msg.sender && msg.sender != address(0);
            if (!isAdmin && !isOfficer(msg.sender)) revert NotRuleAdmin(msg.sender);
            known(token);
            Phase.effects();
            t.paused = paused;
            emit TokenPauseSet(token, paused, msg.sender);
        } else if (s == 0xdacac923) {
            (address token, bytes32 id, uint256 amount, bytes32 reason) = abi.decode(a, (address, bytes32, uint256, bytes32));
            if (!isOfficer(msg.sender)) revert Unauthorized(msg.sender, OFFICER);
            known(token);
            Phase.effects();
            holder(token, id).legalHold = amount;
            emit LegalHoldSet(token, id, amount, msg.sender, reason);
        } else if (s == 0x627e05cf) {
            recordTravel(a);
        } else {
            (address token, bytes32 key) = abi.decode(a, (address, bytes32));
            resync(token, key);
        }
    }

    function recordTravel(bytes calldata a) private {
        (address token, address from, address to, uint256 amount, bytes32 ref, uint64 expiry) = abi.decode(a, (address, address, address, uint256, bytes32, uint64));
        if (kycSlot(uint160(msg.sender)) == 0 && !isOfficer(msg.sender)) revert Unauthorized(msg.sender, AGENT);
        known(token);
        Phase.effects();
        bytes32 hash = keccak256(abi.encode(token, from, to, amount));
        TravelReference storage t = db().travel[hash];
        t.ref = ref;
        t.expiry = expiry;
        emit TravelRuleRecorded(token, hash, ref, expiry);
    }

    function resync(address token, bytes32 key) private {
        Token storage t = known(token);
        Holder storage h = holder(token, key);
        if (!h.counted) return;
        Phase.effects();
        bytes32 id = t.ruleMask & KYC_RULE != 0 ? key : identityIdOf(address(uint160(uint256(key))));
        (uint16 country, uint8 investorType) = profileOfId(id);
        count(token, h.country, h.investorType, false);
        count(token, country, investorType, true);
        h.country = country;
        h.investorType = investorType;
    }

    // Rules

    function writeRules(bytes4 s, bytes calldata a) private {
        if (s == 0x580b27d6) {
            (address token, RuleSet memory r) = abi.decode(a, (address, RuleSet));
            setRules(token, r);
            return;
        }
        if (s == 0xcc1cc637) {
            (address token, address account, uint8 flags) = abi.decode(a, (address, address, uint8));
            setExempt(token, account, flags);
            return;
        }
        if (s == 0xa5030f23) {
            approve(a);
            return;
        }
        address changed;
        if (s == 0xcd549f8f) {
            (address token, uint16[] memory countries, bool listed) = abi.decode(a, (address, uint16[], bool));
            within(4 * 32 + 32 * countries.length, a);
            setCountries(token, countries, listed);
            changed = token;
        } else if (s == 0x84a9bc06) {
            (address token, uint16 country, uint32 cap) = abi.decode(a, (address, uint16, uint32));
            owned(token);
            Phase.effects();
            db().countryCaps[keccak256(abi.encode(token, uint256(country)))].cap = cap;
            changed = token;
        } else if (s == 0x8d4238c1) {
            (address token, uint8 investorType, uint32 holderCap, uint256 balanceCap) = abi.decode(a, (address, uint8, uint32, uint256));
            owned(token);
            Phase.effects();
            bytes32 key = keccak256(abi.encode(token, uint256(investorType)));
            db().typeCaps[key].cap = holderCap;
            db().typeBalanceCaps[key] = balanceCap;
            changed = token;
        } else {
            (address token, uint32[] memory secs, uint224[] memory max) = abi.decode(a, (address, uint32[], uint224[]));
            within(5 * 32 + 32 * (secs.length + max.length), a);
            setWindows(token, secs, max);
            changed = token;
        }
        emit RulesSet(changed, msg.sender, keccak256(msg.data));
    }

    function setRules(address token, RuleSet memory r) private {
        Token storage t = owned(token);
        if (r.ruleMask >> 18 != 0 || r.ruleMask & 6 == 6) revert InvalidRules(0);
        if ((t.ruleMask ^ r.ruleMask) & KYC_RULE != 0 && t.supply != 0) revert InvalidRules(0);
        Phase.effects();
        t.ruleMask = r.ruleMask;
        t.minTierFrom = r.minTierFrom;
        t.minTierTo = r.minTierTo;
        t.typeMask = r.typeMask;
        t.maxHolders = r.maxHolders;
        t.holdingPeriod = r.holdingPeriod;
        t.lockupUntil = r.lockupUntil;
        t.maxShareBps = r.maxShareBps;
        t.holdingRestarts = r.holdingRestarts;
        t.travelThreshold = r.travelThreshold;
        t.maxBalance = r.maxBalance;
        t.minHolding = r.minHolding;
        t.supplyCap = r.supplyCap;
        t.travelFeedId = r.travelFeedId;
        emit RulesSet(token, msg.sender, keccak256(abi.encode(r)));
    }

    function setCountries(address token, uint16[] memory countries, bool listed) private {
        Token storage t = owned(token);
        if (countries.length > MAX_BATCH) revert BatchTooLarge(countries.length, MAX_BATCH);
        for (uint256 i = 0; i < countries.length; i++) {
            if (countries[i] == 0 || countries[i] > 999) revert InvalidField(4);
        }
        Phase.effects();
        for (uint256 i = 0; i < countries.length; i++) {
            uint256 bit = 1 << (countries[i] & 255);
            if (listed) t.countries[countries[i] >> 8] |= bit;
            else t.countries[countries[i] >> 8] &= ~bit;
        }
    }

    function setWindows(address token, uint32[] memory secs, uint224[] memory max) private {
        Token storage t = owned(token);
        if (secs.length > 4) revert BatchTooLarge(secs.length, 4);
        if (max.length > 4) revert BatchTooLarge(max.length, 4);
        if (secs.length != max.length) revert LengthMismatch();
        for (uint256 i = 0; i < secs.length; i++) {
            if (secs[i] == 0) revert InvalidRules(0);
        }
        Phase.effects();
        uint256 before = t.windowCount;
        t.windowCount = uint8(secs.length);
        for (uint256 i = 0; i < secs.length; i++) {
            t.windows[i].secs = secs[i];
            t.windows[i].max = max[i];
        }
        for (uint256 i = secs.length; i < before; i++) {
            t.windows[i].secs = 0;
            t.windows[i].max = 0;
        }
    }

    function setExempt(address token, address account, uint8 flags) private {
        owned(token);
        uint256 w = kycMap(2, uint160(account));
        if (uint8(kycSlot(w + 1)) == 0) revert WalletUnknown(account);
        uint256 identity = kycSlot(kycMap(1, kycSlot(w)));
        if (uint8(identity >> 8) != 2) revert InvalidField(1);
        Phase.effects();
        db().exempt[keccak256(abi.encode(token, account))] = flags;
        emit ExemptSet(token, account, flags, msg.sender);
    }

    function approve(bytes calldata a) private {
        (address token, address from, address to, uint256 amount, uint32 times, uint64 expiry) = abi.decode(a, (address, address, address, uint256, uint32, uint64));
        owned(token);
        Phase.effects();
        bytes32 hash = keccak256(abi.encode(token, from, to, amount));
        Approval storage p = db().approvals[hash];
        p.count = times;
        p.expiry = expiry;
        emit TransferApprovalSet(token, hash, times, expiry, msg.sender);
    }

    // Rows of section 4.3

    function has(Move memory m, uint32 bits) private pure returns (bool) {
        return m.mask & bits != 0;
    }

    function holder(address token, bytes32 key) private view returns (Holder storage) {
        return db().holders[keccak256(abi.encode(token, key))];
    }

    function keyOf(Move memory m, address account) private view returns (bytes32) {
        return has(m, KYC_RULE) ? identityIdOf(account) : bytes32(uint256(uint160(account)));
    }

    function isExempt(Move memory m, address account, uint8 flag) private view returns (bool) {
        return db().exempt[keccak256(abi.encode(m.token, account))] & flag != 0;
    }

    function begin(address token, address from, address to, uint256 amount) private view returns (Move memory m) {
        m.token = token;
        m.from = from;
        m.to = to;
        m.amount = amount;
        m.mask = db().tokens[token].ruleMask;
    }

    /// Rows 1 and 2.
    function rowToken(Move memory m, bool asksPause) private view returns (uint8) {
        Token storage t = db().tokens[m.token];
        if (t.ruleAdmin == address(0)) return 64;
        return asksPause && t.paused ? 65 : 0;
    }

    /// Row 3.
    function rowSender(Move memory m) private view returns (uint8) {
        if (!has(m, KYC_RULE)) return 0;
        uint8 c = checkLevel(m.from, db().tokens[m.token].minTierFrom);
        return c == 0 ? 0 : 16 + c;
    }

    /// Row 4.
    function rowReceiver(Move memory m) private view returns (uint8) {
        if (!has(m, KYC_RULE)) return 0;
        uint8 c = checkLevel(m.to, db().tokens[m.token].minTierTo);
        return c == 0 ? 0 : 32 + c;
    }

    /// Rows 5 and 6.
    function rowProfile(Move memory m) private view returns (uint8) {
        if (!has(m, COUNTRY_ALLOW | COUNTRY_DENY | TYPE) || isExempt(m, m.to, EXEMPT_PROFILE)) return 0;
        Token storage t = db().tokens[m.token];
        (uint16 country, uint8 investorType) = profileOf(m.to);
        if (has(m, COUNTRY_ALLOW | COUNTRY_DENY)) {
            bool listed = (t.countries[country >> 8] >> (country & 255)) & 1 != 0;
            if (listed != has(m, COUNTRY_ALLOW)) return 67;
        }
        return has(m, TYPE) && (t.typeMask >> investorType) & 1 == 0 ? 69 : 0;
    }

    /// Row 7.
    function rowBalance(Move memory m, bool asksHold) private view returns (uint8) {
        m.senderKey = keyOf(m, m.from);
        Holder storage f = holder(m.token, m.senderKey);
        uint256 balance = f.balance;
        if (balance < m.amount) return 128;
        return asksHold && balance - m.amount < f.legalHold ? 66 : 0;
    }

    /// Rows 8 to 10.
    function rowTime(Move memory m) private view returns (uint8) {
        if (!has(m, LOCKUP | HOLDING_PERIOD | WINDOWS) || isExempt(m, m.from, EXEMPT_TIME)) return 0;
        Token storage t = db().tokens[m.token];
        if (has(m, LOCKUP) && block.timestamp < t.lockupUntil) return 76;
        Holder storage f = holder(m.token, m.senderKey);
        if (has(m, HOLDING_PERIOD)) {
            uint256 locked = Lots.lockedAt(Lots.load(db().lots, m.token, m.senderKey, f.lotCount));
            if (f.balance < locked || f.balance - locked < m.amount) return 77;
        }
        if (!has(m, WINDOWS)) return 0;
        uint256 n = t.windowCount;
        for (uint256 i = 0; i < n; i++) {
            Window storage w = t.windows[i];
            uint256 used = usedIn(m, w, i) + m.amount;
            if (used > w.max || used >> 192 != 0) return 78;
        }
        return 0;
    }

    function windowUse(Move memory m, uint256 i) private view returns (WindowUse storage) {
        return db().windowUses[keccak256(abi.encode(m.token, m.senderKey, i))];
    }

    function usedIn(Move memory m, Window storage w, uint256 i) private view returns (uint256) {
        WindowUse storage u = windowUse(m, i);
        return u.bucket == block.timestamp / w.secs ? u.used : 0;
    }

    /// Sum, or the largest number: amounts of a mint may exceed every limit.
    function plus(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            uint256 sum = a + b;
            return sum < a ? type(uint256).max : sum;
        }
    }

    /// Rows 11 to 13.
    function rowBalances(Move memory m, bool isMint) private view returns (uint8) {
        if (!has(m, MIN_HOLDING | MAX_BALANCE | TYPE_BALANCE | MAX_SHARE)) return 0;
        if ((!isMint && isExempt(m, m.from, EXEMPT_BALANCE)) || isExempt(m, m.to, EXEMPT_BALANCE)) return 0;
        Token storage t = db().tokens[m.token];
        if (has(m, MIN_HOLDING) && !isMint) {
            uint256 remaining = holder(m.token, m.senderKey).balance - m.amount;
            if (remaining != 0 && remaining < t.minHolding) return 75;
        }
        uint256 balance = holder(m.token, m.receiverKey).balance;
        (bool overflows, uint256 received) = addition(balance, m.amount);
        if (has(m, MIN_HOLDING) && !overflows && received != 0 && received < t.minHolding) return 75;
        if (has(m, MAX_BALANCE) && (overflows || received > t.maxBalance)) return 73;
        if (has(m, TYPE_BALANCE)) {
            (, uint8 investorType) = profileOf(m.to);
            uint256 cap = db().typeBalanceCaps[keccak256(abi.encode(m.token, uint256(investorType)))];
            if (overflows || received > cap) return 82;
        }
        if (!has(m, MAX_SHARE)) return 0;
        return shareOk(balance, m.amount, t.maxShareBps, t.supply, isMint) ? 0 : 74;
    }

    function addition(uint256 a, uint256 b) private pure returns (bool overflows, uint256 sum) {
        unchecked {
            sum = a + b;
            overflows = sum < a;
        }
    }

    /// (balance + amount) * 10,000 <= bps * supply on exact integers. A transfer's numbers stay below 2^192; a mint's amount may be anything, and with x = amount the
    /// question is 10,000 * balance - bps * supply <= (bps - 10,000) * x.
    function shareOk(uint256 balance, uint256 amount, uint256 bps, uint256 supply, bool isMint) private pure returns (bool) {
        if (!isMint) return (balance + amount) * 10_000 <= bps * supply;
        uint256 l = balance * 10_000;
        uint256 r = supply * bps;
        if (bps >= 10_000) return l <= r || (bps > 10_000 && amount >= (l - r + (bps - 10_000) - 1) / (bps - 10_000));
        return r >= l && amount <= (r - l) / (10_000 - bps);
    }

    /// Rows 14 and 15.
    function rowHolders(Move memory m, bool isMint) private view returns (uint8) {
        if (!has(m, MAX_HOLDERS | COUNTRY_HOLDERS | TYPE_HOLDERS)) return 0;
        if ((!isMint && isExempt(m, m.from, EXEMPT_COUNT)) || isExempt(m, m.to, EXEMPT_COUNT)) return 0;
        Token storage t = db().tokens[m.token];
        Holder storage r = holder(m.token, m.receiverKey);
        bool counted = r.counted;
        bool isNew = !counted && (r.balance != 0 || m.amount != 0);
        bool leaves;
        if (!isMint) {
            Holder storage f = holder(m.token, m.senderKey);
            leaves = f.counted && f.balance == m.amount;
        }
        if (has(m, MAX_HOLDERS) && !countOk(t.holders, isNew, leaves, t.maxHolders)) return 70;
        if (!has(m, COUNTRY_HOLDERS | TYPE_HOLDERS)) return 0;
        return rowBuckets(m, counted, isNew, leaves);
    }

    function rowBuckets(Move memory m, bool counted, bool isNew, bool leaves) private view returns (uint8) {
        Holder storage f = holder(m.token, m.senderKey);
        (uint16 country, uint8 investorType) = profileCounted(m, counted);
        if (has(m, COUNTRY_HOLDERS)) {
            Cap storage c = db().countryCaps[keccak256(abi.encode(m.token, uint256(country)))];
            if (c.cap != 0 && !countOk(c.count, isNew, leaves && f.country == country, c.cap)) return 71;
        }
        if (has(m, TYPE_HOLDERS)) {
            Cap storage c = db().typeCaps[keccak256(abi.encode(m.token, uint256(investorType)))];
            if (c.cap != 0 && !countOk(c.count, isNew, leaves && f.investorType == investorType, c.cap)) return 72;
        }
        return 0;
    }

    function profileCounted(Move memory m, bool counted) private view returns (uint16, uint8) {
        if (!counted) return profileOf(m.to);
        Holder storage r = holder(m.token, m.receiverKey);
        return (r.country, r.investorType);
    }

    function countOk(uint256 n, bool isNew, bool leaves, uint256 max) private pure returns (bool) {
        return n + (isNew ? 1 : 0) <= max + (leaves ? 1 : 0);
    }

    function transferHash(Move memory m) private pure returns (bytes32) {
        return keccak256(abi.encode(m.token, m.from, m.to, m.amount));
    }

    /// Row 16.
    function rowApproval(Move memory m) private view returns (uint8) {
        if (!has(m, APPROVAL) || isExempt(m, m.from, EXEMPT_APPROVAL) || isExempt(m, m.to, EXEMPT_APPROVAL)) return 0;
        Approval storage p = db().approvals[transferHash(m)];
        if (p.count == 0 || block.timestamp > p.expiry) return 79;
        m.usesApproval = true;
        return 0;
    }

    /// Row 17.
    function rowTravel(Move memory m) private view returns (uint8) {
        if (!has(m, TRAVEL) || isExempt(m, m.from, EXEMPT_TRAVEL) || isExempt(m, m.to, EXEMPT_TRAVEL) || isBelowThreshold(m)) return 0;
        TravelReference storage r = db().travel[transferHash(m)];
        bytes32 ref = r.ref;
        if (ref == 0 || block.timestamp > r.expiry) return 80;
        m.usesReference = true;
        m.ref = ref;
        return 0;
    }

    function isBelowThreshold(Move memory m) private view returns (bool) {
        Token storage t = db().tokens[m.token];
        uint256 threshold = t.travelThreshold;
        bytes32 feed = t.travelFeedId;
        if (feed == 0) return m.amount < threshold;
        (bool ok, bytes memory answer) = ORACLE.staticcall(abi.encodeWithSelector(0xfccccc00, feed));
        if (!ok) return false;
        (int256 price,, uint8 decimals) = abi.decode(answer, (int256, uint64, uint8));
        if (price <= 0) return false;
        // Exact: amount * price < threshold * 10^decimals, the right side below 2^156.
        uint256 limit = threshold * 10 ** decimals;
        if (limit == 0) return false;
        return m.amount == 0 || m.amount <= (limit - 1) / uint256(price);
    }

    /// What a mint may add.
    function rowSupply(Move memory m) private view returns (uint8) {
        Token storage t = db().tokens[m.token];
        (bool overflows, uint256 supply) = addition(t.supply, m.amount);
        if (overflows || supply >> 192 != 0) return 81;
        return has(m, SUPPLY_CAP) && supply > t.supplyCap ? 81 : 0;
    }

    // Movements

    function transferCode(Move memory m) private view returns (uint8 c) {
        c = rowToken(m, true);
        if (c == 0) c = rowSender(m);
        if (c == 0) c = rowReceiver(m);
        if (c == 0) c = rowProfile(m);
        if (c == 0) c = rowBalance(m, true);
        if (c != 0) return c;
        m.receiverKey = keyOf(m, m.to);
        if (m.senderKey != m.receiverKey) {
            c = rowTime(m);
            if (c == 0) c = rowBalances(m, false);
            if (c == 0) c = rowHolders(m, false);
        }
        if (c == 0) c = rowApproval(m);
        if (c == 0) c = rowTravel(m);
    }

    function mintCode(Move memory m) private view returns (uint8 c) {
        c = rowToken(m, true);
        if (c == 0) c = rowReceiver(m);
        if (c == 0) c = rowProfile(m);
        if (c != 0) return c;
        m.receiverKey = keyOf(m, m.to);
        c = rowBalances(m, true);
        if (c == 0) c = rowHolders(m, true);
        if (c == 0) c = rowSupply(m);
    }

    function recoveryCode(Move memory m) private view returns (uint8) {
        uint8 c = rowToken(m, false);
        if (c != 0) return c;
        bytes32 id = identityIdOf(m.from);
        if (id != identityIdOf(m.to)) return 33;
        c = checkLevel(m.to, 0);
        if (c != 0) return 32 + c;
        m.ref = id;
        return 0;
    }

    function hook(bytes4 s, bytes calldata a) private {
        Move memory m;
        uint8 c;
        uint8 kind;
        if (s == 0x8baf29b4) {
            (address from, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            m = begin(msg.sender, from, to, amount);
            c = transferCode(m);
            kind = 1;
        } else if (s == 0x5f8dead3) {
            (address to, uint256 amount) = abi.decode(a, (address, uint256));
            m = begin(msg.sender, address(0), to, amount);
            c = mintCode(m);
            kind = 2;
        } else if (s == 0x8d2ea772) {
            (address from, uint256 amount) = abi.decode(a, (address, uint256));
            m = begin(msg.sender, from, address(0), amount);
            c = rowToken(m, false);
            if (c == 0) c = rowBalance(m, false);
            kind = 3;
        } else if (s == 0x5c8b5f4f) {
            bytes32 reason;
            address from;
            address to;
            uint256 amount;
            (from, to, amount, reason) = abi.decode(a, (address, address, uint256, bytes32));
            m = begin(msg.sender, from, to, amount);
            m.ref = reason;
            c = rowToken(m, false);
            if (c == 0) c = rowReceiver(m);
            if (c == 0) c = rowBalance(m, false);
            kind = 4;
        } else {
            (address from, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            m = begin(msg.sender, from, to, amount);
            c = recoveryCode(m);
            kind = 5;
        }
        if (c != 0) revert ComplianceViolation(c, m.from, m.to, m.amount);
        Phase.effects();
        apply_(m, kind);
        if (has(m, EMIT_DECISIONS)) emit Decision(m.token, m.from, m.to, m.amount, kind, 0, m.ref);
    }

    function apply_(Move memory m, uint8 kind) private {
        Token storage t = db().tokens[m.token];
        if (kind == 1) {
            if (m.senderKey != m.receiverKey) {
                debit(m);
                credit(m);
                if (has(m, WINDOWS) && !isExempt(m, m.from, EXEMPT_TIME)) useWindows(m);
                if (has(m, HOLDING_PERIOD) && t.holdingRestarts) lock(m);
            }
            if (m.usesApproval) db().approvals[transferHash(m)].count--;
            if (m.usesReference) {
                TravelReference storage r = db().travel[transferHash(m)];
                r.ref = 0;
                r.expiry = 0;
            }
        } else if (kind == 2) {
            t.supply += m.amount;
            credit(m);
            if (has(m, HOLDING_PERIOD)) lock(m);
        } else if (kind == 3) {
            t.supply -= m.amount;
            debit(m);
            reduce(m);
        } else if (kind == 4) {
            m.receiverKey = keyOf(m, m.to);
            if (m.senderKey == m.receiverKey) return;
            debit(m);
            credit(m);
            reduce(m);
        }
    }

    function count(address token, uint16 country, uint8 investorType, bool more) private {
        Cap storage c = db().countryCaps[keccak256(abi.encode(token, uint256(country)))];
        Cap storage t = db().typeCaps[keccak256(abi.encode(token, uint256(investorType)))];
        if (more) {
            c.count++;
            t.count++;
        } else {
            c.count--;
            t.count--;
        }
    }

    function debit(Move memory m) private {
        Holder storage f = holder(m.token, m.senderKey);
        f.balance -= m.amount;
        if (!f.counted || f.balance != 0) return;
        db().tokens[m.token].holders--;
        count(m.token, f.country, f.investorType, false);
        f.counted = false;
        f.country = 0;
        f.investorType = 0;
    }

    function credit(Move memory m) private {
        Holder storage r = holder(m.token, m.receiverKey);
        r.balance += m.amount;
        if (r.counted || r.balance == 0 || isExempt(m, m.to, EXEMPT_COUNT)) return;
        (uint16 country, uint8 investorType) = profileOf(m.to);
        db().tokens[m.token].holders++;
        count(m.token, country, investorType, true);
        r.counted = true;
        r.country = country;
        r.investorType = investorType;
    }

    function useWindows(Move memory m) private {
        Token storage t = db().tokens[m.token];
        uint256 n = t.windowCount;
        for (uint256 i = 0; i < n; i++) {
            Window storage w = t.windows[i];
            uint256 used = usedIn(m, w, i) + m.amount;
            WindowUse storage u = windowUse(m, i);
            u.bucket = uint64(block.timestamp / w.secs);
            u.used = uint192(used);
        }
    }

    function lock(Move memory m) private {
        if (m.amount == 0 || isExempt(m, m.to, EXEMPT_TIME)) return;
        Holder storage r = holder(m.token, m.receiverKey);
        uint8 n = r.lotCount;
        Lot[] memory list = Lots.load(db().lots, m.token, m.receiverKey, n);
        uint64 unlockAt = uint64(block.timestamp) + db().tokens[m.token].holdingPeriod;
        r.lotCount = Lots.store(db().lots, m.token, m.receiverKey, Lots.push(list, m.amount, unlockAt), n);
    }

    function reduce(Move memory m) private {
        if (!has(m, HOLDING_PERIOD)) return;
        Holder storage f = holder(m.token, m.senderKey);
        uint8 n = f.lotCount;
        Lot[] memory list = Lots.load(db().lots, m.token, m.senderKey, n);
        f.lotCount = Lots.store(db().lots, m.token, m.senderKey, Lots.reduce(list, f.balance), n);
    }

    // Views

    function view_(bytes4 s, bytes calldata a) private view returns (bytes memory) {
        if (s == 0x6d62a4fe) {
            (address token, address from, address to, uint256 amount) = abi.decode(a, (address, address, address, uint256));
            return abi.encode(transferCode(begin(token, from, to, amount)));
        }
        if (s == 0xe46638e6) {
            (address from, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            return abi.encode(transferCode(begin(msg.sender, from, to, amount)) == 0);
        }
        if (s == 0x624a7dc7) {
            (address token, address to, uint256 amount) = abi.decode(a, (address, address, uint256));
            return abi.encode(mintCode(begin(token, address(0), to, amount)));
        }
        if (s == 0x18d1d841) return rulesOf(abi.decode(a, (address)));
        if (s == 0x8c5c042a) {
            (address token, bytes32 key) = abi.decode(a, (address, bytes32));
            return holderOf(token, key);
        }
        if (s == 0xe8589581) {
            (address token, address account) = abi.decode(a, (address, address));
            Move memory m = begin(token, address(0), address(0), 0);
            return abi.encode(keyOf(m, account));
        }
        if (s == 0x7f4ab1dd) return abi.encode(Messages.of_(abi.decode(a, (uint8))));
        return unknown();
    }

    function holderOf(address token, bytes32 key) private view returns (bytes memory) {
        Holder storage h = holder(token, key);
        uint256 locked;
        if (db().tokens[token].ruleMask & HOLDING_PERIOD != 0) locked = Lots.lockedAt(Lots.load(db().lots, token, key, h.lotCount));
        return abi.encode(h.balance, h.legalHold, locked, h.country, h.investorType, h.counted);
    }

    function rulesOf(address token) private view returns (bytes memory) {
        Token storage t = db().tokens[token];
        RuleSet memory r;
        r.ruleMask = t.ruleMask;
        r.minTierFrom = t.minTierFrom;
        r.minTierTo = t.minTierTo;
        r.typeMask = t.typeMask;
        r.maxHolders = t.maxHolders;
        r.holdingPeriod = t.holdingPeriod;
        r.lockupUntil = t.lockupUntil;
        r.maxShareBps = t.maxShareBps;
        r.holdingRestarts = t.holdingRestarts;
        r.travelThreshold = t.travelThreshold;
        r.maxBalance = t.maxBalance;
        r.minHolding = t.minHolding;
        r.supplyCap = t.supplyCap;
        r.travelFeedId = t.travelFeedId;
        return abi.encode(t.ruleAdmin, t.paused, t.holders, t.supply, r);
    }
}
