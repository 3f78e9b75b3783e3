// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @title AssetToken
/// @notice Plain ERC-20 of Defactor Assets. Its owner can burn from any holder, as documented; not for securities.
contract AssetToken is ERC20, ERC20Burnable, Ownable, ERC165 {
    uint8 private immutable _decimals;

    /// @notice Mints the whole `supply` to `owner_`, who also owns the contract.
    constructor(string memory name_, string memory symbol_, uint8 decimals_, uint256 supply, address owner_) ERC20(name_, symbol_) Ownable(owner_) {
        _decimals = decimals_;
        _mint(owner_, supply);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /// @notice Burns `amount` of `account`: the owner only, without allowance.
    function burnFrom(address account, uint256 amount) public override onlyOwner {
        _burn(account, amount);
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC20).interfaceId || super.supportsInterface(interfaceId);
    }
}
