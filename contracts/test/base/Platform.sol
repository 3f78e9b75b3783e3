// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";
import {PermissionedAMM} from "../../src/amm/PermissionedAMM.sol";
import {PermissionedPair} from "../../src/amm/PermissionedPair.sol";
import {AssetFactory} from "../../src/assets/AssetFactory.sol";
import {PaymentToken} from "../../src/assets/PaymentToken.sol";
import {Addresses} from "../../src/common/Addresses.sol";
import {Roles} from "../../src/common/Roles.sol";
import {RuleSetup, TokenParams} from "../../src/common/Structs.sol";
import {DocInput, DocumentRegistry} from "../../src/documents/DocumentRegistry.sol";
import {LendingPool} from "../../src/lending/LendingPool.sol";
import {MarketParams} from "../../src/lending/LendingTypes.sol";
import {OracleAggregator} from "../../src/oracle/OracleAggregator.sol";
import {SPVRegistry} from "../../src/spv/SPVRegistry.sol";
import {PermissionedToken} from "../../src/token/PermissionedToken.sol";
import {TrancheDeal} from "../../src/tranche/TrancheDeal.sol";
import {TrancheFactory} from "../../src/tranche/TrancheFactory.sol";
import {Vault} from "../../src/vault/Vault.sol";
import {VaultFactory} from "../../src/vault/VaultFactory.sol";
import {Modules} from "./Modules.sol";

/// The contracts at their genesis addresses, with the Timelock's address as administrator.
abstract contract Platform is Modules {
    bytes32 private constant IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;

    SPVRegistry internal constant registry = SPVRegistry(Addresses.SPV_REGISTRY);
    TrancheFactory internal constant trancheFactory = TrancheFactory(Addresses.TRANCHE_FACTORY);
    VaultFactory internal constant vaultFactory = VaultFactory(Addresses.VAULT_FACTORY);
    PermissionedAMM internal constant amm = PermissionedAMM(Addresses.PERMISSIONED_AMM);
    LendingPool internal constant pool = LendingPool(Addresses.LENDING_POOL);
    OracleAggregator internal constant aggregator = OracleAggregator(Addresses.ORACLE_AGGREGATOR);
    DocumentRegistry internal constant documents = DocumentRegistry(Addresses.DOCUMENT_REGISTRY);
    AssetFactory internal constant assetFactory = AssetFactory(Addresses.ASSET_FACTORY);
    address internal constant timelock = Addresses.TIMELOCK;

    bytes32 internal constant SPV_ID = "SPV-0001";
    bytes32 internal constant NAV = "NAV:PROP-0001/USD";

    PaymentToken internal usdc;
    PermissionedToken internal token;

    function installPlatform() internal {
        installModules();
        usdc = new PaymentToken("USD Coin", "USDC", address(this));
        _beacon(Addresses.TOKEN_BEACON, address(new PermissionedToken()));
        _beacon(Addresses.VAULT_BEACON, address(new Vault()));
        vm.etch(Addresses.PAIR_TEMPLATE, address(new PermissionedPair()).code);
        vm.etch(Addresses.TRANCHE_DEAL_TEMPLATE, address(new TrancheDeal()).code);
        _proxy(address(registry), address(new SPVRegistry()));
        _proxy(address(documents), address(new DocumentRegistry()));
        _proxy(address(amm), address(new PermissionedAMM()));
        _proxy(address(aggregator), address(new OracleAggregator()));
        _proxy(address(assetFactory), address(new AssetFactory()));
        _proxy(address(trancheFactory), address(new TrancheFactory()));
        _proxy(address(vaultFactory), address(new VaultFactory()));
        _proxy(address(pool), address(new LendingPool()));
        registry.initialize(timelock, guardian);
        documents.initialize(timelock, guardian);
        amm.initialize(timelock, guardian);
        aggregator.initialize(timelock, guardian);
        assetFactory.initialize(timelock, guardian);
        trancheFactory.initialize(timelock, guardian);
        vaultFactory.initialize(timelock, guardian);
        protocol(address(registry));
        protocol(address(pool));
        pool.initialize(timelock, guardian, address(usdc), "Defactor Lending", "dUSDC", rulesOnlyKyc());
        vm.startPrank(timelock);
        ENGINE.acceptRuleAdmin(address(pool));
        registry.grantRole(Roles.ISSUER, ivy);
        registry.grantRole(Roles.SERVICER, servicer);
        documents.grantRole(Roles.ANCHOR, agent);
        amm.grantRole(Roles.ISSUER, ivy);
        assetFactory.grantRole(Roles.ISSUER, ivy);
        trancheFactory.grantRole(Roles.ISSUER, ivy);
        vaultFactory.grantRole(Roles.ISSUER, ivy);
        vm.stopPrank();
        createFeed(NAV, 2, 8, 0);
        report(NAV, 100e8);
    }

    /// An active SPV managed by Ivy with its title deed.
    function installSpv() internal {
        vm.prank(ivy);
        registry.createSpv(SPV_ID, "Property One", GERMANY, bytes20("LEI"), "registration", ivy);
        bytes32 deed = anchorDocument(ivy, SPV_ID, 1, "deed");
        vm.prank(guardian);
        registry.activateSpv(SPV_ID, deed);
    }

    /// The SPV's token, whose rules `ruleAdmin` has accepted.
    function installToken(RuleSetup memory rules, uint256 maxSupply) internal {
        installSpv();
        vm.prank(ivy);
        token = PermissionedToken(registry.tokenise(SPV_ID, tokenParams(maxSupply), rules));
        vm.prank(ruleAdmin);
        ENGINE.acceptRuleAdmin(address(token));
    }

    function tokenParams(uint256 maxSupply) internal pure returns (TokenParams memory) {
        return TokenParams("Property Share", "PROP", 18, NAV, timelock, ruleAdmin, agent, guardian, servicer, maxSupply);
    }

    function anchorDocument(address issuer, bytes32 subject, uint16 docType, bytes32 hash) internal returns (bytes32) {
        vm.prank(issuer);
        return documents.anchor(DocInput(subject, docType, hash, "", "", 0, false));
    }

    /// The steps that make a venue hold the token: exempt, and its participants claim dividends.
    function admitVenue(address venue) internal {
        vm.prank(ruleAdmin);
        ENGINE.setExempt(address(token), venue, 47);
        vm.prank(timelock);
        token.setDividendVenue(venue, true);
    }

    function rulesOnlyKyc() internal pure returns (RuleSetup memory s) {
        s.rules = rulesWithKyc();
    }

    function marketParams() internal pure returns (MarketParams memory) {
        return MarketParams(5_000, 6_500, 500, 5_000, 1_000_000e18, NAV, 0, 1, true);
    }

    /// USDC of `account`, approved for `spender`.
    function fund(address account, address spender, uint256 amount) internal {
        usdc.mint(account, amount);
        vm.prank(account);
        usdc.approve(spender, type(uint256).max);
    }

    function give(address account, uint256 amount) internal {
        vm.prank(agent);
        token.mint(account, amount);
    }

    function _proxy(address account, address implementation) private {
        vm.etch(account, type(ERC1967Proxy).runtimeCode);
        vm.store(account, IMPLEMENTATION_SLOT, bytes32(uint256(uint160(implementation))));
    }

    function _beacon(address account, address implementation) private {
        vm.etch(account, type(UpgradeableBeacon).runtimeCode);
        vm.store(account, bytes32(0), bytes32(uint256(uint160(timelock))));
        vm.store(account, bytes32(uint256(1)), bytes32(uint256(uint160(implementation))));
    }
}
