// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// The plain token: balances, allowances, events.
contract PlainToken {
    string public constant name = "Plain";
    string public constant symbol = "PLN";
    uint8 public constant decimals = 18;

    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _transfer(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        _transfer(from, to, value);
        return true;
    }

    function _transfer(address from, address to, uint256 value) internal virtual {
        uint256 held = balanceOf[from];
        require(held >= value, "balance too low");
        unchecked {
            balanceOf[from] = held - value;
            balanceOf[to] += value;
        }
        emit Transfer(from, to, value);
    }
}

interface IKycRegistry {
    function isEligible(address account) external view returns (bool);
}

/// The permissioned token: both parties of a transfer must be eligible in the identity registry.
contract PermissionedToken is PlainToken {
    IKycRegistry private constant REGISTRY = IKycRegistry(0x0300000000000000000000000000000000000001);

    function _transfer(address from, address to, uint256 value) internal override {
        require(REGISTRY.isEligible(from), "sender not eligible");
        require(REGISTRY.isEligible(to), "recipient not eligible");
        super._transfer(from, to, value);
    }
}
