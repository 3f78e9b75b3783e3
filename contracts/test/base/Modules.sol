// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IComplianceEngine} from "../../src/interfaces/IComplianceEngine.sol";
import {IKycRegistry} from "../../src/interfaces/IKycRegistry.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {MirrorCode} from "./MirrorCode.sol";
import {Test} from "./Test.sol";

/// The native modules, and the actors of the stories.
abstract contract Modules is Test {
    IKycRegistry internal constant KYC = IKycRegistry(0x0300000000000000000000000000000000000001);
    IComplianceEngine internal constant ENGINE = IComplianceEngine(0x0300000000000000000000000000000000000002);
    IOracle internal constant ORACLE = IOracle(0x0300000000000000000000000000000000000003);
    bytes32 private constant KYC_BASE = 0x7b697db96667b44dd5786dd9a772cb9db7baa8c2754b56edf8e36b84e6eacd00;

    address internal constant registryAdmin = address(0xA001);
    address internal constant kira = address(0xA002); // KYC agent
    address internal constant otto = address(0xA003); // officer
    address internal constant oracleAdmin = address(0xA004);
    address internal constant reporter = address(0xA005);
    address internal constant guardian = address(0xA006);
    address internal constant ivy = address(0xA007); // issuer and SPV manager
    address internal constant alice = address(0xA008); // German retail
    address internal constant bob = address(0xA009); // French professional
    address internal constant lara = address(0xA00A); // institutional
    address internal constant mallory = address(0xA00B); // unknown
    address internal constant agent = address(0xA00C);
    address internal constant servicer = address(0xA00D);
    address internal constant ruleAdmin = address(0xA00E);

    uint16 internal constant GERMANY = 276;
    uint16 internal constant FRANCE = 250;

    function installModules() internal {
        vm.warp(1_767_225_600);
        vm.etch(address(KYC), MirrorCode.KYC);
        vm.etch(address(ENGINE), MirrorCode.ENGINE);
        vm.etch(address(ORACLE), MirrorCode.ORACLE);
        // One admin; tier 1 at least.
        vm.store(address(KYC), KYC_BASE, bytes32(uint256((1 << 32) | (1 << 8))));
        vm.store(address(KYC), bytes32(uint256(uint160(registryAdmin))), bytes32(uint256(2)));
        vm.store(address(ORACLE), bytes32(uint256(uint160(oracleAdmin))), bytes32(uint256(2)));
        vm.startPrank(registryAdmin);
        KYC.setEnabled(kira);
        KYC.setOfficer(otto, true);
        vm.stopPrank();

        person(alice, 2, 1, GERMANY);
        person(bob, 2, 2, FRANCE);
        entity(lara, 4, 3, GERMANY);
        entity(ivy, 3, 3, GERMANY);
        entity(guardian, 4, 3, GERMANY);
        entity(agent, 4, 3, GERMANY);
        entity(servicer, 4, 3, GERMANY);
    }

    function idOf(address account) internal pure returns (bytes32) {
        return keccak256(abi.encode("identity", account));
    }

    function person(address account, uint8 tier, uint8 investorType, uint16 country) internal {
        _register(account, 0, tier, investorType, country, uint64(block.timestamp + 4 * 365 days));
    }

    function entity(address account, uint8 tier, uint8 investorType, uint16 country) internal {
        _register(account, 1, tier, investorType, country, uint64(block.timestamp + 4 * 365 days));
    }

    /// A contract of the platform.
    function protocol(address account) internal {
        _register(account, 2, 4, 0, 0, type(uint64).max);
    }

    function freezeWallet(address account) internal {
        vm.prank(otto);
        KYC.setWalletStatus(account, 2, "order");
    }

    function unfreezeWallet(address account) internal {
        vm.prank(otto);
        KYC.setWalletStatus(account, 1, "order");
    }

    /// Recovers `lost` to `replacement` in the registry.
    function recoverWallet(address lost, address replacement) internal {
        vm.prank(kira);
        KYC.proposeRecovery(lost, replacement, "lost key");
        vm.prank(otto);
        KYC.confirmRecovery(lost);
    }

    function createFeed(bytes32 feedId, uint8 kind, uint8 decimals, uint16 maxDeviationBps) internal {
        IOracle.FeedConfig memory config = IOracle.FeedConfig({
            kind: kind,
            decimals: decimals,
            quorum: 1,
            ringLog2: 8,
            heartbeat: 86_400,
            staleAfter: 108_000,
            reportWindow: 86_400,
            minInterval: 0,
            deviationBps: 0,
            maxDeviationBps: maxDeviationBps,
            minAnswer: kind == 7 || kind == 3 ? int128(-1_000) : int128(1),
            maxAnswer: type(int128).max,
            description: feedId
        });
        address[] memory reporters = new address[](1);
        reporters[0] = reporter;
        vm.prank(oracleAdmin);
        ORACLE.createFeed(feedId, config, reporters);
    }

    /// A new round, one second later: observations must be newer than the last.
    function report(bytes32 feedId, int256 value) internal {
        vm.warp(block.timestamp + 1);
        vm.prank(reporter);
        ORACLE.submitDirect(feedId, value, uint64(block.timestamp), bytes32(uint256(1)));
    }

    function rulesWithKyc() internal pure returns (IComplianceEngine.RuleSet memory rules) {
        rules.ruleMask = 1;
    }

    function _register(address account, uint8 kind, uint8 tier, uint8 investorType, uint16 country, uint64 expiry) private {
        IKycRegistry.IdentityInput memory input;
        input.identityId = idOf(account);
        input.kind = kind;
        input.tier = tier;
        input.investorType = investorType;
        input.country = country;
        input.taxCountry = country;
        input.expiry = expiry;
        address[] memory wallets = new address[](1);
        wallets[0] = account;
        vm.prank(kira);
        KYC.registerIdentity(input, wallets);
    }
}
