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
    /// @notice Identity contract of the token.
    function onchainID() external view returns (address);
    /// @notice Version of the token.
    function version() external view returns (string memory);
    /// @notice The identity registry.
    function identityRegistry() external view returns (address);
    /// @notice The rule engine.
    function compliance() external view returns (address);
    /// @notice Whether holders' transfers are stopped.
    function paused() external view returns (bool);
    /// @notice Whether a wallet is frozen.
    function isFrozen(address userAddress) external view returns (bool);
    /// @notice Frozen amount of a wallet.
    function getFrozenTokens(address userAddress) external view returns (uint256);
    /// @notice Changes the name.
    function setName(string calldata name) external;
    /// @notice Changes the symbol.
    function setSymbol(string calldata symbol) external;
    /// @notice Sets the identity contract of the token.
    function setOnchainID(address onchainID) external;
    /// @notice Stops holders' transfers.
    function pause() external;
    /// @notice Lets holders transfer again.
    function unpause() external;
    /// @notice Freezes or unfreezes a wallet.
    function setAddressFrozen(address userAddress, bool freeze) external;
    /// @notice Freezes more of a balance.
    function freezePartialTokens(address userAddress, uint256 amount) external;
    /// @notice Frees a part of a balance.
    function unfreezePartialTokens(address userAddress, uint256 amount) external;
    /// @notice Sets the identity registry.
    function setIdentityRegistry(address identityRegistry) external;
    /// @notice Sets the rule engine.
    function setCompliance(address compliance) external;
    /// @notice Moves tokens without the holder.
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);
    /// @notice Mints tokens.
    function mint(address to, uint256 amount) external;
    /// @notice Burns tokens of a holder.
    function burn(address userAddress, uint256 amount) external;
    /// @notice Moves the balance of a lost wallet.
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID) external returns (bool);
    /// @notice Several transfers.
    function batchTransfer(address[] calldata toList, uint256[] calldata amounts) external;
    /// @notice Several forced transfers.
    function batchForcedTransfer(address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts) external;
    /// @notice Several mints.
    function batchMint(address[] calldata toList, uint256[] calldata amounts) external;
    /// @notice Several burns.
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts) external;
    /// @notice Several wallet freezes.
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze) external;
    /// @notice Several partial freezes.
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;
    /// @notice Several releases.
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;
}
