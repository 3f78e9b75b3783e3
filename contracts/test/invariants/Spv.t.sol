// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RwaErrors} from "../../src/common/RwaErrors.sol";
import {Spv} from "../../src/spv/SpvTypes.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {Platform} from "../base/Platform.sol";

/// Lives of three SPVs, each with a property whose valuation ages.
contract SpvHandler is Platform {
    uint256 public constant COUNT = 3;
    bytes32 private constant VALUATION = "VAL:PROP-0001/EUR";
    uint8[COUNT] private _status;
    address[COUNT] private _token;
    bool public isRegressed;
    bool public isTokenReplaced;
    bool public isNavStale;

    /// S1, S5: neither a status nor a token goes back.
    modifier watched() {
        _;
        for (uint256 i = 0; i < COUNT; ++i) {
            Spv memory s = registry.spv(idOf(i));
            if (s.status < _status[i]) isRegressed = true;
            if (_token[i] != address(0) && s.token != _token[i]) isTokenReplaced = true;
            (_status[i], _token[i]) = (s.status, s.token);
        }
    }

    function create(uint256 i) external watched {
        i = _pick(i, 0);
        vm.prank(ivy);
        registry.createSpv(idOf(i), "Property", GERMANY, bytes20("LEI"), "registration", ivy);
        vm.prank(ivy);
        registry.addProperty(idOf(i), bytes32(i + 1), GERMANY, "title", VALUATION, 0, 1);
    }

    function activate(uint256 i) external watched {
        i = _pick(i, 1);
        bytes32 deed = anchorDocument(ivy, idOf(i), 1, "deed");
        vm.prank(guardian);
        registry.activateSpv(idOf(i), deed);
    }

    function tokenise(uint256 i) external watched {
        i = _pick(i, 2);
        vm.prank(ivy);
        registry.tokenise(idOf(i), tokenParams(1_000e18), rulesOnlyKyc());
    }

    function mint(uint256 i, uint256 amount) external watched {
        address token_ = _tokenised(i);
        vm.prank(agent);
        PermissionedToken(token_).mint(alice, bound(amount, 1, 10e18));
    }

    /// Often everything, so that the SPV can be closed.
    function burn(uint256 i, uint256 amount, bool isAll) external watched {
        address token_ = _tokenised(i);
        uint256 held = PermissionedToken(token_).balanceOf(alice);
        amount = isAll ? held : bound(amount, 1, held);
        vm.prank(agent);
        PermissionedToken(token_).burn(alice, amount);
    }

    /// The next status, or any other; by the guardian, or by the manager.
    function setStatus(uint256 i, uint8 status, bool isNext, bool isGuardian) external watched {
        i = _pick(i, isGuardian ? 3 : 2);
        address token_ = registry.spv(idOf(i)).token;
        if (isGuardian && isNext && token_ != address(0)) {
            uint256 issued = PermissionedToken(token_).balanceOf(alice);
            vm.prank(agent);
            PermissionedToken(token_).burn(alice, issued);
        }
        if (isNext) status = registry.spv(idOf(i)).status + 1;
        vm.prank(isGuardian ? guardian : ivy);
        registry.setSpvStatus(idOf(i), status, "reason");
    }

    function value(uint256 amount) external {
        report(VALUATION, int256(bound(amount, 1, 1e12)));
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 2 days));
    }

    /// S7: answers exactly while the valuation is fresh.
    function nav(uint256 i) external {
        i = i % COUNT;
        if (registry.spv(idOf(i)).status == 0) i = _pick(i, 1);
        bool isFresh = ORACLE.health(VALUATION) == 0;
        try registry.nav(idOf(i)) {
            if (!isFresh) isNavStale = true;
        } catch {
            if (isFresh && registry.spv(idOf(i)).status != 0) isNavStale = true;
        }
    }

    function idOf(uint256 i) public pure returns (bytes32) {
        return bytes32(0x5350560000000000000000000000000000000000000000000000000000000000 | (i + 1));
    }

    function _pick(uint256 seed, uint8 status) private view returns (uint256 i) {
        i = seed % COUNT;
        for (uint256 n = 0; n < COUNT && registry.spv(idOf(i)).status != status; ++n) i = (i + 1) % COUNT;
    }

    /// A token of one of them; reverts if there is none.
    function _tokenised(uint256 seed) private view returns (address token_) {
        for (uint256 n = 0; n < COUNT && token_ == address(0); ++n) token_ = registry.spv(idOf((seed % COUNT + n) % COUNT)).token;
        if (token_ == address(0)) revert RwaErrors.ZeroAddress();
    }
}

contract SpvInvariants is Platform {
    SpvHandler private handler;

    function setUp() public {
        installPlatform();
        createFeed("VAL:PROP-0001/EUR", 6, 2, 0);
        handler = new SpvHandler();
        target(address(handler));
    }

    /// S1, S5, S7.
    function invariant_livesGoForwards() public view {
        isTrue(!handler.isRegressed(), "status");
        isTrue(!handler.isTokenReplaced(), "one token");
        isTrue(!handler.isNavStale(), "nav while fresh");
        address[3] memory tokens;
        for (uint256 i = 0; i < 3; ++i) {
            tokens[i] = registry.spv(handler.idOf(i)).token;
            for (uint256 j = 0; j < i; ++j) isTrue(tokens[i] == address(0) || tokens[i] != tokens[j], "a token each");
        }
    }

    /// S6.
    function invariant_closedSpvsHaveNothingIssued() public view {
        for (uint256 i = 0; i < 3; ++i) {
            Spv memory s = registry.spv(handler.idOf(i));
            if (s.status == 4 && s.token != address(0)) eq(PermissionedToken(s.token).totalSupply(), 0, "supply");
        }
    }
}
