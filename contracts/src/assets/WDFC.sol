// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title WDFC
/// @notice The native coin as an ERC-20, one to one.
contract WDFC is ERC20, ERC165, ReentrancyGuardTransient {
    /// @notice `account` wrapped `amount`.
    event Deposit(address indexed account, uint256 amount);
    /// @notice `account` unwrapped `amount`.
    event Withdrawal(address indexed account, uint256 amount);

    /// @notice Sets name and symbol.
    constructor() ERC20("Wrapped Defactor Coin", "WDFC") {}

    /// @notice Wraps what is sent.
    receive() external payable {
        deposit();
    }

    /// @notice Wraps what is sent, for the sender.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Unwraps `amount` of the sender.
    function withdraw(uint256 amount) external nonReentrant {
        _burn(msg.sender, amount);
        emit Withdrawal(msg.sender, amount);
        Address.sendValue(payable(msg.sender), amount);
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC20).interfaceId || super.supportsInterface(interfaceId);
    }
}
