// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IERC3643Events
/// @notice Events of ERC-3643 that concern single holders.
interface IERC3643Events {
    /// @notice The wallet was frozen or unfrozen by `owner`.
    event AddressFrozen(address indexed userAddress, bool indexed isFrozen, address indexed owner);
    /// @notice `amount` more tokens of the wallet are frozen.
    event TokensFrozen(address indexed userAddress, uint256 amount);
    /// @notice `amount` fewer tokens of the wallet are frozen.
    event TokensUnfrozen(address indexed userAddress, uint256 amount);
    /// @notice The balance of a lost wallet moved to a new one of the same investor.
    event RecoverySuccess(address indexed lostWallet, address indexed newWallet, address indexed investorOnchainID);
}

/// @title IERC3643TokenEvents
/// @notice Events of ERC-3643 that concern the token itself.
interface IERC3643TokenEvents {
    /// @notice Facts about the token changed.
    event UpdatedTokenInformation(string indexed newName, string indexed newSymbol, uint8 newDecimals, string newVersion, address indexed newOnchainID);
    /// @notice The identity registry was set.
    event IdentityRegistryAdded(address indexed identityRegistry);
    /// @notice The compliance module was set.
    event ComplianceAdded(address indexed compliance);
}

/// @title IERC3643
/// @notice The functions that ERC-3643 adds to ERC-20. Its ERC-165 id is 0xb97d944c.
interface IERC3643 {
    function onchainID() external view returns (address);
    function version() external view returns (string memory);
    function identityRegistry() external view returns (address);
    function compliance() external view returns (address);
    function paused() external view returns (bool);
    function isFrozen(address userAddress) external view returns (bool);
    function getFrozenTokens(address userAddress) external view returns (uint256);
    function setName(string calldata name) external;
    function setSymbol(string calldata symbol) external;
    function setOnchainID(address onchainID) external;
    function pause() external;
    function unpause() external;
    function setAddressFrozen(address userAddress, bool freeze) external;
    function freezePartialTokens(address userAddress, uint256 amount) external;
    function unfreezePartialTokens(address userAddress, uint256 amount) external;
    function setIdentityRegistry(address identityRegistry) external;
    function setCompliance(address compliance) external;
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);
    function mint(address to, uint256 amount) external;
    function burn(address userAddress, uint256 amount) external;
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID) external returns (bool);
    function batchTransfer(address[] calldata toList, uint256[] calldata amounts) external;
    function batchForcedTransfer(address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts) external;
    function batchMint(address[] calldata toList, uint256[] calldata amounts) external;
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts) external;
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze) external;
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;
}
