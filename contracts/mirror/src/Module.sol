// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Marks for the test that traces the mirror, in a transient slot that nothing else uses. They say which rule of gas holds for what follows
/// (compliance specification, sections 1.1 and 1.2). As a write, a mark halts a state-changing function in a static context, as step 5 demands.
library Phase {
    /// Step 9: what is read falls due at once.
    function tests() internal {
        assembly ("memory-safe") {
            tstore(0, 0)
        }
    }

    /// Step 10: what is read or set falls due only if the call succeeds.
    function effects() internal {
        assembly ("memory-safe") {
            tstore(0, 1)
        }
    }

    /// What the chain's own rules read costs nothing.
    function chainRule() internal {
        assembly ("memory-safe") {
            tstore(0, 2)
        }
    }
}

/// Steps 2 to 6 of a module call. The dispatch is by hand because solc's own would decode before it tests the kind and value of the call.
abstract contract Module {
    error NonPayable();
    error DelegateCallForbidden();
    error BatchTooLarge(uint256 size, uint256 max);
    error LengthMismatch();
    error Unauthorized(address caller, uint8 required);
    error CannotModifyAllowList(address account, uint256 fromRole, uint256 toRole);

    event RoleSet(uint256 indexed role, address indexed account, address indexed sender, uint256 oldRole);

    uint8 internal constant AGENT = 1;
    uint8 internal constant ADMIN = 2;
    uint8 internal constant MANAGER = 3;
    uint8 internal constant OFFICER = 4;

    uint256 internal constant MAX_BATCH = 80;

    address internal constant DEPLOYERS = 0x0200000000000000000000000000000000000000;
    address internal constant SENDERS = 0x0200000000000000000000000000000000000002;
    address internal constant KYC = 0x0300000000000000000000000000000000000001;
    address internal constant ENGINE = 0x0300000000000000000000000000000000000002;
    address internal constant ORACLE = 0x0300000000000000000000000000000000000003;

    fallback(bytes calldata input) external payable returns (bytes memory) {
        if (address(this) != module()) revert DelegateCallForbidden();
        if (msg.value != 0) revert NonPayable();
        if (input.length < 4) revert();
        bytes4 selector = bytes4(input[:4]);
        if (selector == SLOT && msg.sender == ENGINE) return abi.encode(own(uint256(bytes32(input[4:]))));
        if (isWrite(selector)) Phase.tests();
        return run(selector, input[4:]);
    }

    /// The engine reads the slots of other modules, which no contract can: the mirrors let it, by a selector that no function has.
    bytes4 private constant SLOT = 0x00000001;

    function slotOf(address other, uint256 slot) internal view returns (uint256) {
        (bool ok, bytes memory answer) = other.staticcall(abi.encodeWithSelector(SLOT, slot));
        require(ok);
        return abi.decode(answer, (uint256));
    }

    function own(uint256 slot) private view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(slot)
        }
    }

    function module() internal pure virtual returns (address);

    function isWrite(bytes4 selector) internal pure virtual returns (bool);

    function run(bytes4 selector, bytes calldata arguments) internal virtual returns (bytes memory);

    function unknown() internal pure returns (bytes memory) {
        revert();
    }

    /// What decoding reads may not total more than the calldata without the selector.
    function within(uint256 readBytes, bytes calldata arguments) internal pure {
        if (readBytes > arguments.length) revert();
    }
}

/// The subnet-evm allow list: the role of an account is at the slot of its address.
abstract contract AllowList is Module {
    function roleOf(address account) internal view returns (uint256 role) {
        assembly ("memory-safe") {
            role := sload(account)
        }
    }

    function setRole(address account, uint256 to) internal {
        uint256 callerRole = roleOf(msg.sender);
        uint256 from = roleOf(account);
        bool isLow = from <= 1 && to <= 1;
        if (callerRole != 2 && !(callerRole == 3 && isLow)) revert CannotModifyAllowList(account, from, to);
        beforeRoleChange(from, to);
        Phase.effects();
        assembly ("memory-safe") {
            sstore(account, to)
        }
        emit RoleSet(to, account, msg.sender, from);
    }

    function beforeRoleChange(uint256 from, uint256 to) internal virtual {}

    function isAllowListWrite(bytes4 s) internal pure returns (bool) {
        return s == 0x704b6c02 || s == 0xd0ebdbe7 || s == 0x0aaf7043 || s == 0x8c6bfb3b;
    }

    /// Runs a function of IAllowList; false when the selector is none.
    function runAllowList(bytes4 s, bytes calldata a) internal returns (bool, bytes memory) {
        if (s == 0xeb54dae1) return (true, abi.encode(roleOf(abi.decode(a, (address)))));
        if (!isAllowListWrite(s)) return (false, "");
        address account = abi.decode(a, (address));
        setRole(account, s == 0x704b6c02 ? 2 : s == 0xd0ebdbe7 ? 3 : s == 0x0aaf7043 ? 1 : 0);
        return (true, "");
    }
}

abstract contract PlainAllowList is AllowList {
    function isWrite(bytes4 selector) internal pure override returns (bool) {
        return isAllowListWrite(selector);
    }

    function run(bytes4 selector, bytes calldata arguments) internal override returns (bytes memory) {
        (bool done, bytes memory result) = runAllowList(selector, arguments);
        return done ? result : unknown();
    }
}

contract DeployerAllowListMirror is PlainAllowList {
    function module() internal pure override returns (address) {
        return DEPLOYERS;
    }
}

contract SenderAllowListMirror is PlainAllowList {
    function module() internal pure override returns (address) {
        return SENDERS;
    }
}
