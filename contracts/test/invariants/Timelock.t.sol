// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Roles} from "../../src/common/Roles.sol";
import {Timelock} from "../../src/governance/Timelock.sol";
import {RateParams} from "../../src/lending/LendingTypes.sol";
import {Platform} from "../base/Platform.sol";

/// Operations that set the interest model, scheduled, executed and cancelled in any order, while others try the same without the Timelock.
contract TimelockHandler is Platform {
    uint256 private constant DELAY = 172_800;
    address private constant proposer = address(0xC001);
    Timelock private immutable _lock;
    uint256 public count;
    mapping(uint256 n => uint256) private _scheduledAt;
    mapping(uint256 n => bool) private _isCancelled;
    mapping(uint256 n => bool) private _isExecuted;
    bool public isEarly;
    bool public isCancelledExecuted;
    bool public isBypassed;

    constructor(Timelock lock_) {
        _lock = lock_;
    }

    function schedule(uint256 delay) external {
        vm.prank(proposer);
        _lock.schedule(address(pool), 0, _call(count), 0, bytes32(count), bound(delay, DELAY - 1 days, DELAY + 5 days));
        _scheduledAt[count++] = block.timestamp;
    }

    function execute(uint256 n, bool isPatient) external {
        n = _open(n);
        if (isPatient) vm.warp(block.timestamp + 4 days);
        _lock.execute(address(pool), 0, _call(n), 0, bytes32(n));
        _isExecuted[n] = true;
        if (block.timestamp < _scheduledAt[n] + DELAY) isEarly = true;
        if (_isCancelled[n]) isCancelledExecuted = true;
    }

    function cancel(uint256 n) external {
        n = _open(n);
        bytes32 id = _lock.hashOperation(address(pool), 0, _call(n), 0, bytes32(n));
        vm.prank(guardian);
        _lock.cancel(id);
        _isCancelled[n] = true;
    }

    /// G3: however long it waits.
    function executeCancelled(uint256 n) external {
        n = bound(n, 0, count == 0 ? 0 : count - 1);
        for (uint256 i = 0; i < count && !_isCancelled[n]; ++i) n = (n + 1) % count;
        vm.warp(block.timestamp + 10 days);
        bool wasCancelled = _isCancelled[n];
        try _lock.execute(address(pool), 0, _call(n), 0, bytes32(n)) {
            if (wasCancelled) isCancelledExecuted = true;
            _isExecuted[n] = true;
        } catch {}
    }

    /// G1, G4: anyone else, any of the Timelock's calls.
    function bypass(uint256 who, uint256 what) external {
        address[6] memory callers = [guardian, ivy, agent, servicer, mallory, proposer];
        address[4] memory modules = [address(pool), address(registry), address(amm), address(aggregator)];
        address module = modules[(what / 8) % 4];
        bytes[7] memory calls = [
            abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (address(documents), "")),
            abi.encodeCall(IAccessControl.grantRole, (bytes32(0), mallory)),
            abi.encodeCall(IAccessControl.grantRole, (Roles.RISK, mallory)),
            abi.encodeCall(pool.setRates, (RateParams(5_000, 100, 100, 0))),
            abi.encodeCall(pool.withdrawReserves, (mallory, 1)),
            abi.encodeCall(pool.listCollateral, (address(usdc), marketParams())),
            abi.encodeCall(IAccessControl.revokeRole, (bytes32(0), timelock))
        ];
        vm.prank(callers[who % 6]);
        (bool isDone, ) = module.call(calls[what % 7]);
        if (isDone) isBypassed = true;
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 1 days));
    }

    function _call(uint256 n) private view returns (bytes memory) {
        return abi.encodeCall(pool.setRates, (RateParams(uint16(1 + (n % 9_000)), 100, 100, 0)));
    }

    /// An operation that is neither executed nor cancelled, if there is one.
    function _open(uint256 n) private view returns (uint256) {
        n = bound(n, 0, count == 0 ? 0 : count - 1);
        for (uint256 i = 0; i < count && (_isExecuted[n] || _isCancelled[n]); ++i) n = (n + 1) % count;
        return n;
    }
}

contract TimelockInvariants is Platform {
    TimelockHandler private handler;

    function setUp() public {
        installPlatform();
        // The real controller at its genesis address: its roles are written as its constructor writes them.
        address[] memory nobody = new address[](0);
        vm.etch(timelock, address(new Timelock(172_800, nobody, nobody, address(this))).code);
        Timelock lock = Timelock(payable(timelock));
        _grant(lock.PROPOSER_ROLE(), address(0xC001));
        _grant(lock.CANCELLER_ROLE(), guardian);
        _grant(lock.EXECUTOR_ROLE(), address(0));
        vm.store(timelock, bytes32(uint256(2)), bytes32(uint256(172_800)));
        handler = new TimelockHandler(lock);
        target(address(handler));
    }

    /// G2, G3.
    function invariant_operationsWait_andCancelledOnesNeverRun() public view {
        isTrue(!handler.isEarly(), "G2");
        isTrue(!handler.isCancelledExecuted(), "G3");
    }

    /// G1, G4.
    function invariant_nobodyElseAdministers() public view {
        isTrue(!handler.isBypassed(), "G1");
        isTrue(pool.hasRole(bytes32(0), timelock) && !pool.hasRole(bytes32(0), mallory), "administrator");
    }

    function _grant(bytes32 role, address account) private {
        vm.store(timelock, keccak256(abi.encode(account, keccak256(abi.encode(role, uint256(0))))), bytes32(uint256(1)));
    }
}
