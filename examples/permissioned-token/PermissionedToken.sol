// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// The part of the chain's identity registry that a token asks. The registry is native: the chain itself answers at a fixed address.
interface IKycRegistry {
    function kycStatus(address account) external view returns (uint8 code);
    function messageOf(uint8 code) external view returns (string memory);
}

/// A minimal ERC-20 whose every movement asks the registry about both sides. Who may hold it is decided by the chain's officers, not by this contract.
contract PermissionedToken {
    IKycRegistry public constant REGISTRY = IKycRegistry(0x0300000000000000000000000000000000000001);

    string public constant name = "Example Property Share";
    string public constant symbol = "EPS";
    uint8 public constant decimals = 0;

    /// Slot 0: the layout is part of the example, for the balance is proved from it.
    mapping(address => uint256) public balanceOf;
    uint256 public totalSupply;
    address public immutable issuer = msg.sender;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 amount) external {
        require(msg.sender == issuer, "only the issuer mints");
        _requireEligible("receiver: ", to);
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _requireEligible("sender: ", msg.sender);
        _requireEligible("receiver: ", to);
        uint256 balance = balanceOf[msg.sender];
        require(balance >= amount, "balance too low");
        unchecked {
            balanceOf[msg.sender] = balance - amount;
            balanceOf[to] += amount;
        }
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    function _requireEligible(string memory side, address account) private view {
        uint8 code = REGISTRY.kycStatus(account);
        if (code != 0) revert(string.concat(side, REGISTRY.messageOf(code)));
    }
}
